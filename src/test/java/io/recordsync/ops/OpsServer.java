package io.recordsync.ops;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.recordsync.Secrets;
import io.recordsync.config.OpsSettings;
import io.recordsync.config.Secret;
import io.recordsync.deletion.DeliveryMode;
import io.recordsync.inbox.History;
import io.recordsync.network.Outbound;
import io.recordsync.oauth.AccessTokens;
import io.recordsync.oauth.Grant;
import io.recordsync.ops.api.OpsHttpServer;
import io.recordsync.ops.health.Observation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.camel.CamelContext;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;

/** The ops route file in a Camel Main on a port of its own, with an in-memory inbox behind it. */
final class OpsServer implements AutoCloseable {

    static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    final InMemoryInbox inbox = new InMemoryInbox();
    final InMemoryCoverage coverage = new InMemoryCoverage();
    final Map<String, Object> stream = new ConcurrentHashMap<>(
            Map.of("state", "connected", "reconnects", Map.of("transient", 3L, "credentials", 0L)));
    final AccessTokens talkdeskToken = new AccessTokens(
            "http://talkdesk.example/token", grant("private key"), Duration.ofSeconds(10), new Outbound());
    final History history = (step, steps) -> IntStream.range(0, steps)
            .mapToObj(i -> new History.Point(NOW.minus(step.multipliedBy(steps - 1L - i)), i, 0, 0))
            .toList();
    final Map<String, Object> delivery = new ConcurrentHashMap<>(Map.of("state", "open"));
    /** What the delivery was told: {@code wake}, {@code pause}, {@code resume}; and the sweeps: {@code sweep}. */
    final List<String> told = new CopyOnWriteArrayList<>();

    final int port = freePort();
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();
    final Set<String> dryRunLists = ConcurrentHashMap.newKeySet();
    private final ApiDocument document = new ApiDocument();
    private final OpsHttpServer server;
    private final Main main = new Main();

    private OpsServer(String host, String password) throws Exception {
        main.setDefaultPropertyPlaceholderLocation("classpath:ops/application.properties");
        // The ops routes alone, without the service.
        main.addOverrideProperty("recordsync.enabled", "false");
        main.configure().withRoutesIncludePattern("classpath:ops/beans.camel.yaml,file:routes/ops.camel.yaml");
        main.addOverrideProperty("ops.host", host);
        main.addOverrideProperty("ops.port", Integer.toString(port));
        main.addOverrideProperty("ops.user", "operator");
        main.addOverrideProperty("ops.password", password);
        main.addOverrideProperty("ops.allowed-hosts", "localhost, ops.example.com");
        main.addOverrideProperty("talkdesk.record-lists", "list-a, list-b");
        main.addOverrideProperty("salesforce.channel", "/data/ContactChangeEvent");
        main.addOverrideProperty("stream.idle-timeout", "330000");
        OpsSettings settings =
                new OpsSettings(host, port, "operator", new Secret(password), List.of("localhost", "ops.example.com"));
        server = new OpsHttpServer(settings);
        PrometheusMeterRegistry registry = Metrics.registry();
        main.bind("recordsyncMetricsRegistry", registry);
        main.bind("frontDoor", new FrontDoor(settings));
        main.addMainListener(new MainListenerSupport() {
            @Override
            public void beforeConfigure(BaseMainSupport configuring) {
                CamelContext context = configuring.getCamelContext();
                server.serve(context);
                context.addComponent("platform-http", context.getComponent(OpsHttpServer.SCHEME));
                server.observe(new Observation(configuring.getCamelContext(), registry));
            }
        });
        main.bind("deliveryMode", new DeliveryMode(false, dryRunLists));
        main.bind("inbox", inbox);
        main.bind("ledger", inbox);
        main.bind("coverage", coverage);
        main.bind("history", history);
        main.bind(
                "salesforceToken",
                new AccessTokens(
                        "http://salesforce.example/token",
                        grant("client id and secret"),
                        Duration.ofSeconds(10),
                        new Outbound()));
        main.bind("talkdeskToken", talkdeskToken);
        main.bind("sweeps", new Sweeps(told));
        main.bind("presenceChecks", new PresenceChecks(told));
        main.bind("clock", Clock.fixed(NOW, ZoneOffset.UTC));
        main.bind("streamStatus", part(stream));
        main.bind("claims", new Claims(told));
        main.bind("gate", new Gate(told, delivery));
        main.start();
        server.listen();
    }

    static OpsServer start(String host, String password) throws Exception {
        return new OpsServer(host, password);
    }

    /** One whose key cannot be read, so that nothing is ever asked. */
    private static Grant grant(String name) {
        return new Grant() {
            @Override
            public Proof prove(URI tokenUrl, Instant now) throws IOException {
                throw new IOException("no such file");
            }

            @Override
            public String toString() {
                return name;
            }
        };
    }

    private static Supplier<Map<String, Object>> part(Map<String, Object> map) {
        return () -> map;
    }

    CamelContext context() {
        return main.getCamelContext();
    }

    HttpResponse<String> get(String path, String... headers) throws Exception {
        return send("GET", path, null, headers);
    }

    /** What a scrape gives right after a look. */
    String metrics() throws Exception {
        context().getRegistry().lookupByNameAndType("metrics", Metrics.class).look();
        context().getRegistry().lookupByNameAndType("health", Health.class).look();
        return get("/observe/metrics").body();
    }

    HttpResponse<String> post(String path, String json) throws Exception {
        return send("POST", path, json, "Content-Type", "application/json");
    }

    HttpResponse<String> send(String method, String path, String body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .timeout(Duration.ofSeconds(20))
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
        document.check(method, path, body, answer);
        Secrets.refuse(path, answer.body());
        return answer;
    }

    /** Sends the bytes as they are and returns the whole answer; the request must ask to close the connection. */
    String raw(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Override
    public void close() {
        main.stop();
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Stands for the delivery's claims. */
    public record Claims(List<String> told) {
        public void wake() {
            told.add("wake");
        }
    }

    /** Stands for the presence checks. */
    public record PresenceChecks(List<String> told) implements Supplier<Map<String, Object>> {
        public void order(List<String> recordLists) {
            told.add("reconcile " + recordLists);
        }

        @Override
        public Map<String, Object> get() {
            return Map.of("running", false, "checked", 3);
        }
    }

    /** Stands for the sweeps. */
    public record Sweeps(List<String> told) implements Supplier<Map<String, Object>> {
        public void wake() {
            told.add("sweep");
        }

        @Override
        public Map<String, Object> get() {
            return Map.of("found", 12, "added", 2);
        }
    }

    /** Stands for the delivery's gate. */
    public record Gate(List<String> told, Map<String, Object> map) implements Supplier<Map<String, Object>> {
        @Override
        public Map<String, Object> get() {
            return map;
        }

        public void pause() {
            told.add("pause");
        }

        public void resume() {
            told.add("resume");
        }
    }
}
