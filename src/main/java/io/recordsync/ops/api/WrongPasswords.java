package io.recordsync.ops.api;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The wrong passwords of late, by the address that they came from: how long each answer waits, and a line in the log for each.
 *
 * <p>The wait doubles with each one from an address, up to {@link #MAX_DELAY}, and is forgotten some time after the last one.
 * The right password never waits, so that nobody is locked out. Neither addresses nor lines are without bounds; the line
 * never shows what was typed. Thread-safe.
 */
final class WrongPasswords {

    static final Duration FIRST_DELAY = Duration.ofMillis(100);
    static final Duration MAX_DELAY = Duration.ofSeconds(2);
    static final Duration MEMORY = Duration.ofMinutes(10);
    static final int MAX_ADDRESSES = 10_000;
    static final int MAX_LINES_A_MINUTE = 30;

    private static final Logger LOG = LoggerFactory.getLogger(WrongPasswords.class);
    private static final long MINUTE = Duration.ofMinutes(1).toNanos();

    private final LongSupplier nanoTime;
    /** Guarded by this, as all below; the one that was met last is the last. */
    private final Map<String, Attempts> byAddress = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Attempts> eldest) {
            return size() > MAX_ADDRESSES;
        }
    };

    private long minuteBegan;
    private int lines;
    private long notLogged;

    private record Attempts(int count, long lastAt) {}

    WrongPasswords(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.minuteBegan = nanoTime.getAsLong();
    }

    /** One more from there. @return how long its answer is to wait */
    synchronized Duration add(String address) {
        long now = nanoTime.getAsLong();
        Attempts before = byAddress.get(address);
        boolean isNew = before == null || now - before.lastAt() > MEMORY.toNanos();
        int count = isNew ? 1 : before.count() + 1;
        byAddress.put(address, new Attempts(count, now));
        log(address, count, now);
        Duration delay = FIRST_DELAY.multipliedBy(1L << Math.min(count - 1, 20));
        return delay.compareTo(MAX_DELAY) < 0 ? delay : MAX_DELAY;
    }

    private void log(String address, int count, long now) {
        if (now - minuteBegan > MINUTE) {
            minuteBegan = now;
            lines = 0;
        }
        if (lines >= MAX_LINES_A_MINUTE) {
            notLogged++;
            return;
        }
        lines++;
        LOG.warn(
                "Wrong user or password for the page or the API from {}, number {} within {} minutes of each other{}",
                address,
                count,
                MEMORY.toMinutes(),
                notLogged == 0 ? "" : "; " + notLogged + " more, from anywhere, were not logged");
        notLogged = 0;
    }
}
