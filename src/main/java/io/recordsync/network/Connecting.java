package io.recordsync.network;

import java.time.Duration;

/**
 * How long one address of a host is tried before the next one: a part of what the whole may take, so that there is time for another.
 */
public final class Connecting {

    /** Enough for two packets that were lost on the way. */
    static final Duration MAX = Duration.ofSeconds(5);

    private Connecting() {}

    public static Duration within(Duration whole) {
        Duration third = whole.dividedBy(3);
        return third.compareTo(MAX) < 0 ? third : MAX;
    }
}
