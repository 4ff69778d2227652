package io.recordsync.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Variables arrive in UTF-8, whatever the locale made of them. */
class EnvironmentTest {

    @TempDir
    Path folder;

    @Test
    void what_a_locale_has_no_character_for_is_read_from_the_bytes() throws Exception {
        Path bytes = environ("STORE_PASSWORD=pässwörd€=\0EMPTY=\0=odd=1\0");

        assertThat(Environment.of(Map.of("STORE_PASSWORD", "p??ssw??rd???=", "EMPTY", "", "=odd", "1"), bytes))
                .containsOnly(
                        Map.entry("STORE_PASSWORD", "pässwörd€="), Map.entry("EMPTY", ""), Map.entry("=odd", "1"));
    }

    @Test
    void what_is_not_utf_8_stays_as_java_decoded_it() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes("STORE_PASSWORD=pässwörd\0".getBytes(StandardCharsets.ISO_8859_1));
        bytes.writeBytes("STORE_USER=sync\0".getBytes(StandardCharsets.UTF_8));
        Path file = Files.write(folder.resolve("environ"), bytes.toByteArray());

        assertThat(Environment.of(Map.of("STORE_PASSWORD", "pässwörd", "STORE_USER", "sync"), file))
                .containsEntry("STORE_PASSWORD", "pässwörd")
                .containsEntry("STORE_USER", "sync");
    }

    @Test
    void another_system_has_no_such_file() {
        assertThat(Environment.of(Map.of("A", "b"), folder.resolve("none"))).containsExactly(Map.entry("A", "b"));
        assertThat(Environment.ofProcess()).containsKey("PATH");
    }

    private Path environ(String text) throws Exception {
        return Files.writeString(folder.resolve("environ"), text);
    }
}
