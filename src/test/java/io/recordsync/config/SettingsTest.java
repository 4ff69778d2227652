package io.recordsync.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recordsync.deletion.DeliveryMode;
import io.recordsync.deletion.ListJoin;
import io.recordsync.deletion.ListRules;
import io.recordsync.stories.TestCa;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {

    private static final Map<String, String> ESSENTIAL = Map.of(
            "salesforce.login-url", "https://acme.my.salesforce.com",
            "salesforce.client-id", "3MVG9",
            "salesforce.client-secret", "secret-1",
            "talkdesk.token-url", "https://acme.talkdeskid.com/oauth/token",
            "talkdesk.client-id", "c1",
            "talkdesk.client-secret", "secret-2",
            "talkdesk.record-lists", "list-a, list-b");

    @TempDir
    Path folder;

    @Test
    void every_setting_has_its_default() {
        Settings settings = Settings.of(ESSENTIAL);

        assertThat(settings.salesforce().jwt())
                .isEqualTo(new JwtSettings("", "", Secret.NONE, "", URI.create("https://login.salesforce.com")));
        assertThat(settings.salesforce().subscriber()).isEqualTo(Subscriber.PUBSUB);
        assertThat(settings.reconcile()).isEqualTo(new ReconcileSettings(Optional.empty(), NotVisible.HOLD, 5, 50));
        assertThat(settings.delivery().mode()).isEqualTo(new DeliveryMode(false, Set.of()));
        assertThat(settings.batch()).isEqualTo(new BatchSettings(100, Duration.ofSeconds(1)));
        assertThat(settings.network())
                .isEqualTo(new NetworkSettings("", 3128, "", Secret.NONE, List.of("localhost", "127.0.0.1"), ""));
    }

    @Test
    void every_setting_is_what_its_key_says() throws Exception {
        Settings settings = Settings.of(nothingByDefault());

        assertThat(settings)
                .isEqualTo(new Settings(
                        new SalesforceSettings(
                                URI.create("https://acme.my.salesforce.com"),
                                "3MVG9",
                                new Secret("secret-1"),
                                SalesforceAuth.JWT,
                                new JwtSettings(
                                        "sync@acme.example",
                                        "key.p12",
                                        new Secret("secret-3"),
                                        "sync",
                                        URI.create("https://test.salesforce.com")),
                                "localhost",
                                7444,
                                true,
                                List.of("salesforce.mil"),
                                "/data/ChangeEvents",
                                List.of("003", "00Q"),
                                List.of("Contact", "Lead"),
                                "65.0",
                                Duration.ofSeconds(1),
                                Duration.ofMinutes(3),
                                Merged.HOLD,
                                FirstStart.EARLIEST,
                                Subscriber.CAMEL_SALESFORCE),
                        new StreamSettings(
                                Duration.ofSeconds(2),
                                Duration.ofSeconds(30),
                                Duration.ofSeconds(3),
                                Duration.ofSeconds(4),
                                Duration.ofSeconds(5),
                                Duration.ofSeconds(6),
                                Duration.ofSeconds(20)),
                        new SweepSettings(Duration.ofHours(1), false, Duration.ofMinutes(2), Duration.ofMillis(1500)),
                        new ReconcileSettings(Optional.of(Duration.ofDays(1)), NotVisible.DELETE, 6, 51),
                        new TalkdeskSettings(
                                URI.create("https://api.talkdeskapp.eu"),
                                URI.create("https://acme.talkdeskid.com/oauth/token"),
                                "c1",
                                new Secret("secret-2"),
                                TalkdeskAuth.PRIVATE_KEY_JWT,
                                "key.pem",
                                "key-1",
                                "all",
                                "records",
                                new ListSettings(
                                        new ListRules(List.of("list-a", "list-b"), List.of("SF *"), Map.of()),
                                        ListJoin.LIVE,
                                        Duration.ofMinutes(11),
                                        201,
                                        Duration.ofDays(8)),
                                "crm",
                                new CallbackSettings(CallbackMode.CANCEL, Duration.ofMinutes(16), 101, "read write")),
                        new BatchSettings(99, Duration.ofMillis(6)),
                        new DeliverySettings(
                                7,
                                8,
                                Duration.ofSeconds(9),
                                Duration.ofSeconds(10),
                                Duration.ofSeconds(11),
                                Duration.ofHours(12),
                                13,
                                new DeliveryMode(true, Set.of("list-b")),
                                Duration.ofMinutes(14),
                                Duration.ofMinutes(65)),
                        new VerifySettings(Duration.ofSeconds(15), 16, Unconfirmed.PARK),
                        new GuardSettings(17, Duration.ofHours(18)),
                        new LedgerSettings(Duration.ofDays(19), new Secret("secret-7-of-16-characters")),
                        new SessionSettings(Duration.ofSeconds(20), Duration.ofSeconds(2)),
                        new StoreSettings("jdbc:postgresql://db/sync", "sync", new Secret("secret-4")),
                        new OpsSettings(
                                false,
                                "0.0.0.0",
                                8081,
                                "admin",
                                new Secret("secret-5"),
                                List.of("sync.example", "localhost"),
                                new OpsUsers("/etc/sync/users", List.of("bob", "carol")),
                                new OpsTls("/etc/sync/page.p12", new Secret("secret-14"))),
                        new NetworkSettings(
                                "proxy.example", 3129, "out", new Secret("secret-6"), List.of(), certificate()),
                        new HealthSettings(Duration.ofHours(21), Duration.ofHours(22)),
                        new LogSettings("/var/log/sync.log", LogFormat.JSON),
                        false,
                        Duration.ofSeconds(23),
                        Path.of("/srv/data"),
                        new AlertSettings(
                                new Secret("https://hooks.example/secret-10?sig=a%2Fb"),
                                WebhookForm.PAGERDUTY,
                                new Secret("X-Token: secret-11"),
                                new Secret("secret12"),
                                Duration.ofSeconds(90),
                                new Secret("https://beat.example/secret-13?create=1"),
                                "http://sync.example/page")));
    }

    @Test
    void every_key_has_an_effect() throws Exception {
        Map<String, String> changed = nothingByDefault();
        assertThat(changed.keySet()).isEqualTo(Keys.names());
        Settings settings = Settings.of(changed);

        for (Key<?> key : Keys.all()) {
            Map<String, String> others = new LinkedHashMap<>(changed);
            if (key.mustBeSet()) {
                others.put(key.name(), key.form().isSecret() ? "another" : "https://another.example");
            } else if (key.name().equals("talkdesk.record-lists")) {
                others.put(key.name(), "list-b");
            } else {
                assertThat(changed.get(key.name())).as(key.name()).isNotEqualTo(key.defaultText());
                others.remove(key.name());
            }
            // They need each other.
            if (key.name().equals("proxy.host")) {
                others.remove("proxy.user");
                others.remove("proxy.password");
            } else if (key.name().equals("salesforce.pubsub.host")) {
                others.remove("salesforce.pubsub.plaintext");
            } else if (key.name().equals("proxy.user")) {
                others.remove("proxy.password");
            } else if (key.name().equals("alerts.webhook.form") || key.name().equals("alerts.webhook")) {
                others.remove("alerts.routing-key");
                others.remove("alerts.webhook.form");
                others.remove("alerts.webhook.header");
            } else if (key.name().equals("ops.users")) {
                others.remove("ops.viewers");
            } else if (key.name().equals("ops.tls.keystore")) {
                others.remove("ops.tls.keystore-password");
            } else if (key.name().equals("alerts.routing-key")) {
                others.remove("alerts.webhook.form");
            }

            assertThat(Settings.of(others)).as(key.name()).isNotEqualTo(settings);
        }
    }

    @Test
    void no_secret_is_in_any_text_of_the_settings() throws Exception {
        Map<String, String> texts = nothingByDefault();
        texts.put("store.url", "jdbc:postgresql://db/sync?user=x&password=secret-9");
        Settings settings = Settings.of(texts);

        assertThat(settings.toString()).contains("(not shown)", "list-a").doesNotContain("secret-");
        assertThat(settings.store().toString()).contains("jdbc:postgresql://db/sync…");
        assertThat(settings.ledger().phoneKey().value()).isEqualTo("secret-7-of-16-characters");
    }

    @Test
    void routes_get_every_key_but_secrets_and_durations_in_milliseconds() {
        Map<String, String> placeholders = Configuration.of(ESSENTIAL).placeholders();

        assertThat(placeholders)
                .containsEntry("talkdesk.record-lists", "list-a, list-b")
                .containsEntry("delivery.give-up-after", "86400000")
                .containsEntry("batch.linger", "1000")
                .containsEntry("reconcile.schedule", "off")
                .containsEntry("proxy.host", "")
                .doesNotContainKeys("talkdesk.client-secret", "ops.password", "ledger.phone-key");
        assertThat(placeholders.keySet())
                .containsExactlyElementsOf(Keys.all().stream()
                        .filter(key -> !key.isSecret())
                        .map(Key::name)
                        .toList());
    }

    @Test
    void settings_are_not_made_of_mistakes() {
        Map<String, String> texts = new LinkedHashMap<>(ESSENTIAL);
        texts.put("delivery.mode", "dryrun");
        texts.put("talkdesk.record-lists", ",");

        assertThatThrownBy(() -> Settings.of(texts))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("talkdesk.record-lists = ,: expected ids of record lists (1 to 36 letters, digits, - or _),"
                        + " separated by commas, none twice\ndelivery.mode = dryrun: expected live or dry-run");
    }

    @Test
    void an_empty_list_and_a_quote_in_the_provider_are_refused_without_a_configuration_too() {
        TalkdeskSettings talkdesk = Settings.of(ESSENTIAL).talkdesk();

        assertThatThrownBy(() -> talkdesk(talkdesk, List.of(), "salesforce"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("talkdesk.record-lists is empty: expected ids of record lists");
        for (String provider : List.of("sales'force", "sales\"force", "sales\\force", "sales\nforce", "")) {
            assertThatThrownBy(() -> talkdesk(talkdesk, List.of("list-a"), provider))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageEndingWith(
                            "expected a value without quotes, backslashes, braces and control characters");
        }
    }

    private static TalkdeskSettings talkdesk(TalkdeskSettings other, List<String> recordLists, String provider) {
        return new TalkdeskSettings(
                other.apiUrl(),
                other.tokenUrl(),
                other.clientId(),
                other.clientSecret(),
                other.auth(),
                other.privateKey(),
                other.keyId(),
                other.scope(),
                other.recordsScope(),
                new ListSettings(ListRules.of(recordLists), ListJoin.ASK, Duration.ZERO, 1, Duration.ofDays(7)),
                provider,
                other.callbacks());
    }

    private String certificate() throws Exception {
        Path file = folder.resolve("ca.pem");
        if (!Files.exists(file)) {
            new TestCa().bundle(file);
        }
        return file.toString();
    }

    /** Every key with a value of its own. */
    private Map<String, String> nothingByDefault() throws Exception {
        Map<String, String> texts = new LinkedHashMap<>();
        Keys.all().forEach(key -> texts.put(key.name(), ESSENTIAL.getOrDefault(key.name(), "")));
        texts.put("talkdesk.api-url", "https://api.talkdeskapp.eu");
        texts.put("talkdesk.external-provider", "crm");
        texts.put("talkdesk.record-lists.matching", "SF *");
        texts.put("talkdesk.record-lists.join", "live");
        texts.put("talkdesk.record-lists.refresh", "11m");
        texts.put("talkdesk.record-lists.most", "201");
        texts.put("talkdesk.record-lists.gone-after", "8d");
        texts.put("talkdesk.records-scope", "records");
        texts.put("salesforce.first-start", "earliest");
        texts.put("batch.size", "99");
        texts.put("batch.linger", "6");
        texts.put("delivery.concurrency", "7");
        texts.put("delivery.rate", "8");
        texts.put("delivery.give-up-after", "12h");
        texts.put("delivery.mode", "dry-run");
        texts.put("guard.max-deletions", "17");
        texts.put("guard.window", "18h");
        texts.put("hold.window", "14m");
        texts.put("store.url", "jdbc:postgresql://db/sync");
        texts.put("store.user", "sync");
        texts.put("store.password", "secret-4");
        texts.put("ops.host", "0.0.0.0");
        texts.put("ops.port", "8081");
        texts.put("ops.user", "admin");
        texts.put("ops.password", "secret-5");
        texts.put("ops.allowed-hosts", "sync.example, localhost");
        texts.put("ops.users", "/etc/sync/users");
        texts.put("ops.viewers", "bob, carol");
        texts.put("ops.tls.keystore", "/etc/sync/page.p12");
        texts.put("ops.tls.keystore-password", "secret-14");
        texts.put("alerts.webhook", "https://hooks.example/secret-10?sig=a%2Fb");
        texts.put("alerts.webhook.form", "pagerduty");
        texts.put("alerts.webhook.header", "X-Token: secret-11");
        texts.put("alerts.routing-key", "secret12");
        texts.put("alerts.webhook.after", "90s");
        texts.put("alerts.heartbeat", "https://beat.example/secret-13?create=1");
        texts.put("ops.public-url", "http://sync.example/page");
        texts.put("salesforce.auth", "jwt");
        texts.put("salesforce.jwt.user", "sync@acme.example");
        texts.put("salesforce.jwt.keystore", "key.p12");
        texts.put("salesforce.jwt.keystore-password", "secret-3");
        texts.put("salesforce.jwt.key-alias", "sync");
        texts.put("salesforce.jwt.audience", "https://test.salesforce.com");
        texts.put("salesforce.subscriber", "camel-salesforce");
        texts.put("salesforce.pubsub.host", "localhost");
        texts.put("salesforce.pubsub.port", "7444");
        texts.put("salesforce.pubsub.plaintext", "true");
        texts.put("salesforce.instance-domains", "salesforce.mil");
        texts.put("salesforce.channel", "/data/ChangeEvents");
        texts.put("salesforce.api-version", "65.0");
        texts.put("salesforce.timeout", "1s");
        texts.put("salesforce.download-timeout", "3m");
        texts.put("salesforce.merged", "hold");
        texts.put("salesforce.entities", "Contact, Lead");
        texts.put("salesforce.id-prefixes", "003,00Q");
        texts.put("stream.idle-timeout", "2s");
        texts.put("stream.keepalive", "30s");
        texts.put("stream.backoff", "3s");
        texts.put("stream.backoff-max", "4000");
        texts.put("stream.backoff-long", "5s");
        texts.put("stream.catch-up", "6s");
        texts.put("stream.missed-after", "20s");
        texts.put("sweep.period", "1h");
        texts.put("sweep.on-gap", "false");
        texts.put("sweep.overlap", "2m");
        texts.put("sweep.retry", "1s500ms");
        texts.put("proxy.host", "proxy.example");
        texts.put("proxy.port", "3129");
        texts.put("proxy.user", "out");
        texts.put("proxy.password", "secret-6");
        texts.put("proxy.no-proxy", "none");
        texts.put("tls.ca-bundle", certificate());
        texts.put("talkdesk.auth", "private-key-jwt");
        texts.put("talkdesk.private-key", "key.pem");
        texts.put("talkdesk.key-id", "key-1");
        texts.put("talkdesk.scope", "all");
        texts.put("talkdesk.callbacks", "cancel");
        texts.put("talkdesk.callbacks.period", "16m");
        texts.put("talkdesk.callbacks.most", "101");
        texts.put("talkdesk.callbacks.scope", "read write");
        texts.put("ops.enabled", "false");
        texts.put("doctor.at-start", "false");
        texts.put("oauth.timeout", "23s");
        texts.put("data.folder", "/srv/data");
        texts.put("delivery.timeout", "9s");
        texts.put("delivery.backoff", "10s");
        texts.put("delivery.backoff-max", "11s");
        texts.put("delivery.retry-after-max", "65m");
        texts.put("delivery.refusals-in-a-row", "13");
        texts.put("delivery.dry-run-lists", "list-b");
        texts.put("verify.delay", "15s");
        texts.put("verify.attempts", "16");
        texts.put("verify.unconfirmed", "park");
        texts.put("health.expiry-warning", "21h");
        texts.put("health.oldest-pending", "22h");
        texts.put("log.file", "/var/log/sync.log");
        texts.put("log.format", "json");
        texts.put("reconcile.schedule", "24h");
        texts.put("reconcile.not-visible", "delete");
        texts.put("reconcile.max-missing-percent", "6");
        texts.put("reconcile.min-judged-percent", "51");
        texts.put("session.ttl", "20s");
        texts.put("session.heartbeat", "2s");
        texts.put("ledger.retention", "19d");
        texts.put("ledger.phone-key", "secret-7-of-16-characters");
        return texts;
    }
}
