package io.recordsync.oauth;

import io.recordsync.network.HttpDate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * The clock of a token endpoint, as the Date of its last grant told it; this machine's until then.
 *
 * <p>It goes on by the faster of the wall clock and the monotonic one: the first may be set back, the second stands still while
 * the machine is suspended. A Date has whole seconds, so that it is up to a second late. Thread-safe.
 */
public final class EndpointClock implements InstantSource {

    private final InstantSource wall;
    private final LongSupplier nanos;
    private volatile Told told;

    /** When it was heard, by both clocks. */
    private record Told(Instant date, Instant wall, long nanos) {}

    EndpointClock() {
        this(InstantSource.system(), System::nanoTime);
    }

    /** @param nanos {@link System#nanoTime} */
    EndpointClock(InstantSource wall, LongSupplier nanos) {
        this.wall = wall;
        this.nanos = nanos;
    }

    /** @param date a Date header; null or unreadable changes nothing */
    void hear(String date) {
        HttpDate.read(date).ifPresent(said -> told = new Told(said, wall.instant(), nanos.getAsLong()));
    }

    @Override
    public Instant instant() {
        Told last = told;
        Instant now = wall.instant();
        if (last == null) {
            return now;
        }
        long elapsed = Math.max(Duration.between(last.wall(), now).toNanos(), nanos.getAsLong() - last.nanos());
        return last.date().plusNanos(elapsed);
    }
}
