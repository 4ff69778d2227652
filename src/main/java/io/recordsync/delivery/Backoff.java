package io.recordsync.delivery;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;

/**
 * How long to wait after the n-th failure in a row: doubled each time, capped, and spread between half and the whole so
 * that many do not come back at once.
 *
 * <p>Thread-safe; it keeps no count of its own.
 */
public final class Backoff {

    private final Duration first;
    private final Duration max;
    private final DoubleSupplier random;

    public Backoff(Duration first, Duration max) {
        this(first, max, () -> ThreadLocalRandom.current().nextDouble());
    }

    /** @param random gives numbers from 0 (half of the wait) to 1 (the whole) */
    Backoff(Duration first, Duration max, DoubleSupplier random) {
        this.first = first;
        this.max = max;
        this.random = random;
    }

    /** @param failures in a row, 1 for the first */
    public Duration after(int failures) {
        // 2^30 times a second is 34 years: the cap has long been met, and the shift cannot overflow.
        long doubled = first.toMillis() << Math.min(Math.max(failures, 1) - 1, 30);
        long whole = Math.min(doubled, max.toMillis());
        return Duration.ofMillis(whole / 2 + Math.round(whole / 2.0 * random.getAsDouble()));
    }
}
