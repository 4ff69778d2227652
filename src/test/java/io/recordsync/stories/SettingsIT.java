package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A setting arrives as it was written, wherever it comes from, in the packaged service and in its commands. */
@Tag("long")
@Timeout(180)
class SettingsIT {

    private static final String CONTACT = "003DL0000212DetYAE";
    private static final Path CONFIGURATION = Path.of("config/application.properties");
    private static final Pattern OTHER_DIGITS = Pattern.compile("[\\p{Nd}&&[^0-9]]");

    /** Of the first release, as an upgrade keeps it. */
    private static final String OLD_FILE =
            """
            camel.main.routesIncludePattern = \\
                file:routes/beans.camel.yaml,\\
                file:routes/accept-deletions.camel.yaml,\\
                file:routes/ops.camel.yaml
            camel.main.basePackageScanEnabled = false
            camel.main.shutdownTimeout = 20
            camel.component.http.automaticRetriesDisabled = true
            camel.main.streamCachingSpoolEnabled = true
            camel.server.enabled = true
            camel.server.host = {{ops.host}}
            camel.server.port = {{ops.port}}
            camel.server.maxBodySize = 1048576
            camel.management.enabled = true
            camel.management.port = {{ops.port}}
            camel.metrics.enabled = true
            """;

    private static final List<String> SECRETS = List.of(
            "secret\\9",
            "a\\",
            "pa{{ss}}",
            "#bean:x",
            "#class:java.lang.String",
            "#valueAs(int):1",
            "{{env:HOME}}",
            "pässwörd€",
            "${env:HOME}");

    private static final List<String> KEYS =
            List.of("salesforce.client-secret", "talkdesk.client-secret", "store.password");

    @TempDir
    Path home;

    private SalesforceSimulator salesforce;
    private TalkdeskSimulator talkdesk;
    private LoginRecorder recorder;

    @BeforeEach
    void start() throws Exception {
        salesforce = SalesforceSimulator.start();
        talkdesk = TalkdeskSimulator.start();
        talkdesk.addList("list-a", "EXTERNAL");
        talkdesk.addRecord("list-a", "salesforce", CONTACT);
        recorder = new LoginRecorder();
        Files.createDirectory(home.resolve("routes"));
        try (Stream<Path> routes = Files.list(Path.of("routes"))) {
            for (Path route : routes.toList()) {
                Files.copy(route, home.resolve("routes").resolve(route.getFileName()));
            }
        }
    }

    @AfterEach
    void stop() throws Exception {
        recorder.close();
        talkdesk.close();
        salesforce.close();
    }

    /** By Camel's rules the key was spelled DELİVERY_MODE there, and the record was deleted. */
    @Test
    void under_a_turkish_locale_and_with_the_file_of_the_first_release_a_dry_run_of_the_environment_deletes_nothing()
            throws Exception {
        Files.createFile(home.resolve("routes/mine.yaml"));
        try (Service service = service()) {
            service.inFile(OLD_FILE)
                    .with("delivery.mode", "dry-run")
                    .with("delivery.rat", "1")
                    .with("java.tool.options", "-Duser.language=tr -Duser.country=TR")
                    .startSubscribed();

            salesforce.publishDelete(CONTACT);
            service.await("it is rehearsed", () -> service.count("rehearsed") == 1);

            assertThat(talkdesk.deletes()).isEmpty();
            assertThat(talkdesk.recordCount("list-a")).isEqualTo(1);
            assertThat(service.log())
                    .contains("camel.main.routesIncludePattern names 3 route files of the service")
                    .contains("camel.server.* has no effect any more")
                    .contains("camel.management.* has no effect any more")
                    .contains("camel.metrics.* has no effect any more")
                    .contains("The route file routes/mine.yaml is there and not loaded")
                    .contains("DELIVERY_RAT is in the environment and is no setting; did you mean DELIVERY_RATE?");
        }
    }

    @Test
    void without_a_configuration_folder_everything_comes_from_the_environment_and_digits_are_ascii() throws Exception {
        try (Service service = service()) {
            service.with("java.tool.options", "-Duser.language=ar -Duser.country=EG")
                    .startSubscribed();

            salesforce.publishDelete(CONTACT);
            talkdesk.awaitGone("list-a", List.of(CONTACT));
            service.await("it is settled", () -> service.count("deleted") == 1);

            for (String path : List.of("/api/status", "/api/deletions", "/observe/health", "/observe/metrics")) {
                assertThat(service.text(path)).doesNotContainPattern(OTHER_DIGITS);
            }
            Command receipts = Command.runIn(
                    home,
                    List.of(),
                    List.of("-Duser.language=ar", "-Duser.country=EG"),
                    service.environment(),
                    "receipts",
                    "--contact",
                    CONTACT);
            assertThat(receipts.out()).contains(CONTACT).doesNotContainPattern(OTHER_DIGITS);
            assertThat(service.terminate()).isZero();
            assertThat(service.log()).contains("Started in ").doesNotContainPattern(OTHER_DIGITS);
        }
    }

    @Test
    void secrets_arrive_as_they_were_written_in_the_file() throws Exception {
        for (int first = 0; first < SECRETS.size(); first += KEYS.size()) {
            Map<String, String> settings = secrets(first);
            String mark = first == 0 ? "\uFEFF" : "";
            write(mark
                    + settings.entrySet().stream()
                            .map(setting -> setting.getKey() + " = " + setting.getValue() + "\n")
                            .collect(Collectors.joining()));

            doctor(List.of(), Map.of());

            assertArrived(settings);
        }
    }

    /** In a locale without UTF-8 too: a service or an image without LANG has it. */
    @Test
    void secrets_arrive_as_they_were_written_in_the_environment() throws Exception {
        for (int first = 0; first < SECRETS.size(); first += KEYS.size()) {
            Map<String, String> settings = secrets(first);
            Map<String, String> environment = new LinkedHashMap<>();
            settings.forEach((key, value) -> environment.put(variable(key), value));
            environment.put("LC_ALL", "C");

            doctorByShell(environment);

            assertArrived(settings);
        }
    }

    @Test
    void secrets_arrive_as_they_were_written_in_files_of_their_own() throws Exception {
        Map<String, String> settings = secrets(0);
        Map<String, String> environment = new LinkedHashMap<>(settings);
        Path credentials = Files.createDirectory(home.resolve("credentials"));
        for (String key : KEYS) {
            Files.writeString(credentials.resolve(key), settings.get(key) + "\n");
            environment.remove(key);
        }
        write("store.password.file = store.password\n" + "talkdesk.client-secret.file = "
                + credentials.resolve("talkdesk.client-secret") + "\n");
        Map<String, String> variables = new LinkedHashMap<>();
        environment.forEach((key, value) -> variables.put(variable(key), value));
        variables.put(
                "SALESFORCE_CLIENT_SECRET_FILE",
                credentials.resolve("salesforce.client-secret").toString());
        variables.put("CREDENTIALS_DIRECTORY", credentials.toString());

        doctor(List.of(), variables);

        assertArrived(settings);
    }

    @Test
    void what_used_to_be_interpreted_ends_the_start_and_the_doctor_with_the_form_to_write_now() throws Exception {
        try (Service service = service()) {
            service.with("ops.user", "oper\\u0061tor")
                    .with("talkdesk.external-provider", "{{my.provider}}")
                    .with("salesforce.jwt.keystore", "C:\\keys\\sf.p12")
                    .with("guard.window", "60")
                    .with("batch.size", "5\\")
                    .inFile("")
                    .with("proxy.port", "tcp://10.0.0.1:3128");

            String[] lines = {
                "ops.user (config/application.properties, line #) has a \\ in it, which is no escape any more: write ops.user ="
                        + " operator, or set OPS_USER, where it stands for itself",
                "talkdesk.external-provider = {{my.provider}} has a {{ in it",
                "salesforce.jwt.keystore (config/application.properties",
                "batch.size (config/application.properties",
                "guard.window = 60: read as 60 ms; write 60s",
                "proxy.port (PROXY_PORT) = tcp://10.0.0.1:3128 is a link to a service of Kubernetes, not a setting: set"
                        + " enableServiceLinks: false in the pod's spec",
            };
            assertThat(service.launch().awaitEnd()).isEqualTo(1);
            for (String line : lines) {
                assertThat(service.log().replaceAll("line \\d+", "line #")).contains(line);
            }
            assertThat(service.linesOfTheStart()).as(service.log()).hasSize(lines.length);
        }
    }

    @Test
    void a_file_that_another_user_owns_is_one_line_and_what_the_doctor_of_root_examined_is_free_for_the_service()
            throws Exception {
        boolean root = "root".equals(System.getProperty("user.name"));
        List<String> asNobody = root
                ? List.of(Programs.require("setpriv").toString(), "--reuid=65534", "--regid=65534", "--clear-groups")
                : List.of();
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-xr-x"));
        Assumptions.assumeTrue(canStart(asNobody), "another user cannot read " + Service.JAR);
        Path data = home.resolve("data");
        try (Service service = service()) {
            service.with("store.url", "jdbc:sqlite:./data/recordsync.db").inFile("");

            Set<String> before = files();
            doctor(List.of(), Map.of());
            assertThat(files()).as("left behind by the doctor").isEqualTo(before);

            Path configuration = home.resolve(CONFIGURATION);
            Files.setPosixFilePermissions(
                    configuration, PosixFilePermissions.fromString(root ? "rw-------" : "---------"));
            String line = "config/application.properties cannot be read: permission denied; owner "
                    + Files.getOwner(configuration).getName() + ", mode " + (root ? "rw-------" : "---------")
                    + ", asked by the user ";
            Command start = Command.runIn(home, asNobody, List.of(), Map.of());
            assertThat(start.exitCode()).isEqualTo(1);
            assertThat(start.err().lines())
                    .as(start.err())
                    .singleElement()
                    .asString()
                    .startsWith(line);
            Command doctor = Command.runIn(home, asNobody, List.of(), Map.of(), "doctor");
            assertThat(doctor.exitCode()).isEqualTo(1);
            assertThat(doctor.out()).contains("fail | configuration          | " + line);

            Files.setPosixFilePermissions(configuration, PosixFilePermissions.fromString("rw-r--r--"));
            Path route = home.resolve("routes/accept-deletions.camel.yaml");
            Files.setPosixFilePermissions(route, PosixFilePermissions.fromString(root ? "rw-------" : "---------"));
            start = Command.runIn(home, asNobody, List.of(), Map.of());
            assertThat(start.exitCode()).isEqualTo(1);
            assertThat(start.err())
                    .startsWith("The route file routes/accept-deletions.camel.yaml cannot be read: permission");

            Files.setPosixFilePermissions(route, PosixFilePermissions.fromString("rw-r--r--"));
            Files.createDirectory(data);
            Path lock = Files.createFile(data.resolve("recordsync.db.lock"));
            Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxrwxrwx"));
            Files.setPosixFilePermissions(lock, PosixFilePermissions.fromString(root ? "rw-------" : "r--r--r--"));
            start = Command.runIn(home, asNobody, List.of(), Map.of());
            assertThat(start.exitCode()).isEqualTo(1);
            assertThat(start.err())
                    .contains("recordsync.db.lock cannot be opened: permission denied; owner ")
                    .contains(", mode " + (root ? "rw-------" : "r--r--r--"));

            Files.delete(lock);
            doctor(List.of(), Map.of());
            assertThat(data).isEmptyDirectory();
            service.before(asNobody).startSubscribed();
            salesforce.publishDelete(CONTACT);
            talkdesk.awaitGone("list-a", List.of(CONTACT));
        }
    }

    private Service service() throws IOException {
        return new Service(home, salesforce, talkdesk, "list-a").in(home);
    }

    /** The essentials with three of the secrets, for the recorder. */
    private Map<String, String> secrets(int first) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("salesforce.login-url", recorder.salesforceUrl());
        settings.put("salesforce.client-id", "an-id");
        settings.put("talkdesk.token-url", recorder.talkdeskTokenUrl());
        settings.put("talkdesk.client-id", "an-id");
        settings.put("talkdesk.record-lists", "list-a");
        settings.put("store.url", recorder.storeUrl());
        settings.put("store.user", "sync");
        for (int i = 0; i < KEYS.size(); i++) {
            settings.put(KEYS.get(i), SECRETS.get((first + i) % SECRETS.size()));
        }
        return settings;
    }

    private void assertArrived(Map<String, String> settings) {
        assertThat(recorder.inForm()).containsOnly(settings.get("salesforce.client-secret"));
        assertThat(recorder.inHeader()).containsOnly(settings.get("talkdesk.client-secret"));
        assertThat(recorder.inPostgresql()).containsOnly(settings.get("store.password"));
        recorder.forget();
    }

    private Command doctor(List<String> before, Map<String, String> environment) throws Exception {
        return Command.runIn(home, before, List.of(), environment, "doctor");
    }

    /** The variables go through a file of the shell: Java would encode them by the locale of the tests. */
    private void doctorByShell(Map<String, String> environment) throws Exception {
        String exports = environment.entrySet().stream()
                .map(variable -> "export " + variable.getKey() + "='" + variable.getValue() + "'\n")
                .collect(Collectors.joining());
        Path script =
                Files.write(home.resolve("doctor.sh"), (exports + "exec \"$@\"\n").getBytes(StandardCharsets.UTF_8));
        Command.runIn(home, List.of("sh", script.toString()), List.of(), Map.of(), "doctor");
    }

    private void write(String configuration) throws IOException {
        Files.createDirectories(home.resolve("config"));
        Files.writeString(home.resolve(CONFIGURATION), configuration);
    }

    private static String variable(String key) {
        return key.toUpperCase(java.util.Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    private boolean canStart(List<String> before) throws Exception {
        return Command.runIn(home, before, List.of(), Map.of(), "--help").exitCode() == 0;
    }

    private Set<String> files() throws IOException {
        try (Stream<Path> files = Files.walk(home)) {
            return files.map(file -> home.relativize(file).toString()).collect(Collectors.toCollection(TreeSet::new));
        }
    }
}
