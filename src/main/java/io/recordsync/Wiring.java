package io.recordsync;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.recordsync.Beans.Site;
import io.recordsync.config.DeliverySettings;
import io.recordsync.config.SalesforceAuth;
import io.recordsync.config.SalesforceSettings;
import io.recordsync.config.Settings;
import io.recordsync.config.StoreSettings;
import io.recordsync.config.TalkdeskAuth;
import io.recordsync.config.TalkdeskSettings;
import io.recordsync.deletion.DeliveryMode;
import io.recordsync.delivery.Backoff;
import io.recordsync.delivery.CallRate;
import io.recordsync.delivery.Claims;
import io.recordsync.delivery.Delivery;
import io.recordsync.delivery.DeliveryGate;
import io.recordsync.delivery.Finds;
import io.recordsync.doctor.Doctor;
import io.recordsync.doctor.Exam;
import io.recordsync.doctor.StoreExam;
import io.recordsync.inbox.History;
import io.recordsync.inbox.Inbox;
import io.recordsync.inbox.InboxSettings;
import io.recordsync.inbox.JdbcHistory;
import io.recordsync.inbox.JdbcLedger;
import io.recordsync.inbox.Ledger;
import io.recordsync.inbox.ListScope;
import io.recordsync.inbox.Store;
import io.recordsync.inbox.Tally;
import io.recordsync.inbox.database.Database;
import io.recordsync.network.BoundedExchanges;
import io.recordsync.network.HttpBounds;
import io.recordsync.network.Outbound;
import io.recordsync.network.OutboundHttp;
import io.recordsync.oauth.AccessTokens;
import io.recordsync.oauth.ClientCredentials;
import io.recordsync.oauth.Grant;
import io.recordsync.oauth.JwtBearer;
import io.recordsync.oauth.PrivateKeyJwt;
import io.recordsync.ops.api.DeletionView;
import io.recordsync.ops.api.FrontDoor;
import io.recordsync.ops.api.GuardView;
import io.recordsync.ops.api.HistoryView;
import io.recordsync.ops.api.Orders;
import io.recordsync.ops.api.ProblemAnswer;
import io.recordsync.ops.api.Status;
import io.recordsync.ops.health.DeliveryCheck;
import io.recordsync.ops.health.ExpiryCheck;
import io.recordsync.ops.health.GuardCheck;
import io.recordsync.ops.health.Health;
import io.recordsync.ops.health.ListsCheck;
import io.recordsync.ops.health.Metrics;
import io.recordsync.ops.health.NodesCheck;
import io.recordsync.ops.health.PendingCheck;
import io.recordsync.ops.health.PositionCheck;
import io.recordsync.ops.health.ProcessCheck;
import io.recordsync.ops.health.StoreCheck;
import io.recordsync.ops.health.StreamCheck;
import io.recordsync.ops.health.SweepCheck;
import io.recordsync.ops.health.TokenCheck;
import io.recordsync.ops.page.PageFiles;
import io.recordsync.ops.receipts.Receipts;
import io.recordsync.salesforce.ChangeEvents;
import io.recordsync.salesforce.GapChecks;
import io.recordsync.salesforce.PresenceChecks;
import io.recordsync.salesforce.SalesforceAccess;
import io.recordsync.salesforce.SalesforceExam;
import io.recordsync.salesforce.SalesforceQuery;
import io.recordsync.salesforce.Sweeps;
import io.recordsync.salesforce.SyncedRecords;
import io.recordsync.salesforce.stream.StreamStatus;
import io.recordsync.salesforce.stream.Topic;
import io.recordsync.talkdesk.Answers;
import io.recordsync.talkdesk.TalkdeskExam;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.camel.component.salesforce.AuthenticationType;
import org.apache.camel.component.salesforce.SalesforceComponent;
import org.apache.camel.health.HealthCheck;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;

/**
 * Every object of the service, built once from typed settings: a method a room. The service, its commands and the tests use the
 * same.
 *
 * <p>Longer than other classes, because it is the one place that knows every room: what a part is made of is read here and
 * nowhere else.
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

    /** What the command {@code doctor} examines, in this order; nothing of the service is started. */
    static List<Exam> exams(Settings settings) {
        Wiring wiring = new Wiring(settings, Site.NONE);
        Network network = wiring.network();
        Tokens tokens = wiring.tokens(network);
        DeliveryMode mode = settings.delivery().mode();
        List<String> probed = settings.talkdesk().recordLists().stream()
                .filter(list -> !mode.rehearses(list))
                .toList();
        return List.of(
                new StoreExam(database(settings.store())),
                wiring.salesforceExam(network, tokens),
                wiring.talkdeskExam(network, tokens, probed));
    }

    /** The database that settings name; nothing is opened. */
    static Database database(StoreSettings settings) {
        return Database.at(settings.url(), settings.user(), settings.password().value());
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
        Network network = network();
        Tokens tokens = tokens(network);
        Watch watch = watch(clock);
        Store store = beans.closing(Store.open(database(settings.store())));
        InboxRoom inbox = inbox(store, watch, clock);
        Delivering delivering = delivery(inbox, clock);
        talkdesk(clock);
        Reading reading = salesforce(inbox, network, tokens, clock);
        doctor(network, tokens);
        ops(inbox, delivering, reading, tokens, watch, clock);
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
                new BoundedExchanges(http, settings.delivery().timeout(), Answers::maxBytes));
        beans.replaceable(
                "recordsyncOutboundConnections",
                HttpClientConnectionManager.class,
                () -> beans.closing(OutboundHttp.connections(outbound)));
        return new Network(outbound, http);
    }

    private record Tokens(AccessTokens salesforce, AccessTokens talkdesk) {}

    private Tokens tokens(Network network) {
        SalesforceSettings salesforce = settings.salesforce();
        TalkdeskSettings talkdesk = settings.talkdesk();
        AccessTokens salesforceTokens = new AccessTokens(
                URI.create(salesforce.loginUrl() + "/services/oauth2/token"),
                grant(salesforce),
                settings.oauthTimeout(),
                network.outbound());
        AccessTokens talkdeskTokens =
                new AccessTokens(talkdesk.tokenUrl(), grant(talkdesk), settings.oauthTimeout(), network.outbound());
        return new Tokens(
                beans.own("recordsyncSalesforceToken", salesforceTokens),
                beans.own("recordsyncTalkdeskToken", talkdeskTokens));
    }

    private static Grant grant(SalesforceSettings settings) {
        return settings.auth() == SalesforceAuth.JWT
                ? new JwtBearer(settings.clientId(), settings.jwt())
                : ClientCredentials.inForm(settings.clientId(), settings.clientSecret());
    }

    private static Grant grant(TalkdeskSettings settings) {
        return settings.auth() == TalkdeskAuth.PRIVATE_KEY_JWT
                ? new PrivateKeyJwt(
                        settings.clientId(), settings.keyId(), Path.of(settings.privateKey()), settings.scope())
                : ClientCredentials.inHeader(settings.clientId(), settings.clientSecret(), settings.scope());
    }

    // ---- what is counted

    private record Watch(PrometheusMeterRegistry registry, StreamStatus stream) {}

    private Watch watch(Clock clock) {
        metricsRegistry = beans.own("recordsyncMetricsRegistry", Metrics.registry());
        return new Watch(metricsRegistry, beans.own("recordsyncStreamStatus", new StreamStatus(clock)));
    }

    // ---- the inbox

    private record InboxRoom(Inbox inbox, Ledger ledger, History history, Metrics metrics) {}

    private InboxRoom inbox(Store store, Watch watch, Clock clock) {
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
                settings.guard().window());
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

    private record Delivering(DeliveryGate gate, DeliveryMode mode, Finds finds) {}

    private Delivering delivery(InboxRoom room, Clock clock) {
        DeliverySettings delivery = settings.delivery();
        List<String> served = settings.talkdesk().recordLists();
        room.inbox()
                .recordLists()
                .serve(
                        served,
                        new ListScope(
                                settings.talkdesk().externalProvider(),
                                settings.salesforce().entities(),
                                settings.salesforce().idPrefixes()));
        DeliveryGate gate = beans.own(
                "recordsyncGate",
                new DeliveryGate(
                        delivery.backoff(),
                        delivery.backoffMax(),
                        clock,
                        room.inbox().pauses()));
        Claims claims = beans.own(
                "recordsyncClaims",
                new Claims(room.inbox().queue(), gate, settings.batch(), delivery.concurrency(), served.size()));
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
        return new Delivering(gate, beans.own("recordsyncDeliveryMode", delivery.mode()), finds);
    }

    // ---- reading Talkdesk

    private void talkdesk(Clock clock) {
        beans.own("recordsyncAnswers", new Answers(clock, settings.delivery().retryAfterMax()));
    }

    // ---- reading Salesforce

    private record Reading(Sweeps sweeps, PresenceChecks presenceChecks) {}

    private Reading salesforce(InboxRoom room, Network network, Tokens tokens, Clock clock) {
        SalesforceSettings salesforce = settings.salesforce();
        List<String> recordLists = settings.talkdesk().recordLists();
        String provider = settings.talkdesk().externalProvider();
        SyncedRecords records =
                beans.own("recordsyncSyncedRecords", new SyncedRecords(recordLists, provider, salesforce.idPrefixes()));
        beans.own(
                "recordsyncChangeEvents",
                new ChangeEvents(
                        records, salesforce.entities(), settings.sweep().onGap()));
        Sweeps sweeps = beans.own(
                "recordsyncSweeps",
                new Sweeps(
                        room.inbox().coverage(),
                        room.inbox().intakes(),
                        records,
                        salesforce.entities(),
                        salesforce.apiVersion(),
                        settings.sweep().period(),
                        settings.sweep().overlap(),
                        settings.sweep().retry()));
        beans.own(
                "recordsyncGapChecks",
                new GapChecks(
                        room.inbox().doubts(),
                        salesforce.entities(),
                        salesforce.apiVersion(),
                        settings.stream().backoff(),
                        settings.stream().backoffMax()));
        PresenceChecks presenceChecks = beans.own(
                "recordsyncPresenceChecks",
                new PresenceChecks(
                        room.inbox().intakes(),
                        room.inbox().recordLists(),
                        records,
                        recordLists,
                        provider,
                        salesforce.entities(),
                        salesforce.apiVersion(),
                        settings.reconcile().schedule(),
                        settings.reconcile().maxMissingPercent(),
                        settings.sweep().retry(),
                        clock));
        beans.own(
                "recordsyncSalesforceHttp",
                beans.closing(new HttpBounds(
                        network.http(),
                        path -> SalesforceQuery.bounds(path, salesforce.timeout(), salesforce.downloadTimeout()))));
        beans.own(
                "recordsyncSalesforceAccess",
                new SalesforceAccess(tokens.salesforce(), room.inbox().intakes()));
        return new Reading(sweeps, presenceChecks);
    }

    /** Camel's own subscriber, which {@code salesforce.subscriber = camel-salesforce} takes in place of ours. */
    SalesforceComponent stockSubscriber() {
        SalesforceSettings salesforce = settings.salesforce();
        SalesforceComponent component = new SalesforceComponent();
        component.setLoginUrl(salesforce.loginUrl().toString());
        component.setClientId(salesforce.clientId());
        component.setClientSecret(salesforce.clientSecret().value());
        component.setAuthenticationType(AuthenticationType.CLIENT_CREDENTIALS);
        component.setPubSubHost(salesforce.pubsubHost());
        component.setPubSubPort(salesforce.pubsubPort());
        return component;
    }

    // ---- the doctor

    private void doctor(Network network, Tokens tokens) {
        // No DELETE call: only the command tries one.
        beans.own(
                "recordsyncDoctor",
                new Doctor(salesforceExam(network, tokens), talkdeskExam(network, tokens, List.of())));
    }

    private Exam salesforceExam(Network network, Tokens tokens) {
        SalesforceSettings salesforce = settings.salesforce();
        return new SalesforceExam(
                network.outbound(),
                tokens.salesforce(),
                salesforce.loginUrl(),
                new Topic(
                        network.outbound(),
                        salesforce.pubsubHost(),
                        salesforce.pubsubPort(),
                        salesforce.pubsubPlaintext(),
                        salesforce.channel()),
                salesforce.entities(),
                salesforce.apiVersion(),
                salesforce.timeout());
    }

    /** @param probed the lists that a DELETE of nobody is tried on */
    private Exam talkdeskExam(Network network, Tokens tokens, List<String> probed) {
        TalkdeskSettings talkdesk = settings.talkdesk();
        return new TalkdeskExam(
                network.outbound(),
                tokens.talkdesk(),
                talkdesk.apiUrl().toString(),
                talkdesk.recordLists(),
                talkdesk.scope(),
                settings.delivery().timeout(),
                probed);
    }

    // ---- what people and probes see, do and are told

    private void ops(InboxRoom room, Delivering delivering, Reading reading, Tokens tokens, Watch watch, Clock clock) {
        String channel = settings.salesforce().channel();
        List<String> recordLists = settings.talkdesk().recordLists();
        Duration idleTimeout = settings.stream().idleTimeout();
        beans.own("recordsyncFrontDoor", new FrontDoor(settings.ops()));
        beans.replaceable("recordsyncProblemAnswer", ProblemAnswer.class, ProblemAnswer::new);
        beans.replaceable("recordsyncPageFiles", PageFiles.class, PageFiles::new);
        beans.own(
                "recordsyncOrders",
                new Orders(
                        room.inbox().intakes(),
                        room.inbox().decisions(),
                        room.inbox().coverage(),
                        room.inbox().recordLists(),
                        recordLists,
                        delivering.mode(),
                        clock));
        GuardView guard = beans.own(
                "recordsyncGuardView",
                new GuardView(
                        room.ledger(),
                        settings.guard().maxDeletions(),
                        settings.guard().window()));
        beans.replaceable("recordsyncDeletionView", DeletionView.class, () -> new DeletionView(room.ledger()));
        beans.replaceable("recordsyncReceipts", Receipts.class, () -> new Receipts(room.ledger()));
        beans.replaceable("recordsyncHistoryView", HistoryView.class, () -> new HistoryView(room.history()));
        Health health = beans.own("recordsyncHealth", new Health());
        beans.own(
                "recordsyncStatus",
                new Status(
                        room.ledger(),
                        room.inbox().coverage(),
                        room.inbox().recordLists(),
                        channel,
                        recordLists,
                        new Status.Parts(
                                watch.stream(),
                                delivering.gate(),
                                reading.presenceChecks(),
                                reading.sweeps(),
                                delivering.finds(),
                                guard),
                        health,
                        delivering.mode(),
                        room.metrics(),
                        clock));
        ProcessCheck process = beans.own(
                "recordsyncProcessCheck",
                new ProcessCheck(watch.stream(), settings.session().heartbeat()));
        healthChecks = List.of(
                process,
                new StoreCheck(room.ledger(), channel),
                new StreamCheck(watch.stream(), idleTimeout, clock),
                new PositionCheck(room.ledger(), channel, watch.stream(), idleTimeout, clock),
                new ExpiryCheck(room.ledger(), channel, settings.health().expiryWarning(), clock),
                new PendingCheck(room.ledger(), settings.health().oldestPending(), clock),
                new ListsCheck(room.ledger()),
                new TokenCheck("salesforce", tokens.salesforce()),
                new TokenCheck("talkdesk", tokens.talkdesk()),
                new GuardCheck(room.ledger(), watch.registry()),
                new DeliveryCheck(delivering.gate()),
                new NodesCheck(room.inbox().nodes()),
                new SweepCheck(room.inbox().coverage(), settings.sweep().period(), clock));
    }

    @Override
    public void close() {
        beans.close();
    }
}
