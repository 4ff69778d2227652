package io.recordsync.packages;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.packages.Command.Ended;
import io.recordsync.stories.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The profile that signs, with a key that is thrown away: what is published has a signature beside it, and an operator verifies it. */
@Tag("packages")
@Timeout(1200)
class SignaturesIT {

    private static final String KEY = "A key to be thrown away <release@example.org>";
    private static final List<String> NOT_COPIED = List.of("target", ".git", "data");

    /** Short: gpg's agent has a socket in it. */
    private final Path keys = Files.createTempDirectory("gpg");

    @TempDir
    Path folder;

    SignaturesIT() throws IOException {}

    @Test
    void jar_zip_deb_and_bill_of_materials_are_signed_and_a_changed_byte_is_found() throws Exception {
        Programs.require("gpg");
        Path mine = Files.createDirectory(keys.resolve("a"));
        Path operators = Files.createDirectory(keys.resolve("b"));
        Path project = folder.resolve("project");
        copy(Path.of("").toAbsolutePath(), project);
        try {
            gpg(mine, "--passphrase", "", "--quick-generate-key", KEY, "ed25519", "sign", "1d");

            in(
                            mine,
                            "mvn",
                            "--batch-mode",
                            "--no-transfer-progress",
                            "--quiet",
                            "-Dmaven.repo.local=" + System.getProperty("local.repository"),
                            "--file",
                            project.resolve("pom.xml").toString(),
                            "-Ppackages,release",
                            "-Dmaven.test.skip",
                            "-Dspotless.check.skip",
                            "-Dgpg.keyname=release@example.org",
                            "verify")
                    .run();

            Path key = folder.resolve("key.asc");
            gpg(mine, "--armor", "--output", key.toString(), "--export", "release@example.org");
            gpg(operators, "--import", key.toString());
            List<Path> published = published(project.resolve("target"));
            assertThat(published.stream()
                            .map(file -> file.getFileName().toString().replaceAll(".*\\.(?=[a-z])", "")))
                    .containsExactlyInAnyOrder("jar", "zip", "deb", "json");
            for (Path file : published) {
                Path signature = Path.of(file + ".asc");
                assertThat(signature).exists();
                assertThat(verify(operators, signature, file).said()).contains("Good signature from \"" + KEY + "\"");
                Files.write(file, new byte[] {0}, StandardOpenOption.APPEND);
                Ended changed = verify(operators, signature, file);
                assertThat(changed.exitCode()).isNotZero();
                assertThat(changed.said()).contains("BAD signature");
            }
        } finally {
            in(mine, "gpgconf", "--kill", "all").tryRun();
            in(operators, "gpgconf", "--kill", "all").tryRun();
            Command.of("rm", "-rf", keys.toString()).run();
        }
    }

    private static List<Path> published(Path target) throws IOException {
        try (Stream<Path> files = Files.list(target)) {
            return files.filter(file -> file.getFileName()
                            .toString()
                            .matches("salesforce-talkdesk-sync(\\.jar|\\.deb|-[\\w.-]+\\.zip|-[\\w.-]+\\.cdx\\.json)"))
                    .toList();
        }
    }

    private static Ended verify(Path home, Path signature, Path file) {
        return in(home, "gpg", "--batch", "--verify", signature.toString(), file.toString())
                .tryRun();
    }

    private static void gpg(Path home, String... words) {
        List<String> all = new ArrayList<>(List.of("gpg", "--batch"));
        all.addAll(List.of(words));
        in(home, all.toArray(String[]::new)).run();
    }

    /** With the keys of this folder. */
    private static Command in(Path home, String... words) {
        List<String> all = new ArrayList<>(List.of("env", "LC_ALL=C.UTF-8", "GNUPGHOME=" + home));
        all.addAll(List.of(words));
        return new Command(all);
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> entries = Files.list(from)) {
            for (Path entry : (Iterable<Path>) entries::iterator) {
                if (!NOT_COPIED.contains(entry.getFileName().toString())) {
                    Command.of("cp", "-a", entry.toString(), to.toString()).run();
                }
            }
        }
    }
}
