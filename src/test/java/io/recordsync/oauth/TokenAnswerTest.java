package io.recordsync.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recordsync.Secrets;
import io.recordsync.config.Secret;
import io.recordsync.network.Outbound;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a token endpoint answers, as documented and as servers really write it. */
@Timeout(30)
class TokenAnswerTest {

    private static final String SECRET = Secrets.keep("pa+55 of the client");
    private static final String SALESFORCES =
            "\"instance_url\": \"https://acme.my.salesforce.com\", \"id\": \"https://login.salesforce.com/id/00Dx0000000BV7zEAG/005\"";

    private final TokenEndpoint endpoint = new TokenEndpoint();
    private final SettableClock clock = new SettableClock();

    @AfterEach
    void close() {
        endpoint.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "600 | 600",
                "599.5 | 599",
                "'\"600\"' | 600",
                "'\" 600.0 \"' | 600",
                "1e2 | 100",
                "0.2 | 1",
                "86399 | 86399",
                // What is above a day is a day.
                "99999999999999999999 | 86400",
                "1e400 | 86400",
                "'\"9999999999999999999999\"' | 86400",
                // What is none is as if it were absent.
                "0 | 900",
                "-5 | 900",
                "-1e400 | 900",
                "null | 900",
                "true | 900",
                "'\"\"' | 900",
                "'\"soon\"' | 900",
                "'\"NaN\"' | 900",
                "'[600]' | 900",
                "'{\"seconds\": 600}' | 900",
            })
    void the_life_of_a_token_is_read_in_every_form_and_never_without_bounds(String expiresIn, long seconds) {
        endpoint.answers(200, "{\"access_token\": \"t\", \"expires_in\": %s}".formatted(expiresIn));

        Instant endsAt = tokens(Grants.HEADER).token().expiresAt();

        assertThat(Duration.between(Instant.parse("2026-01-01T00:00:00Z"), endsAt))
                .hasSeconds(seconds);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"\"",
                "\" \"",
                "4711",
                "true",
                "[\"t\"]",
                "{\"value\": \"t\"}",
                "\"a b\"",
                "\"a\\nb\"",
                "\"a\\r\\nX-Header: b\"",
                "\"t\\u00e4\"",
                "\"\\u0000\""
            })
    void a_token_that_cannot_go_into_a_header_is_none(String token) {
        endpoint.answers(200, "{\"access_token\": %s, \"token_type\": \"bearer\"}".formatted(token));

        assertThatThrownBy(tokens(Grants.HEADER)::token)
                .isInstanceOf(TokenUnavailableException.class)
                .hasMessageContaining(
                        "answered 200 with an access_token that cannot be one (expected a text of printable"
                                + " characters without blanks)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"access_token\": null}", "{\"token\": \"t\"}"})
    void an_answer_without_a_token_is_told(String answer) {
        endpoint.answers(200, answer);

        assertThatThrownBy(tokens(Grants.HEADER)::token)
                .hasMessageContaining("answered 200 without an access_token; check that the URL is the token endpoint");
    }

    @Test
    void a_success_with_an_error_inside_is_an_error() {
        endpoint.answers(200, "{\"error\": \"invalid_client\", \"error_description\": \"unknown client\"}");

        assertThatThrownBy(tokens(Grants.HEADER)::token)
                .hasMessageContaining("answered 200 invalid_client (unknown client); check the client id and secret");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'\"a b\"' | a b",
                "'\"  a   b \"' | a b",
                "'\"a,b\"' | a b",
                "'[\"a\", \"b\"]' | a b",
                "'[\"a\", 5, null]' | a",
                "'\"\"' | ",
                "null | ",
                "5 | ",
                "'{}' | ",
            })
    void a_scope_of_another_form_is_read_or_counts_as_not_said(String scope, String read) {
        endpoint.answers(200, "{\"access_token\": \"t\", \"scope\": %s}".formatted(scope));

        assertThat(tokens(Grants.HEADER).token().scope()).isEqualTo(read);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"bearer\"", "\"BEARER\"", "\"\"", "null", "7", "{}", "\"mac\""})
    void what_is_said_of_the_type_changes_nothing(String type) {
        endpoint.answers(200, "{\"access_token\": \"t\", \"token_type\": %s, \"issued_at\": []}".formatted(type));

        assertThat(tokens(Grants.HEADER).value()).isEqualTo("t");
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "5", "[]", "{}", "\"\""})
    void an_instance_or_an_id_of_another_type_is_none(String other) {
        endpoint.answers(
                200,
                "{\"access_token\": \"t\", \"scope\": \"web\", \"instance_url\": %s, \"id\": %s}"
                        .formatted(other, other));

        Token token = tokens(Grants.FORM).token();
        assertThat(token.instanceUrl()).isNull();
        assertThat(token.orgId()).isNull();
    }

    @Test
    void a_byte_order_mark_before_the_answer_is_passed_over() {
        endpoint.answers(200, "\uFEFF{\"access_token\": \"t\"}");

        assertThat(tokens(Grants.HEADER).value()).isEqualTo("t");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"api\"",
                "\"id full api visualforce web refresh_token chatter_api\"",
                "\"full\"",
                "\"web API\"",
                "null",
                "[\"web\", \"api\"]"
            })
    void salesforces_token_needs_the_scope_api_or_full(String scope) {
        endpoint.answers(200, "{\"access_token\": \"t\", \"scope\": %s, %s}".formatted(scope, SALESFORCES));

        assertThat(tokens(Grants.FORM).value()).isEqualTo("t");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"id web\"", "\"chatter_api\"", "[\"web\"]"})
    void salesforces_token_without_it_is_told_at_the_login(String scope) {
        endpoint.answers(200, "{\"access_token\": \"t\", \"scope\": %s, %s}".formatted(scope, SALESFORCES));

        assertThatThrownBy(tokens(Grants.FORM)::token)
                .isInstanceOfSatisfying(TokenUnavailableException.class, e -> assertThat(e.refused())
                        .isTrue())
                .hasMessageContaining(", which no API takes (expected api or full among them); add the OAuth scope");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "invalid_grant | request not supported on this domain | salesforce.login-url has to be the org's own domain",
                "invalid_grant | ip restricted | let the address that this machine is seen with in",
                "invalid_grant | ip restricted or invalid login hours | let the address that this machine is seen with in",
                "invalid_grant | no client credentials user enabled | choose the user that the app runs as (Run As)",
                "invalid_grant | user hasn't approved this consumer | let the user use the app",
                "invalid_app_access | user is not admin approved to access this app | let the user use the app",
                "invalid_grant | audience is invalid | check salesforce.jwt.audience",
                "invalid_grant | invalid assertion | check the client id and secret, this machine's clock",
                "invalid_grant | authentication failure | check the client id and secret, this machine's clock",
                "inactive_user | user is inactive | activate the user",
                "invalid_grant | inactive user | activate the user",
                "inactive_org | inactive organization | the org is not active",
                "invalid_grant | inactive organization | the org is not active",
                "invalid_client_id | client identifier invalid | check the client id and secret",
            })
    void each_cause_of_a_refusal_leads_to_what_to_do(String code, String description, String advice) {
        endpoint.answers(400, "{\"error\": \"%s\", \"error_description\": \"%s\"}".formatted(code, description));
        AccessTokens tokens = tokens(Grants.FORM);

        assertThatThrownBy(tokens::token)
                .hasMessageStartingWith(
                        "No access token from localhost: answered 400 " + code + " (" + description + "); ")
                .hasMessageContaining(advice);
        assertThat(tokens.refusal()).isPresent();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "unknown_error | retry your request | it is asked again",
                "invalid_grant | login rate exceeded | the logins of a user are limited",
                "rate_limit_exceeded | number of login requests has been exceeded | the logins of a user are limited",
            })
    void what_passes_by_itself_is_asked_again_although_it_is_a_400(String code, String description, String advice) {
        endpoint.answers(400, "{\"error\": \"%s\", \"error_description\": \"%s\"}".formatted(code, description));
        AccessTokens tokens = tokens(Grants.FORM);

        assertThatThrownBy(tokens::token).hasMessageContaining(advice);
        assertThat(tokens.refusal()).as("no person is needed").isEmpty();
    }

    @Test
    void an_error_without_its_code_is_told_by_its_words() {
        endpoint.answers(400, "{\"error_description\": \"ip restricted\"}");

        assertThatThrownBy(tokens(Grants.FORM)::token)
                .hasMessageContaining(
                        "answered 400 (ip restricted); let the address that this machine is seen with in");
    }

    @Test
    void an_error_of_other_types_is_told_by_its_status() {
        endpoint.answers(400, "{\"error\": {\"code\": 5}, \"error_description\": [\"a\"]}");

        assertThatThrownBy(tokens(Grants.FORM)::token)
                .hasMessageContaining("answered 400; check the client id and secret");
    }

    @Test
    void its_words_are_one_line_and_bounded() {
        endpoint.answers(
                401,
                "{\"error\": \"invalid_request\", \"error_description\": \"a\\nb\\u2028c\\u202e\\u001b[31md \\tsomebody@acme.example %s\"}"
                        .formatted("word ".repeat(1000)));

        assertThatThrownBy(tokens(Grants.HEADER)::token).satisfies(e -> assertThat(e.getMessage())
                .contains("(a b c [31md … word word")
                .hasSizeLessThan(400)
                .matches("[^\\p{Cntrl}\\u2028\\u202e]*"));
    }

    @Test
    void what_was_sent_is_not_repeated() {
        endpoint.answers(exchange -> TokenEndpoint.send(
                exchange,
                401,
                "{\"error\": \"invalid_client\", \"error_description\": \"no client has %s and %s\"}"
                        .formatted(
                                SECRET, endpoint.requests.get(0).authorization().replace("Basic ", ""))));

        assertThatThrownBy(tokens(Grants.HEADER)::token)
                .hasMessageContaining("answered 401 invalid_client (no client has … and …); ");
    }

    private enum Grants {
        HEADER,
        FORM
    }

    private AccessTokens tokens(Grants grant) {
        Secret secret = new Secret(SECRET);
        return new AccessTokens(
                URI.create(endpoint.url()),
                grant == Grants.FORM
                        ? ClientCredentials.inForm("the-client", secret)
                        : ClientCredentials.inHeader("the-client", secret, ""),
                Duration.ofSeconds(10),
                Duration.ofMinutes(15),
                Duration.ofSeconds(1),
                clock,
                clock::nanoTime,
                Outbound.direct(),
                grant == Grants.FORM
                        ? Instances.of(URI.create("https://acme.my.salesforce.com"), List.of())
                        : Instances.NONE);
    }
}
