package io.recordsync.network;

import java.time.Duration;
import java.util.Collections;
import java.util.List;

/**
 * How long one address of a host is tried before the next one: a part of what the whole may take, so that there is time for another.
 */
public final class Connecting {

    /** Enough for two packets that were lost on the way. */
    static final Duration MAX = Duration.ofSeconds(5);

    private Connecting() {}

    /** @param whole the bounds of the exchanges that it is for: the shortest counts */
    public static Duration within(Duration... whole) {
        Duration third = Collections.min(List.of(whole)).dividedBy(3);
        return third.compareTo(MAX) < 0 ? third : MAX;
    }
}
