package io.recordsync.ops;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.recordsync.Secrets;
import io.recordsync.config.OpsSettings;
import io.recordsync.config.OpsTls;
import io.recordsync.config.OpsUsers;
import io.recordsync.config.Secret;
import io.recordsync.deletion.DeliveryMode;
import io.recordsync.deletion.MissedReport;
import io.recordsync.deletion.NothingFound;
import io.recordsync.deletion.PresenceReport;
import io.recordsync.deletion.StreamReport;
import io.recordsync.deletion.StreamReport.State;
import io.recordsync.deletion.SweepReport;
import io.recordsync.delivery.GateReport;
import io.recordsync.delivery.InMemoryPauses;
import io.recordsync.inbox.Fingerprint;
import io.recordsync.inbox.History;
import io.recordsync.inbox.LateRestorations.LateRestoration;
import io.recordsync.network.Outbound;
import io.recordsync.oauth.AccessTokens;
import io.recordsync.oauth.Grant;
import io.recordsync.ops.alerts.AlertsReport;
import io.recordsync.ops.api.CallbackView;
import io.recordsync.ops.api.DeletionView;
import io.recordsync.ops.api.FrontDoor;
import io.recordsync.ops.api.GuardView;
import io.recordsync.ops.api.HistoryView;
import io.recordsync.ops.api.ListOrders;
import io.recordsync.ops.api.ListView;
import io.recordsync.ops.api.OpsHttpServer;
import io.recordsync.ops.api.OrderView;
import io.recordsync.ops.api.Orders;
import io.recordsync.ops.api.ProblemAnswer;
import io.recordsync.ops.api.Status;
import io.recordsync.ops.health.CallbackMetrics;
import io.recordsync.ops.health.DeliveryCheck;
import io.recordsync.ops.health.ExpiryCheck;
import io.recordsync.ops.health.GuardCheck;
import io.recordsync.ops.health.Health;
import io.recordsync.ops.health.ListNames;
import io.recordsync.ops.health.ListNamesCheck;
import io.recordsync.ops.health.ListsCheck;
import io.recordsync.ops.health.Metrics;
import io.recordsync.ops.health.NodesCheck;
import io.recordsync.ops.health.Observation;
import io.recordsync.ops.health.PendingCheck;
import io.recordsync.ops.health.PositionCheck;
import io.recordsync.ops.health.ProcessCheck;
import io.recordsync.ops.health.SightCheck;
import io.recordsync.ops.health.StoreCheck;
import io.recordsync.ops.health.StreamCheck;
import io.recordsync.ops.health.SweepCheck;
import io.recordsync.ops.health.TokenCheck;
import io.recordsync.ops.page.PageFiles;
import io.recordsync.ops.receipts.Receipts;
import io.recordsync.ops.receipts.RestoredTooLate;
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
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;

/** The ops route files in a Camel Main on a port of its own, with an in-memory inbox behind it. */
public final class OpsServer implements AutoCloseable {

    static final List<String> OPS_ROUTES =
            List.of("ops-front-door.camel.yaml", "ops-reading.camel.yaml", "ops-ordering.camel.yaml");

    public static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
    private static final String CHANNEL = "/data/ContactChangeEvent";
    private static final List<String> RECORD_LISTS = List.of("list-a", "list-b");
    private static final Duration IDLE_TIMEOUT = Duration.ofMillis(330_000);

    public final InMemoryInbox inbox = new InMemoryInbox();
    public final InMemoryCoverage coverage = new InMemoryCoverage();
    public final InMemoryRecordLists recordLists = new InMemoryRecordLists();
    public final InMemoryWrittenOrders orders = new InMemoryWrittenOrders();
    public final InMemoryPauses pauses = new InMemoryPauses();
    public volatile List<NothingFound> nothingFound = List.of();
    public volatile List<LateRestoration> late = List.of();
    public final InMemoryCallbacks callbacks = new InMemoryCallbacks();
    public volatile List<Fingerprint.Difference> differences = List.of();
    public volatile StreamReport stream = stream(State.CONNECTED, null);
    public final AccessTokens talkdeskToken = new AccessTokens(
            URI.create("http://talkdesk.example/token"),
            grant("private key"),
            Duration.ofSeconds(10),
            Outbound.direct());
    public final History history = (step, steps) -> IntStream.range(0, steps)
            .mapToObj(i -> new History.Point(NOW.minus(step.multipliedBy(steps - 1L - i)), i, 0, 0))
            .toList();
    public volatile GateReport gate = new GateReport(GateReport.OPEN, null, null);
    /** What the delivery was told: {@code wake}, {@code pause}, {@code resume}; and the sweeps: {@code sweep}. */
    public final List<String> told = new CopyOnWriteArrayList<>();

    public final int port = freePort();
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();
    public final Set<String> dryRunLists = ConcurrentHashMap.newKeySet();
    private final DeliveryMode mode = new DeliveryMode(false, Set.of()).with(() -> dryRunLists);
    public final InMemoryFoundLists found = new InMemoryFoundLists(RECORD_LISTS);
    private final Gate gateBean = new Gate(told, () -> gate);
    private final Sweeps sweeps = new Sweeps(told);
    final InMemorySights sights = new InMemorySights();
    volatile MissedReport missed = MissedReport.NONE;
    private final PresenceChecks presenceChecks = new PresenceChecks(told);
    private final PrometheusMeterRegistry registry = Metrics.registry();
    final Metrics metrics = new Metrics(registry, inbox, CHANNEL, () -> stream, CLOCK);
    final ListNames listNames = new ListNames(registry, found);
    final CallbackMetrics callbackMetrics = new CallbackMetrics(registry, callbacks, true);
    private final Health health = new Health(CLOCK);
    private final ApiDocument document = new ApiDocument();
    private final OpsHttpServer server;
    private final Main main = new Main();

    private OpsServer(String host, String password, OpsUsers users, Path routes) throws Exception {
        OpsSettings settings = new OpsSettings(
                true,
                host,
                port,
                "operator",
                new Secret(password),
                List.of("localhost", "ops.example.com"),
                users,
                OpsTls.NONE);
        server = new OpsHttpServer(settings);
        bindParts();
        bindApi();
        // The ops routes alone, without the service.
        main.addOverrideProperty("recordsync.enabled", "false");
        main.addOverrideProperty("camel.main.basePackageScanEnabled", "false");
        main.configure()
                .withRoutesIncludePattern(OPS_ROUTES.stream()
                        .map(file -> "file:" + routes.resolve(file))
                        .collect(Collectors.joining(",")));
        main.addMainListener(new MainListenerSupport() {
            @Override
            public void beforeConfigure(BaseMainSupport configuring) {
                CamelContext context = configuring.getCamelContext();
                health.setCamelContext(context);
                healthChecks().forEach(check -> {
                    CamelContextAware.trySetCamelContext(check, context);
                    HealthCheckRegistry.get(context).register(check);
                });
                server.serve(context);
                server.observe(new Observation(health, registry));
            }
        });
        main.start();
        server.listen();
    }

    /** What other rooms have, as far as the routes call it. */
    private void bindParts() {
        main.bind("recordsyncClaims", new Claims(told));
        main.bind("recordsyncGate", gateBean);
        main.bind("recordsyncSweeps", sweeps);
        main.bind("recordsyncPresenceChecks", presenceChecks);
        main.bind("recordsyncListLookUps", new ListLookUps(told));
    }

    private void bindApi() {
        GuardView guard = new GuardView(inbox, 1000, Duration.ofHours(1));
        main.bind("recordsyncMetricsRegistry", registry);
        main.bind("recordsyncMetrics", metrics);
        main.bind("recordsyncHealth", health);
        main.bind("recordsyncFrontDoor", new FrontDoor(orders));
        main.bind("recordsyncProblemAnswer", new ProblemAnswer());
        main.bind("recordsyncPageFiles", new PageFiles());
        main.bind(
                "recordsyncOrders",
                new Orders(inbox, inbox, orders, pauses, coverage, recordLists, sights, found, mode, CLOCK));
        main.bind("recordsyncListOrders", new ListOrders(found, orders));
        main.bind("recordsyncListView", new ListView(found, coverage));
        main.bind("recordsyncListNames", listNames);
        main.bind("recordsyncOrderView", new OrderView(orders));
        main.bind("recordsyncDeletionView", new DeletionView(inbox));
        main.bind("recordsyncHistoryView", new HistoryView(history));
        main.bind("recordsyncReceipts", new Receipts(inbox));
        main.bind("recordsyncCallbackView", new CallbackView(callbacks, "report"));
        main.bind("recordsyncRestoredTooLate", new RestoredTooLate(limit -> late));
        main.bind(
                "recordsyncStatus",
                new Status(
                        inbox,
                        coverage,
                        recordLists,
                        pauses,
                        CHANNEL,
                        found,
                        new Status.Parts(
                                () -> stream,
                                gateBean,
                                presenceChecks,
                                sweeps,
                                () -> nothingFound,
                                sights,
                                () -> missed,
                                guard,
                                () -> AlertsReport.NOTHING),
                        health,
                        mode,
                        metrics,
                        CLOCK));
    }

    private List<HealthCheck> healthChecks() {
        AccessTokens salesforceToken = new AccessTokens(
                URI.create("http://salesforce.example/token"),
                grant("client id and secret"),
                Duration.ofSeconds(10),
                Outbound.direct());
        return List.of(
                new ProcessCheck(() -> stream, Duration.ofSeconds(5)),
                new StoreCheck(inbox, CHANNEL),
                new StreamCheck(() -> stream, IDLE_TIMEOUT, CLOCK),
                new PositionCheck(inbox, CHANNEL, () -> stream, IDLE_TIMEOUT, CLOCK),
                new ExpiryCheck(inbox, CHANNEL, Optional.empty(), Duration.ofHours(24), CLOCK),
                new PendingCheck(inbox, Duration.ofHours(1), CLOCK),
                new ListsCheck(inbox, found),
                new ListNamesCheck(found),
                new TokenCheck("salesforce", salesforceToken),
                new TokenCheck("talkdesk", talkdeskToken),
                new GuardCheck(inbox, registry),
                new DeliveryCheck(() -> gate),
                new NodesCheck(() -> differences),
                new SweepCheck(coverage, Duration.ofHours(24), CLOCK),
                new SightCheck(sights, Optional::empty));
    }

    static OpsServer start(String host, String password) throws Exception {
        return start(host, password, Path.of("routes"));
    }

    /** @param routes the folder that has the {@link #OPS_ROUTES} */
    static OpsServer start(String host, String password, Path routes) throws Exception {
        return new OpsServer(host, password, OpsUsers.NONE, routes);
    }

    static OpsServer start(String host, String password, OpsUsers users) throws Exception {
        return new OpsServer(host, password, users, Path.of("routes"));
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

    /** A stream that responded a moment ago. */
    static StreamReport stream(State state, String lastError) {
        return stream(state, lastError, NOW);
    }

    static StreamReport stream(State state, String lastError, Instant silentSince) {
        return new StreamReport(
                CHANNEL, state, null, null, lastError, silentSince, Map.of("transient", 3L, "credentials", 0L));
    }

    CamelContext context() {
        return main.getCamelContext();
    }

    HttpResponse<String> get(String path, String... headers) throws Exception {
        return send("GET", path, null, headers);
    }

    /** What a scrape gives right after a look. */
    String metrics() throws Exception {
        metrics.look();
        health.look();
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

    /** Stands for the look-ups of record lists. */
    public record ListLookUps(List<String> told) {
        public void order() {
            told.add("look up");
        }
    }

    /** Stands for the presence checks. */
    public record PresenceChecks(List<String> told) implements Supplier<PresenceReport> {
        public void order(List<String> recordLists) {
            told.add("reconcile " + recordLists);
        }

        @Override
        public PresenceReport get() {
            return new PresenceReport(null, false, List.of(), 3, null, PresenceReport.Counts.NONE, null);
        }
    }

    /** Stands for the sweeps. */
    public record Sweeps(List<String> told) implements Supplier<SweepReport> {
        public void withdraw() {
            told.add("withdraw");
        }

        public void wake() {
            told.add("sweep");
        }

        @Override
        public SweepReport get() {
            return new SweepReport(12, 2);
        }
    }

    /** Stands for the delivery's gate. */
    public record Gate(List<String> told, Supplier<GateReport> report) implements Supplier<GateReport> {
        @Override
        public GateReport get() {
            return report.get();
        }

        public void pause(String user) {
            told.add("pause by " + user);
        }

        public void resume() {
            told.add("resume");
        }
    }
}
