package io.recordsync.network;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/** The header {@code Retry-After}: seconds, which some write with a fraction, or a date (RFC 9110, 10.2.3). */
public final class RetryAfter {

    private static final Pattern SECONDS = Pattern.compile("[0-9]+([.][0-9]*)?|[.][0-9]+");

    /** Where no key says it: a longer wait is cut to this. */
    private static final Duration MAX_WAIT = Duration.ofMinutes(5);

    private RetryAfter() {}

    /**
     * What an answer asks for, five minutes at most; empty where it asks for nothing.
     *
     * @param header null when it is absent
     * @param date of the same answer: a date in the header is read by it; null when it is absent
     * @param otherwise what time it is where there is no such date
     */
    public static Optional<Duration> asked(String header, String date, Instant otherwise) {
        Instant now = HttpDate.read(date).orElse(otherwise);
        return Optional.ofNullable(parse(header, now, MAX_WAIT)).filter(wait -> !wait.isZero());
    }

    /** How long to wait, at most {@code max}; null when the header is absent or cannot be read, never negative. */
    public static Duration parse(String header, Clock clock, Duration max) {
        return parse(header, clock.instant(), max);
    }

    /**
     * Likewise.
     *
     * @param now by the clock of the end that answered, where its {@code Date} says so: a wall clock of ours that is wrong changes nothing
     */
    public static Duration parse(String header, Instant now, Duration max) {
        if (header == null || header.isBlank()) {
            return null;
        }
        Optional<Duration> asked =
                seconds(header.strip(), max).or(() -> HttpDate.read(header).map(date -> Duration.between(now, date)));
        return asked.map(wait -> wait.isNegative() ? Duration.ZERO : wait.compareTo(max) > 0 ? max : wait)
                .orElse(null);
    }

    private static Optional<Duration> seconds(String text, Duration max) {
        if (!SECONDS.matcher(text).matches()) {
            return Optional.empty();
        }
        double seconds = Double.parseDouble(text);
        if (seconds >= max.toSeconds()) {
            return Optional.of(max);
        }
        // Less than a second counts as one: calls would fail in turn, as fast as they can be made.
        return Optional.of(
                seconds > 0 ? Duration.ofMillis(Math.max(1000, (long) Math.ceil(seconds * 1000))) : Duration.ZERO);
    }
}
