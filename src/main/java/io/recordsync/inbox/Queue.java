package io.recordsync.inbox;

import io.recordsync.deletion.Batch;
import io.recordsync.deletion.ClaimedDeletion;
import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.Failure;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;

/**
 * What is due: claimed by this session, and given back settled, postponed, parked or as it was.
 *
 * <p>An act is one transaction: it happens whole or, throwing {@link InboxException}, not at all. Acts on claims change only rows
 * that still bear the claim they were taken by, and return how many those were. Thread-safe.
 */
public interface Queue {

    /**
     * Claims due deletions of lists that are not suspended: at most {@code batches} batches of at most {@code size} rows,
     * each of one record list and one kind, taken round robin over all that have due rows, oldest first within each.
     * There may be fewer than are due: ask again. A session that has expired claims nothing.
     */
    default List<Batch> claim(int batches, int size) {
        return claim(batches, size, list -> batches);
    }

    /**
     * Likewise.
     *
     * @param room how many batches of a record list at most; of one for which it is zero nothing is claimed
     */
    List<Batch> claim(int batches, int size, ToIntFunction<String> room);

    /** @param told is run after each claim that has left what is due to be looked at first: Salesforce is asked about it */
    void onDiverted(Runnable told);

    /**
     * Whether this session still holds what it claimed: to be asked before a call. Where the session has not been seen for
     * half of {@code session.ttl}, it says that it lives first, and learns whether it was taken for dead: a process that was
     * frozen finds out here.
     */
    boolean holds(Batch batch);

    /**
     * How long until there is something to claim, be it that a deletion falls due or that its list may be probed: zero if
     * there is now; empty if nothing waits.
     */
    default Optional<Duration> nextDue() {
        return nextDue(list -> 1);
    }

    /**
     * Likewise.
     *
     * @param room as for a claim: of a record list for which it is zero nothing waits to be claimed
     */
    Optional<Duration> nextDue(ToIntFunction<String> room);

    /**
     * Whether the guard has been tripped since the batch was claimed, and holds some of it, or the list was stopped: to be
     * asked before a call. Given back by {@link #release}, what the guard holds is held.
     */
    boolean stopped(Batch batch);

    /**
     * Whether a contact of the batch was restored, or came to be in doubt, since the batch was claimed: to be asked right
     * before it is sent. Given back by {@link #release}, what was restored is cancelled, and Salesforce is asked about what is
     * in doubt; the others are due at once.
     */
    boolean overtaken(Batch batch);

    /**
     * Deleted: the rows become the proof. Of a phone number only a keyed HMAC stays.
     *
     * @param sinceCall how long ago the call began
     */
    int settle(List<ClaimedDeletion> deletions, Confirmation confirmation, Duration sinceCall);

    /** Rehearsed: would have been called. */
    int rehearse(List<ClaimedDeletion> deletions);

    /**
     * Due again after {@code delay}; a failed attempt is added to each row's history. Rows pending for longer than {@code
     * delivery.give-up-after} are parked instead, with code {@code gave_up} and the failure's words.
     */
    int postpone(List<ClaimedDeletion> deletions, Duration delay, Failure failure, Postponement why);

    /** Needs a person. The failed attempt is added to each row's history. */
    int park(List<ClaimedDeletion> deletions, Failure failure);

    /** Given back without having been called: due at once, no attempt counted. */
    int release(List<ClaimedDeletion> deletions);

    /** Remembers of claimed rows that a call of them may have been carried out, whatever becomes of them. */
    void perhapsDone(List<ClaimedDeletion> deletions);

    /**
     * How a postponed call ended.
     */
    enum Postponement {
        /** Talkdesk said no, or was not reached: the call changed nothing. */
        FAILED,
        /** The answer was lost (timeout, reset): the record may be gone, so that a later {@code absent} can be read. */
        ANSWER_LOST,
        /** Accepted, but nothing confirmed: asked again. */
        UNCONFIRMED
    }
}
