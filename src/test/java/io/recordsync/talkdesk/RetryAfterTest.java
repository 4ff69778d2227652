package io.recordsync.talkdesk;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
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
                "120 | 120",
                "' 5 ' | 5",
                "99999999 | 3600",
                "99999999999999999999 | 3600",
                "3601 | 3600",
                "Sun, 01 Mar 2026 12:00:30 GMT | 30",
                "Sun, 01 Mar 2026 11:59:30 GMT | 0",
                "Sun, 01 Mar 2037 12:00:00 GMT | 3600",
            })
    void seconds_and_dates_are_read_never_negative_and_at_most_what_is_configured(String header, long seconds) {
        assertThat(RetryAfter.parse(header, NOON, Duration.ofHours(1))).hasSeconds(seconds);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " ", "-5", "1.5", "soon", "2026-03-01T12:00:30Z"})
    void what_cannot_be_read_counts_as_absent(String header) {
        assertThat(RetryAfter.parse(header, NOON, Duration.ofHours(1))).isNull();
    }
}
