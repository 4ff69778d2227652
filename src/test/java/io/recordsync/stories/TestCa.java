package io.recordsync.stories;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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
import javax.net.ssl.TrustManagerFactory;
import javax.security.auth.x500.X500Principal;

/**
 * A certificate authority that only a test trusts, and servers' keys that it signed, good ones and bad ones; made anew each time.
 *
 * <p>The certificates are put together by hand (RFC 5280), because the JDK has no public class that makes one, and its
 * {@code keytool} takes a process for each of seven steps.
 */
public final class TestCa {

    private static final byte[] ECDSA_WITH_SHA256 = der(0x30, hex("06082a8648ce3d040302"));
    private static final byte[] IS_A_CA = der(0x30, der(0x30, hex("0603551d13 0101ff"), der(0x04, hex("30030101ff"))));
    private static final DateTimeFormatter UTC_TIME =
            DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final char[] NO_PASSWORD = {};

    private static final String ROOT = "CN=Company network";
    private static final byte[] LOOPBACK = ip(127, 0, 0, 1);

    private final KeyPair ca = keyPair();
    private final X509Certificate authority;
    private final SSLContext server;

    public TestCa() throws GeneralSecurityException, IOException {
        authority = certificate(ROOT, ROOT, ca.getPublic(), IS_A_CA, 0, 24, ca.getPrivate());
        server = server(0, 24, LOOPBACK);
    }

    /** What a server on 127.0.0.1 shows. */
    public SSLContext server() {
        return server;
    }

    /** Likewise, by a name. */
    public SSLContext serverNamed(String name) throws GeneralSecurityException, IOException {
        return server(0, 24, der(0x82, name.getBytes(StandardCharsets.US_ASCII)));
    }

    /** It ended an hour ago. */
    public SSLContext expiredServer() throws GeneralSecurityException, IOException {
        return server(-48, -1, LOOPBACK);
    }

    /** It begins tomorrow. */
    public SSLContext serverOfTomorrow() throws GeneralSecurityException, IOException {
        return server(24, 48, LOOPBACK);
    }

    /**
     * Signed by an intermediate authority.
     *
     * @param sent whether it shows that one's certificate too
     */
    public SSLContext serverOfBranch(boolean sent) throws GeneralSecurityException, IOException {
        return serverOfBranch(sent, 24);
    }

    /** Likewise; the intermediate's certificate, which is sent, ended an hour ago. */
    public SSLContext serverOfExpiredBranch() throws GeneralSecurityException, IOException {
        return serverOfBranch(true, -1);
    }

    private SSLContext serverOfBranch(boolean sent, int untilHours) throws GeneralSecurityException, IOException {
        KeyPair branch = keyPair();
        KeyPair own = keyPair();
        X509Certificate intermediate =
                certificate("CN=Branch", ROOT, branch.getPublic(), IS_A_CA, -48, untilHours, ca.getPrivate());
        X509Certificate certificate =
                certificate("CN=Simulator", "CN=Branch", own.getPublic(), names(LOOPBACK), 0, 24, branch.getPrivate());
        return context(
                own, sent ? new X509Certificate[] {certificate, intermediate} : new X509Certificate[] {certificate});
    }

    private SSLContext server(int fromHours, int untilHours, byte[] name) throws GeneralSecurityException, IOException {
        KeyPair own = keyPair();
        return context(
                own,
                certificate("CN=Simulator", ROOT, own.getPublic(), names(name), fromHours, untilHours, ca.getPrivate()),
                authority);
    }

    /** Writes the key and the certificate of a server on 127.0.0.1 and localhost, for ops.tls.keystore. */
    public Path keystore(Path file, String type, String password, int fromHours, int untilHours)
            throws GeneralSecurityException, IOException {
        KeyPair own = keyPair();
        byte[] names = names(concat(LOOPBACK, der(0x82, "localhost".getBytes(StandardCharsets.US_ASCII))));
        X509Certificate certificate =
                certificate("CN=Page", ROOT, own.getPublic(), names, fromHours, untilHours, ca.getPrivate());
        KeyStore keys = KeyStore.getInstance(type);
        keys.load(null, null);
        keys.setKeyEntry(
                "page", own.getPrivate(), password.toCharArray(), new X509Certificate[] {certificate, authority});
        return written(keys, file, password);
    }

    /** Writes the same as PEM, for a server that reads that: {@code page.crt} and {@code page.key}. */
    public void pem(Path folder) throws GeneralSecurityException, IOException {
        KeyPair own = keyPair();
        byte[] names = names(der(0x82, "localhost".getBytes(StandardCharsets.US_ASCII)));
        X509Certificate certificate = certificate("CN=Page", ROOT, own.getPublic(), names, 0, 24, ca.getPrivate());
        pem(folder.resolve("page.crt"), "CERTIFICATE", certificate.getEncoded());
        pem(folder.resolve("page.key"), "PRIVATE KEY", own.getPrivate().getEncoded());
    }

    private static void pem(Path file, String what, byte[] content) throws IOException {
        Files.writeString(
                file,
                "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
                        .formatted(what, Base64.getMimeEncoder().encodeToString(content)));
    }

    /** Writes the authority's certificate alone. */
    public Path truststore(Path file, String password) throws GeneralSecurityException, IOException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        keys.setCertificateEntry("authority", authority);
        return written(keys, file, password);
    }

    private static Path written(KeyStore keys, Path file, String password)
            throws GeneralSecurityException, IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            keys.store(out, password.toCharArray());
        }
        return file;
    }

    /** What trusts nothing but this authority. */
    public SSLContext client() throws GeneralSecurityException, IOException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("authority", authority);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            whole.writeBytes(part);
        }
        return whole.toByteArray();
    }

    private static SSLContext context(KeyPair own, X509Certificate... shown)
            throws GeneralSecurityException, IOException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        keys.setKeyEntry("server", own.getPrivate(), NO_PASSWORD, shown);
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, NO_PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    /** Writes the certificate of the authority, for tls.ca-bundle. */
    public Path bundle(Path file) throws IOException, GeneralSecurityException {
        return write(file, "CERTIFICATE", authority.getEncoded());
    }

    /** What a server at this address shows, as {@code server.crt} and {@code server.key} in the folder. */
    public void serverFiles(Path folder, InetAddress address) throws IOException, GeneralSecurityException {
        KeyPair own = keyPair();
        X509Certificate certificate = certificate(
                "CN=Server", ROOT, own.getPublic(), names(der(0x87, address.getAddress())), 0, 24, ca.getPrivate());
        write(folder.resolve("server.crt"), "CERTIFICATE", certificate.getEncoded());
        Path key = write(
                folder.resolve("server.key"), "PRIVATE KEY", own.getPrivate().getEncoded());
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    }

    private static Path write(Path file, String what, byte[] content) throws IOException {
        String pem = Base64.getMimeEncoder().encodeToString(content);
        return Files.writeString(file, "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n".formatted(what, pem));
    }

    private static KeyPair keyPair() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    private static byte[] ip(int... parts) {
        byte[] address = new byte[parts.length];
        for (int i = 0; i < parts.length; i++) {
            address[i] = (byte) parts[i];
        }
        return der(0x87, address);
    }

    private static byte[] names(byte[] name) {
        return der(0x30, der(0x30, hex("0603551d11"), der(0x04, der(0x30, name))));
    }

    private static X509Certificate certificate(
            String subject,
            String issuerName,
            PublicKey key,
            byte[] extensions,
            int fromHours,
            int untilHours,
            PrivateKey issuer)
            throws GeneralSecurityException {
        Instant now = Instant.now();
        byte[] content = der(
                0x30,
                der(0xa0, hex("020102")),
                der(0x02, hex("01")),
                ECDSA_WITH_SHA256,
                new X500Principal(issuerName).getEncoded(),
                der(0x30, time(now.plusSeconds(fromHours * 3_600L - 60)), time(now.plusSeconds(untilHours * 3_600L))),
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
