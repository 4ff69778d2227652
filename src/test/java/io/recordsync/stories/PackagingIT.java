package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.recordsync.Secrets;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The jar and the zip, started as a new user would: as processes of their own, without and with a configuration. */
@Tag("packaging")
@Timeout(300)
class PackagingIT {

    private static final Path JAR = Path.of("target/salesforce-talkdesk-sync.jar");
    /** What is not run for long need not be compiled well. */
    private static final String QUICK_START = "-XX:TieredStopAtLevel=1";

    private static final String SHARED = "io.recordsync.Application source: shared objects file (top)";

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

    /** Where Debian and others put them. */
    private static final Path JAVAS = Path.of("/usr/lib/jvm");

    private static final int OLDEST_RELEASE = 17;
    private static final Pattern RELEASE = Pattern.compile("JAVA_VERSION=\"(\\d+).*");

    private final List<Process> started = new ArrayList<>();

    @TempDir
    Path folder;

    @AfterEach
    void end() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void the_jar_without_a_configuration_names_each_mistake_on_a_line_and_ends_with_1() throws Exception {
        Process jar = start(Path.of("."), Map.of(), JAVA, QUICK_START, "-jar", JAR.toString());

        assertEndsWith(jar, 1);
        assertSevenMissing();
    }

    @Test
    void the_zip_without_a_configuration_does_the_same_wherever_it_lies_and_is_called_from() throws Exception {
        Path home = Installation.unzip(folder);
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));

        Process script = start(
                elsewhere,
                Map.of(),
                home.resolve("bin/salesforce-talkdesk-sync").toString());

        assertEndsWith(script, 1);
        assertSevenMissing();
        assertThat(archives(home)).as("of a start that failed").isEmpty();
    }

    @Test
    void a_mistake_in_the_environment_is_found_and_no_secret_shown() throws Exception {
        Map<String, String> environment = new HashMap<>(ESSENTIAL);
        environment.put("BATCH_SIZE", "200");
        environment.put("STORE_PASSWORD", "hunter2");

        Process jar = start(Path.of("."), environment, JAVA, QUICK_START, "-jar", JAR.toString());

        assertEndsWith(jar, 1);
        assertThat(stderr()).containsExactly("batch.size (BATCH_SIZE) = 200: expected a whole number from 1 to 100");
    }

    @Test
    void a_mistake_in_the_file_is_found() throws Exception {
        Path home = Installation.unzip(folder);
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
                        "ops.port = {{env:NO_SUCH_VARIABLE}} has a {{ in it, and no placeholder is read in a setting any"
                                + " more: write the value in its place, or set OPS_PORT; expected a whole number from 0 to 65535",
                        "unknown key batch.sise; did you mean batch.size?");
    }

    @Test
    void with_the_essential_keys_it_starts_and_sigterm_ends_it_with_0() throws Exception {
        assertThat(startedAndStopped(Installation.unzip(folder))).endsWith("Stopped");
    }

    /** The folder moved, a jar touched, the archive damaged: as quick as with it, or plainly without. */
    @Test
    void an_archive_of_the_classes_is_made_on_request_used_and_made_anew_wherever_the_folder_lies() throws Exception {
        Path home = Installation.unzip(folder);
        Path link = Files.createSymbolicLink(folder.resolve("link"), Installation.script(home));

        assertThat(archiveMadeBy(link))
                .matches("The next start is quicker by " + home.toRealPath() + "/lib/classes-\\d+\\.jsa");
        assertThat(archives(home)).hasSize(1);
        assertThat(startedAndStopped(link)).endsWith("Stopped").doesNotContain("[cds", "hared");
        assertThat(loadedClasses()).contains(SHARED);

        Path moved = Files.move(home, folder.resolve("moved"));
        assertThat(startedAndStopped(moved)).endsWith("Stopped").doesNotContain("[cds", "hared");
        assertThat(loadedClasses()).doesNotContain(SHARED);
        archiveMadeBy(Installation.script(moved));
        assertThat(archives(moved)).as("the one for the other folder is gone").hasSize(1);
        damage(archives(moved).get(0));
        assertThat(startedAndStopped(moved)).endsWith("Stopped").doesNotContain("[cds", "hared");
        assertThat(loadedClasses()).doesNotContain(SHARED);
    }

    /** Also those of a stream and of a call, which nothing answers in a rehearsal: there were some 300 without. */
    @Test
    void with_an_archive_the_first_deletion_is_done_with_hardly_a_class_from_a_jar() throws Exception {
        Path script = Installation.script(Installation.unzip(folder));
        archiveMadeBy(script);
        String log = QUICK_START + " -Xlog:class+load:file=" + folder.resolve("classes");

        assertDoesTheMainJob(folder, Map.of("JAVA_OPTS", log, "DOCTOR_AT_START", "false"), script.toString());

        assertThat(loadedClasses().lines().filter(line -> line.contains("source: file:") && line.endsWith(".jar")))
                .hasSizeLessThan(150);
    }

    private static void damage(Path archive) throws IOException {
        assertThat(archive.toFile().setWritable(true)).isTrue();
        try (RandomAccessFile file = new RandomAccessFile(archive.toFile(), "rw")) {
            file.seek(file.length() / 2);
            int there = file.read();
            file.seek(file.length() / 2);
            file.write(~there);
        }
    }

    /** 36 seconds of a processor were spent by a service that was told to stop. */
    @Test
    void after_the_first_start_a_process_of_its_own_makes_the_archive_and_no_stop_waits_for_it() throws Exception {
        Path home = Installation.unzip(folder);
        Process stopped = started(Installation.script(home), "-Dclass.archive.after=0");
        await().atMost(Duration.ofSeconds(30)).until(() -> stopped.descendants()
                .filter(child -> "19".equals(niceness(child)))
                .anyMatch(child -> child.info().command().orElse("").endsWith("/bin/java")));
        List<ProcessHandle> children = stopped.descendants().toList();
        stopped.destroy();
        assertEndsWith(stopped, 0);
        await().atMost(Duration.ofSeconds(10))
                .until(() -> children.stream().noneMatch(ProcessHandle::isAlive)
                        && inLib(home, "making-").isEmpty());
        assertThat(archives(home)).isEmpty();

        Process service = started(Installation.script(home), "-Dclass.archive.after=0");
        await().atMost(Duration.ofMinutes(3))
                .until(() -> Files.readString(folder.resolve("out")).contains("The next start is quicker by "));
        assertThat(archives(home)).hasSize(1);
        assertThat(inLib(home, "making-")).isEmpty();
        service.destroy();
        assertEndsWith(service, 0);
    }

    private static String niceness(ProcessHandle process) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
            return stat.substring(stat.lastIndexOf(')') + 2).split(" ")[16];
        } catch (IOException e) {
            return "";
        }
    }

    @Test
    void a_java_that_cannot_archive_classes_starts_as_ever_and_says_so_on_request() throws Exception {
        Path home = Installation.unzip(folder);

        assertThat(startedAndStopped(home, "-Xshare:off", "-Dclass.archive.after=0"))
                .endsWith("Stopped");

        assertThat(archives(home)).isEmpty();
        Process archive = start(
                folder,
                Map.of("JAVA_OPTS", "-Xshare:off"),
                Installation.script(home).toString(),
                "archive");
        assertEndsWith(archive, 75);
        assertThat(stderr())
                .containsExactly("No archive of the classes was made: this Java cannot make one with -Xshare:off");
    }

    private static List<Path> archives(Path home) throws IOException {
        return inLib(home, "classes-");
    }

    private static List<Path> inLib(Path home, String prefix) throws IOException {
        try (Stream<Path> files = Files.list(home.resolve("lib"))) {
            return files.filter(file -> file.getFileName().toString().startsWith(prefix))
                    .toList();
        }
    }

    private String archiveMadeBy(Path script) throws Exception {
        Process archive = start(folder, Map.of(), script.toString(), "archive");
        assertThat(archive.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(archive.exitValue()).as(String.join("\n", stderr())).isZero();
        return Files.readString(folder.resolve("out")).strip();
    }

    private String loadedClasses() throws IOException {
        return Files.readString(folder.resolve("classes"));
    }

    /** By the script; returns what it said, and leaves a list of the classes that it loaded. */
    private String startedAndStopped(Path home, String... options) throws Exception {
        Process script = started(Files.isDirectory(home) ? Installation.script(home) : home, options);
        // SIGTERM on every system that has signals.
        script.destroy();

        assertEndsWith(script, 0);
        return Files.readString(folder.resolve("out")).strip();
    }

    private Process started(Path script, String... options) throws Exception {
        Map<String, String> environment = new HashMap<>(ESSENTIAL);
        environment.put("OPS_PORT", "0");
        environment.put(
                "JAVA_OPTS",
                QUICK_START + " -Xlog:class+load:file=" + folder.resolve("classes") + " " + String.join(" ", options));
        Process service = start(folder, environment, script.toString());
        await().atMost(Duration.ofSeconds(60))
                .until(() -> !service.isAlive()
                        || Files.readString(folder.resolve("out")).contains("Started in "));
        assertThat(service.isAlive()).as(String.join("\n", stderr())).isTrue();
        return service;
    }

    @Test
    void the_jar_does_the_main_job() throws Exception {
        assertDoesTheMainJob(Path.of("."), JAVA, QUICK_START, "-jar", JAR.toString());
    }

    @Test
    void the_zip_does_the_main_job_wherever_it_lies_and_is_called_from() throws Exception {
        String script = Installation.unzip(folder)
                .resolve("bin/salesforce-talkdesk-sync")
                .toString();
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));

        assertDoesTheMainJob(elsewhere, script);

        // The service has ended. A file is meant where the command is given.
        Map<String, String> store = Map.of("STORE_URL", "jdbc:sqlite:" + folder.resolve("inbox.db"));
        Process receipts =
                start(elsewhere, store, script, "receipts", "--contact", "003DL0000212DetYAE", "--output", "proof.csv");
        assertEndsWith(receipts, 0);
        assertThat(Files.readString(elsewhere.resolve("proof.csv"))).contains("Removed from the record list: ");
    }

    /** Those that this machine has beside the one of the tests, and that one where it is the only one. */
    static List<Path> javas() throws IOException {
        Path own = Path.of(System.getProperty("java.home")).toRealPath();
        Set<Path> homes = new TreeSet<>();
        if (Files.isDirectory(JAVAS)) {
            try (Stream<Path> folders = Files.list(JAVAS)) {
                for (Path folder : folders.toList()) {
                    if (Files.isExecutable(folder.resolve("bin/java")) && release(folder) >= OLDEST_RELEASE) {
                        homes.add(folder.toRealPath());
                    }
                }
            }
        }
        homes.remove(own);
        return homes.isEmpty() ? List.of(own) : List.copyOf(homes);
    }

    private static int release(Path home) throws IOException {
        Path file = home.resolve("release");
        return Files.exists(file)
                ? Files.readAllLines(file).stream()
                        .map(RELEASE::matcher)
                        .filter(Matcher::matches)
                        .mapToInt(line -> Integer.parseInt(line.group(1)))
                        .findFirst()
                        .orElse(0)
                : 0;
    }

    @ParameterizedTest
    @MethodSource("javas")
    void the_zip_does_the_main_job_on_every_java_of_this_machine_and_none_warns(Path home) throws Exception {
        Path script = Installation.script(Installation.unzip(folder));

        assertDoesTheMainJob(folder, Map.of("JAVA_HOME", home.toString()), script.toString());

        assertThat(Files.readString(folder.resolve("out"))).contains(" on Java " + release(home));
        assertThat(stderr()).isEmpty();
    }

    @Test
    void the_jar_carries_every_route_for_another_runtime_to_take_from_the_class_path() throws Exception {
        try (ZipFile jar = new ZipFile(JAR.toFile());
                Stream<Path> routes = Files.list(Path.of("routes"))) {
            assertThat(routes.filter(Files::isRegularFile).map(route -> "routes/" + route.getFileName()))
                    .contains("routes/deliver-deletions.camel.yaml")
                    .allSatisfy(
                            route -> assertThat(jar.getEntry(route)).as(route).isNotNull());
        }
    }

    private void assertDoesTheMainJob(Path directory, String... command) throws Exception {
        assertDoesTheMainJob(directory, Map.of(), command);
    }

    private void assertDoesTheMainJob(Path directory, Map<String, String> more, String... command) throws Exception {
        try (SalesforceSimulator salesforce = SalesforceSimulator.builder()
                        .patience(Duration.ofSeconds(30))
                        .start();
                TalkdeskSimulator talkdesk = TalkdeskSimulator.start()) {
            // The doctor at the start asks for what only such a user may see; others are refused, and the doctor skips
            // it.
            salesforce.viewSetup("Contact");
            talkdesk.addList("list-1", "EXTERNAL");
            talkdesk.addRecords("list-1", "salesforce", List.of("003DL0000212DetYAE", "003DL0000214OYdYAM"));
            Map<String, String> environment = new HashMap<>(ESSENTIAL);
            environment.putAll(Map.of(
                    "SALESFORCE_LOGIN_URL",
                    salesforce.loginUrl(),
                    "SALESFORCE_CLIENT_ID",
                    SalesforceSimulator.CLIENT_ID,
                    "SALESFORCE_CLIENT_SECRET",
                    SalesforceSimulator.CLIENT_SECRET,
                    "SALESFORCE_PUBSUB_HOST",
                    salesforce.pubsubHost(),
                    "SALESFORCE_PUBSUB_PORT",
                    Integer.toString(salesforce.pubsubPort()),
                    "SALESFORCE_PUBSUB_PLAINTEXT",
                    "true"));
            environment.putAll(Map.of(
                    "TALKDESK_API_URL",
                    talkdesk.url(),
                    "TALKDESK_TOKEN_URL",
                    talkdesk.tokenUrl(),
                    "TALKDESK_CLIENT_ID",
                    TalkdeskSimulator.CLIENT_ID,
                    "TALKDESK_CLIENT_SECRET",
                    TalkdeskSimulator.CLIENT_SECRET,
                    "STORE_URL",
                    "jdbc:sqlite:" + folder.resolve("inbox.db"),
                    "DATA_FOLDER",
                    folder.resolve("data").toString(),
                    "OPS_PORT",
                    "0"));
            environment.putAll(more);
            Process service = start(directory, environment, command);
            salesforce.recording().awaitSubscription(1);

            salesforce.publishDelete("003DL0000212DetYAE");

            talkdesk.awaitGone("list-1", List.of("003DL0000212DetYAE"));
            assertThat(talkdesk.recordCount("list-1")).isOne();
            service.destroy();
            assertEndsWith(service, 0);
            assertThat(talkdesk.mistakes()).isEmpty();
            assertThat(salesforce.recording().refusals()).isEmpty();
        }
    }

    private Process start(Path directory, Map<String, String> environment, String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile());
        // Nothing of the developer's own environment may complete the configuration.
        builder.environment().keySet().removeIf(name -> Stream.of(
                        "SALESFORCE_", "TALKDESK_", "STORE_", "DATA_", "BATCH_", "OPS_")
                .anyMatch(name::startsWith));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("JAVA_OPTS", QUICK_START);
        builder.environment().putAll(environment);
        environment.forEach((key, value) -> Secrets.keep(key.toLowerCase(Locale.ROOT), value.strip()));
        Process process = builder.start();
        started.add(process);
        return process;
    }

    private void assertEndsWith(Process process, int exitCode) throws Exception {
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("ended in time").isTrue();
        assertThat(process.exitValue()).as(String.join("\n", stderr())).isEqualTo(exitCode);
        Secrets.refuse("stderr", Files.readString(folder.resolve("err")));
        Secrets.refuse("stdout", Files.readString(folder.resolve("out")));
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
}
