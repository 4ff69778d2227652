package io.recordsync.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {

    private static final Clock NOON = Clock.fixed(Instant.parse("2026-03-01T12:00:00Z"), ZoneOffset.UTC);

    /** The date is of 2026-03-01, a Sunday. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | 0",
                "0.0 | 0",
                "2.0 | 2",
                "0.001 | 1",
                ".5 | 1",
                "7. | 7",
                "120 | 120",
                "' 5 ' | 5",
                "99999999 | 3600",
                "99999999999999999999 | 3600",
                "3601 | 3600",
                "Sun, 01 Mar 2026 12:00:30 GMT | 30",
                "sun, 1 mar 2026 12:00:30 gmt | 30",
                "Sun, 01 Mar 2026 12:00:30 +0000 | 30",
                "Sunday, 01-Mar-26 12:00:30 GMT | 30",
                "Sun Mar  1 12:00:30 2026 | 30",
                "Sun, 01 Mar 2026 11:59:30 GMT | 0",
                "Sun, 01 Mar 2037 12:00:00 GMT | 3600",
            })
    void seconds_and_dates_are_read_never_negative_and_at_most_what_is_configured(String header, long seconds) {
        assertThat(RetryAfter.parse(header, NOON, Duration.ofHours(1))).hasSeconds(seconds);
    }

    @Test
    void a_fraction_of_a_second_is_waited_for() {
        assertThat(RetryAfter.parse("1.5", NOON, Duration.ofHours(1))).hasMillis(1500);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                " ",
                "-5",
                "-1.5",
                "1,5",
                "1e9",
                "NaN",
                "Infinity",
                "0x10",
                "5 10",
                "5, 10",
                "120s",
                ".",
                "+5",
                "١٢",
                "soon",
                "null",
                "2026-03-01T12:00:30Z",
                "Sun, 99 Mar 2026 12:00:30 GMT"
            })
    void what_cannot_be_read_counts_as_absent(String header) {
        assertThat(RetryAfter.parse(header, NOON, Duration.ofHours(1))).isNull();
    }
}
