package io.recordsync.inbox;

import io.recordsync.deletion.MissedReport;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;

/**
 * The finds of sweeps that the stream should have told before.
 *
 * <p>Thread-safe; every act is one transaction and throws {@link InboxException} when the database fails.
 */
public interface Untold {

    /** The newest row of the inbox: what a sweep adds is later. */
    long newestRow();

    /** A sweep that nothing but time or a person demanded has ended. */
    void swept(Swept swept);

    /** It has found the rest of what the delete log did not cover yet. */
    void sweptOn();

    /**
     * Counts what the stream has not told so far. Nothing is counted while a stream catches up.
     *
     * @param patience how old a deletion has to be
     */
    Judged judge(Duration patience);

    MissedReport report();

    /**
     * @param after the newest row before it began
     * @param lagging lists that had to catch up
     * @param at by Salesforce's clock
     */
    record Swept(long after, Collection<String> lagging, Instant at) {}

    /**
     * @param more how many more are missed than before
     * @param open whether there are finds that are too young to say
     */
    record Judged(long more, boolean open) {}
}
