package io.recordsync.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffTest {

    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration MAX = Duration.ofMinutes(5);

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 1", "2, 2", "3, 4", "9, 256", "10, 300", "31, 300", "64, 300", "2147483647, 300"})
    void it_doubles_with_each_failure_up_to_the_cap(int failures, long seconds) {
        assertThat(new Backoff(FIRST, MAX, () -> 1).after(failures)).hasSeconds(seconds);
    }

    @Test
    void it_is_spread_between_half_and_the_whole() {
        assertThat(new Backoff(FIRST, MAX, () -> 0).after(3)).hasSeconds(2);
        assertThat(new Backoff(FIRST, MAX, () -> 0.5).after(3)).hasSeconds(3);
    }

    @Test
    void the_cap_may_be_below_the_first() {
        assertThat(new Backoff(MAX, FIRST, () -> 1).after(1)).isEqualTo(FIRST);
    }
}
