package io.recordsync.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class EndpointClockTest {

    private Instant wall = Instant.parse("2026-03-01T09:00:00Z");
    private long nanos = 7;
    private final EndpointClock clock = new EndpointClock(() -> wall, () -> nanos);

    @Test
    void before_the_first_answer_it_is_the_machine_s() {
        assertThat(clock.instant()).isEqualTo("2026-03-01T09:00:00Z");
        clock.hear(null);
        clock.hear("yesterday");
        assertThat(clock.instant()).isEqualTo("2026-03-01T09:00:00Z");
    }

    @Test
    void it_goes_on_from_the_date_of_an_answer_however_wrong_the_wall_clock_is() {
        clock.hear("Sun, 01 Mar 2026 10:00:00 GMT");
        wall = wall.minusSeconds(3600);
        nanos += Duration.ofSeconds(30).toNanos();

        assertThat(clock.instant()).isEqualTo("2026-03-01T10:00:30Z");
    }

    /** While it is suspended the monotonic clock of Linux stands still. */
    @Test
    void it_goes_on_while_the_machine_is_suspended() {
        clock.hear("Sun, 01 Mar 2026 10:00:00 GMT");
        wall = wall.plusSeconds(600);

        assertThat(clock.instant()).isEqualTo("2026-03-01T10:10:00Z");
    }
}
