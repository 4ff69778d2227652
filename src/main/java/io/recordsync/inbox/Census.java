package io.recordsync.inbox;

import java.util.function.Supplier;

/**
 * A look that costs the more the more there is, and that pages and probes ask for all the time.
 *
 * <p>One that took long is told again until ten times as long has passed, so that a backlog of millions leaves the database
 * nine tenths of its time. One that was quick is made each time. Thread-safe; callers that ask meanwhile wait for it.
 */
final class Census<T> {

    private static final long LONG = 300_000_000;

    private final Supplier<T> look;
    private T seen;
    private long at;
    private long took;

    Census(Supplier<T> look) {
        this.look = look;
    }

    synchronized T get() {
        if (took < LONG || System.nanoTime() - at > 10 * took) {
            long began = System.nanoTime();
            took = 0;
            seen = look.get();
            at = System.nanoTime();
            took = at - began;
        }
        return seen;
    }
}
