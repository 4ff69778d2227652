package io.recordsync;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.recordsync.Beans.Site;
import io.recordsync.SalesforceWiring.Reading;
import io.recordsync.config.DeliverySettings;
import io.recordsync.config.SalesforceSettings;
import io.recordsync.config.Settings;
import io.recordsync.config.StoreSettings;
import io.recordsync.deletion.DeliveryMode;
import io.recordsync.delivery.Backoff;
import io.recordsync.delivery.CallRate;
import io.recordsync.delivery.Claims;
import io.recordsync.delivery.Delivery;
import io.recordsync.delivery.DeliveryGate;
import io.recordsync.delivery.Finds;
import io.recordsync.doctor.Exam;
import io.recordsync.doctor.FilesExam;
import io.recordsync.doctor.StoreExam;
import io.recordsync.files.DataFolder;
import io.recordsync.files.Spool;
import io.recordsync.inbox.FoundLists;
import io.recordsync.inbox.History;
import io.recordsync.inbox.Inbox;
import io.recordsync.inbox.InboxSettings;
import io.recordsync.inbox.JdbcHistory;
import io.recordsync.inbox.JdbcLedger;
import io.recordsync.inbox.Ledger;
import io.recordsync.inbox.Store;
import io.recordsync.inbox.Tally;
import io.recordsync.inbox.database.Database;
import io.recordsync.inbox.database.SqliteLibrary;
import io.recordsync.network.Connecting;
import io.recordsync.network.HttpBounds;
import io.recordsync.network.Outbound;
import io.recordsync.network.OutboundHttp;
import io.recordsync.oauth.AccessTokens;
import io.recordsync.oauth.Instances;
import io.recordsync.ops.health.HostMetrics;
import io.recordsync.ops.health.Metrics;
import io.recordsync.salesforce.stream.StreamStatus;
import io.recordsync.talkdesk.Answers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.camel.health.HealthCheck;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;

/**
 * Every object of the service, built once from typed settings: a method a room. The service, its commands and the tests use the
 * same.
 *
 * <p>It is the one place that knows every room; what is read of Salesforce ({@link SalesforceWiring}), what people see ({@link
 * OpsWiring}) and what the doctor examines ({@link Exams}) has a class of its own beside it.
 *
 * <p>Routes find them as beans, by the names of {@link #beans}. {@link #close} closes them in the reverse order of building, also
 * where building ended half way.
 */
public final class Wiring implements AutoCloseable {

    /** With which every name of ours begins, so that a host's {@code clock} is not ours by accident. */
    public static final String PREFIX = "recordsync";

    private final Settings settings;
    private final Beans beans;
    private List<HealthCheck> healthChecks = List.of();
    private PrometheusMeterRegistry metricsRegistry;
    private Spool spool;

    private Wiring(Settings settings, Site site) {
        this.settings = settings;
        this.beans = new Beans(site);
    }

    /**
     * Builds the whole service: opens the store, and with it a session.
     *
     * @throws RuntimeException when a part cannot be built, with what is to be fixed; what was open is closed
     */
    static Wiring ofService(Settings settings, Site site) {
        Wiring wiring = new Wiring(settings, site);
        try {
            wiring.build();
            return wiring;
        } catch (RuntimeException | LinkageError e) {
            wiring.close();
            throw e;
        }
    }

    /** Likewise; nothing is replaced in it. */
    public static Wiring ofService(Settings settings) {
        return ofService(settings, Site.NONE);
    }

    /** What the command {@code doctor} examines, in this order; nothing of the service is started. A test may be sent to the webhook. */
    static List<Exam> exams(Settings settings, boolean sendsTest) {
        Wiring wiring = new Wiring(settings, Site.NONE);
        Network network = wiring.network();
        Tokens tokens = wiring.tokens(network, Grants.of(settings));
        Exams exams = new Exams(settings, network.outbound(), tokens);
        Database database = FoundDatabase.of(settings);
        return List.of(
                new FilesExam(new DataFolder(settings.dataFolder()), database.files()),
                new StoreExam(database),
                exams.salesforce(),
                exams.talkdeskProbed(),
                exams.alerts(sendsTest));
    }

    /** For what is on the disk only while this process runs. */
    Spool spool() {
        return spool;
    }

    /** By the names that routes know them by. */
    public Map<String, Object> beans() {
        return beans.byName();
    }

    List<HealthCheck> healthChecks() {
        return healthChecks;
    }

    Settings settings() {
        return settings;
    }

    PrometheusMeterRegistry metricsRegistry() {
        return metricsRegistry;
    }

    private void build() {
        Clock clock = beans.replaceable("recordsyncClock", Clock.class, Clock::systemUTC);
        Grants grants = Grants.of(settings);
        grants.check();
        Network network = network();
        Tokens tokens = tokens(network, grants);
        Watch watch = watch(clock);
        Store store = store();
        InboxRoom inbox = inbox(store, watch, clock, tokens);
        ListWiring listWiring = new ListWiring(settings, beans);
        FoundLists lists = listWiring.build(inbox);
        listWiring.tokens(tokens, network.outbound());
        Delivering delivering = delivery(inbox, lists, listWiring.mode(lists), clock);
        talkdesk(clock);
        Reading reading = new SalesforceWiring(settings, beans).build(inbox, network.http(), tokens, watch, clock);
        CallbackWiring.build(
                settings,
                beans,
                inbox.inbox().callbacks(),
                lists::ids,
                delivering.mode(),
                network.outbound(),
                watch.registry());
        beans.own("recordsyncDoctor", new Exams(settings, network.outbound(), tokens).doctor());
        healthChecks = new OpsWiring(settings, beans, network.outbound())
                .build(inbox, delivering, reading, tokens, watch, clock);
    }

    // ---- the way out

    private record Network(Outbound outbound, HttpClientConfigurer http) {}

    private Network network() {
        Outbound outbound = beans.replaceable(
                "recordsyncOutbound",
                Outbound.class,
                () -> new Outbound(settings.network(), settings.stream().backoffLong()));
        HttpClientConfigurer http = beans.replaceable(
                "recordsyncOutboundHttp", HttpClientConfigurer.class, () -> new OutboundHttp(outbound));
        beans.own(
                "recordsyncTalkdeskHttp",
                new HttpBounds(
                        http, path -> Answers.bounds(path, settings.delivery().timeout())));
        beans.replaceable(
                "recordsyncOutboundConnections",
                HttpClientConnectionManager.class,
                // One pool serves both ends.
                () -> beans.closing(OutboundHttp.connections(
                        outbound,
                        Connecting.within(
                                settings.delivery().timeout(),
                                settings.salesforce().timeout()))));
        return new Network(outbound, http);
    }

    record Tokens(AccessTokens salesforce, AccessTokens talkdesk) {}

    private Tokens tokens(Network network, Grants grants) {
        SalesforceSettings salesforce = settings.salesforce();
        AccessTokens salesforceTokens = new AccessTokens(
                URI.create(salesforce.loginUrl() + "/services/oauth2/token"),
                grants.salesforce(),
                settings.oauthTimeout(),
                network.outbound(),
                Instances.of(salesforce.loginUrl(), salesforce.instanceDomains()));
        AccessTokens talkdeskTokens =
                Grants.tokensOfTalkdesk(settings, settings.talkdesk().scope(), network.outbound());
        return new Tokens(
                beans.own("recordsyncSalesforceToken", salesforceTokens),
                beans.own("recordsyncTalkdeskToken", talkdeskTokens));
    }

    // ---- what is counted

    record Watch(MeterRegistry registry, StreamStatus stream, Supplier<String> scrape) {}

    private Watch watch(Clock clock) {
        metricsRegistry = Metrics.registry();
        HostMetrics host = beans.closing(new HostMetrics(metricsRegistry));
        MeterRegistry registry = beans.own("recordsyncMetricsRegistry", host.registry());
        StreamStatus stream = beans.own("recordsyncStreamStatus", new StreamStatus(clock));
        return new Watch(registry, stream, metricsRegistry::scrape);
    }

    // ---- the inbox

    record InboxRoom(Inbox inbox, Ledger ledger, History history, Metrics metrics) {}

    private Store store() {
        DataFolder data = new DataFolder(settings.dataFolder());
        try {
            spool = beans.closing(Spool.in(data));
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
        StoreSettings store = settings.store();
        SqliteLibrary library = new SqliteLibrary(data.path(), spool.folder());
        return beans.closing(Store.open(
                Database.at(store.url(), store.user(), store.password().value(), library)));
    }

    private InboxRoom inbox(Store store, Watch watch, Clock clock, Tokens tokens) {
        JdbcLedger ledger = beans.own("recordsyncLedger", new JdbcLedger(store));
        JdbcHistory history = beans.own("recordsyncHistory", new JdbcHistory(store));
        Metrics metrics = beans.own(
                "recordsyncMetrics",
                new Metrics(watch.registry(), ledger, settings.salesforce().channel(), watch.stream(), clock));
        InboxSettings inboxSettings = new InboxSettings(
                settings.delivery().giveUpAfter(),
                settings.session().ttl(),
                settings.ledger().retention(),
                settings.ledger().phoneKey().value(),
                settings.delivery().holdWindow(),
                settings.guard().maxDeletions(),
                settings.guard().window(),
                () -> tokens.salesforce().serverTime().orElse(null));
        Inbox inbox = beans.closing(
                Inbox.open(store, inboxSettings, Tally.both(history, metrics), SharedSettings.of(settings)));
        beans.own("recordsyncIntakes", inbox.intakes());
        beans.own("recordsyncQueue", inbox.queue());
        beans.own("recordsyncSession", inbox.session());
        beans.own("recordsyncRetention", inbox.retention());
        beans.own("recordsyncCoverage", inbox.coverage());
        return new InboxRoom(inbox, ledger, history, metrics);
    }

    // ---- delivery, whichever dialler

    record Delivering(DeliveryGate gate, DeliveryMode mode, Finds finds) {}

    private Delivering delivery(InboxRoom room, FoundLists lists, DeliveryMode mode, Clock clock) {
        DeliverySettings delivery = settings.delivery();
        DeliveryGate gate = beans.own(
                "recordsyncGate",
                new DeliveryGate(
                        delivery.backoff(),
                        delivery.backoffMax(),
                        clock,
                        room.inbox().pauses()));
        Claims claims = beans.own(
                "recordsyncClaims",
                new Claims(room.inbox().queue(), gate, settings.batch(), delivery.concurrency(), () -> lists.served()
                        .size()));
        beans.own("recordsyncBatchQueue", claims.waiting());
        beans.closing(claims::stop);
        beans.own("recordsyncCallRate", new CallRate(delivery.rate()));
        Finds finds = new Finds(room.inbox().recordLists());
        beans.own(
                "recordsyncDelivery",
                new Delivery(
                        room.inbox().queue(),
                        room.inbox().recordLists(),
                        gate,
                        new Backoff(delivery.backoff(), delivery.backoffMax()),
                        delivery.refusalsInARow(),
                        settings.verify(),
                        finds));
        return new Delivering(gate, beans.own("recordsyncDeliveryMode", mode), finds);
    }

    // ---- reading Talkdesk

    private void talkdesk(Clock clock) {
        beans.own("recordsyncAnswers", new Answers(clock, settings.delivery().retryAfterMax()));
    }

    @Override
    public void close() {
        beans.close();
    }
}
