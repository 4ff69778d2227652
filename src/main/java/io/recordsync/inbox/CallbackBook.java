package io.recordsync.inbox;

import io.recordsync.deletion.CallbackRow;
import io.recordsync.deletion.CallbackState;
import io.recordsync.deletion.ScheduledCallback;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * What is remembered of callbacks, so that whose they were is known once their records are gone.
 *
 * <p>An act is one transaction. Times are the database's. Thread-safe.
 */
public interface CallbackBook {

    /** Failures in a row from which on a person is told. */
    int TROUBLE = 3;

    /** What time it is. */
    Instant now();

    /** When the last of these deletions was accepted. */
    Instant acceptedAt(Collection<Long> deletions);

    /** Those that are not cancelled, and have not ended long ago. */
    List<CallbackRow> open();

    /** Writes down what was seen of each; of one that is known, what it was found with stays. */
    void remember(List<Seen> seen);

    /**
     * What was seen of a callback now.
     *
     * @param provider empty, as {@code externalId}: what is known of it stays
     * @param asked whether its record was asked for
     */
    record Seen(
            ScheduledCallback callback,
            String provider,
            String externalId,
            CallbackState state,
            boolean ours,
            boolean asked) {}

    /** Which of these external ids were deleted from their lists, or would be once a rehearsal goes live; not where the contact was restored since. */
    Map<String, Deleted> deleted(List<CallbackRow> callbacks);

    /** How far the deletion of a contact from a list has come. */
    enum Deleted {
        CARRIED_OUT,
        REHEARSED
    }

    /** Whether a run is due: after so long, or a shorter while after deletions or a failure; only one session runs at a time. */
    boolean begin(Duration period, Duration afterDeletions);

    /**
     * The run that began here came to its end.
     *
     * @param error empty where everything was answered
     * @param serious whether a person is told at once
     * @param tooMany how many it would have cancelled, had they not been more than a run may; else 0
     */
    void ended(String error, boolean serious, int tooMany);

    /** The run that began here did not come to its end; how many are too many stays. Another one is due in a minute. */
    void failed(String error, boolean serious);

    /** Likewise, for no call may be made now: it is as if it had not been, and due again. */
    void postponed();

    /** The last run of any session. */
    Run lastRun();

    /** {@code at} is null before the first; {@code error} empty where it came to its end; {@code failures} in a row. */
    record Run(Instant at, String error, int failures, int tooMany) {}

    /** Of each state; every state is a key. */
    Map<CallbackState, Long> counts();

    /** Those that changed last, first. */
    List<CallbackRow> latest(int limit);

    /** Those whose record bore this external id while it lived. */
    List<CallbackRow> of(String recordList, String provider, String externalId);
}
