package io.recordsync.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.Secrets;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.apache.camel.Route;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

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
        assertThat(routes).hasSize(22);
        for (Route route : routes) {
            String answer = send(locked, route, "Host: localhost\r\n");
            assertThat(answer).as(route.getRouteId()).startsWith("HTTP/1.1 401");
            assertThat(answer).as(route.getRouteId()).containsIgnoringCase("WWW-Authenticate: Basic realm=");
        }
        assertThat(locked.inbox.acts).isEmpty();
        assertThat(locked.coverage.demands).isEmpty();
        assertThat(locked.told).isEmpty();
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
        assertThat(changes).isEqualTo(13);
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
