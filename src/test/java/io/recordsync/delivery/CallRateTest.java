package io.recordsync.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CallRateTest {

    private static final long SECOND = 1_000_000_000L;

    private final long start = System.nanoTime() + SECOND;

    @Test
    void calls_that_come_together_are_spread_evenly() {
        CallRate rate = new CallRate(5);

        assertThat(rate.turn(start)).isZero();
        assertThat(rate.turn(start)).isEqualTo(SECOND / 5);
        assertThat(rate.turn(start)).isEqualTo(2 * SECOND / 5);
    }

    @Test
    void a_quiet_time_saves_nothing_up() {
        CallRate rate = new CallRate(2);
        rate.turn(start);

        assertThat(rate.turn(start + 60 * SECOND)).isZero();
        assertThat(rate.turn(start + 60 * SECOND)).isEqualTo(SECOND / 2);
    }

    @Test
    void zero_is_no_limit() {
        CallRate rate = new CallRate(0);

        assertThat(rate.turn(start)).isZero();
        assertThat(rate.turn(start)).isZero();
    }
}
