package io.recordsync.talkdesk;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.deletion.Batch;
import io.recordsync.deletion.ClaimedDeletion;
import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.Identifier;
import io.recordsync.delivery.Reading;
import io.recordsync.delivery.Reading.Meaning;
import io.recordsync.network.NetworkException;
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
                "200 | {\"has_errors\":false,\"total_deleted\":3} | CONFIRMED | BATCH",
                "202 | {\"has_errors\":false,\"total_deleted\":2,\"total_errors\":0} | UNCONFIRMED | -",
                "200 | {\"has_errors\":false} | UNCONFIRMED | -",
                "200 | {\"total_deleted\":\"2\"} | UNCONFIRMED | -",
                "200 | `` | UNCONFIRMED | -",
                "204 | - | UNCONFIRMED | -",
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
        assertThat(reading.answerLost()).isFalse();
    }

    @Test
    void a_404_that_is_not_talkdesks_says_nothing_about_the_records() {
        Reading reading = answers.read(reply(404, null, "<html>No such page</html>"), batch(1), exchange);

        assertThat(reading.meaning()).isEqualTo(Meaning.UNREADABLE);
        assertThat(reading.failure().code()).isEqualTo("unreadable_answer");
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
    @ValueSource(strings = {"", "<html>", "{\"message\":\"\"}", "{\"code\":\"+1 415 555 0123\"}"})
    void a_refusal_without_a_reason_is_called_refused(String body) {
        Reading reading = answers.read(reply(400, null, body), batch(1), exchange);

        assertThat(reading.failure().code()).isEqualTo("refused");
        assertThat(reading.failure().message()).isEqualTo("Talkdesk gave no reason");
    }

    @ParameterizedTest
    @CsvSource({
        "200, RECORDS_NOT_FOUND, not_found",
        "404, LIST_UNAVAILABLE, list_gone",
        "403, LIST_UNAVAILABLE, forbidden",
        "401, SERVICE_UNAVAILABLE, unavailable",
        "503, SERVICE_UNAVAILABLE, unavailable",
    })
    void the_answer_about_the_list_says_what_a_404_meant(int status, Meaning meaning, String code) {
        Reading reading = answers.readList(reply(status, null, "{}"), batch(2), exchange);

        assertThat(reading.meaning()).isEqualTo(meaning);
        assertThat(reading.failure().code()).isEqualTo(code);
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
        assertThat(answers.readList(answers.notSent(), batch(2), exchange)).isEqualTo(Reading.notSent());
    }

    private static Reply reply(int status, String retryAfter, String body) {
        return new Reply(status, retryAfter, body, true, null);
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
