package io.recordsync.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationTest {

    private final Map<String, String> configuration = new LinkedHashMap<>(Map.of(
            "salesforce.login-url", "https://acme.my.salesforce.com",
            "salesforce.client-id", "3MVG9",
            "salesforce.client-secret", "4711",
            "talkdesk.token-url", "https://acme.talkdeskid.com/oauth/token",
            "talkdesk.client-id", "c1",
            "talkdesk.client-secret", "c2",
            "talkdesk.record-lists", "3ed41d9e-96e4-4b25-9a25-5d1ac3d4f1b5"));

    @Test
    void the_essential_keys_are_enough() {
        assertThat(mistakes()).isEmpty();
    }

    @Test
    void each_essential_key_that_is_missing_is_named_with_its_two_places() {
        configuration.clear();

        assertThat(mistakes())
                .hasSize(7)
                .allMatch(line -> line.contains(" is missing"))
                .allMatch(line -> line.contains("; set it in the configuration file or as "))
                .contains("salesforce.login-url is missing: expected https://host without a path (http for localhost"
                        + " only); set it in the configuration file or as SALESFORCE_LOGIN_URL")
                .anyMatch(line -> line.startsWith("talkdesk.record-lists is missing"));
    }

    @Test
    void a_key_that_is_empty_counts_as_missing_and_one_with_a_default_as_empty() {
        configuration.put("talkdesk.client-id", " ");
        configuration.put("batch.size", "");

        assertThat(mistakes())
                .hasSize(2)
                .anyMatch(line -> line.startsWith("talkdesk.client-id is missing"))
                .contains("batch.size is empty: expected a whole number from 1 to 100");
    }

    @Test
    void the_keys_of_a_flow_are_needed_only_with_that_flow() {
        configuration.remove("salesforce.client-secret");
        configuration.remove("talkdesk.client-secret");
        configuration.put("salesforce.auth", "jwt");
        configuration.put("talkdesk.auth", "private-key-jwt");

        assertThat(mistakes())
                .extracting(line -> line.substring(0, line.indexOf(':')))
                .containsExactlyInAnyOrder(
                        "salesforce.jwt.user is missing (salesforce.auth = jwt)",
                        "salesforce.jwt.keystore is missing (salesforce.auth = jwt)",
                        "talkdesk.private-key is missing (talkdesk.auth = private-key-jwt)",
                        "talkdesk.key-id is missing (talkdesk.auth = private-key-jwt)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "salesforce.login-url | acme.my.salesforce.com",
                "salesforce.login-url | https://acme.my.salesforce.com/",
                "salesforce.login-url | http://acme.my.salesforce.com",
                "talkdesk.api-url | https://api.talkdeskapp.com/",
                "talkdesk.api-url | ftp://api.talkdeskapp.com",
                "talkdesk.token-url | https:// acme",
                "salesforce.auth | password",
                "salesforce.pubsub.host | https://api.pubsub.salesforce.com",
                "salesforce.pubsub.port | 0",
                "salesforce.pubsub.port | 65536",
                "salesforce.pubsub.plaintext | yes",
                "salesforce.channel | ContactChangeEvent",
                "salesforce.id-prefixes | 03",
                "salesforce.id-prefixes | 003,",
                "salesforce.entities | Con tact",
                "salesforce.first-start | now",
                "stream.idle-timeout | 0",
                "talkdesk.auth | bearer",
                "talkdesk.record-lists | a,b,a",
                "talkdesk.record-lists | a,,b",
                "talkdesk.record-lists | a/b",
                "talkdesk.record-lists | ,",
                "talkdesk.record-lists | 1234567890123456789012345678901234567",
                "talkdesk.external-provider | sales\"force",
                "talkdesk.external-provider | sales\\force",
                "talkdesk.external-provider | ${env:HOME}",
                "salesforce.subscriber | both",
                "delivery.mode | dryrun",
                "delivery.mode | LIVE",
                "batch.size | 0",
                "batch.size | 101",
                "batch.size | ten",
                "batch.size | ٥",
                "batch.size | +5",
                "batch.linger | ٥",
                "batch.size | 99999999999",
                "batch.linger | -1",
                "batch.linger | 5 minutes",
                "delivery.concurrency | 0",
                "delivery.rate | -1",
                "delivery.timeout | 0",
                "delivery.give-up-after | 1w",
                "delivery.give-up-after | 99999999999999999999",
                "delivery.give-up-after | 9999d",
                "verify.attempts | 0",
                "verify.unconfirmed | delete",
                "session.ttl | soon",
                "sweep.period | 15d",
                "sweep.period | 0",
                "ledger.retention | 15d",
                "reconcile.schedule | sundays",
                "reconcile.schedule | 0",
                "reconcile.max-missing-percent | 101",
                "reconcile.min-judged-percent | 101",
                "reconcile.not-visible | ask",
                "store.url | jdbc:h2:mem:x",
                "stream.keepalive | 9s",
                "salesforce.instance-domains | com",
                "salesforce.instance-domains | *.salesforce.mil",
                "proxy.host | http://proxy.acme.example",
                "proxy.port | 0",
                "proxy.no-proxy | *.acme.example",
                "tls.ca-bundle | config/application.properties",
                "doctor.at-start | yes",
                "ops.host | 0.0.0.0:8080",
                "ops.port | http",
                "ops.user | a:b",
                "ops.public-url | sync.example",
                "ops.public-url | https://sync.example/",
                "alerts.webhook.form | mail",
                "ops.allowed-hosts | http://localhost",
            })
    void a_value_of_another_form_is_named_with_the_form_expected(String key, String value) {
        configuration.put(key, value);

        assertThat(mistakes()).singleElement().satisfies(line -> assertThat(line)
                .startsWith(key + " = " + value + ": expected "));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "salesforce.login-url | http://localhost:8080",
                "talkdesk.api-url | http://127.0.0.1:4711/td",
                "talkdesk.api-url | http://[::1]:4711",
                "salesforce.channel | /data/Deletions__chn",
                "salesforce.id-prefixes | 003, a0B",
                "talkdesk.record-lists | list_1, list-2",
                "batch.size | 1",
                "batch.linger | 0",
                "batch.linger | 1s500ms",
                "delivery.rate | 0",
                "delivery.give-up-after | 400d",
                "delivery.give-up-after | 1h30m",
                "store.url | jdbc:postgresql://db/sync",
                "store.url | jdbc:postgresql://db:5432,[::1]:5433/sync?targetServerType=primary&currentSchema=a,b",
                "store.url | jdbc:postgresql:sync",
                "store.url | jdbc:postgresql:///sync",
                "store.url | jdbc:postgresql://db/sync?password=p@ss/w?rd",
                "store.url | jdbc:postgresql://db/?",
                "salesforce.instance-domains | salesforce.mil, sfcrmapps.cn",
                "salesforce.pubsub.plaintext | false",
                "stream.keepalive | 0",
                "stream.keepalive | 0s",
                "stream.keepalive | 10s",
                "proxy.host | proxy.acme.example",
                "proxy.no-proxy | none",
                "proxy.no-proxy | acme.example, 10.0.0.1",
                "ops.port | 0",
                "ops.host | ::",
                "ops.allowed-hosts | localhost, sync.acme.example",
            })
    void a_value_of_the_form_expected_is_no_mistake(String key, String value) {
        configuration.put(key, value);

        assertThat(mistakes()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "contact | /data/ContactChangeEvent | salesforce.entities names contact: expected Contact, as Salesforce writes it",
                "Contact,LEAD | /data/ChangeEvents | salesforce.entities names LEAD: expected Lead, as Salesforce writes it",
                "Contact,Thing__C | /data/ChangeEvents | salesforce.entities names Thing__C: expected Thing__c, as Salesforce writes it",
                "Lead | /data/ContactChangeEvent | salesforce.entities = Lead: expected Contact among them, whose changes are all that salesforce.channel (/data/ContactChangeEvent) brings",
                "Contact | /data/Thing__ChangeEvent | salesforce.entities = Contact: expected Thing__c among them, whose changes are all that salesforce.channel (/data/Thing__ChangeEvent) brings",
            })
    void an_entity_that_no_event_will_ever_name_is_a_mistake(String entities, String channel, String mistake) {
        configuration.put("salesforce.entities", entities);
        configuration.put("salesforce.channel", channel);

        assertThat(mistakes()).contains(mistake);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Contact,Thing__c | /data/ContactChangeEvent",
                "Lead,Person__c | /data/ChangeEvents",
                "Lead | /data/People__chn",
                "Thing__c | /data/Thing__ChangeEvent",
                "Odd_Name | /data/ChangeEvents"
            })
    void entities_that_the_channel_may_bring_are_none(String entities, String channel) {
        configuration.put("salesforce.entities", entities);
        configuration.put("salesforce.channel", channel);

        assertThat(mistakes()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "guard.window, 60, 10s",
        "guard.window, 9999, 10s",
        "hold.window, 10, '1s, or 0'",
        "session.ttl, 30, 1s",
        "delivery.give-up-after, 24, 1s",
        "sweep.overlap, 3600, '1m, or 0'",
        "sweep.period, 24, 10s and at most 14d",
        "stream.missed-after, 60, 10s",
        "health.expiry-warning, 24, '10m and at most 3d, or 0'",
        "verify.delay, 60, '100ms, or 0'",
        "delivery.timeout, 30, 500ms",
        "oauth.timeout, 10, 500ms",
        "salesforce.timeout, 120, 500ms",
        "salesforce.download-timeout, 30, 500ms",
        "stream.idle-timeout, 330, 1s",
        "ledger.retention, 400, 16d",
        "reconcile.schedule, 24, 1m",
    })
    void a_number_in_the_wrong_unit_is_refused_with_what_it_was_read_as(String key, String number, String least) {
        configuration.put(key, number);

        assertThat(mistakes())
                .singleElement()
                .asString()
                .startsWith("%s = %s: read as %s ms; write %ss, or ".formatted(key, number, number, number))
                .endsWith(", at least " + least);
    }

    @Test
    void a_short_backoff_stays_possible() {
        for (String key : List.of("delivery.backoff", "stream.backoff", "sweep.retry", "batch.linger")) {
            configuration.put(key, "200");
        }

        assertThat(mistakes()).isEmpty();
    }

    @Test
    void a_file_of_certificates_that_cannot_be_read_says_why() {
        configuration.put("tls.ca-bundle", "no/such/file.pem");

        assertThat(mistakes())
                .singleElement()
                .asString()
                .startsWith("tls.ca-bundle = no/such/file.pem: it cannot be read, no such file: expected a PEM file");
    }

    @Test
    void a_longest_backoff_below_the_first_is_a_mistake() {
        configuration.put("delivery.backoff", "10m");

        assertThat(mistakes())
                .containsExactly("delivery.backoff-max = 300000: expected no less than delivery.backoff (10m)");
    }

    @Test
    void a_user_without_a_proxy_and_a_password_without_a_user_are_mistakes() {
        configuration.put("proxy.user", "sync");
        assertThat(mistakes()).containsExactly("proxy.user is set, but proxy.host is not: expected both or none");

        configuration.put("proxy.host", "proxy");
        configuration.put("proxy.user", "");
        configuration.put("proxy.password", "hunter2");
        assertThat(mistakes()).containsExactly("proxy.password is set, but proxy.user is not: expected both or none");
    }

    @Test
    void a_value_with_a_space_at_its_end_is_shown_in_quotes() {
        configuration.put("batch.size", "50 ");

        assertThat(mistakes())
                .containsExactly(
                        "batch.size = \"50 \" begins or ends with a space: expected a whole number from 1 to" + " 100");
    }

    @ParameterizedTest
    @CsvSource({
        "batch.sise, unknown key batch.sise; did you mean batch.size?",
        "bacth.size, unknown key bacth.size; did you mean batch.size?",
        "talkdesk.record-list, unknown key talkdesk.record-list; did you mean talkdesk.record-lists?",
        "delivery.something-else, unknown key delivery.something-else",
    })
    void an_unknown_key_in_our_groups_or_next_to_them_is_a_mistake(String key, String line) {
        configuration.put(key, "1");

        assertThat(mistakes()).containsExactly(line);
    }

    @ParameterizedTest
    @ValueSource(strings = {"camel.main.name", "camel.batch.size", "my.own.key"})
    void keys_of_camel_and_of_an_operators_own_routes_are_none_of_ours(String key) {
        configuration.put(key, "1");

        assertThat(mistakes()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "salesforce.client-secret",
                "salesforce.jwt.keystore-password",
                "talkdesk.client-secret",
                "store.password",
                "ops.password",
                "ledger.phone-key"
            })
    void a_secret_is_never_shown(String key) {
        for (String secret : List.of("hunter2 ", "{{hunter2}}")) {
            configuration.put(key, secret);

            assertThat(Configuration.of(configuration).notices())
                    .singleElement()
                    .satisfies(line -> assertThat(line).startsWith(key + " ").doesNotContain("hunter2"));
            assertThat(mistakes())
                    .allSatisfy(line ->
                            assertThat(line).startsWith(key + " = (not shown)").doesNotContain("hunter2"));
        }
    }

    @Test
    void a_secret_within_a_url_is_never_shown() {
        configuration.put("store.url", "postgres://sync:hunter2@db/sync");
        configuration.put("talkdesk.token-url", "https://acme.talkdeskid.com/oauth/token?client_secret=hunter2");
        configuration.put("talkdesk.api-url", "https://sync:hunter2@api.talkdeskapp.com");

        assertThat(mistakes()).hasSize(3).noneMatch(line -> line.contains("hunter2"));
    }

    /** PostgreSQL's driver would refuse it, and quote the password. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql://sync:hunter2@db/sync",
                "jdbc:postgresql://sync:hunter2@db:5432/sync",
                "jdbc:postgresql://sync:hun/ter2@db/sync",
                "jdbc:postgresql://sync:123?hunter2@db/sync",
                "jdbc:postgresql://a,sync:hunter2@b/sync",
                "jdbc:postgresql:sync:hunter2@db/sync",
                "jdbc:postgresql://db/sync&password=hunter2",
                "jdbc:postgresql://db/sync;password=hunter2",
            })
    void a_password_in_front_of_the_host_or_among_no_parameters_is_a_mistake_and_not_shown(String url) {
        configuration.put("store.url", url);

        assertThat(mistakes()).singleElement().satisfies(line -> assertThat(line)
                .startsWith("store.url = jdbc:postgresql:")
                .endsWith(": expected jdbc:sqlite:<file> or jdbc:postgresql://<host>/<database>")
                .doesNotContain("hun", "ter2", "123"));
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, true",
        "localhost, true",
        "::1, true",
        "[::1], true",
        "127.0.0.1.evil.example, false",
        "api.pubsub.salesforce.com, false",
        "10.0.0.1, false",
    })
    void only_this_machine_is_spoken_to_without_tls(String host, boolean allowed) {
        configuration.put("salesforce.pubsub.plaintext", "true");
        configuration.put("salesforce.pubsub.host", host);

        if (allowed) {
            assertThat(mistakes()).isEmpty();
        } else {
            assertThat(mistakes())
                    .containsExactly("salesforce.pubsub.plaintext = true, but salesforce.pubsub.host = " + host
                            + ": expected false, or this machine (localhost, 127.0.0.1, ::1)");
        }
    }

    @Test
    void a_mistake_is_one_line_of_bearable_length() {
        configuration.put("store.url", "a\nb" + "c".repeat(1000));

        assertThat(mistakes()).singleElement().satisfies(line -> assertThat(line)
                .startsWith("store.url = a?bccc")
                .doesNotContain("\n")
                .hasSizeLessThan(250));
    }

    @Test
    void a_command_checks_the_keys_that_it_needs_and_no_other() {
        configuration.clear();
        configuration.put("store.url", "jdbc:nix:x");

        assertThat(Configuration.of(configuration).mistakes(Set.of("store.url", "store.user")))
                .containsExactly(
                        "store.url = jdbc:nix:x: expected jdbc:sqlite:<file> or jdbc:postgresql://<host>/<database>");
    }

    @Test
    void a_webhook_goes_by_https_or_to_this_machine_and_is_not_shown() {
        for (String key : List.of("alerts.webhook", "alerts.heartbeat")) {
            for (String url : List.of(
                    "http://hooks.example/services/T0/B0/x",
                    "hooks.example/x",
                    "https://user:x@hooks.example/y",
                    "https:///x",
                    "ftp://localhost/x",
                    "https://hooks.example/x#y")) {
                configuration.put(key, url);
                assertThat(mistakes())
                        .containsExactly(key + " = (not shown): expected https://host/… (http for localhost only)");
            }
            for (String url : List.of(
                    "https://hooks.example/services/T0/B0/x",
                    "https://x.logic.azure.com:443/workflows/1/triggers/manual/paths/invoke?sp=%2Ftriggers&sig=a_b",
                    "https://hooks.example/",
                    "http://127.0.0.1:8099/x")) {
                configuration.put(key, url);
                assertThat(mistakes()).isEmpty();
            }
        }
    }

    @Test
    void what_goes_with_a_webhook_needs_one_and_pagerduty_its_key() {
        configuration.put("alerts.webhook.header", "X-Token: abc");
        assertThat(mistakes())
                .containsExactly("alerts.webhook.header is set, but alerts.webhook is not: expected both or none");

        configuration.put("alerts.webhook", "https://events.pagerduty.com/v2/enqueue");
        configuration.put("alerts.webhook.form", "pagerduty");
        assertThat(mistakes())
                .containsExactly("alerts.webhook.form = pagerduty, but alerts.routing-key is not set: expected"
                        + " PagerDuty's integration key (Events API v2)");

        configuration.put("alerts.routing-key", "R0UTINGKEY");
        assertThat(mistakes()).isEmpty();

        configuration.put("alerts.webhook.form", "slack");
        assertThat(mistakes())
                .containsExactly(
                        "alerts.routing-key is set, but alerts.webhook.form is slack: expected pagerduty, or no"
                                + " key");
    }

    @Test
    void a_header_of_the_webhook_is_one_line_and_not_one_of_http() {
        configuration.put("alerts.webhook", "https://hooks.example/x");
        for (String header : List.of("X-Token", "X Token: a", ": a", "X-Token: ", "Host: a", "content-length: 1")) {
            configuration.put("alerts.webhook.header", header);
            assertThat(mistakes())
                    .containsExactly("alerts.webhook.header = (not shown): expected a header such as X-Token: abc");
        }
        configuration.put("alerts.webhook.header", "Authorization: Splunk 4711-abc");
        assertThat(mistakes()).isEmpty();
    }

    private List<String> mistakes() {
        return Configuration.of(configuration).mistakes();
    }
}
