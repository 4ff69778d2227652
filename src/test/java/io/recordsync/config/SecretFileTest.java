package io.recordsync.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A secret from a file of its own: a mounted one, or a credential of systemd. */
class SecretFileTest {

    @TempDir
    Path folder;

    private final Map<String, String> environment = new LinkedHashMap<>();
    private final Map<String, String> properties = new LinkedHashMap<>();

    static List<String> secrets() {
        return Keys.all().stream().filter(Key::isSecret).map(Key::name).toList();
    }

    @ParameterizedTest
    @MethodSource("secrets")
    void every_secret_may_come_from_a_file(String key) throws Exception {
        String secret =
                switch (key) {
                    case "alerts.webhook", "alerts.heartbeat" -> "https://hooks.example.org/0123456789abcdef";
                    case "alerts.webhook.header" -> "X-Token: 0123456789abcdef";
                    default -> "0123456789abcdef";
                };
        Path file = Files.writeString(folder.resolve("secret"), secret + "\n");

        properties.put(key + ".file", file.toString());
        assertThat(value(key)).isEqualTo(secret);

        properties.clear();
        environment.put(Key.environmentName(key) + "_FILE", file.toString());
        assertThat(value(key)).isEqualTo(secret);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a\\9 | a\\9",
                "a\\n | a\\n",
                "'a ' | 'a '",
                "pa{{ss}} | pa{{ss}}",
                "#bean:x | #bean:x",
                "pässwörd€ | pässwörd€"
            })
    void it_is_literal_but_for_one_line_end(String content, String secret) throws Exception {
        for (String end : List.of("", "\n", "\r\n")) {
            properties.put("store.password.file", write(content + end));
            assertThat(value("store.password")).isEqualTo(secret);
        }
        properties.put("store.password.file", write(content + "\n\n"));
        assertThat(value("store.password")).isEqualTo(secret + "\n");
    }

    @Test
    void a_relative_path_is_a_credential_of_systemd_where_there_is_one_of_this_name() throws Exception {
        write("from systemd");
        environment.put("CREDENTIALS_DIRECTORY", folder.toString());
        properties.put("store.password.file", "secret");

        assertThat(value("store.password")).isEqualTo("from systemd");
    }

    @Test
    void what_cannot_be_read_is_one_line_with_both_names_and_the_reason() {
        environment.put("STORE_PASSWORD_FILE", folder.resolve("none").toString());
        properties.put("ops.password.file", folder.toString());

        assertThat(mistakes("store.password", "ops.password"))
                .containsExactly(
                        "store.password.file (STORE_PASSWORD_FILE) = " + folder.resolve("none")
                                + ": cannot be read: no such file",
                        "ops.password.file = " + folder + ": cannot be read: a folder");
    }

    @Test
    void what_is_no_secret_is_a_mistake_that_shows_none_of_it() throws Exception {
        properties.put("store.password.file", write(" \n"));
        assertThat(mistakes("store.password"))
                .singleElement()
                .asString()
                .endsWith(": it is empty; expected the secret");

        properties.put("store.password.file", write("hunter2".repeat(10_000)));
        assertThat(mistakes("store.password")).singleElement().asString().contains("larger than 64 KiB");

        Files.write(folder.resolve("secret"), "hünter2".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(mistakes("store.password"))
                .singleElement()
                .asString()
                .contains("not UTF-8")
                .doesNotContain("hünter2");
    }

    @Test
    void the_environment_wins_and_two_in_one_place_are_a_mistake() throws Exception {
        properties.put("store.password.file", write("from the file"));
        environment.put("STORE_PASSWORD", "from the environment");
        assertThat(value("store.password")).isEqualTo("from the environment");

        environment.clear();
        environment.put("STORE_PASSWORD_FILE", write("from the file"));
        properties.clear();
        properties.put("store.password", "in the properties");
        assertThat(value("store.password")).isEqualTo("from the file");

        environment.put("STORE_PASSWORD", "from the environment");
        assertThat(mistakes("store.password"))
                .containsExactly(
                        "store.password (STORE_PASSWORD) and store.password.file (STORE_PASSWORD_FILE) are both set:"
                                + " expected one");
    }

    @Test
    void an_essential_key_that_is_left_empty_in_the_file_may_come_from_a_file() throws Exception {
        properties.put("salesforce.client-secret", "");
        properties.put("salesforce.client-secret.file", write("s3cret"));

        assertThat(mistakes("salesforce.client-secret")).isEmpty();
        assertThat(value("salesforce.client-secret")).isEqualTo("s3cret");
    }

    @Test
    void only_a_secret_has_such_a_key() {
        properties.put("store.user.file", "x");

        assertThat(Configuration.of(properties).mistakes())
                .anyMatch(line -> line.startsWith("unknown key store.user.file"));
    }

    private String write(String content) throws Exception {
        return Files.writeString(folder.resolve("secret"), content).toString();
    }

    private Configuration read() {
        return Configuration.of(environment, properties::get, ConfigurationFile.none());
    }

    private String value(String key) {
        assertThat(mistakes(key)).isEmpty();
        return read().value(key);
    }

    private List<String> mistakes(String... keys) {
        return read().mistakes(java.util.Set.of(keys));
    }
}
