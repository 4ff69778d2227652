package io.recordsync.salesforce.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import io.grpc.Status;
import io.recordsync.LoggedLines;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StreamAlarmTest {

    private static final StreamFailure REFUSED_TOKEN = failure(Status.UNAUTHENTICATED, "service.auth.error");

    private long now = -7;
    private final StreamAlarm alarm = new StreamAlarm("/data/ContactChangeEvent", () -> now);
    private final LoggedLines log = LoggedLines.of(StreamAlarm.class);

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    void three_new_tokens_that_are_refused_in_a_row_are_an_error_once() {
        alarm.ended(REFUSED_TOKEN);
        alarm.ended(REFUSED_TOKEN);
        assertThat(log.lines()).isEmpty();
        assertThat(alarm.waitsLong(REFUSED_TOKEN.kind())).isFalse();

        alarm.ended(REFUSED_TOKEN);
        alarm.ended(REFUSED_TOKEN);
        alarm.ended(REFUSED_TOKEN);

        assertThat(errors())
                .singleElement()
                .asString()
                .contains("Salesforce grants access tokens, and Pub/Sub refused 3 new ones in a row")
                .contains("the scope api");
        assertThat(alarm.waitsLong(REFUSED_TOKEN.kind())).isTrue();
    }

    @Test
    void the_token_of_a_stream_that_was_open_is_no_new_one() {
        alarm.flows();
        alarm.ended(REFUSED_TOKEN);
        alarm.ended(REFUSED_TOKEN);
        alarm.ended(REFUSED_TOKEN);
        assertThat(errors()).isEmpty();

        alarm.ended(REFUSED_TOKEN);
        assertThat(errors()).hasSize(1);
    }

    @Test
    void tokens_that_are_refused_now_and_then_are_none_in_a_row() {
        for (int i = 0; i < 10; i++) {
            alarm.ended(REFUSED_TOKEN);
            alarm.ended(REFUSED_TOKEN);
            alarm.ended(failure(Status.UNAVAILABLE, null));
            alarm.ended(REFUSED_TOKEN);
            alarm.flows();
        }

        assertThat(errors()).isEmpty();
    }

    @Test
    void a_refusal_without_a_code_is_an_error_when_it_lasts_five_minutes() {
        for (Status status : List.of(Status.INTERNAL, Status.UNKNOWN, Status.RESOURCE_EXHAUSTED, Status.ABORTED)) {
            alarm.ended(failure(status, null));
            now += Duration.ofMinutes(1).toNanos();
        }
        alarm.ended(failure(Status.UNKNOWN, "sfdc.platform.eventbus.grpc.something.new"));
        now += Duration.ofSeconds(59).toNanos();
        alarm.ended(failure(Status.INTERNAL, null));
        assertThat(errors()).isEmpty();

        now += Duration.ofSeconds(1).toNanos();
        alarm.ended(failure(Status.INTERNAL.withDescription("who knows"), null));
        alarm.ended(failure(Status.INTERNAL.withDescription("who knows"), null));

        assertThat(errors())
                .singleElement()
                .asString()
                .contains("it is refused for 5 minutes without a reason of Salesforce's own: INTERNAL (who knows)");
    }

    @Test
    void what_is_away_or_has_a_known_code_is_no_such_refusal() {
        for (int i = 0; i < 20; i++) {
            alarm.ended(failure(Status.UNAVAILABLE, null));
            alarm.ended(failure(Status.DEADLINE_EXCEEDED, null));
            now += Duration.ofMinutes(1).toNanos();
            alarm.ended(failure(Status.INTERNAL, "service.unavailable"));
        }
        alarm.ended(failure(Status.INTERNAL, null));
        now += Duration.ofMinutes(4).toNanos();
        alarm.flows();
        now += Duration.ofMinutes(4).toNanos();
        alarm.ended(failure(Status.INTERNAL, null));

        assertThat(errors()).isEmpty();
    }

    @Test
    void a_refused_login_is_an_error_once_and_over_when_the_stream_flows() {
        alarm.refusedLogin("No access token: refused");
        alarm.refusedLogin("No access token: refused");
        assertThat(errors()).hasSize(1);

        alarm.flows();
        alarm.refusedLogin("No access token: refused");

        assertThat(errors()).hasSize(2);
        assertThat(log.lines()).anyMatch(line -> line.contains("is open again; No access token: refused is over"));
    }

    private List<String> errors() {
        return log.lines().stream().filter(line -> line.startsWith("ERROR")).toList();
    }

    private static StreamFailure failure(Status status, String code) {
        Metadata trailers = new Metadata();
        if (code != null) {
            trailers.put(
                    Metadata.Key.of("error-code", Metadata.ASCII_STRING_MARSHALLER),
                    code.startsWith("sfdc.") ? code : "sfdc.platform.eventbus.grpc." + code);
        }
        return StreamFailure.of(status.asException(trailers));
    }
}
