package io.recordsync.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written in the file is what the service gets. */
class ConfigurationFileTest {

    private static final String ESSENTIAL =
            """
            salesforce.login-url = https://acme.my.salesforce.com
            salesforce.client-id = 3MVG9
            salesforce.client-secret = secret-1
            talkdesk.token-url = https://acme.talkdeskid.com/oauth/token
            talkdesk.client-id = c1
            talkdesk.client-secret = secret-2
            talkdesk.record-lists = list-a
            """;

    @TempDir
    Path folder;

    private Path path;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "secret\\9",
                "a\\",
                "a\\\\b\\\\",
                "\\u0041",
                "\\uzz",
                "pa{{ss}}",
                "{{env:HOME}}",
                "{{",
                "}}",
                "\\{{x\\}}",
                "#bean:x",
                "#class:java.lang.String",
                "#valueAs(int):1",
                "${env:HOME}",
                "a#b!c # no comment",
                "a=b:c",
                "RAW(x)",
                "pässwörd€",
                "𝄞 in two chars",
                "\"quoted\"",
                "trailing \t ",
                "line\u2028separator\u0085next",
            })
    void a_secret_is_literal_to_the_end_of_its_line(String secret) throws IOException {
        for (String separator : List.of(" = ", "=", ":", " : ", " ", "\t=\t")) {
            for (String end : List.of("\n", "\r\n", "\r")) {
                write("store.password" + separator + secret + end + "store.user" + separator + "sync" + end);

                assertThat(value("store.password")).isEqualTo(secret);
                assertThat(value("store.user")).isEqualTo("sync");
            }
        }
    }

    @Test
    void a_secret_on_the_last_line_needs_no_line_end() throws IOException {
        write("store.password = a\\");

        assertThat(value("store.password")).isEqualTo("a\\");
    }

    @Test
    void a_byte_order_mark_hides_no_key() throws IOException {
        write("\uFEFFstore.user = jürgen\nstore.password = pässwörd€\n");

        assertThat(value("store.user")).isEqualTo("jürgen");
        assertThat(value("store.password")).isEqualTo("pässwörd€");
    }

    @Test
    void another_value_may_be_continued_on_the_next_line() throws IOException {
        write(
                """
                talkdesk.record-lists = list-a,\\
                    list-b,\\
                \t list-c
                ops.port = \\
                  8081
                """);

        assertThat(value("talkdesk.record-lists")).isEqualTo("list-a,list-b,list-c");
        assertThat(value("ops.port")).isEqualTo("8081");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ops.host = localhost\\", "ops.host = localhost\\\n", "ops.host = local\\\nhost\\\n"})
    void a_last_line_that_is_continued_is_a_mistake(String text) throws IOException {
        write(text);

        assertThat(refused("ops.host"))
                .isEqualTo("ops.host (" + path
                        + ", line 1) ends in \\, which joins the next line, and there is none: take it out");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "batch.size = \\u0035 | batch.size = 5, or set BATCH_SIZE, where it stands for itself",
                "talkdesk.token-url = https\\://acme.talkdeskid.com | talkdesk.token-url = https://acme.talkdeskid.com, or set"
                        + " TALKDESK_TOKEN_URL, where it stands for itself",
                "salesforce.client-id = a\\=b | salesforce.client-id = a=b, or set SALESFORCE_CLIENT_ID, where it stands for itself",
                "salesforce.jwt.keystore = C:\\\\keys\\\\sf.p12 | / in place of it in a path, or set SALESFORCE_JWT_KEYSTORE, where"
                        + " it stands for itself",
                "salesforce.jwt.keystore = C:\\keys\\sf.p12 | / in place of it in a path, or set SALESFORCE_JWT_KEYSTORE, where it"
                        + " stands for itself",
                "salesforce.jwt.keystore = C:\\new | / in place of it in a path, or set SALESFORCE_JWT_KEYSTORE, where it stands"
                        + " for itself",
            })
    void an_escape_that_used_to_be_read_is_a_mistake_with_the_form_to_write_now(String setting, String now)
            throws IOException {
        write("# a comment\n" + setting + "\n");

        String key = setting.substring(0, setting.indexOf(' '));
        assertThat(refused(key))
                .isEqualTo(key + " (" + path + ", line 2) has a \\ in it, which is no escape any more: write " + now);
    }

    @Test
    void a_malformed_escape_is_a_mistake_and_stops_no_other_line() throws IOException {
        write("ops.host = \\u12\nmy.own = \\uzzzz\nops.port = 8081\n");

        assertThat(refused("ops.host")).contains("has a malformed \\u");
        assertThat(file().mistakes())
                .containsExactly(
                        "my.own (" + path + ", line 2) has a malformed \\u: write the character itself, in UTF-8");
        assertThat(value("ops.port")).isEqualTo("8081");
    }

    @Test
    void a_secret_of_an_older_file_that_was_escaped_is_reported_without_its_text() throws IOException {
        write("store.password = hunter\\\\2\nops.password = plain\n");

        assertThat(value("store.password")).isEqualTo("hunter\\\\2");
        assertThat(file().notices())
                .containsExactly("store.password in " + path
                        + " is taken as it is written: a \\ in it is no escape any more, and joins no lines");
    }

    @Test
    void a_comment_may_be_in_any_encoding_and_a_setting_may_not() throws IOException {
        write("# Schlüssel\nops.port = 8081\nops.host = höst\n", StandardCharsets.ISO_8859_1);

        assertThat(value("ops.port")).isEqualTo("8081");
        assertThat(refused("ops.host"))
                .isEqualTo("ops.host (" + path + ", line 3) is not UTF-8: save the file as UTF-8");
    }

    @Test
    void a_file_in_utf_16_is_one_mistake() throws IOException {
        write("\uFEFF" + ESSENTIAL, StandardCharsets.UTF_16LE);

        assertThat(mistakes()).containsExactly(path + " cannot be read: it is UTF-16: save it as UTF-8");
    }

    @Test
    void keys_of_others_are_read_as_properties_are() throws IOException {
        write(
                """
                camel.main.name = a\\u0062c\\
                    d
                my.own\\ key = ü
                batch.size = 50
                store.password.file = /run/secrets/store
                """);

        assertThat(file().others())
                .containsExactlyInAnyOrderEntriesOf(Map.of("camel.main.name", "abcd", "my.own key", "ü"));
        assertThat(value("store.password.file")).isEqualTo("/run/secrets/store");
    }

    @Test
    void a_key_that_is_set_twice_is_reported_and_the_last_one_counts() throws IOException {
        write("batch.size = 50\n\nbatch.size = 60\n");

        assertThat(value("batch.size")).isEqualTo("60");
        assertThat(file().notices())
                .containsExactly("batch.size is set in line 1 and in line 3 of " + path + ": the last one counts");
    }

    @Test
    void keys_that_went_away_are_reported_once_a_group_and_are_not_camels_either() throws IOException {
        write("camel.server.enabled = true\ncamel.server.port = {{ops.port}}\ncamel.main.shutdownTimeout = 10\n");

        assertThat(file().others()).containsOnlyKeys("camel.main.shutdownTimeout");
        assertThat(file().notices())
                .containsExactly("camel.server.* has no effect any more: the service serves itself, on ops.host and"
                        + " ops.port; take it out of " + path);
        assertThat(mistakes()).noneMatch(mistake -> mistake.contains("camel"));
    }

    @Test
    void no_file_says_nothing_and_is_no_mistake() {
        path = folder.resolve("no/such.properties");

        assertThat(file().mistakes()).isEmpty();
        assertThat(file().others()).isEmpty();
    }

    @Test
    void a_file_that_is_there_and_cannot_be_read_is_one_mistake() throws IOException {
        path = Files.createDirectory(folder.resolve("application.properties"));
        assertThat(mistakes()).containsExactly(path + " cannot be read: a folder");

        path = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("nowhere"));
        assertThat(mistakes()).containsExactly(path + " cannot be read: a link to a file that does not exist");
    }

    @Test
    void an_empty_file_and_one_of_line_ends_say_nothing() throws IOException {
        for (String text : List.of("", "\uFEFF", "\n\r\n\r  \n", "= value\n")) {
            write(text);

            assertThat(file().mistakes()).isEmpty();
            assertThat(file().others()).isEmpty();
        }
    }

    private void write(String text) throws IOException {
        write(text, StandardCharsets.UTF_8);
    }

    private void write(String text, Charset charset) throws IOException {
        path = Files.write(folder.resolve("application.properties"), text.getBytes(charset));
    }

    private ConfigurationFile file() {
        return ConfigurationFile.read(path);
    }

    private String value(String key) {
        Value value = file().value(key);
        assertThat(value.mistake()).isNull();
        return value.text();
    }

    private String refused(String key) {
        return file().value(key).mistake();
    }

    private List<String> mistakes() {
        return Configuration.of(Map.of(), name -> null, file()).mistakes();
    }
}
