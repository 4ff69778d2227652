package io.recordsync.talkdesk;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;

/** The header {@code Retry-After}: seconds, or a date (RFC 9110, 10.2.3). */
final class RetryAfter {

    private RetryAfter() {}

    /** How long to wait, at most {@code max}; null when the header is absent or cannot be read, never negative. */
    static Duration parse(String header, Clock clock, Duration max) {
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
            return asked.isNegative() ? Duration.ZERO : asked.compareTo(max) > 0 ? max : asked;
        } catch (NumberFormatException e) {
            // Of digits only a number that is too large is none.
            return value.chars().allMatch(Character::isDigit) ? max : null;
        } catch (DateTimeException e) {
            return null;
        }
    }
}
