package io.recordsync.oauth;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock that stands still until it is moved. */
final class SettableClock extends Clock {

    private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");

    private volatile long nanoTime = -5;

    /** Time goes on. */
    void advance(Duration by) {
        nanoTime += by.toNanos();
        now = now.plus(by);
    }

    /** Somebody sets the clock; no time passes. */
    void set(Duration by) {
        now = now.plus(by);
    }

    /** As {@link System#nanoTime()}. */
    long nanoTime() {
        return nanoTime;
    }

    @Override
    public Instant instant() {
        return now;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("always UTC");
    }
}
