package io.recordsync.config;

import static io.recordsync.config.Form.certificates;
import static io.recordsync.config.Form.domains;
import static io.recordsync.config.Form.duration;
import static io.recordsync.config.Form.durationAboveZero;
import static io.recordsync.config.Form.durationAtLeast;
import static io.recordsync.config.Form.durationBetween;
import static io.recordsync.config.Form.folder;
import static io.recordsync.config.Form.host;
import static io.recordsync.config.Form.hosts;
import static io.recordsync.config.Form.hostsOrNone;
import static io.recordsync.config.Form.jdbcUrl;
import static io.recordsync.config.Form.listOf;
import static io.recordsync.config.Form.matching;
import static io.recordsync.config.Form.origin;
import static io.recordsync.config.Form.secret;
import static io.recordsync.config.Form.text;
import static io.recordsync.config.Form.trueOrFalse;
import static io.recordsync.config.Form.url;
import static io.recordsync.config.Form.wholeNumber;
import static io.recordsync.config.Form.word;
import static io.recordsync.config.Form.zeroOr;
import static io.recordsync.config.Table.essential;
import static io.recordsync.config.Table.often;
import static io.recordsync.config.Table.rarely;
import static java.util.stream.Collectors.toCollection;

import io.recordsync.config.Key.Condition;
import io.recordsync.deletion.DeliveryMode;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The table of all keys, in the order of {@code config/application.properties}.
 *
 * <p>The check, the settings and {@code docs/configuration.md} come from it; the reference file is tested against it.
 */
public final class Keys {

    /** First: each key below enters itself here. */
    private static final Condition CLIENT_CREDENTIALS = new Condition("salesforce.auth", "client-credentials");

    private static final Duration HALF_A_SECOND = Duration.ofMillis(500);
    private static final Duration ONE_SECOND = Duration.ofSeconds(1);
    private static final Duration ONE_MINUTE = Duration.ofMinutes(1);

    private static final Condition JWT = new Condition("salesforce.auth", "jwt");
    private static final Condition BASIC = new Condition("talkdesk.auth", "basic");
    private static final Condition PRIVATE_KEY_JWT = new Condition("talkdesk.auth", "private-key-jwt");

    // ---- essential

    static final Key<URI> SALESFORCE_LOGIN_URL =
            essential("salesforce.login-url", origin(), "The My Domain URL of the Salesforce org.");
    static final Key<String> SALESFORCE_CLIENT_ID =
            essential("salesforce.client-id", text(), "The consumer key of the External Client App.");
    static final Key<Secret> SALESFORCE_CLIENT_SECRET = essential(
            "salesforce.client-secret", secret(text()), CLIENT_CREDENTIALS, "The consumer secret of that app.");

    static final Key<URI> TALKDESK_TOKEN_URL = essential(
            "talkdesk.token-url", url(), "Talkdesk's token endpoint: `https://<account>.talkdeskid.com/oauth/token`.");
    static final Key<String> TALKDESK_CLIENT_ID =
            essential("talkdesk.client-id", text(), "The id of Talkdesk's OAuth client.");
    static final Key<Secret> TALKDESK_CLIENT_SECRET =
            essential("talkdesk.client-secret", secret(text()), BASIC, "The secret of that client.");
    static final Key<List<String>> TALKDESK_RECORD_LISTS = ListKeys.IDS;

    // ---- often tuned

    static final Key<URI> TALKDESK_API_URL =
            often("talkdesk.api-url", "https://api.talkdeskapp.com", url(), "Talkdesk's API in your region.");
    static final Key<String> TALKDESK_EXTERNAL_PROVIDER = often(
            "talkdesk.external-provider",
            "salesforce",
            matching("a value without quotes, backslashes, braces and control characters", "[^\"'`\\\\{}\\p{Cntrl}]+"),
            "The `external_provider` of the records, as they were imported.");

    static final Key<FirstStart> SALESFORCE_FIRST_START = often(
            "salesforce.first-start",
            "latest",
            word(FirstStart.class),
            "Where the channel is read from while no position is saved: only what is deleted from now on, or also what"
                    + " Salesforce still keeps (72 hours).");

    static final Key<Integer> BATCH_SIZE =
            often("batch.size", "100", wholeNumber(1, 100), "The most items in one call; Talkdesk's limit is 100.");
    static final Key<Duration> BATCH_LINGER =
            often("batch.linger", "1000", duration(), "The longest wait of a deletion for company in its batch.");
    static final Key<Integer> DELIVERY_CONCURRENCY = often(
            "delivery.concurrency", "4", wholeNumber(1, 100), "The most calls in flight at once, over all lists.");
    static final Key<Integer> DELIVERY_RATE =
            often("delivery.rate", "5", wholeNumber(0, 1000), "The most calls started per second; 0 means no limit.");
    static final Key<Duration> DELIVERY_GIVE_UP_AFTER = often(
            "delivery.give-up-after",
            "24h",
            durationAtLeast(ONE_SECOND),
            "How long a deletion that Talkdesk does not accept is tried before it is parked for a person.");

    static final Key<DeliveryMode.Kind> DELIVERY_MODE = often(
            "delivery.mode",
            "live",
            word(DeliveryMode.Kind.class),
            "Whether deletions are made, or only rehearsed: a dry run does everything but the DELETE call.");
    static final Key<Integer> GUARD_MAX_DELETIONS = often(
            "guard.max-deletions",
            "1000",
            wholeNumber(0, 1_000_000_000),
            "The most contacts deleted within `guard.window` before the rest is held for a person; 0 means no guard.");
    static final Key<Duration> GUARD_WINDOW =
            often("guard.window", "1h", durationAtLeast(Duration.ofSeconds(10)), "The time in which the guard counts.");
    static final Key<Duration> HOLD_WINDOW = often(
            "hold.window",
            "0",
            zeroOr(durationAtLeast(ONE_SECOND)),
            "How long a deletion waits before it is sent; a contact that is restored meanwhile keeps its records.");

    static final Key<Path> DATA_FOLDER = often(
            "data.folder",
            "./data",
            folder(),
            "The folder for what the service writes besides its database and its log, also with PostgreSQL; made with mode"
                    + " 0700.");
    static final Key<String> STORE_URL = often(
            "store.url",
            "jdbc:sqlite:./data/recordsync.db",
            jdbcUrl(),
            "The database: SQLite for one process, PostgreSQL for several.");
    static final Key<String> STORE_USER = often("store.user", "", text(), "The user of PostgreSQL.");
    static final Key<Secret> STORE_PASSWORD = often("store.password", "", secret(text()), "The password of that user.");

    static final Key<String> OPS_HOST = often(
            "ops.host",
            "127.0.0.1",
            host("a host name or an address to listen on"),
            "Where the page, the API, health and metrics are served.");
    static final Key<Integer> OPS_PORT =
            often("ops.port", "8080", wholeNumber(0, 65535), "Their port; 0 means any that is free.");
    static final Key<String> OPS_USER = often(
            "ops.user",
            "operator",
            matching("a name without a colon", "[^:\\s]+"),
            "The user of the page and the API, by HTTP basic.");
    static final Key<Secret> OPS_PASSWORD = often(
            "ops.password",
            "",
            secret(text()),
            "The password of that user; without one, and without `ops.users`, the page and the API answer on loopback only.");
    static final Key<List<String>> OPS_ALLOWED_HOSTS =
            often("ops.allowed-hosts", "localhost", hosts(), "The Host headers that are accepted, without ports.");
    static final List<Key<?>> PEOPLE_AND_TLS = OpsKeys.ALL;
    static final List<Key<?>> ALERTS = AlertKeys.ALL;

    // ---- rarely touched

    static final Key<SalesforceAuth> SALESFORCE_AUTH = rarely(
            "salesforce.auth",
            "client-credentials",
            word(SalesforceAuth.class),
            "How the service authenticates at Salesforce: with a secret, or signed with a key (the JWT bearer flow).");
    static final Key<String> SALESFORCE_JWT_USER =
            rarely("salesforce.jwt.user", text(), JWT, "The Salesforce user to act as.");
    static final Key<String> SALESFORCE_JWT_KEYSTORE = rarely(
            "salesforce.jwt.keystore",
            text(),
            JWT,
            "The file with the RSA key: a keystore (PKCS #12 or JKS), or PKCS #8 in a file named `*.pem` or `*.key`.");
    static final Key<Secret> SALESFORCE_JWT_KEYSTORE_PASSWORD =
            rarely("salesforce.jwt.keystore-password", "", secret(text()), "The password of that keystore.");
    static final Key<String> SALESFORCE_JWT_KEY_ALIAS = rarely(
            "salesforce.jwt.key-alias", "", text(), "The alias of the key; empty means the only one in the keystore.");
    static final Key<URI> SALESFORCE_JWT_AUDIENCE = rarely(
            "salesforce.jwt.audience",
            "https://login.salesforce.com",
            origin(),
            "The authorization server as it calls itself; sandboxes: `https://test.salesforce.com`.");

    static final Key<Subscriber> SALESFORCE_SUBSCRIBER = rarely(
            "salesforce.subscriber",
            "pubsub",
            word(Subscriber.class),
            "Which subscriber reads the stream: this project's own, or Camel's `salesforce:` component.");
    static final Key<String> SALESFORCE_PUBSUB_HOST = rarely(
            "salesforce.pubsub.host",
            "api.pubsub.salesforce.com",
            host("a host name"),
            "The Pub/Sub API; in the EU operating zone `api.deu.pubsub.salesforce.com`.");
    static final Key<Integer> SALESFORCE_PUBSUB_PORT =
            rarely("salesforce.pubsub.port", "7443", wholeNumber(1, 65535), "The port of the Pub/Sub API.");
    static final Key<Boolean> SALESFORCE_PUBSUB_PLAINTEXT = rarely(
            "salesforce.pubsub.plaintext",
            "false",
            trueOrFalse(),
            "Whether the Pub/Sub API is spoken to without TLS; for tests only, on this very machine.");
    static final Key<List<String>> SALESFORCE_INSTANCE_DOMAINS = rarely(
            "salesforce.instance-domains",
            "",
            domains(),
            "Further domains that the login may lead to, beside its own host and all below `salesforce.com` and"
                    + " `force.com`: those of the government's and China's clouds.");
    static final Key<String> SALESFORCE_CHANNEL = rarely(
            "salesforce.channel",
            "/data/ContactChangeEvent",
            matching("/data/ContactChangeEvent, /data/ChangeEvents or a custom channel /data/…__chn", "/data/\\w+"),
            "The channel of change events.");
    static final Key<String> SALESFORCE_API_VERSION = SalesforceKeys.API_VERSION;
    static final Key<Duration> SALESFORCE_TIMEOUT = SalesforceKeys.TIMEOUT;
    static final Key<Duration> SALESFORCE_DOWNLOAD_TIMEOUT = SalesforceKeys.DOWNLOAD_TIMEOUT;
    static final Key<Merged> SALESFORCE_MERGED = SalesforceKeys.MERGED;
    static final Key<List<String>> SALESFORCE_ENTITIES = rarely(
            "salesforce.entities",
            "Contact",
            listOf("entity names, separated by commas", "[A-Za-z]\\w*"),
            "The entities whose deletions count.");
    static final Key<List<String>> SALESFORCE_ID_PREFIXES = rarely(
            "salesforce.id-prefixes",
            "003",
            listOf("key prefixes of 3 characters, separated by commas", "[A-Za-z0-9]{3}"),
            "The key prefixes of the ids that are accepted.");
    static final Key<Duration> STREAM_IDLE_TIMEOUT = StreamKeys.IDLE_TIMEOUT;
    static final Key<Duration> STREAM_KEEPALIVE = StreamKeys.KEEPALIVE;
    static final Key<Duration> STREAM_BACKOFF = StreamKeys.BACKOFF;
    static final Key<Duration> STREAM_BACKOFF_MAX = StreamKeys.BACKOFF_MAX;
    static final Key<Duration> STREAM_BACKOFF_LONG = StreamKeys.BACKOFF_LONG;
    static final Key<Duration> STREAM_CATCH_UP = StreamKeys.CATCH_UP;
    static final Key<Duration> STREAM_MISSED_AFTER = StreamKeys.MISSED_AFTER;

    static final Key<Duration> SWEEP_PERIOD = SweepKeys.PERIOD;
    static final Key<Boolean> SWEEP_ON_GAP = SweepKeys.ON_GAP;
    static final Key<Duration> SWEEP_OVERLAP = SweepKeys.OVERLAP;
    static final Key<Duration> SWEEP_RETRY = SweepKeys.RETRY;

    static final Key<String> PROXY_HOST = rarely(
            "proxy.host",
            "",
            host("a host name"),
            "The company's proxy (HTTP CONNECT) for every connection to Salesforce and Talkdesk; empty means none.");
    static final Key<Integer> PROXY_PORT =
            rarely("proxy.port", "3128", wholeNumber(1, 65535), "The port of the proxy.");
    static final Key<String> PROXY_USER = rarely(
            "proxy.user",
            "",
            matching("a name without a colon", "[^:]+"),
            "The user of the proxy, by HTTP basic; empty means none.");
    static final Key<Secret> PROXY_PASSWORD =
            rarely("proxy.password", "", secret(text()), "The password of that user.");
    static final Key<List<String>> PROXY_NO_PROXY = rarely(
            "proxy.no-proxy",
            "localhost,127.0.0.1",
            hostsOrNone(),
            "The hosts that are reached without the proxy, and all below them.");
    static final Key<String> TLS_CA_BUNDLE = rarely(
            "tls.ca-bundle",
            "",
            certificates(),
            "A file with CA certificates to trust in addition to Java's; empty means none.");

    static final Key<TalkdeskAuth> TALKDESK_AUTH = rarely(
            "talkdesk.auth",
            "basic",
            word(TalkdeskAuth.class),
            "How the service authenticates at Talkdesk: with a secret, or signed with a key.");
    static final Key<String> TALKDESK_PRIVATE_KEY =
            rarely("talkdesk.private-key", text(), PRIVATE_KEY_JWT, "The PEM file with the P-256 key (PKCS #8).");
    static final Key<String> TALKDESK_KEY_ID =
            rarely("talkdesk.key-id", text(), PRIVATE_KEY_JWT, "The id that Talkdesk gave the key.");
    static final Key<String> TALKDESK_SCOPE =
            rarely("talkdesk.scope", "record-lists:manage", text(), "The scope to ask for.");
    static final Key<CallbackMode> TALKDESK_CALLBACKS = CallbackKeys.MODE;
    static final Key<Duration> TALKDESK_CALLBACKS_PERIOD = CallbackKeys.PERIOD;
    static final Key<Integer> TALKDESK_CALLBACKS_MOST = CallbackKeys.MOST;
    static final Key<String> TALKDESK_CALLBACKS_SCOPE = CallbackKeys.SCOPE;

    static final Key<Boolean> OPS_ENABLED =
            rarely("ops.enabled", "true", trueOrFalse(), "Whether the page, the API, health and metrics are served.");
    static final Key<Boolean> DOCTOR_AT_START = rarely(
            "doctor.at-start",
            "true",
            trueOrFalse(),
            "Whether both ends are examined once after the start; findings are logged.");

    static final Key<Duration> OAUTH_TIMEOUT = rarely(
            "oauth.timeout",
            "10s",
            durationAtLeast(HALF_A_SECOND),
            "How long an answer of either token endpoint may take, to its last byte.");

    static final Key<Duration> DELIVERY_TIMEOUT = rarely(
            "delivery.timeout", "30000", durationAtLeast(HALF_A_SECOND), "How long an answer of Talkdesk may take.");
    static final Key<Duration> DELIVERY_BACKOFF =
            rarely("delivery.backoff", "1000", durationAboveZero(), "The first pause after a failure.");
    static final Key<Duration> DELIVERY_BACKOFF_MAX =
            rarely("delivery.backoff-max", "300000", durationAboveZero(), "The longest pause that it grows to.");
    static final Key<Duration> DELIVERY_RETRY_AFTER_MAX = rarely(
            "delivery.retry-after-max",
            "1h",
            durationAtLeast(ONE_SECOND),
            "A longer `Retry-After` of Talkdesk is cut to this.");
    static final Key<Integer> DELIVERY_REFUSALS_IN_A_ROW = rarely(
            "delivery.refusals-in-a-row",
            "5",
            wholeNumber(1, 1000),
            "How many lone items of a list are refused in a row with one code before the list is suspended.");
    static final Key<List<String>> DELIVERY_DRY_RUN_LISTS = rarely(
            "delivery.dry-run-lists",
            "",
            listOf("ids of record lists, separated by commas", "[A-Za-z0-9_-]{1,36}"),
            "Lists of `talkdesk.record-lists` of which nothing is deleted, in any `delivery.mode`.");

    static final Key<Duration> VERIFY_DELAY = rarely(
            "verify.delay",
            "60000",
            zeroOr(durationAtLeast(Duration.ofMillis(100))),
            "The wait before a deletion whose answer confirmed nothing (202, no totals) is sent again.");
    static final Key<Integer> VERIFY_ATTEMPTS =
            rarely("verify.attempts", "3", wholeNumber(1, 100), "How often it is sent again.");
    static final Key<Unconfirmed> VERIFY_UNCONFIRMED = rarely(
            "verify.unconfirmed",
            "settle",
            word(Unconfirmed.class),
            "What becomes of it then: it is settled as accepted, or parked.");

    static final Key<Duration> HEALTH_EXPIRY_WARNING = rarely(
            "health.expiry-warning",
            "24h",
            zeroOr(durationBetween(Duration.ofMinutes(10), Duration.ofDays(3))),
            "How long before the saved position is too old for Salesforce (72 hours) the service is no longer ready.");
    static final Key<Duration> HEALTH_OLDEST_PENDING = rarely(
            "health.oldest-pending",
            "1h",
            durationAtLeast(ONE_SECOND),
            "How long a deletion may be due before the service is no longer ready.");

    static final Key<Optional<Duration>> RECONCILE_SCHEDULE = ReconcileKeys.SCHEDULE;
    static final Key<NotVisible> RECONCILE_NOT_VISIBLE = ReconcileKeys.NOT_VISIBLE;
    static final Key<Integer> RECONCILE_MAX_MISSING_PERCENT = ReconcileKeys.MAX_MISSING_PERCENT;
    static final Key<Integer> RECONCILE_MIN_JUDGED_PERCENT = ReconcileKeys.MIN_JUDGED_PERCENT;

    static final Key<Duration> SESSION_TTL = rarely(
            "session.ttl",
            "30s",
            durationAtLeast(ONE_SECOND),
            "The silence after which a process counts as dead and another one takes over its work.");
    static final Key<Duration> SESSION_HEARTBEAT = rarely(
            "session.heartbeat",
            "5s",
            durationAboveZero(),
            "How often a process reports that it is alive; several times within `session.ttl`.");

    static final Key<Duration> LEDGER_RETENTION = rarely(
            "ledger.retention",
            "400d",
            durationAtLeast(Duration.ofDays(16)),
            "How long deletions that ended are kept; Salesforce reports its deletions for 15 days.");
    static final Key<Secret> LEDGER_PHONE_KEY = rarely(
            "ledger.phone-key",
            "",
            secret(matching("16 letters, digits or . _ - + / = or more", "[\\w.+/=-]{16,}")),
            "The key of the HMAC that stays of a phone number once its deletion is done.");

    static final Key<String> LOG_FILE = LogKeys.FILE;
    static final Key<LogFormat> LOG_FORMAT = LogKeys.FORMAT;

    /** Behind the last key. */
    private static final Set<String> NAMES = all().stream().map(Key::name).collect(toCollection(LinkedHashSet::new));

    private Keys() {}

    /** Every key, in the order of the table. */
    public static List<Key<?>> all() {
        return Table.entered();
    }

    public static Set<String> names() {
        return Collections.unmodifiableSet(NAMES);
    }

    /** Whether it is a key, or names the file that a secret is in. */
    static boolean isOurs(String name) {
        return NAMES.contains(name) || SecretFile.isNamedBy(name) || ListBindings.isOne(name);
    }

    static boolean isSecret(String name) {
        return all().stream().anyMatch(key -> key.isSecret() && key.name().equals(name));
    }
}
