package io.recordsync.delivery;

import java.util.concurrent.TimeUnit;

/**
 * The pace at which calls begin: even, at most so many in any second.
 *
 * <p>It goes by the monotonic clock: Camel's throttle goes by the wall clock, and stands still for an hour when that is set
 * back by one. Thread-safe.
 */
public final class CallRate {

    private final long nanosApart;
    private long next = System.nanoTime();

    /** @param perSecond 0 = no limit */
    public CallRate(int perSecond) {
        nanosApart = perSecond == 0 ? 0 : TimeUnit.SECONDS.toNanos(1) / perSecond;
    }

    /** Waits for the turn of this call; turns are given in the order of asking. */
    public void await() throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(turn(System.nanoTime()));
    }

    /** @return how long to wait from now */
    synchronized long turn(long now) {
        long turn = next - now > 0 ? next : now;
        next = turn + nanosApart;
        return turn - now;
    }
}
