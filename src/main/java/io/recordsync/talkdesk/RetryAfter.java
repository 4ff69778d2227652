package io.recordsync.talkdesk;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;

/** The header {@code Retry-After}: seconds, or a date (RFC 9110, 10.2.3). */
final class RetryAfter {

    /** Anything longer is a mistake, and a probe a day harms nobody. */
    private static final Duration MAX_WAIT = Duration.ofDays(1);

    private RetryAfter() {}

    /** How long to wait; null when the header is absent or cannot be read, never negative. */
    static Duration parse(String header, Clock clock) {
        if (header == null || header.isBlank()) {
            return null;
        }
        String value = header.strip();
        try {
            Duration asked = value.chars().allMatch(Character::isDigit)
                    ? Duration.ofSeconds(Long.parseLong(value))
                    : Duration.between(
                            clock.instant(),
                            ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME)
                                    .toInstant());
            return asked.isNegative() ? Duration.ZERO : asked.compareTo(MAX_WAIT) > 0 ? MAX_WAIT : asked;
        } catch (DateTimeException | NumberFormatException e) {
            return null;
        }
    }
}
