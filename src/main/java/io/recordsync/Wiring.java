package io.recordsync;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
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
import io.recordsync.doctor.Doctor;
import io.recordsync.doctor.Exam;
import io.recordsync.doctor.StoreExam;
import io.recordsync.inbox.History;
import io.recordsync.inbox.Inbox;
import io.recordsync.inbox.InboxSettings;
import io.recordsync.inbox.JdbcHistory;
import io.recordsync.inbox.JdbcLedger;
import io.recordsync.inbox.Ledger;
import io.recordsync.inbox.Store;
import io.recordsync.inbox.Tally;
import io.recordsync.inbox.database.Database;
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
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.component.salesforce.AuthenticationType;
import org.apache.camel.component.salesforce.SalesforceComponent;
import org.apache.camel.health.HealthCheck;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every object of the service, built once from typed settings: a method a room. The service, its commands and the tests use the
 * same.
 *
 * <p>Routes find them as beans, by the names of {@link #beans}. {@link #close} closes them in the reverse order of building, also
 * where building ended half way.
 */
public final class Wiring implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Wiring.class);

    /** With which every name of ours begins, so that a host's {@code clock} is not ours by accident. */
    public static final String PREFIX = "recordsync";

    private final Settings settings;
    private final Site site;
    private final Map<String, Object> beans = new LinkedHashMap<>();
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private List<HealthCheck> healthChecks = List.of();
    private PrometheusMeterRegistry metricsRegistry;

    private Wiring(Settings settings, Site site) {
        this.settings = settings;
        this.site = site;
    }

    /** What a site brings in place of ours; where it brings nothing, ours is made. */
    interface Site {

        /** A service that nothing is replaced in. */
        Site NONE = new Site() {
            @Override
            public <T> T replaced(String name, Class<T> type) {
                return null;
            }
        };

        /** @return null where the site brings no bean of this name */
        <T> T replaced(String name, Class<T> type);
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
        return Collections.unmodifiableMap(beans);
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
        Clock clock = replaceable("recordsyncClock", Clock.class, Clock.systemUTC());
        Network network = network();
        Tokens tokens = tokens(network);
        Watch watch = watch(clock);
        Store store = closing(Store.open(database(settings.store())));
        InboxRoom inbox = inbox(store, watch, clock);
        Delivering delivering = delivery(inbox, clock);
        talkdesk(clock);
        Reading reading = salesforce(inbox, tokens, clock);
        doctor(network, tokens);
        ops(inbox, delivering, reading, tokens, watch, clock);
    }

    // ---- the way out

    private record Network(Outbound outbound) {}

    private Network network() {
        Outbound outbound = named("recordsyncOutbound", new Outbound(settings.network()));
        named("recordsyncOutboundHttp", new OutboundHttp(outbound));
        closing(named("recordsyncOutboundConnections", OutboundHttp.connections(outbound)));
        return new Network(outbound);
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
                named("recordsyncSalesforceToken", salesforceTokens), named("recordsyncTalkdeskToken", talkdeskTokens));
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
        metricsRegistry = named("recordsyncMetricsRegistry", Metrics.registry());
        return new Watch(metricsRegistry, named("recordsyncStreamStatus", new StreamStatus(clock)));
    }

    // ---- the inbox

    private record InboxRoom(Inbox inbox, Ledger ledger, History history, Metrics metrics) {}

    private InboxRoom inbox(Store store, Watch watch, Clock clock) {
        JdbcLedger ledger = named("recordsyncLedger", new JdbcLedger(store));
        JdbcHistory history = named("recordsyncHistory", new JdbcHistory(store));
        Metrics metrics = named(
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
        Inbox inbox = closing(Inbox.open(store, inboxSettings, Tally.both(history, metrics)));
        named("recordsyncIntakes", inbox.intakes());
        named("recordsyncQueue", inbox.queue());
        named("recordsyncSession", inbox.session());
        named("recordsyncRetention", inbox.retention());
        named("recordsyncCoverage", inbox.coverage());
        return new InboxRoom(inbox, ledger, history, metrics);
    }

    // ---- delivery, whichever dialler

    private record Delivering(DeliveryGate gate, DeliveryMode mode) {}

    private Delivering delivery(InboxRoom room, Clock clock) {
        DeliverySettings delivery = settings.delivery();
        List<String> served = settings.talkdesk().recordLists();
        room.inbox().recordLists().register(served);
        room.inbox().recordLists().serveOnly(served);
        DeliveryGate gate = named("recordsyncGate", new DeliveryGate(delivery.backoff(), delivery.backoffMax(), clock));
        Claims claims = named(
                "recordsyncClaims",
                new Claims(room.inbox().queue(), gate, settings.batch(), delivery.concurrency(), served.size()));
        open.push(claims::stop);
        named("recordsyncCallRate", new CallRate(delivery.rate()));
        named(
                "recordsyncDelivery",
                new Delivery(
                        room.inbox().queue(),
                        room.inbox().recordLists(),
                        gate,
                        new Backoff(delivery.backoff(), delivery.backoffMax()),
                        delivery.refusalsInARow(),
                        settings.verify(),
                        clock));
        return new Delivering(gate, named("recordsyncDeliveryMode", delivery.mode()));
    }

    // ---- reading Talkdesk

    private void talkdesk(Clock clock) {
        named("recordsyncAnswers", new Answers(clock));
    }

    // ---- reading Salesforce

    private record Reading(Sweeps sweeps, PresenceChecks presenceChecks) {}

    private Reading salesforce(InboxRoom room, Tokens tokens, Clock clock) {
        SalesforceSettings salesforce = settings.salesforce();
        List<String> recordLists = settings.talkdesk().recordLists();
        String provider = settings.talkdesk().externalProvider();
        SyncedRecords records =
                named("recordsyncSyncedRecords", new SyncedRecords(recordLists, provider, salesforce.idPrefixes()));
        named(
                "recordsyncChangeEvents",
                new ChangeEvents(
                        records, salesforce.entities(), settings.sweep().onGap()));
        Sweeps sweeps = named(
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
        named(
                "recordsyncGapChecks",
                new GapChecks(
                        room.inbox().doubts(),
                        salesforce.entities(),
                        salesforce.apiVersion(),
                        settings.stream().backoff(),
                        settings.stream().backoffMax()));
        PresenceChecks presenceChecks = named(
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
        named(
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
        named(
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
        named("recordsyncFrontDoor", new FrontDoor(settings.ops()));
        named("recordsyncProblemAnswer", new ProblemAnswer());
        named("recordsyncPageFiles", new PageFiles());
        named(
                "recordsyncOrders",
                new Orders(
                        room.inbox().intakes(),
                        room.inbox().decisions(),
                        room.inbox().coverage(),
                        recordLists,
                        delivering.mode(),
                        clock));
        GuardView guard = named(
                "recordsyncGuardView",
                new GuardView(
                        room.ledger(),
                        settings.guard().maxDeletions(),
                        settings.guard().window()));
        named("recordsyncDeletionView", new DeletionView(room.ledger()));
        named("recordsyncReceipts", new Receipts(room.ledger()));
        named("recordsyncHistoryView", new HistoryView(room.history()));
        Health health = named("recordsyncHealth", new Health());
        named(
                "recordsyncStatus",
                new Status(
                        room.ledger(),
                        room.inbox().coverage(),
                        channel,
                        recordLists,
                        new Status.Parts(
                                watch.stream(), delivering.gate(), reading.presenceChecks(), reading.sweeps(), guard),
                        health,
                        delivering.mode(),
                        room.metrics(),
                        clock));
        ProcessCheck process = named(
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
                new SweepCheck(room.inbox().coverage(), settings.sweep().period(), clock));
    }

    // ---- the names

    /** Ours, and not the site's to replace: a promise hangs on it. */
    private <T> T named(String name, T bean) {
        if (site.replaced(name, Object.class) != null) {
            throw new IllegalStateException("The bean " + name
                    + " is bound already: it is the service's own and cannot be replaced; give yours another name");
        }
        beans.put(name, bean);
        return bean;
    }

    /** The site's where it brings one of this name. */
    private <T> T replaceable(String name, Class<T> type, T ours) {
        T theirs = site.replaced(name, type);
        T bean = theirs == null ? ours : theirs;
        beans.put(name, bean);
        return bean;
    }

    private <T extends AutoCloseable> T closing(T part) {
        open.push(part);
        return part;
    }

    @Override
    public void close() {
        // An interrupt ended another wait of this thread; it must not keep the session from being ended.
        Thread.interrupted();
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                LOG.warn("A part of the service was not closed cleanly: {}", e.getMessage(), e);
            }
        }
    }
}
