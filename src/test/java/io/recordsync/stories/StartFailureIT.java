package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a start cannot do without: it ends with one line that says what is in the way, and 75 where waiting may help. */
@Timeout(60)
@Tag("long")
class StartFailureIT {

    @TempDir
    static Path folder;

    private static SalesforceSimulator salesforce;
    private static TalkdeskSimulator talkdesk;

    @BeforeAll
    static void set_up() {
        salesforce = SalesforceSimulator.start();
        talkdesk = TalkdeskSimulator.start();
    }

    @AfterAll
    static void tear_down() {
        talkdesk.close();
        salesforce.close();
    }

    @Test
    void a_second_process_on_one_sqlite_file_is_refused_and_the_first_goes_on() throws Exception {
        talkdesk.addList("list-a", "EXTERNAL");
        talkdesk.addRecord("list-a", "salesforce", "003DL0000212DetYAE");
        try (Service first = service();
                Service second = service()) {
            first.startSubscribed();

            assertEndsWith(
                    second,
                    "The start failed: " + folder.resolve("recordsync.db")
                            + " is in use by another process (a SQLite file belongs to one; several need"
                            + " jdbc:postgresql:)");

            salesforce.publishDelete("003DL0000212DetYAE");
            talkdesk.awaitGone("list-a", List.of("003DL0000212DetYAE"));
        }
    }

    @Test
    void a_postgresql_that_is_away_is_named_and_its_password_is_not() throws Exception {
        try (Service service = service()) {
            service.with("store.url", "jdbc:postgresql://127.0.0.1:1/inbox?ssl=false")
                    .with("store.user", "sync")
                    .with("store.password", "swordfish-17");

            assertEndsWith(
                    75, service, "The start failed: Store jdbc:postgresql://127.0.0.1:1/inbox cannot be opened: ");
            assertThat(service.log()).doesNotContain("swordfish-17");
        }
    }

    /** One is the driver's to read, the others would be quoted in its own words. */
    @ParameterizedTest
    @CsvSource({
        "75, jdbc:postgresql://127.0.0.1:1/inbox?sslpassword=swordfish-18&password=swordfish-18, The start failed: Store"
                + " jdbc:postgresql://127.0.0.1:1/inbox cannot be opened: ",
        "1, jdbc:postgresql://sync:swordfish-18@127.0.0.1:1/inbox, store.url (STORE_URL) = jdbc:postgresql://…: expected ",
        "1, jdbc:postgresql://127.0.0.1:1/inbox&password=swordfish-18, store.url (STORE_URL) ="
                + " jdbc:postgresql://127.0.0.1:1/inbox…: expected ",
    })
    void a_password_within_the_url_of_the_store_is_shown_nowhere(int exitCode, String url, String line)
            throws Exception {
        try (Service service = service()) {
            service.with("store.url", url);

            assertEndsWith(exitCode, service, line);
            assertThat(service.log()).doesNotContain("swordfish");
            Command doctor = Command.run(service.environment(), "doctor");
            assertThat(doctor.exitCode()).isEqualTo(1);
            assertThat(doctor.out() + doctor.err()).doesNotContain("swordfish");
        }
    }

    @Test
    void a_port_that_is_taken_is_named() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
                Service service = service()) {
            service.with("ops.port", Integer.toString(taken.getLocalPort()));

            assertEndsWith(
                    service,
                    "ops.port (OPS_PORT) = " + taken.getLocalPort() + " cannot be listened on at ops.host = 127.0.0.1"
                            + " (Address already in use): expected a port that is free");
        }
    }

    @Test
    void a_route_that_would_have_no_front_door_is_named() throws Exception {
        Path home = Files.createDirectory(folder.resolve("typo"));
        Path routes = Files.createDirectory(home.resolve("routes"));
        try (Stream<Path> ours = Files.list(Path.of("routes"))) {
            for (Path file : ours.filter(Files::isRegularFile).toList()) {
                Files.writeString(
                        routes.resolve(file.getFileName()),
                        Files.readString(file)
                                .replaceFirst(
                                        "(id: pause-delivery\n.*\n    routeConfigurationId:) ops\n", "$1 opps\n"));
            }
        }
        try (Service service = service().in(home)) {
            assertThat(service.launch().awaitEnd()).isEqualTo(1);
            assertThat(service.log())
                    .contains("The route pause-delivery names the route configuration opps, which no file has brought");
        }
    }

    private static Service service() throws Exception {
        return new Service(folder, salesforce, talkdesk, "list-a");
    }

    private static void assertEndsWith(Service service, String line) throws Exception {
        assertEndsWith(1, service, line);
    }

    private static void assertEndsWith(int exitCode, Service service, String line) throws Exception {
        assertThat(service.launch().awaitEnd()).isEqualTo(exitCode);
        assertThat(service.linesOfTheStart())
                .as(service.log())
                .singleElement()
                .asString()
                .startsWith(line);
    }
}
