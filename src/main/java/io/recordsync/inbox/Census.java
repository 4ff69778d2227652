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
    /** Not guarded by this: nobody who forgets waits for a look. */
    private volatile boolean forgotten;

    Census(Supplier<T> look) {
        this.look = look;
    }

    /** What was seen is not told again. */
    void forget() {
        forgotten = true;
    }

    synchronized T get() {
        if (forgotten || took < LONG || System.nanoTime() - at > 10 * took) {
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
