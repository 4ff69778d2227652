package io.recordsync.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.recordsync.Secrets;
import io.recordsync.config.OpsUsers;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.camel.Route;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** That no route forgets the front door, over real sockets. */
class OpsAccessRouteTest {

    /** A quote, a comma and a hash each mean something in YAML or to Camel. */
    private static final String PASSWORD = Secrets.keep("#s3cret\", \"(x)");

    private static OpsServer locked;

    @BeforeAll
    static void start() throws Exception {
        locked = OpsServer.start("127.0.0.1", PASSWORD);
    }

    @AfterAll
    static void stop() {
        locked.close();
    }

    @Test
    void no_route_answers_without_the_password() throws Exception {
        List<Route> routes = httpRoutes(locked);
        assertThat(routes).hasSize(35);
        for (Route route : routes) {
            String answer = send(locked, route, "Host: localhost\r\n");
            assertThat(answer).as(route.getRouteId()).startsWith("HTTP/1.1 401");
            assertThat(answer).as(route.getRouteId()).containsIgnoringCase("WWW-Authenticate: Basic realm=");
        }
        assertThat(locked.inbox.acts).isEmpty();
        assertThat(locked.coverage.demands).isEmpty();
        assertThat(locked.told).isEmpty();
    }

    /** GET /api/status and POST /api/pause answered to anybody. The start refuses such routes; this is a host that has them all the same. */
    @ParameterizedTest
    @ValueSource(strings = {"    routeConfigurationId: opps\n", ""})
    void the_door_does_not_hang_on_what_a_route_names(String instead, @TempDir Path folder) throws Exception {
        for (String file : OpsServer.OPS_ROUTES) {
            Files.writeString(
                    folder.resolve(file),
                    Files.readString(Path.of("routes", file)).replace("    routeConfigurationId: ops\n", instead));
        }
        try (OpsServer typo = OpsServer.start("127.0.0.1", PASSWORD, folder)) {
            List<Route> routes = httpRoutes(typo);
            assertThat(routes).hasSize(35);
            for (Route route : routes) {
                assertThat(route.getConfigurationId()).as(route.getRouteId()).isNull();
                assertThat(send(typo, route, "Host: localhost\r\nContent-Type: application/json\r\n"))
                        .as(route.getRouteId())
                        .startsWith("HTTP/1.1 401");
                assertThat(send(typo, route, "Host: evil.example\r\n" + basic("operator", PASSWORD)))
                        .as(route.getRouteId())
                        .startsWith("HTTP/1.1 403");
            }
            assertThat(typo.inbox.acts).isEmpty();
            assertThat(typo.told).isEmpty();
        }
    }

    @Test
    void no_route_answers_to_the_name_of_another_host() throws Exception {
        for (Route route : httpRoutes(locked)) {
            String answer = send(locked, route, "Host: evil.example\r\n" + basic("operator", PASSWORD));
            assertThat(answer).as(route.getRouteId()).startsWith("HTTP/1.1 403").contains("ops.allowed-hosts");
        }
        assertThat(locked.inbox.acts).isEmpty();
    }

    @Test
    void every_change_must_be_json_and_come_from_our_own_page() throws Exception {
        int changes = 0;
        for (Route route : httpRoutes(locked)) {
            if (method(route).equals("POST")) {
                String allowed = "Host: localhost\r\n" + basic("operator", PASSWORD);
                assertThat(send(locked, route, allowed + "Content-Type: text/plain\r\n"))
                        .as(route.getRouteId())
                        .startsWith("HTTP/1.1 415");
                assertThat(send(
                                locked,
                                route,
                                allowed + "Content-Type: application/json\r\nOrigin: http://evil.example\r\n"))
                        .as(route.getRouteId())
                        .startsWith("HTTP/1.1 403");
                changes++;
            }
        }
        assertThat(changes).isEqualTo(22);
        assertThat(locked.inbox.acts).isEmpty();
        assertThat(locked.coverage.demands).isEmpty();
        assertThat(locked.told).isEmpty();
    }

    @Test
    void the_right_password_opens_and_the_user_is_remembered() throws Exception {
        String answer =
                locked.raw("POST /api/deletions/discard HTTP/1.1\r\nHost: LOCALHOST:1234\r\nConnection: close\r\n"
                        + basic("operator", PASSWORD) + "Content-Type: application/json; charset=utf-8\r\n"
                        + "Origin: http://localhost:1234\r\nContent-Length: 18\r\n\r\n{\"state\":\"parked\"}");

        assertThat(answer).startsWith("HTTP/1.1 200");
        assertThat(locked.inbox.acts).singleElement().asString().endsWith(" by operator@127.0.0.1");
        locked.inbox.acts.clear();
    }

    /** The body was read before anybody asked who sends it. */
    @Test
    void who_sends_no_password_is_answered_before_the_body_and_the_connection_is_closed() throws Exception {
        for (String type : List.of("application/json", "multipart/form-data; boundary=x")) {
            String answer = locked.raw("POST /api/deletions HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + type
                    + "\r\nContent-Length: 1000000000\r\n\r\n--x\r\nthe rest never comes");

            assertThat(answer).startsWith("HTTP/1.1 401");
        }
    }

    @Test
    void a_file_is_refused_whatever_the_method_and_the_connection_is_closed() throws Exception {
        for (String method : List.of("POST /api/deletions", "GET /api/status")) {
            String answer = locked.raw(method + " HTTP/1.1\r\nHost: localhost\r\n" + basic("operator", PASSWORD)
                    + "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 1000000000\r\n\r\n--x\r\n");

            assertThat(answer).as(method).startsWith("HTTP/1.1 415");
        }
    }

    @Test
    void a_probe_whose_body_never_ends_is_answered_and_the_connection_is_closed() throws Exception {
        assertThat(locked.raw("GET /observe/health/live HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\nx"))
                .startsWith("HTTP/1.1 200");
    }

    @Test
    void wrong_passwords_wait_longer_each_time_and_hold_up_nobody_who_has_the_right_one() throws Exception {
        String wrong = "GET /api/status HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + basic("operator", "guess") + "\r\n";
        ExecutorService guessers = Executors.newFixedThreadPool(20);
        try {
            long began = System.nanoTime();
            List<Future<String>> guesses = guessers.invokeAll(Collections.nCopies(19, () -> locked.raw(wrong)));
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(1500));
            for (Future<String> guess : guesses) {
                assertThat(guess.get()).startsWith("HTTP/1.1 401");
            }
            Future<String> last = guessers.submit(() -> locked.raw(wrong));

            String right = locked.raw("GET /api/status HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                    + basic("operator", PASSWORD) + "\r\n");

            assertThat(right).startsWith("HTTP/1.1 200");
            assertThat(last.isDone()).as("the last guess waits still").isFalse();
        } finally {
            guessers.shutdownNow();
        }
    }

    @Test
    void probes_need_neither_the_password_nor_a_host_name() throws Exception {
        for (String path : List.of("/observe/health/live", "/observe/health/ready", "/observe/metrics")) {
            assertThat(locked.raw("GET " + path + " HTTP/1.1\r\nHost: 10.1.2.3:8080\r\nConnection: close\r\n\r\n"))
                    .as(path)
                    .startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void bound_to_every_address_without_a_password_only_probes_are_served() throws Exception {
        try (OpsServer open = OpsServer.start("0.0.0.0", "")) {
            for (Route route : httpRoutes(open)) {
                assertThat(send(open, route, "Host: localhost\r\nContent-Type: application/json\r\n"))
                        .as(route.getRouteId())
                        .startsWith("HTTP/1.1 403")
                        .contains("ops.password");
            }
            assertThat(open.get("/observe/health/live").statusCode()).isEqualTo(200);
            assertThat(open.inbox.acts).isEmpty();
        }
    }

    private static final String USERS =
            """
            ada:$2y$04$JBZn5NH5QbZ4zwWm6Bu.BeWz18WQ2lPzGrgIRydE0Wh.c2.bnSjEO
            bob:$2y$04$JBZn5NH5QbZ4zwWm6Bu.BeWz18WQ2lPzGrgIRydE0Wh.c2.bnSjEO
            """;

    @Test
    void a_viewer_reads_what_an_operator_reads_and_changes_nothing_by_any_route(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("users"), USERS);
        try (OpsServer several = OpsServer.start("0.0.0.0", PASSWORD, new OpsUsers(file.toString(), List.of("bob")))) {
            for (Route route : httpRoutes(several)) {
                String json = "Host: localhost\r\nContent-Type: application/json\r\n";
                String looking = send(several, route, json + basic("bob", "y"));
                if (method(route).equals("GET")) {
                    assertThat(looking)
                            .as(route.getRouteId())
                            .doesNotStartWith("HTTP/1.1 401")
                            .doesNotStartWith("HTTP/1.1 403");
                    assertThat(looking)
                            .as(route.getRouteId())
                            .startsWith(send(several, route, json + basic("ada", "y"))
                                    .substring(0, 12));
                } else {
                    assertThat(looking)
                            .as(route.getRouteId())
                            .startsWith("HTTP/1.1 403")
                            .contains("You may look, not change");
                }
                assertThat(send(several, route, json)).as(route.getRouteId()).startsWith("HTTP/1.1 401");
            }
            assertThat(several.inbox.acts).isEmpty();
            assertThat(several.coverage.demands).isEmpty();
            assertThat(several.told).isEmpty();
            assertThat(status(several, "bob", "y")).contains("\"you\":{\"name\":\"bob\",\"mayChange\":false}");
            assertThat(status(several, "ada", "y")).contains("\"you\":{\"name\":\"ada\",\"mayChange\":true}");
            // One user and password stand beside the file.
            assertThat(status(several, "operator", PASSWORD))
                    .contains("\"you\":{\"name\":\"operator\",\"mayChange\":true}");
            assertThat(status(several, "bob", PASSWORD)).startsWith("HTTP/1.1 401");

            several.raw("POST /api/deletions/discard HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                    + basic("ada", "y") + "Content-Type: application/json\r\nContent-Length: 18\r\n\r\n"
                    + "{\"state\":\"parked\"}");
            assertThat(several.inbox.acts).singleElement().asString().endsWith(" by ada@127.0.0.1");
        }
    }

    /** Its body comes after the user was removed. */
    @Test
    void an_order_of_a_user_who_is_removed_before_its_body_has_come_is_refused(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("users"), USERS);
        try (OpsServer several = OpsServer.start("127.0.0.1", "", new OpsUsers(file.toString(), List.of("bob")));
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), several.port)) {
            assertThat(status(several, "ada", "y")).startsWith("HTTP/1.1 200");
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write(("POST /api/deletions/discard HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                                    + basic("ada", "y")
                                    + "Content-Type: application/json\r\nContent-Length: 18\r\n\r\n{")
                            .getBytes(StandardCharsets.UTF_8));
            Files.writeString(file, USERS.lines().skip(1).findFirst().orElseThrow());
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> status(several, "ada", "y").startsWith("HTTP/1.1 401"));
            socket.getOutputStream().write("\"state\":\"parked\"}".getBytes(StandardCharsets.UTF_8));

            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 401");
            assertThat(several.inbox.acts).isEmpty();
        }
    }

    @Test
    void nobody_is_let_in_by_a_header_or_a_parameter_of_the_name_that_says_who_was() throws Exception {
        for (String forged : List.of(
                "GET /api/status?CamelVertxPlatformHttpAuthenticatedUser=x HTTP/1.1\r\nHost: localhost\r\n",
                "GET /api/status HTTP/1.1\r\nHost: localhost\r\nCamelVertxPlatformHttpAuthenticatedUser: x\r\n")) {
            assertThat(locked.raw(forged + "Connection: close\r\n\r\n")).startsWith("HTTP/1.1 401");
            assertThat(locked.raw(forged + "Connection: close\r\n" + basic("operator", PASSWORD) + "\r\n"))
                    .doesNotContain("CamelVertx");
        }
    }

    private static String status(OpsServer server, String user, String password) throws Exception {
        return server.raw("GET /api/status HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + basic(user, password)
                + "\r\n");
    }

    private static List<Route> httpRoutes(OpsServer server) {
        return server.context().getRoutes().stream()
                .filter(route -> route.getEndpoint() instanceof PlatformHttpEndpoint)
                .toList();
    }

    private static String method(Route route) {
        return ((PlatformHttpEndpoint) route.getEndpoint()).getHttpMethodRestrict();
    }

    private static String send(OpsServer server, Route route, String headers) throws Exception {
        String path = ((PlatformHttpEndpoint) route.getEndpoint()).getPath().replaceFirst("\\{\\w+}", "9");
        return server.raw(method(route) + " " + path + " HTTP/1.1\r\nConnection: close\r\nContent-Length: 2\r\n"
                + headers + "\r\n{}");
    }

    private static String basic(String user, String password) {
        return "Authorization: Basic "
                + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8)) + "\r\n";
    }
}
