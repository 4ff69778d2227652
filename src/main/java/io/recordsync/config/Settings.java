package io.recordsync.config;

import io.recordsync.deletion.DeliveryMode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * Everything that the service is configured with, each value typed and read once.
 *
 * <p>Secrets are {@link Secret}s, so that settings can be logged.
 *
 * @param doctorAtStart whether both ends are examined after the start
 * @param oauthTimeout of an answer of either token endpoint
 * @param dataFolder for what the service writes besides its database and its log
 */
public record Settings(
        SalesforceSettings salesforce,
        StreamSettings stream,
        SweepSettings sweep,
        ReconcileSettings reconcile,
        TalkdeskSettings talkdesk,
        BatchSettings batch,
        DeliverySettings delivery,
        VerifySettings verify,
        GuardSettings guard,
        LedgerSettings ledger,
        SessionSettings session,
        StoreSettings store,
        OpsSettings ops,
        NetworkSettings network,
        HealthSettings health,
        LogSettings log,
        boolean doctorAtStart,
        Duration oauthTimeout,
        Path dataFolder,
        AlertSettings alerts) {

    /**
     * @param texts by key; each key that is missing has its default
     * @throws InvalidConfiguration when there is a mistake
     */
    public static Settings of(Map<String, String> texts) {
        return Configuration.of(texts).settings();
    }

    /** @param read without a mistake */
    static Settings of(Reading read) {
        return new Settings(
                salesforce(read),
                new StreamSettings(
                        read.get(Keys.STREAM_IDLE_TIMEOUT),
                        read.get(Keys.STREAM_KEEPALIVE),
                        read.get(Keys.STREAM_BACKOFF),
                        read.get(Keys.STREAM_BACKOFF_MAX),
                        read.get(Keys.STREAM_BACKOFF_LONG),
                        read.get(Keys.STREAM_CATCH_UP),
                        read.get(Keys.STREAM_MISSED_AFTER)),
                new SweepSettings(
                        read.get(Keys.SWEEP_PERIOD),
                        read.get(Keys.SWEEP_ON_GAP),
                        read.get(Keys.SWEEP_OVERLAP),
                        read.get(Keys.SWEEP_RETRY)),
                new ReconcileSettings(
                        read.get(Keys.RECONCILE_SCHEDULE),
                        read.get(Keys.RECONCILE_NOT_VISIBLE),
                        read.get(Keys.RECONCILE_MAX_MISSING_PERCENT),
                        read.get(Keys.RECONCILE_MIN_JUDGED_PERCENT)),
                talkdesk(read),
                new BatchSettings(read.get(Keys.BATCH_SIZE), read.get(Keys.BATCH_LINGER)),
                delivery(read),
                new VerifySettings(
                        read.get(Keys.VERIFY_DELAY), read.get(Keys.VERIFY_ATTEMPTS), read.get(Keys.VERIFY_UNCONFIRMED)),
                new GuardSettings(read.get(Keys.GUARD_MAX_DELETIONS), read.get(Keys.GUARD_WINDOW)),
                new LedgerSettings(read.get(Keys.LEDGER_RETENTION), read.get(Keys.LEDGER_PHONE_KEY)),
                new SessionSettings(read.get(Keys.SESSION_TTL), read.get(Keys.SESSION_HEARTBEAT)),
                new StoreSettings(read.get(Keys.STORE_URL), read.get(Keys.STORE_USER), read.get(Keys.STORE_PASSWORD)),
                OpsKeys.settings(read),
                new NetworkSettings(
                        read.get(Keys.PROXY_HOST),
                        read.get(Keys.PROXY_PORT),
                        read.get(Keys.PROXY_USER),
                        read.get(Keys.PROXY_PASSWORD),
                        read.get(Keys.PROXY_NO_PROXY),
                        read.get(Keys.TLS_CA_BUNDLE)),
                new HealthSettings(read.get(Keys.HEALTH_EXPIRY_WARNING), read.get(Keys.HEALTH_OLDEST_PENDING)),
                new LogSettings(read.get(Keys.LOG_FILE), read.get(Keys.LOG_FORMAT)),
                read.get(Keys.DOCTOR_AT_START),
                read.get(Keys.OAUTH_TIMEOUT),
                read.get(Keys.DATA_FOLDER),
                AlertKeys.settings(read));
    }

    private static SalesforceSettings salesforce(Reading read) {
        return new SalesforceSettings(
                read.get(Keys.SALESFORCE_LOGIN_URL),
                read.get(Keys.SALESFORCE_CLIENT_ID),
                read.get(Keys.SALESFORCE_CLIENT_SECRET),
                read.get(Keys.SALESFORCE_AUTH),
                new JwtSettings(
                        read.get(Keys.SALESFORCE_JWT_USER),
                        read.get(Keys.SALESFORCE_JWT_KEYSTORE),
                        read.get(Keys.SALESFORCE_JWT_KEYSTORE_PASSWORD),
                        read.get(Keys.SALESFORCE_JWT_KEY_ALIAS),
                        read.get(Keys.SALESFORCE_JWT_AUDIENCE)),
                read.get(Keys.SALESFORCE_PUBSUB_HOST),
                read.get(Keys.SALESFORCE_PUBSUB_PORT),
                read.get(Keys.SALESFORCE_PUBSUB_PLAINTEXT),
                read.get(Keys.SALESFORCE_INSTANCE_DOMAINS),
                read.get(Keys.SALESFORCE_CHANNEL),
                read.get(Keys.SALESFORCE_ID_PREFIXES),
                read.get(Keys.SALESFORCE_ENTITIES),
                read.get(Keys.SALESFORCE_API_VERSION),
                read.get(Keys.SALESFORCE_TIMEOUT),
                read.get(Keys.SALESFORCE_DOWNLOAD_TIMEOUT),
                read.get(Keys.SALESFORCE_MERGED),
                read.get(Keys.SALESFORCE_FIRST_START),
                read.get(Keys.SALESFORCE_SUBSCRIBER));
    }

    private static TalkdeskSettings talkdesk(Reading read) {
        return new TalkdeskSettings(
                read.get(Keys.TALKDESK_API_URL),
                read.get(Keys.TALKDESK_TOKEN_URL),
                read.get(Keys.TALKDESK_CLIENT_ID),
                read.get(Keys.TALKDESK_CLIENT_SECRET),
                read.get(Keys.TALKDESK_AUTH),
                read.get(Keys.TALKDESK_PRIVATE_KEY),
                read.get(Keys.TALKDESK_KEY_ID),
                read.get(Keys.TALKDESK_SCOPE),
                read.get(ListKeys.RECORDS_SCOPE),
                new ListSettings(
                        read.listRules(),
                        read.get(ListKeys.JOIN),
                        read.get(ListKeys.REFRESH),
                        read.get(ListKeys.MOST),
                        read.get(ListKeys.GONE_AFTER)),
                read.get(Keys.TALKDESK_EXTERNAL_PROVIDER),
                new CallbackSettings(
                        read.get(Keys.TALKDESK_CALLBACKS),
                        read.get(Keys.TALKDESK_CALLBACKS_PERIOD),
                        read.get(Keys.TALKDESK_CALLBACKS_MOST),
                        read.get(Keys.TALKDESK_CALLBACKS_SCOPE)));
    }

    private static DeliverySettings delivery(Reading read) {
        return new DeliverySettings(
                read.get(Keys.DELIVERY_CONCURRENCY),
                read.get(Keys.DELIVERY_RATE),
                read.get(Keys.DELIVERY_TIMEOUT),
                read.get(Keys.DELIVERY_BACKOFF),
                read.get(Keys.DELIVERY_BACKOFF_MAX),
                read.get(Keys.DELIVERY_GIVE_UP_AFTER),
                read.get(Keys.DELIVERY_REFUSALS_IN_A_ROW),
                DeliveryMode.of(read.get(Keys.DELIVERY_MODE), read.get(Keys.DELIVERY_DRY_RUN_LISTS)),
                read.get(Keys.HOLD_WINDOW),
                read.get(Keys.DELIVERY_RETRY_AFTER_MAX));
    }
}
