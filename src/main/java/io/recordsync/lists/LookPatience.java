package io.recordsync.lists;

import java.time.Duration;

/**
 * How long deletions wait for looks at callbacks that fail.
 *
 * <p>From the first failure in a row on a look is repeated after a backoff; once the patience is used up, deletions go on
 * without one, and one look in a while finds out whether they succeed again. Thread-safe.
 */
final class LookPatience {

    /** Waits between looks double up to this part of the patience. */
    private static final int LONGEST_WAIT = 4;

    private final long patience;
    private final long firstWait;
    private final long rest;

    // All guarded by this; times are those of System.nanoTime().
    private boolean failing;
    private long failingSince;
    private long wait;
    private long nextLook;

    /**
     * @param patience from the begin of the first look that failed
     * @param firstWait before it is repeated; then the double
     * @param rest between looks that no deletion waits for
     */
    LookPatience(Duration patience, Duration firstWait, Duration rest) {
        this.patience = patience.toNanos();
        this.firstWait = firstWait.toNanos();
        this.rest = rest.toNanos();
    }

    /** Half a minute, as long as an answer may take; then one look a minute. */
    static LookPatience usual() {
        return new LookPatience(Duration.ofSeconds(30), Duration.ofSeconds(1), Duration.ofSeconds(60));
    }

    synchronized void succeeded() {
        failing = false;
    }

    /** @param began when the look did */
    synchronized void failed(long began) {
        long now = System.nanoTime();
        if (!failing) {
            failing = true;
            failingSince = began;
            wait = firstWait;
        } else {
            wait = Math.min(2 * wait, patience / LONGEST_WAIT);
        }
        nextLook = now + (isUsedUp(now) ? rest : Math.min(wait, failingSince + patience - now));
    }

    /** Repeating it is of no use before a person has done something: deletions go on at once. */
    synchronized void gaveUp() {
        gaveUp(Duration.ofNanos(rest));
    }

    /** Likewise; the next look is made after so long. */
    synchronized void gaveUp(Duration pause) {
        long now = System.nanoTime();
        failing = true;
        failingSince = now - patience;
        nextLook = now + pause.toNanos();
    }

    /** Whether deletions go on without a look. */
    synchronized boolean goesWithout() {
        long now = System.nanoTime();
        return failing && isUsedUp(now) && now - nextLook < 0;
    }

    /** How long to wait before the next look. */
    synchronized Duration beforeLook() {
        return failing ? Duration.ofNanos(Math.max(0, nextLook - System.nanoTime())) : Duration.ZERO;
    }

    /** Whether what is still missing is not waited for any more. */
    synchronized boolean isUsedUp() {
        return failing && isUsedUp(System.nanoTime());
    }

    private boolean isUsedUp(long now) {
        return now - failingSince >= patience;
    }
}
