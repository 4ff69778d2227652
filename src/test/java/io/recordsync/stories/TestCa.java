package io.recordsync.stories;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.HexFormat;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.security.auth.x500.X500Principal;

/**
 * A certificate authority that only a test trusts, and a server's key for 127.0.0.1 that it signed; made anew each time.
 *
 * <p>The certificates are put together by hand (RFC 5280), because the JDK has no public class that makes one, and its
 * {@code keytool} takes a process for each of seven steps.
 */
public final class TestCa {

    private static final byte[] ECDSA_WITH_SHA256 = der(0x30, hex("06082a8648ce3d040302"));
    private static final byte[] IS_A_CA = der(0x30, der(0x30, hex("0603551d13 0101ff"), der(0x04, hex("30030101ff"))));
    private static final byte[] IS_LOOPBACK =
            der(0x30, der(0x30, hex("0603551d11"), der(0x04, hex("30068704 7f000001"))));
    private static final DateTimeFormatter UTC_TIME =
            DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final char[] NO_PASSWORD = {};

    private final X509Certificate authority;
    private final SSLContext server;

    public TestCa() throws GeneralSecurityException, IOException {
        KeyPair ca = keyPair();
        KeyPair own = keyPair();
        authority = certificate("CN=Company network", ca.getPublic(), IS_A_CA, ca.getPrivate());
        X509Certificate certificate = certificate("CN=Simulator", own.getPublic(), IS_LOOPBACK, ca.getPrivate());
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        keys.setKeyEntry("server", own.getPrivate(), NO_PASSWORD, new X509Certificate[] {certificate, authority});
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, NO_PASSWORD);
        server = SSLContext.getInstance("TLS");
        server.init(managers.getKeyManagers(), null, null);
    }

    /** What a server on 127.0.0.1 shows. */
    public SSLContext server() {
        return server;
    }

    /** Writes the certificate of the authority, for tls.ca-bundle. */
    public Path bundle(Path file) throws IOException, GeneralSecurityException {
        String pem = Base64.getMimeEncoder().encodeToString(authority.getEncoded());
        return Files.writeString(file, "-----BEGIN CERTIFICATE-----\n" + pem + "\n-----END CERTIFICATE-----\n");
    }

    private static KeyPair keyPair() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    private static X509Certificate certificate(String subject, PublicKey key, byte[] extensions, PrivateKey issuer)
            throws GeneralSecurityException {
        Instant now = Instant.now();
        byte[] content = der(
                0x30,
                der(0xa0, hex("020102")),
                der(0x02, hex("01")),
                ECDSA_WITH_SHA256,
                new X500Principal("CN=Company network").getEncoded(),
                der(0x30, time(now.minusSeconds(3_600)), time(now.plusSeconds(86_400))),
                new X500Principal(subject).getEncoded(),
                key.getEncoded(),
                der(0xa3, extensions));
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(issuer);
        signature.update(content);
        byte[] signed = der(0x30, content, ECDSA_WITH_SHA256, der(0x03, hex("00"), signature.sign()));
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(signed));
    }

    private static byte[] time(Instant instant) {
        return der(0x17, UTC_TIME.format(instant).getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits.replace(" ", ""));
    }

    /** A tag, the length of what follows, and what follows. */
    private static byte[] der(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        int length = content.size();
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.write(tag);
        if (length > 0xff) {
            whole.writeBytes(new byte[] {(byte) 0x82, (byte) (length >> 8)});
        } else if (length > 0x7f) {
            whole.write(0x81);
        }
        whole.write(length);
        whole.writeBytes(content.toByteArray());
        return whole.toByteArray();
    }
}
