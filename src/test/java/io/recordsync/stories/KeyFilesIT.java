package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A key file of another kind than the grant needs ends the start with the name of its key, and so does the doctor. */
class KeyFilesIT {

    @TempDir
    Path folder;

    @Test
    void what_cannot_be_used_is_told_by_name_and_the_one_key_beside_a_certificate_is_taken() throws Exception {
        try (SalesforceSimulator salesforce = SalesforceSimulator.start();
                TalkdeskSimulator talkdesk = TalkdeskSimulator.start();
                Service service = new Service(folder, salesforce, talkdesk, "list-1")) {
            talkdesk.addList("list-1", "EXTERNAL");
            Path keystore = keystoreWithCertificate();
            Path named = Files.copy(keystore, folder.resolve("salesforce.pem"));
            service.with("salesforce.auth", "jwt")
                    .with("salesforce.jwt.user", "sync@acme.example")
                    .with("salesforce.jwt.keystore", named.toString())
                    .with("salesforce.jwt.keystore-password", "changeit")
                    .with("salesforce.jwt.audience", salesforce.loginUrl())
                    .with("talkdesk.auth", "private-key-jwt")
                    .with("talkdesk.key-id", "key-7")
                    .with("talkdesk.private-key", ellipticKey("secp384r1").toString());

            service.launch();
            assertThat(service.awaitEnd()).isEqualTo(1);
            assertThat(service.log())
                    .contains("salesforce.jwt.keystore: no PEM in " + named + ": it is a key store (PKCS #12 or JKS)")
                    .contains("talkdesk.private-key: the key in " + folder.resolve("secp384r1.pem")
                            + " is of the curve P-384; ES256 needs P-256");
            Command doctor = Command.run(service.environment(), "doctor");
            assertThat(doctor.exitCode()).isEqualTo(1);
            assertThat(doctor.out())
                    .contains("no PEM in " + named + ": it is a key store")
                    .contains("is of the curve P-384; ES256 needs P-256");

            KeyStore store = KeyStore.getInstance(keystore.toFile(), "changeit".toCharArray());
            salesforce.acceptsJwt(store.getCertificate("one").getPublicKey(), "sync@acme.example");
            service.with("salesforce.jwt.keystore", keystore.toString())
                    .with("talkdesk.private-key", ellipticKey("secp256r1").toString());
            service.startSubscribed();
        }
    }

    private Path ellipticKey(String curve) throws Exception {
        KeyPairGenerator elliptic = KeyPairGenerator.getInstance("EC");
        elliptic.initialize(new ECGenParameterSpec(curve));
        String body = Base64.getMimeEncoder()
                .encodeToString(elliptic.generateKeyPair().getPrivate().getEncoded());
        return Files.writeString(
                folder.resolve(curve + ".pem"),
                "-----BEGIN PRIVATE KEY-----\n" + body + "\n-----END PRIVATE KEY-----\n");
    }

    /** A keystore can only be written with certificates, and only keytool makes those. */
    private Path keystoreWithCertificate() throws Exception {
        Path file = folder.resolve("salesforce.p12");
        Process made = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "one",
                        "-keyalg",
                        "RSA",
                        "-keysize",
                        "2048",
                        "-dname",
                        "CN=test",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        "changeit",
                        "-storetype",
                        "PKCS12")
                .redirectErrorStream(true)
                .start();
        String said = new String(made.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(made.waitFor()).as(said).isZero();
        KeyStore store = KeyStore.getInstance(file.toFile(), "changeit".toCharArray());
        store.setCertificateEntry("a-root-ca", store.getCertificate("one"));
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, "changeit".toCharArray());
        }
        return file;
    }
}
