package io.recordsync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.component.http.HttpEndpoint;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.main.Main;
import org.apache.hc.client5.http.classic.HttpClient;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What holds in a host that has set nothing, or something else: a Camel Main with the routes in the jar, and none of our defaults. */
@Timeout(60)
class ForeignHostTest {

    private static final Map<String, String> NOWHERE = Map.of(
            "salesforce.login-url", "http://localhost:9",
            "salesforce.pubsub.host", "localhost",
            "salesforce.pubsub.port", "9",
            "talkdesk.api-url", "http://localhost:9",
            "talkdesk.token-url", "http://localhost:9/token",
            "doctor.at-start", "false");

    @TempDir
    Path folder;

    private final MeterRegistry hosts = new SimpleMeterRegistry();
    private final Main main = new Main();

    @BeforeEach
    void aHostShowsMicrometersGlobalRegistry() {
        Metrics.addRegistry(hosts);
    }

    @AfterEach
    void stop() {
        main.stop();
        Metrics.removeRegistry(hosts);
    }

    /** A long answer of Salesforce is read more than once, and must not be held in memory. */
    @Test
    void answers_are_kept_on_disk_while_they_are_read_also_where_the_host_caches_no_streams() throws Exception {
        CamelContext context = start(Map.of("camel.main.streamCachingEnabled", "false"));

        assertThat(context.getRoutes())
                .filteredOn(route -> route.getRouteId().startsWith("call-"))
                .isNotEmpty()
                .allMatch(Route::isStreamCaching);
        assertThat(context.getStreamCachingStrategy().isSpoolEnabled()).isTrue();
        assertThat(context.getStreamCachingStrategy().getSpoolDirectory().toPath())
                .startsWith(folder.resolve("data"));
    }

    /** Apache's client repeats a request behind our back, unless it is told not to. */
    @Test
    void one_call_is_one_request_also_where_the_host_has_set_nothing_for_camel_http() throws Exception {
        CamelContext context = start(Map.of());

        List<HttpEndpoint> endpoints = context.getEndpoints().stream()
                .filter(HttpEndpoint.class::isInstance)
                .map(HttpEndpoint.class::cast)
                .toList();

        assertThat(endpoints).isNotEmpty();
        for (HttpEndpoint endpoint : endpoints) {
            assertThat(requestsOf(endpoint.getHttpClient()))
                    .as(endpoint.getEndpointUri())
                    .isEqualTo(1);
        }
    }

    @Test
    void the_time_that_a_stop_may_take_is_the_hosts() throws Exception {
        CamelContext context = start(Map.of("camel.main.shutdownTimeout", "33"));

        assertThat(context.getShutdownStrategy().getTimeout()).isEqualTo(33);
    }

    @Test
    void health_and_metrics_are_in_the_hosts_own_registries_and_leave_them_with_the_service() throws Exception {
        CamelContext context = start(Map.of());
        HealthCheckRegistry health = HealthCheckRegistry.get(context);

        assertThat(health.getCheckIDs()).contains("stream", "store", "delivery");
        assertThat(hosts.find("recordsync.inbox.deletions").gauges()).isNotEmpty();
        assertThat(hosts.find("recordsync.check.up").gauges()).isNotEmpty();

        main.stop();

        assertThat(hosts.getMeters())
                .extracting(meter -> meter.getId().getName())
                .noneMatch(name -> name.startsWith("recordsync"));
    }

    @Test
    void a_host_may_switch_our_server_off() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Map<String, String> off = Map.of("ops.enabled", "false", "ops.port", "" + taken.getLocalPort());

            CamelContext context = start(off);

            assertThat(context.getRoutes()).extracting(Route::getRouteId).contains("show-page");
            assertThat(context.getRegistry().lookupByName("recordsyncPage")).isNull();
            assertThat(HealthCheckRegistry.get(context).getCheckIDs()).contains("stream");
        }
    }

    @Test
    void without_that_a_port_that_is_taken_ends_the_start() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> start(Map.of("ops.port", "" + taken.getLocalPort())))
                    .hasStackTraceContaining("ops.port = " + taken.getLocalPort());
        }
    }

    private CamelContext start(Map<String, String> changed) throws Exception {
        TestSettings.texts(folder).forEach(main::addInitialProperty);
        NOWHERE.forEach(main::addInitialProperty);
        changed.forEach(main::addInitialProperty);
        main.configure().withRoutesIncludePattern("classpath:routes/*.camel.yaml");
        main.start();
        return main.getCamelContext();
    }

    /** How many reach a server that closes each connection without an answer. */
    private static int requestsOf(HttpClient client) throws Exception {
        AtomicInteger requests = new AtomicInteger();
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread answering = new Thread(() -> {
                while (!server.isClosed()) {
                    try (Socket socket = server.accept()) {
                        if (socket.getInputStream().read() >= 0) {
                            requests.incrementAndGet();
                        }
                    } catch (IOException e) {
                        // It was closed: the next look ends the loop.
                    }
                }
            });
            answering.setDaemon(true);
            answering.start();
            HttpGet request = new HttpGet("http://localhost:" + server.getLocalPort() + "/");
            assertThatThrownBy(() -> client.execute(request, answer -> null)).isInstanceOf(IOException.class);
        }
        return requests.get();
    }
}
