package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The jar and the zip, started as a new user would: as processes of their own, without and with a configuration. */
@Timeout(120)
class PackagingIT {

    private static final Path JAR = Path.of("target/salesforce-talkdesk-sync.jar");
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    private static final Map<String, String> ESSENTIAL = Map.of(
            "SALESFORCE_LOGIN_URL", "http://localhost:1",
            "SALESFORCE_CLIENT_ID", "an-id",
            "SALESFORCE_CLIENT_SECRET", "hunter2",
            "TALKDESK_TOKEN_URL", "http://localhost:1/oauth/token",
            "TALKDESK_CLIENT_ID", "an-id",
            "TALKDESK_CLIENT_SECRET", "hunter2",
            "TALKDESK_RECORD_LISTS", "list-1");

    private final List<Process> started = new ArrayList<>();

    @TempDir
    Path folder;

    @AfterEach
    void end() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void the_jar_without_a_configuration_names_each_mistake_on_a_line_and_ends_with_1() throws Exception {
        Process jar = start(Path.of("."), Map.of(), JAVA, "-jar", JAR.toString());

        assertEndsWith(jar, 1);
        assertSevenMissing();
    }

    @Test
    void the_zip_without_a_configuration_does_the_same_wherever_it_lies_and_is_called_from() throws Exception {
        Path home = unzipped();
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));

        Process script = start(
                elsewhere,
                Map.of(),
                home.resolve("bin/salesforce-talkdesk-sync").toString());

        assertEndsWith(script, 1);
        assertSevenMissing();
    }

    @Test
    void a_mistake_in_the_environment_is_found_and_no_secret_shown() throws Exception {
        Map<String, String> environment = new HashMap<>(ESSENTIAL);
        environment.put("BATCH_SIZE", "200");
        environment.put("STORE_PASSWORD", "hunter2 ");

        Process jar = start(Path.of("."), environment, JAVA, "-jar", JAR.toString());

        assertEndsWith(jar, 1);
        assertThat(stderr())
                .contains("batch.size = 200: expected a whole number from 1 to 100")
                .hasSize(2);
        assertThat(Files.readString(folder.resolve("err")) + Files.readString(folder.resolve("out")))
                .doesNotContain("hunter2");
    }

    @Test
    void a_mistake_in_the_file_is_found() throws Exception {
        Path home = unzipped();
        Path file = home.resolve("config/application.properties");
        Files.writeString(
                file,
                Files.readString(file).replace("batch.size = 100", "batch.sise = {{env:NO_SUCH_VARIABLE}}")
                        + "\nops.port = {{env:NO_SUCH_VARIABLE}}\n");

        Process script = start(
                folder, ESSENTIAL, home.resolve("bin/salesforce-talkdesk-sync").toString());

        assertEndsWith(script, 1);
        assertThat(stderr())
                .containsExactly(
                        "ops.port = {{env:NO_SUCH_VARIABLE}} has a placeholder that nothing resolves: expected a whole"
                                + " number from 0 to 65535",
                        "unknown key batch.sise; did you mean batch.size?");
    }

    @Test
    void with_the_essential_keys_it_starts_and_sigterm_ends_it_with_0() throws Exception {
        Map<String, String> environment = new HashMap<>(ESSENTIAL);
        environment.put("OPS_PORT", "0");
        // The level of log4j's own default configuration, for as long as none of ours says otherwise.
        environment.put("JAVA_OPTS", "-Dorg.apache.logging.log4j.level=INFO");
        Process script = start(
                folder,
                environment,
                unzipped().resolve("bin/salesforce-talkdesk-sync").toString());
        await().atMost(Duration.ofSeconds(30))
                .until(() -> !script.isAlive()
                        || Files.readString(folder.resolve("out")).contains(") started in "));

        assertThat(script.isAlive()).as(String.join("\n", stderr())).isTrue();
        // SIGTERM on every system that has signals.
        script.destroy();

        assertEndsWith(script, 0);
    }

    private Process start(Path directory, Map<String, String> environment, String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile());
        // Nothing of the developer's own environment may complete the configuration.
        builder.environment().keySet().removeIf(name -> Stream.of("SALESFORCE_", "TALKDESK_", "STORE_", "BATCH_")
                .anyMatch(name::startsWith));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        started.add(process);
        return process;
    }

    private void assertEndsWith(Process process, int exitCode) throws Exception {
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("ended in time").isTrue();
        assertThat(process.exitValue()).as(String.join("\n", stderr())).isEqualTo(exitCode);
    }

    private void assertSevenMissing() throws IOException {
        assertThat(stderr())
                .extracting(line -> line.split(" ", 2)[0])
                .containsExactlyInAnyOrder(
                        "salesforce.login-url",
                        "salesforce.client-id",
                        "salesforce.client-secret",
                        "talkdesk.token-url",
                        "talkdesk.client-id",
                        "talkdesk.client-secret",
                        "talkdesk.record-lists");
        assertThat(stderr()).allMatch(line -> line.contains(" is missing"));
    }

    private List<String> stderr() throws IOException {
        return Files.readAllLines(folder.resolve("err"));
    }

    /** As {@code unzip} does it, with the modes that the zip gives its files: the script must be executable by them. */
    private Path unzipped() throws IOException {
        try (FileSystem zip = FileSystems.newFileSystem(zip(), Map.of("enablePosixFileAttributes", "true"));
                Stream<Path> entries = Files.walk(zip.getPath("/"))) {
            for (Path entry : (Iterable<Path>) entries.skip(1)::iterator) {
                Path to = folder.resolve(zip.getPath("/").relativize(entry).toString());
                Files.copy(entry, to);
                if (!Files.isDirectory(entry)) {
                    Files.setPosixFilePermissions(to, Files.getPosixFilePermissions(entry));
                }
            }
        }
        try (Stream<Path> homes = Files.list(folder)) {
            return homes.filter(home -> home.getFileName().toString().startsWith("salesforce-talkdesk-sync-"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static Path zip() throws IOException {
        try (Stream<Path> built = Files.list(Path.of("target"))) {
            return built.filter(file -> file.getFileName().toString().matches("salesforce-talkdesk-sync-.*\\.zip"))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
