package io.recordsync.inbox;

import java.util.function.Supplier;

/**
 * A look that costs the more the more there is, and that pages and probes ask for all the time.
 *
 * <p>One that took long is told again until ten times as long has passed, so that a backlog of millions leaves the database
 * nine tenths of its time. One that was quick is made each time. Thread-safe; callers that ask meanwhile wait for it.
 */
final class Census<T> {

    static final long LONG_NANOS = 300_000_000;

    private final Supplier<T> look;
    private final long longNanos;
    private T seen;
    private long at;
    private long took;
    /** Not guarded by this: nobody who forgets waits for a look. */
    private volatile boolean forgotten;

    /** @param longNanos what took less is looked at each time */
    Census(Supplier<T> look, long longNanos) {
        this.look = look;
        this.longNanos = longNanos;
    }

    /** What was seen is not told again. */
    void forget() {
        forgotten = true;
    }

    synchronized T get() {
        if (forgotten || took < longNanos || System.nanoTime() - at > 10 * took) {
            long began = System.nanoTime();
            took = 0;
            forgotten = false;
            seen = look.get();
            at = System.nanoTime();
            took = at - began;
        }
        return seen;
    }
}
