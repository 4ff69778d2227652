package io.recordsync.ops.support;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.config.Configuration;
import io.recordsync.config.Key;
import io.recordsync.config.Keys;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstallationTest {

    @TempDir
    Path folder;

    @Test
    void no_secret_of_any_key_and_no_name_of_a_person_is_in_any_text() throws IOException {
        Map<String, String> values = new HashMap<>();
        List<String> secrets =
                Keys.all().stream().filter(Key::isSecret).map(Key::name).toList();
        secrets.forEach(key -> values.put(key, "value-of-" + key + "-$%&\"x"));
        Path users =
                Files.writeString(folder.resolve("users"), "# of us\ngwendolyn:$2y$05$hash\nbert mason:$2y$05$h\n");
        Path log = folder.resolve("service.log");
        values.put("log.file", log.toString());
        values.put("ops.users", users.toString());
        values.put("ops.user", "hildegard");
        values.put("ops.viewers", "bert mason, a stranger");
        values.put("data.folder", folder.toString());
        values.put("store.url", "jdbc:postgresql://db/x?user=sync&password=of-the-url");
        values.put("salesforce.jwt.user", "integration.person@corp.example");
        Files.writeString(
                log,
                String.join("\n", values.values())
                        + "\ngwendolyn@10.0.0.1 approved 3\nbert mason looked, as hildegard did\n");

        Map<String, String> texts = texts(new Installation(Configuration.of(values), "routes/*.camel.yaml"));

        assertThat(texts).containsOnlyKeys("version.txt", "configuration.txt", "files.txt", "log-file.txt");
        texts.forEach((name, text) -> {
            secrets.forEach(key -> assertThat(text).as(name).doesNotContain("value-of-" + key));
            assertThat(text)
                    .as(name)
                    .doesNotContain("gwendolyn", "bert mason", "hildegard", "a stranger", "of-the-url")
                    .doesNotContain("integration.person");
        });
        secrets.forEach(key -> assertThat(texts.get("configuration.txt")).contains(key + " is set\n"));
        assertThat(texts.get("configuration.txt"))
                .contains("store.url = jdbc:postgresql://db/x…\n", "batch.size = 100  # the default\n");
        assertThat(texts.get("log-file.txt")).containsPattern("\\(person \\d\\)@10\\.0\\.0\\.1 approved 3\n");
        assertThat(texts.get("files.txt")).contains("service.log", "route files routes/*.camel.yaml");
    }

    @Test
    void the_end_of_a_large_log_begins_with_a_whole_line() throws IOException {
        Path log = folder.resolve("service.log");
        String secret = "a-secret-that-is-cut-in-the-middle";
        Files.writeString(log, secret + "\n" + (".".repeat(1023) + "\n").repeat(4096 - 1) + ".".repeat(1023 - 17));
        assertThat(Files.size(log)).isGreaterThan(4 << 20);

        Map<String, String> texts = texts(new Installation(
                Configuration.of(Map.of(
                        "log.file", log.toString(),
                        "data.folder", folder.toString(),
                        "store.password", secret)),
                ""));

        assertThat(texts.get("log-file.txt")).startsWith("....").doesNotContain("middle");
    }

    @Test
    void what_cannot_be_had_is_said_in_its_place() throws IOException {
        Map<String, String> texts = texts(new Installation(
                Configuration.of(
                        Map.of("log.file", folder.resolve("none").toString(), "data.folder", folder.toString())),
                ""));

        assertThat(texts.get("log-file.txt")).startsWith("Not to be had: java.nio.file.NoSuchFileException: ");
    }

    private static Map<String, String> texts(Installation installation) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (SupportArchive archive = new SupportArchive(bytes, installation.scrubbing())) {
            installation.addTo(archive);
        }
        Map<String, String> texts = new TreeMap<>();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                texts.put(entry.getName(), new String(zip.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        return texts;
    }
}
