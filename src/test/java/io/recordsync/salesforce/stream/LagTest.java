package io.recordsync.salesforce.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.deletion.CatchUp;
import io.recordsync.salesforce.stream.StreamEvent.ChangeEvent;
import io.recordsync.salesforce.stream.StreamEvent.UndecodableEvent;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class LagTest {

    private static final Instant OPENED = Instant.parse("2026-03-01T10:00:00Z");
    private static final CatchUp OVER = new CatchUp("/data/ContactChangeEvent", true);
    private static final CatchUp BEHIND = new CatchUp("/data/ContactChangeEvent", false);

    private Instant now = OPENED.plusMillis(700);
    private final Lag lag = new Lag("/data/ContactChangeEvent", () -> now);

    @Test
    void a_keepalive_ends_it() {
        lag.opened();

        assertThat(lag.of(List.of())).isEqualTo(OVER);
    }

    @Test
    void the_newest_event_decides() {
        lag.opened();
        now = OPENED.plusSeconds(10);

        assertThat(lag.of(
                        List.of(at(OPENED.minusSeconds(500)), at(OPENED.plusSeconds(3)), at(OPENED.minusSeconds(400)))))
                .isEqualTo(OVER);
        assertThat(lag.of(List.of(at(OPENED.minusSeconds(500)), at(OPENED.minusSeconds(400)))))
                .isEqualTo(BEHIND);
    }

    /** A deletion and its restoration were both committed in the last minute, and only the first of them was read. */
    @Test
    void an_event_of_the_last_minute_that_was_committed_before_the_stream_was_opened_says_nothing() {
        lag.opened();
        now = OPENED.plusSeconds(5);

        assertThat(lag.of(List.of(at(OPENED.minusSeconds(1))))).isNull();
        assertThat(lag.of(List.of(at(OPENED))))
                .as("commit times have whole seconds")
                .isEqualTo(OVER);
    }

    @Test
    void an_event_that_was_committed_since_and_comes_late_does_not_end_it() {
        lag.opened();
        now = OPENED.plusSeconds(600);

        assertThat(lag.of(List.of(at(OPENED.plusSeconds(100))))).isEqualTo(BEHIND);
        assertThat(lag.of(List.of(at(OPENED.plusSeconds(541))))).isEqualTo(OVER);
    }

    @Test
    void an_event_that_cannot_be_read_says_nothing() {
        lag.opened();

        assertThat(lag.of(List.of(new UndecodableEvent("1", "cut")))).isNull();
    }

    private static StreamEvent at(Instant committed) {
        return new ChangeEvent("Account", "UPDATE", List.of("001"), "key", 1, committed);
    }
}
