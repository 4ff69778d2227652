package io.recordsync.talkdesk;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.deletion.Batch;
import io.recordsync.deletion.ClaimedDeletion;
import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.Identifier;
import io.recordsync.delivery.Reading;
import io.recordsync.delivery.Reading.Meaning;
import io.recordsync.network.NetworkException;
import io.recordsync.network.UnreadableAnswerException;
import io.recordsync.oauth.TokenUnavailableException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswersTest {

    private static final Clock NOON = Clock.fixed(Instant.parse("2026-03-01T12:00:00Z"), ZoneOffset.UTC);

    private final Exchange exchange = new DefaultExchange(new DefaultCamelContext());
    private final Answers answers = new Answers(NOON);

    /** Of two items. The bodies are those of the API page, fields left out as its schema allows. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            nullValues = "-",
            value = {
                "200 | {\"has_errors\":false,\"total_deleted\":2,\"total_errors\":0} | CONFIRMED | EXACT",
                "200 | {\"total_deleted\":2} | CONFIRMED | EXACT",
                "200 | {\"has_errors\":false,\"total_deleted\":1} | CONFIRMED | BATCH",
                "200 | {\"has_errors\":false,\"total_deleted\":0} | CONFIRMED | BATCH",
                "200 | {\"total_deleted\":2.0} | CONFIRMED | EXACT",
                "200 | {\"record_list_id\":\"LIST\",\"total_deleted\":2,\"total_errors\":null} | CONFIRMED | EXACT",
                "200 | {\"has_errors\":false,\"total_deleted\":3} | MORE_THAN_ASKED | -",
                "200 | {\"total_deleted\":5000,\"total_errors\":0} | MORE_THAN_ASKED | -",
                "202 | {\"has_errors\":false,\"total_deleted\":2,\"total_errors\":0} | UNCONFIRMED | -",
                "200 | {\"has_errors\":false} | UNCONFIRMED | -",
                "200 | {\"total_deleted\":null} | UNCONFIRMED | -",
                "200 | {\"_links\":{}} | UNCONFIRMED | -",
                "200 | `` | NOTHING_SAID | -",
                "202 | {} | NOTHING_SAID | -",
                "204 | - | NOTHING_SAID | -",
                "200 | {\"has_errors\":true} | REFUSED | -",
                "200 | {\"has_errors\":true,\"total_deleted\":1,\"total_errors\":1} | REFUSED | -",
                "200 | {\"total_deleted\":1,\"total_errors\":1} | REFUSED | -",
                "202 | {\"has_errors\":true,\"_embedded\":{\"failed_records\":[{\"id\":\"a\"}]}} | SOME_FAILED | -",
                "200 | {\"_embedded\":{\"failed_records\":[{\"id\":\"a\"}]}} | SOME_FAILED | -",
                "200 | {\"total_errors\":2,\"_embedded\":{\"failed_records\":[{\"id\":\"a\"}]}} | REFUSED | -",
            })
    void a_2xx_is_read_by_its_body(int status, String body, Meaning meaning, Confirmation confirmation) {
        Reading reading = answers.read(reply(status, null, body), batch(2), exchange);

        assertThat(reading.meaning()).isEqualTo(meaning);
        assertThat(reading.confirmation()).isEqualTo(confirmation);
        assertThat(reading.answerLost()).isEqualTo(meaning == Meaning.MORE_THAN_ASKED);
    }

    /** An empty 404 once settled 25 of 25 as absent; a gateway's 400 parked 11 of 24. */
    @ParameterizedTest
    @ValueSource(ints = {300, 302, 400, 401, 403, 404, 405, 408, 409, 411, 421, 425, 451, 500, 502, 504, 520})
    void an_error_without_talkdesks_form_concludes_nothing(int status) {
        for (String body : new String[] {
            null,
            "",
            "<html><head><title>No such page</title></head></html>",
            "{}",
            "[]",
            "null",
            "{\"message\":\"no Route matched with those values\"}",
            "{\"code\":\"x\"}",
            "{\"code\":5,\"message\":\"Not Found\",\"details\":[]}",
            "{\"code\":null,\"message\":\"Not Found\"}",
            "{\"statusCode\":404,\"message\":\"Resource not found\"}",
            "{\"status\":404,\"error\":\"Not Found\",\"path\":\"/record-lists\"}",
            "{\"fault\":{\"code\":\"x\",\"message\":\"y\"}}",
            "{\"code\":\"x\",\"message\":\"y\"}<html>",
            "{\"code\":\"x\",\"mess"
        }) {
            Reading reading = answers.read(reply(status, "7", body), batch(1), exchange);

            assertThat(reading.meaning()).as("%s", body).isEqualTo(Meaning.UNREADABLE);
            assertThat(reading.failure().code()).isEqualTo("unreadable_answer");
            assertThat(reading.failure().status()).isEqualTo(status);
            assertThat(reading.failure().message())
                    .startsWith("A " + status + " with ")
                    .doesNotContain("Talkdesk said");
            assertThat(reading.answerLost()).isEqualTo(status >= 500);
            assertThat(reading.retryAfter()).isEqualTo(Duration.ofSeconds(7));
        }
    }

    @Test
    void what_it_looked_like_is_reported_by_its_type_and_title() {
        String page = "<html>\r\n<head><TITLE>\n 403  Forbidden to ada@example.com\n</TITLE>";

        assertThat(message(403, "text/html; charset=utf-8", page))
                .startsWith("A 403 with an HTML page with the title \"403 Forbidden to …\": not Talkdesk's own answer");
        assertThat(message(404, null, "")).startsWith("A 404 with no body:");
        assertThat(message(404, "application/problem+json", "{\"message\":\"x\"}"))
                .startsWith("A 404 with JSON of another form (application/problem+json):");
        assertThat(message(200, "text/plain", "ok\nok")).startsWith("A 200 with text (text/plain):");
    }

    private String message(int status, String contentType, String body) {
        Reply reply = new Reply(status, null, contentType, body, true, null);
        return answers.read(reply, batch(1), exchange).failure().message();
    }

    @Test
    void a_413_of_something_in_between_is_too_large_and_talkdesks_own_a_refusal() {
        assertThat(answers.read(reply(413, null, "<html>"), batch(2), exchange).meaning())
                .isEqualTo(Meaning.TOO_LARGE);
        assertThat(answers.read(reply(413, null, "{\"code\":\"a\",\"message\":\"b\"}"), batch(2), exchange)
                        .meaning())
                .isEqualTo(Meaning.REFUSED);
    }

    /** Whoever asks to wait is obeyed: that concludes nothing of the records. */
    @ParameterizedTest
    @ValueSource(ints = {429, 503})
    void a_request_to_wait_is_obeyed_whoever_makes_it(int status) {
        Reading reading = answers.read(reply(status, "7", ""), batch(1), exchange);

        assertThat(reading.meaning()).isEqualTo(Meaning.SERVICE_UNAVAILABLE);
        assertThat(reading.retryAfter()).isEqualTo(Duration.ofSeconds(7));
        assertThat(reading.failure().message()).contains("no body");
    }

    @Test
    void an_authorization_error_has_a_form_of_its_own() {
        String body = "{\"error\":\"insufficient_scope\",\"error_description\":\"record-lists:manage\"}";

        Reading reading = answers.read(reply(403, null, body), batch(1), exchange);

        assertThat(reading.meaning()).isEqualTo(Meaning.LIST_UNAVAILABLE);
        assertThat(reading.failure().message()).isEqualTo("Talkdesk said: record-lists:manage");
        assertThat(answers.read(reply(404, null, body), batch(1), exchange).meaning())
                .isEqualTo(Meaning.UNREADABLE);
    }

    /** Of two items. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"status\":\"ok\"}",
                "{\"statusCode\":0,\"message\":\"Success\",\"payload\":{}}",
                "{\"code\":\"x\",\"message\":\"y\"}",
                "{\"record_list_id\":\"another\",\"total_deleted\":2}",
                "{\"record_list_id\":7,\"total_deleted\":2}",
                "{\"total_deleted\":\"2\"}",
                "{\"total_deleted\":1.5}",
                "{\"total_deleted\":-1}",
                "{\"total_deleted\":true}",
                "{\"total_deleted\":1e400}",
                "{\"total_deleted\":2,\"total_errors\":-2}",
                "{\"total_deleted\":1,\"total_errors\":2}",
                "{\"total_deleted\":2,\"has_errors\":true}",
                "{\"total_errors\":400}",
                "{\"has_errors\":\"no\",\"total_deleted\":2}",
                "{\"total_deleted\":0,\"_embedded\":{\"failed_records\":\"all\"}}",
                "{\"_embedded\":{\"failed_records\":[{\"id\":\"a\"},{\"id\":\"b\"},{\"id\":\"c\"}]}}",
                "{\"total_deleted\":2}<!-- cached -->"
            })
    void a_2xx_that_cannot_be_talkdesks_about_this_batch_concludes_nothing(String body) {
        Reading reading = answers.read(reply(200, null, body), batch(2), exchange);

        assertThat(reading.meaning()).isEqualTo(Meaning.UNREADABLE);
        assertThat(reading.answerLost()).isTrue();
    }

    @Test
    void failed_records_that_are_repeated_are_asked_for_once_and_those_without_an_id_are_not_named() {
        String twice = "{\"_embedded\":{\"failed_records\":[{\"id\":\"a\"},{\"id\":\"a\"},{\"id\":\"b\"}]}}";
        assertThat(answers.read(reply(200, null, twice), batch(2), exchange).failedRecords())
                .containsExactly("a", "b");

        String unnamed = "{\"_embedded\":{\"failed_records\":[{\"id\":\"a\"},{\"id\":\"../b\"}]}}";
        assertThat(answers.read(reply(200, null, unnamed), batch(2), exchange).meaning())
                .isEqualTo(Meaning.REFUSED);
    }

    /** A number may be that of several records. */
    @Test
    void a_phone_number_may_delete_more_than_one_record_but_no_more_than_a_call_can() {
        Batch phone =
                new Batch(List.of(new ClaimedDeletion(1, "list", Identifier.phone("+15550001"), 0, 0, "session")));

        assertThat(answers.read(reply(200, null, "{\"total_deleted\":3}"), phone, exchange)
                        .confirmation())
                .isEqualTo(Confirmation.BATCH);
        assertThat(answers.read(reply(200, null, "{\"total_deleted\":101}"), phone, exchange)
                        .meaning())
                .isEqualTo(Meaning.MORE_THAN_ASKED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"<html>Sign in</html>", "[]", "\"deleted\"", "{\"has_errors\":fal", "null"})
    void a_2xx_whose_body_is_not_talkdesks_may_have_been_carried_out(String body) {
        Reading reading = answers.read(reply(200, null, body), batch(2), exchange);

        assertThat(reading.meaning()).isEqualTo(Meaning.UNREADABLE);
        assertThat(reading.failure().code()).isEqualTo("unreadable_answer");
        assertThat(reading.failure().message()).doesNotContain("Sign in");
        assertThat(reading.answerLost()).isTrue();
    }

    @Test
    void failed_records_are_named_by_their_ids() {
        String body = "{\"has_errors\":true,\"total_deleted\":1,\"total_errors\":2,"
                + "\"_embedded\":{\"failed_records\":[{\"id\":\"a\"},{\"id\":\"b\"}]}}";

        Reading reading = answers.read(reply(200, null, body), batch(3), exchange);

        assertThat(reading.failedRecords()).containsExactly("a", "b");
        assertThat(reading.deleted()).isEqualTo(1);
        assertThat(reading.failure().code()).isEqualTo("failed_record");
    }

    @ParameterizedTest
    @CsvSource({
        "400, REFUSED, invalid_request, false",
        "413, REFUSED, invalid_request, false",
        "422, REFUSED, invalid_request, false",
        "401, SERVICE_UNAVAILABLE, unauthorized, false",
        "403, LIST_UNAVAILABLE, forbidden, false",
        "404, NOT_FOUND, not_found, false",
        "408, SERVICE_UNAVAILABLE, timeout, false",
        "409, BUSY, conflict, false",
        "425, BUSY, conflict, false",
        "429, SERVICE_UNAVAILABLE, rate_limited, false",
        "302, SERVICE_UNAVAILABLE, unavailable, false",
        "500, SERVICE_UNAVAILABLE, unavailable, true",
        "502, SERVICE_UNAVAILABLE, unavailable, true",
        "503, SERVICE_UNAVAILABLE, unavailable, false",
        "504, SERVICE_UNAVAILABLE, unavailable, true",
    })
    void any_other_status_says_who_has_to_wait(int status, Meaning meaning, String code, boolean lost) {
        String body = "{\"code\":\"invalid_request\",\"message\":\"No\"}";

        Reading reading = answers.read(reply(status, "7", body), batch(2), exchange);

        assertThat(reading.meaning()).isEqualTo(meaning);
        assertThat(reading.failure().code()).isEqualTo(code);
        assertThat(reading.failure().status()).isEqualTo(status);
        assertThat(reading.failure().callId()).isEqualTo(exchange.getExchangeId());
        assertThat(reading.retryAfter()).isEqualTo(Duration.ofSeconds(7));
        assertThat(reading.answerLost()).isEqualTo(lost);
    }

    @ParameterizedTest
    @ValueSource(strings = {"+14155550123", "4155550123", "(415) 555-0123", "415.555.0123", "+44 20 7946 0958"})
    void a_phone_number_in_talkdesks_words_is_not_repeated(String number) {
        String body = "{\"code\":\"invalid\",\"message\":\"Number " + number + " is invalid\"}";

        String message = answers.read(reply(400, null, body), batch(1), exchange)
                .failure()
                .message();

        assertThat(message).startsWith("Talkdesk said: Number ").endsWith("is invalid");
        assertThat(message.replaceAll("\\D", "")).hasSizeLessThan(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"+1 415 555 0123", "a b", "\u0000"})
    void a_refusal_whose_code_is_no_code_is_called_refused(String code) {
        String body = "{\"code\":\"" + code.replace("\u0000", "\\u0000") + "\",\"message\":\"\"}";
        Reading reading = answers.read(reply(400, null, body), batch(1), exchange);

        assertThat(reading.failure().code()).isEqualTo("refused");
        assertThat(reading.failure().message()).isEqualTo("Talkdesk gave no reason");
    }

    @ParameterizedTest
    @CsvSource({
        "200, RECORDS_NOT_FOUND, not_found",
        "404, LIST_UNAVAILABLE, list_gone",
        "403, LIST_UNAVAILABLE, forbidden",
        "400, SERVICE_UNAVAILABLE, x",
        "409, SERVICE_UNAVAILABLE, conflict",
        "401, SERVICE_UNAVAILABLE, unauthorized",
        "503, SERVICE_UNAVAILABLE, unavailable",
    })
    void the_answer_about_the_list_says_what_a_404_meant(int status, Meaning meaning, String code) {
        String body = status == 200 ? "{\"id\":\"list\"}" : "{\"code\":\"x\",\"message\":\"y\"}";
        Reading reading = answers.readList(reply(status, null, body), batch(2), null, exchange);

        assertThat(reading.meaning()).isEqualTo(meaning);
        assertThat(reading.failure().code()).isEqualTo(code);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "200 | <html>",
                "200 | {}",
                "200 | `` ",
                "200 | []",
                "200 | {\"id\":\"another\"}",
                "200 | {\"id\":null,\"name\":\"list\"}",
                "204 | ``",
                "404 | ``",
                "404 | {\"message\":\"no\"}",
                "403 | <html>",
                "413 | <html>"
            })
    void an_answer_about_the_list_that_does_not_show_it_proves_nothing(int status, String body) {
        Reading reading = answers.readList(reply(status, null, body), batch(2), null, exchange);

        assertThat(reading.meaning()).isEqualTo(Meaning.UNREADABLE);
        assertThat(reading.failure().code()).isEqualTo("unreadable_answer");
    }

    @Test
    void a_list_that_shows_itself_after_nothing_was_said_shows_who_answers() {
        Reading before = answers.read(reply(204, null, ""), batch(2), exchange);

        Reading reading = answers.readList(reply(200, null, "{\"id\":\"list\"}"), batch(2), before, exchange);

        assertThat(reading.meaning()).isEqualTo(Meaning.UNCONFIRMED);
    }

    @Test
    void without_an_answer_it_counts_whether_anything_was_sent() {
        assertThat(List.of(new ConnectException("refused"), new UnknownHostException("api")))
                .map(failure -> answers.unanswered(failure, exchange).absence())
                .allSatisfy(reading -> {
                    assertThat(reading.failure().code()).isEqualTo("unreachable");
                    assertThat(reading.answerLost()).isFalse();
                });
        assertUnanswered(new SocketTimeoutException("Read timed out"), "timeout", true);
        assertUnanswered(new SocketException("Connection reset"), "connection_lost", true);
        assertUnanswered(new IOException("Premature end of body"), "connection_lost", true);
        assertUnanswered(new NetworkException("the proxy refuses the credentials"), "unreachable", false);
    }

    @ParameterizedTest
    @CsvSource({
        "200, UNREADABLE, unreadable_answer, true",
        "404, UNREADABLE, unreadable_answer, false",
        "502, UNREADABLE, unreadable_answer, true",
        "413, TOO_LARGE, unreadable_answer, false",
        "429, SERVICE_UNAVAILABLE, rate_limited, false",
        "503, SERVICE_UNAVAILABLE, unavailable, false"
    })
    void of_an_answer_whose_body_cannot_be_read_the_status_counts(
            int status, Meaning meaning, String code, boolean lost) {
        IOException failure = new UnreadableAnswerException(status, "a body that is not packed as it says");

        Reading reading = answers.unanswered(failure, exchange).absence();

        assertThat(reading.meaning()).isEqualTo(meaning);
        assertThat(reading.failure().code()).isEqualTo(code);
        assertThat(reading.failure().status()).isEqualTo(status);
        assertThat(reading.failure().message())
                .isEqualTo("A " + status + " with a body that is not packed as it says: not Talkdesk's own answer");
        assertThat(reading.answerLost()).isEqualTo(lost);
        assertThat(answers.readList(Reply.unanswered(reading), batch(2), null, exchange)
                        .meaning())
                .isEqualTo(meaning == Meaning.TOO_LARGE ? Meaning.UNREADABLE : meaning);
    }

    @Test
    void without_a_token_there_was_no_call() {
        Reply reply = answers.withoutToken(new TokenUnavailableException("No access token", null), exchange);

        assertThat(reply.called()).isFalse();
        Reading reading = answers.read(reply, batch(2), exchange);
        assertThat(reading.meaning()).isEqualTo(Meaning.SERVICE_UNAVAILABLE);
        assertThat(reading.failure().code()).isEqualTo("no_token");
        assertThat(reading.answerLost()).isFalse();
    }

    @Test
    void what_was_not_sent_is_no_call_and_no_failure() {
        assertThat(answers.notSent().called()).isFalse();
        assertThat(answers.readList(answers.notSent(), batch(2), null, exchange))
                .isEqualTo(Reading.notSent());
    }

    private static Reply reply(int status, String retryAfter, String body) {
        return new Reply(status, retryAfter, null, body, true, null);
    }

    private void assertUnanswered(IOException failure, String code, boolean lost) {
        assertThat(answers.unanswered(failure, exchange).called()).isTrue();
        Reading reading = answers.unanswered(failure, exchange).absence();
        assertThat(reading.meaning()).isEqualTo(Meaning.SERVICE_UNAVAILABLE);
        assertThat(reading.failure().code()).isEqualTo(code);
        assertThat(reading.failure().status()).isZero();
        assertThat(reading.answerLost()).isEqualTo(lost);
    }

    private static Batch batch(int size) {
        return new Batch(IntStream.range(0, size)
                .mapToObj(i ->
                        new ClaimedDeletion(i, "list", Identifier.external("salesforce", "003-" + i), 0, 0, "session"))
                .toList());
    }
}
