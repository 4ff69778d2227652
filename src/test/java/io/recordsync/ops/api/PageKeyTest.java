package io.recordsync.ops.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.config.OpsSettings;
import io.recordsync.config.OpsTls;
import io.recordsync.config.OpsUsers;
import io.recordsync.config.Secret;
import io.recordsync.stories.TestCa;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageKeyTest {

    private static final String PASSWORD = "changeit";
    private static TestCa ca;

    @TempDir
    Path folder;

    @BeforeAll
    static void make() throws Exception {
        ca = new TestCa();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PKCS12", "JKS"})
    void a_key_store_of_either_kind_is_taken_and_says_when_its_certificate_expires(String type) throws Exception {
        Path file = ca.keystore(folder.resolve("page"), type, PASSWORD, 0, 48);

        assertThat(mistakes(file, PASSWORD)).isEmpty();
        assertThat(PageKey.read(new OpsTls(file.toString(), new Secret(PASSWORD)), Instant.now())
                        .expires())
                .isBetween(
                        Instant.now().plus(Duration.ofHours(47)), Instant.now().plus(Duration.ofHours(48)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PKCS12", "JKS"})
    void a_wrong_password_is_said(String type) throws Exception {
        Path file = ca.keystore(folder.resolve("page"), type, PASSWORD, 0, 48);

        for (String wrong : List.of("", "Changeit")) {
            assertThat(mistakes(file, wrong))
                    .as("<%s>", wrong)
                    .containsExactly("OPS_TLS = " + file + ": ops.tls.keystore-password is not its password");
        }
    }

    @Test
    void a_key_with_a_password_of_its_own_is_said() throws Exception {
        KeyStore keys = KeyStore.getInstance(
                ca.keystore(folder.resolve("page"), "JKS", PASSWORD, 0, 48).toFile(), PASSWORD.toCharArray());
        keys.setKeyEntry(
                "page",
                keys.getKey("page", PASSWORD.toCharArray()),
                "another".toCharArray(),
                keys.getCertificateChain("page"));
        Path file = folder.resolve("other");
        try (OutputStream out = Files.newOutputStream(file)) {
            keys.store(out, PASSWORD.toCharArray());
        }

        assertThat(mistakes(file, PASSWORD)).singleElement().asString().contains("another password than the key store");
    }

    @Test
    void what_is_not_there_not_a_key_store_or_without_a_key_is_said() throws Exception {
        assertThat(mistakes(folder.resolve("none"), PASSWORD))
                .containsExactly("OPS_TLS = " + folder.resolve("none")
                        + ": it cannot be read: no such file; expected a key store that this user may read");
        assertThat(mistakes(folder, PASSWORD)).singleElement().asString().contains("a folder");
        assertThat(mistakes(ca.bundle(folder.resolve("page.pem")), PASSWORD))
                .singleElement()
                .asString()
                .contains("it is no key store: expected PKCS #12 (openssl pkcs12 -export");
        assertThat(mistakes(Files.createFile(folder.resolve("empty")), PASSWORD))
                .hasSize(1);
        assertThat(mistakes(ca.truststore(folder.resolve("trusted"), PASSWORD), PASSWORD))
                .singleElement()
                .asString()
                .contains("it holds no private key with its certificate (1 other entries)");
    }

    @Test
    void a_certificate_that_expired_or_is_not_valid_yet_is_said() throws Exception {
        assertThat(mistakes(ca.keystore(folder.resolve("old"), "PKCS12", PASSWORD, -48, -1), PASSWORD))
                .singleElement()
                .asString()
                .contains("its certificate CN=Page expired at ");
        assertThat(mistakes(ca.keystore(folder.resolve("new"), "PKCS12", PASSWORD, 24, 48), PASSWORD))
                .singleElement()
                .asString()
                .contains("its certificate CN=Page is not valid before ");
    }

    private static List<String> mistakes(Path file, String password) {
        OpsSettings settings = new OpsSettings(
                true,
                "127.0.0.1",
                0,
                "operator",
                Secret.NONE,
                List.of("localhost"),
                OpsUsers.NONE,
                new OpsTls(file.toString(), new Secret(password)));
        return OpsFiles.mistakes(settings, key -> "OPS_TLS", Instant.now());
    }
}
