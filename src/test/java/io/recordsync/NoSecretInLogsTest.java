package io.recordsync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** The look through the logs, which every test class ends with, can fail. */
class NoSecretInLogsTest {

    private final NoSecretInLogs look = new NoSecretInLogs();

    @Test
    void a_secret_that_is_logged_within_a_test_is_found() {
        String secret = Secrets.keep(UUID.randomUUID().toString());

        LoggerFactory.getLogger("io.recordsync.test").warn("Login with {} failed", secret);

        assertThatThrownBy(() -> look.afterAll(null)).hasMessageContaining("Login with");
        assertThatCode(() -> look.afterAll(null)).doesNotThrowAnyException();
    }

    @Test
    void a_secret_in_the_log_of_a_process_is_found() throws Exception {
        String secret = UUID.randomUUID().toString();
        Secrets.keep("proxy.password", secret);
        Path log = Files.createTempFile(Files.createDirectories(Path.of("target/stories")), "leak-", ".log");
        try {
            Files.writeString(log, "proxy " + secret);
            assertThatThrownBy(() -> look.afterAll(null)).hasMessageContaining(log.toString());
        } finally {
            Files.delete(log);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Authorization: Bearer eyx",
                "Authorization: Basic b3BlcmF0b3I6",
                "00D58000000arpq!AQ.1",
                "-----BEGIN PRIVATE KEY-----",
                "assertion=eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln",
                "called +14155550123"
            })
    void what_looks_like_a_secret_or_a_number_is_one(String text) {
        assertThat(Secrets.shownIn(text)).isPresent();
    }
}
