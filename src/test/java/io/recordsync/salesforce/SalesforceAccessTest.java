package io.recordsync.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recordsync.config.Secret;
import io.recordsync.doctor.Answer;
import io.recordsync.inbox.Inbox;
import io.recordsync.inbox.InboxSettings;
import io.recordsync.inbox.Store;
import io.recordsync.inbox.database.Database;
import io.recordsync.network.HttpDate;
import io.recordsync.network.Outbound;
import io.recordsync.oauth.AccessTokens;
import io.recordsync.oauth.ClientCredentials;
import io.recordsync.oauth.Instances;
import io.recordsync.oauth.Token;
import io.recordsync.salesforce.SalesforceAccess.RefusedException;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SalesforceAccessTest {

    @TempDir
    Path folder;

    private final SalesforceSimulator salesforce = SalesforceSimulator.start();
    private Store store;
    private Inbox inbox;
    private final AtomicLong nanoTime = new AtomicLong();
    private SalesforceAccess access;

    @BeforeEach
    void open() {
        store = Store.open(Database.at("jdbc:sqlite:" + folder.resolve("inbox.db"), "", ""));
        inbox = Inbox.open(
                store, new InboxSettings(Duration.ofHours(24), Duration.ofMinutes(1), Duration.ofDays(400), ""));
        ClientCredentials credentials =
                ClientCredentials.inForm(SalesforceSimulator.CLIENT_ID, new Secret(SalesforceSimulator.CLIENT_SECRET));
        AccessTokens tokens = new AccessTokens(
                URI.create(salesforce.loginUrl() + "/services/oauth2/token"),
                credentials,
                Duration.ofSeconds(5),
                Duration.ofMinutes(15),
                Duration.ofMillis(1),
                Clock.systemUTC(),
                Outbound.direct(),
                Instances.of(URI.create(salesforce.loginUrl()), List.of()));
        access = new SalesforceAccess(tokens, inbox.intakes(), nanoTime::get);
    }

    @AfterEach
    void close() {
        inbox.session().close();
        store.close();
        salesforce.close();
    }

    @Test
    void the_token_leads_to_the_instance_of_our_org() {
        Token token = access.token();

        assertThat(token.instanceUrl()).isEqualTo(salesforce.loginUrl());
        assertThat(inbox.intakes().pinOrg("00D000000000000AAA")).isEqualTo(salesforce.orgId());
    }

    @Test
    void another_org_is_not_asked_and_once_the_credentials_are_right_ours_is() {
        String ours = salesforce.orgId();
        inbox.intakes().pinOrg(ours);
        salesforce.orgId("00D58000000zzzzEAA");

        assertThatThrownBy(() -> access.token())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll(ours, "00D58000000zzzzEAA", "confirm-org");

        salesforce.orgId(ours);
        assertThat(access.token().orgId()).isEqualTo(ours);
    }

    @Test
    void the_date_of_an_answer_is_its_own_or_else_the_time_of_the_question() {
        String own = "Sun, 1 Mar 2026 12:00:30 GMT";
        String asked = "Sun, 1 Mar 2026 12:00:29 GMT";

        assertThat(access.date(own, asked)).isEqualTo(own);
        assertThat(access.date(null, asked)).isEqualTo(asked);
        assertThat(access.date("yesterday", asked)).isEqualTo(asked);
        assertThat(access.date(null, null)).isNull();
        access.token();
        assertThat(HttpDate.read(access.time())).isPresent();
    }

    @Test
    void an_answer_of_200_passes() {
        assertThatCode(() -> access.check(access.token(), 200, body("{}"), null))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "503 | 40                            | 40",
                "429 | 0.2                           | 1",
                "500 | Sun, 1 Mar 2026 12:00:40 GMT  | 40",
                "503 | Sun, 1 Mar 2099 12:00:40 GMT  | 300",
                "503 | 99999999999999999999          | 300"
            })
    void nothing_is_asked_for_as_long_as_an_answer_says_up_to_five_minutes(int status, String header, int seconds) {
        access.heed(status, header, "Sun, 1 Mar 2026 12:00:00 GMT");

        nanoTime.addAndGet(Duration.ofSeconds(seconds).toNanos() - 1);
        assertThatThrownBy(() -> access.token())
                .isInstanceOf(UncheckedIOException.class)
                .hasMessage("Salesforce answered " + status + " and asked for no calls; it is asked again in 1 s");
        // A call that was made before it does not end the wait.
        access.heed(200, null, null);
        assertThatThrownBy(() -> access.token()).isInstanceOf(UncheckedIOException.class);
        nanoTime.incrementAndGet();

        assertThat(access.token()).isNotNull();
    }

    @ParameterizedTest
    @CsvSource({"503,soon", "503,-1", "503,0", "200,40", "503,"})
    void what_asks_for_no_wait_gets_none(int status, String header) {
        access.heed(status, header, null);

        assertThat(access.token()).isNotNull();
    }

    @Test
    void after_a_401_another_token_is_fetched() {
        Token token = access.token();

        assertThatThrownBy(() -> access.check(token, 401, body("[]"), null)).isInstanceOf(IOException.class);

        assertThat(access.token().value()).isNotEqualTo(token.value());
        assertThat(access.token().value()).isEqualTo(access.token().value());
    }

    @ParameterizedTest
    @CsvSource({"400,MALFORMED_QUERY", "400,EXCEEDED_ID_LIMIT", "403,REQUEST_LIMIT_EXCEEDED", "404,NOT_FOUND"})
    void what_is_refused_is_not_worth_asking_again(int status, String code) {
        assertThatThrownBy(() -> access.check(
                        access.token(),
                        status,
                        body("[{\"errorCode\": \"" + code + "\", \"message\": \"Ada Lovelace\"}]"),
                        null))
                .isInstanceOfSatisfying(RefusedException.class, refusal -> {
                    assertThat(refusal.code()).isEqualTo(code);
                    assertThat(refusal)
                            .hasMessageContaining("Salesforce answered " + status + " " + code)
                            .hasMessageNotContaining("Ada");
                });
    }

    @ParameterizedTest
    @CsvSource({
        "INSUFFICIENT_ACCESS,View All",
        "INVALID_TYPE,salesforce.entities",
        "INVALID_FIELD,no such field",
        "QUERY_TIMEOUT,too long",
        "INVALID_REPLICATION_DATE,the delete log",
        "API_CURRENTLY_DISABLED,API Enabled"
    })
    void each_refusal_has_words_of_its_own(String code, String words) {
        String body = "[{\"errorCode\": \"" + code + "\", \"message\": \"No\"}]";

        assertThat(SalesforceAccess.refusal(answer(400, body))).contains(code, words);
        if (!words.equals("View All")) {
            assertThat(SalesforceAccess.refusal(answer(400, body))).doesNotContain("View All");
        }
    }

    @Test
    void an_error_that_is_not_in_a_list_is_read_as_well() {
        assertThat(SalesforceAccess.refusal(
                        answer(403, "{\"errorCode\": \"API_DISABLED_FOR_ORG\", \"message\": \"No\"}")))
                .contains("API_DISABLED_FOR_ORG");
    }

    @ParameterizedTest
    @ValueSource(ints = {302, 401, 408, 420, 429, 500, 502, 503})
    void what_may_pass_is(int status) {
        assertThatThrownBy(() -> access.check(access.token(), status, body("<html>secret</html>"), null))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("Salesforce answered " + status
                        + " with an HTML page without a title; is a proxy or firewall in between?");
    }

    @Test
    void what_is_not_salesforces_own_answer_is_told_by_what_it_looks_like() {
        assertThatThrownBy(() -> access.check(
                        access.token(), 502, body("<html><head><title>502 Bad Gateway</title></head></html>"), null))
                .hasMessage(
                        "Salesforce answered 502 with an HTML page with the title \"502 Bad Gateway\"; is a proxy or"
                                + " firewall in between?");
        assertThatThrownBy(() ->
                        access.check(access.token(), 301, body(""), "https://portal.acme.example/login?session=4711"))
                .hasMessage("Salesforce answered 301 with a redirect to https://portal.acme.example/login…");
        assertThatThrownBy(() -> access.check(access.token(), 403, body(""), null))
                .hasMessage("Salesforce answered 403 with no body");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ConcurrentRequests (Concurrent API Requests) Limit exceeded.",
                "ConcurrentPerOrgLongTxn Limit exceeded."
            })
    void of_the_limits_those_of_the_moment_pass(String message) {
        assertThatThrownBy(() -> access.check(
                        access.token(),
                        403,
                        body("[{\"message\":\"" + message + "\",\"errorCode\":\"REQUEST_LIMIT_EXCEEDED\"}]"),
                        null))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("Salesforce answered 403 REQUEST_LIMIT_EXCEEDED: too many calls at once");
        assertThatThrownBy(() -> access.check(access.token(), 400, body("Access Declined"), null))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("Salesforce answered 400: too many calls at once");
    }

    @Test
    void a_session_that_the_rest_api_does_not_take_is_not_helped_by_another_login() {
        Token token = access.token();

        assertThatThrownBy(() -> access.check(
                        token,
                        401,
                        body("[{\"message\":\"This session is not valid for use with the REST API\","
                                + "\"errorCode\":\"INVALID_SESSION_ID\"}]"),
                        null))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("give the app the scope api");
        assertThat(access.token()).isEqualTo(token);
    }

    private static Answer answer(int status, String body) {
        return new Answer(status, body, null, Optional.empty());
    }

    private static InputStream body(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }
}
