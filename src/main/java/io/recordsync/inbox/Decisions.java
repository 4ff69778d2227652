package io.recordsync.inbox;

import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.HeldReason;
import io.recordsync.deletion.Origin;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * A person's decisions about deletions that wait for one, and about the org that the inbox belongs to. Who decided last stays with
 * each row.
 *
 * <p>An act is one transaction: it happens whole or, throwing {@link InboxException}, not at all. Thread-safe.
 */
public interface Decisions {

    /**
     * Parked rows become pending again, their attempts and their time to give up counted anew. Why they were parked stays
     * readable until they succeed. By the user's word the guard lets them pass.
     */
    int redrive(Selection selection, String user);

    /** Parked rows become cancelled, with who did it. */
    int discard(Selection selection, String user);

    /** Rehearsed rows become cancelled, with who did it. */
    int discardRehearsed(Selection selection, String user);

    /**
     * What is held becomes pending, and the guard lets it pass by the user's word. Meant is what the selection's reason holds;
     * without one, what the guard holds. What was decided about goes on counting for the guard.
     */
    int approve(Selection selection, String user);

    /** What is held becomes cancelled, with who did it; likewise. */
    int reject(Selection selection, String user);

    /**
     * Opens the guard: what comes in this time passes by the user's word and does not count. What is held stays held. A time
     * of zero ends it.
     *
     * @return until when it is open
     */
    Instant openGuard(Duration length, String user);

    /**
     * Rehearsed rows become pending; they count for the guard as if they had just been accepted.
     *
     * @param except lists whose rows stay rehearsed
     */
    int goLive(Selection selection, Set<String> except, String user);

    /** How many deletions match that the act is for, whenever they entered; at most {@code most} are counted. */
    long matching(Act act, Selection selection, Set<String> except, long most);

    /** What waits after a failed call is due now; a hold window, and the wait for a confirmation, go on. */
    int retryNow();

    /**
     * Moves the pin by a person's decision. Replay ids of another org mean nothing here, so positions are forgotten and
     * subscribers lost; what Salesforce was to be asked about is parked. Confirming the org that is pinned changes nothing.
     */
    default void confirmOrg(String orgId) {
        confirmOrg(orgId, null);
    }

    /**
     * Likewise.
     *
     * @param pinned the org that was shown as pinned, empty for none; null: whichever
     * @throws NotAsShownException when another one is pinned by now
     */
    void confirmOrg(String orgId, String pinned);

    /** What a person decides about deletions in a state. */
    enum Act {
        REDRIVE(DeletionState.PARKED, "redriven"),
        DISCARD(DeletionState.PARKED, "discarded"),
        DISCARD_REHEARSED(DeletionState.REHEARSED, "discarded"),
        APPROVE(DeletionState.HELD, "approved"),
        REJECT(DeletionState.HELD, "rejected"),
        GO_LIVE(DeletionState.REHEARSED, "went_live");

        private final DeletionState state;
        private final String word;

        Act(DeletionState state, String word) {
            this.state = state;
            this.word = word;
        }

        /** What it is for. */
        public DeletionState state() {
            return state;
        }

        /** How it is kept with each row. */
        String word() {
            return word;
        }
    }

    /**
     * What an answer has shown of a state: what was in it when {@code mark} was the number of the last entry. See {@link
     * Ledger#mark}.
     *
     * @param fromId the least id that was shown; 0 = all of them
     * @param belowId likewise, above the greatest; 0 = all of them
     */
    record Shown(long mark, long fromId, long belowId) {

        public Shown(long mark) {
            this(mark, 0, 0);
        }
    }

    /**
     * Which rows a person means: those that match all that is given; {@code ids} when it is not empty, and what is not null.
     * So an empty one means every row that the act is for.
     *
     * @param expected how many the person believes they are; if they are not, the act throws {@link
     *     UnexpectedCountException} and changes nothing. Null: any number
     * @param heldReason of what is held; null: the guard
     * @param shown what the person has seen: what entered the state later stays as it is; null: whatever is there
     */
    record Selection(
            List<Long> ids,
            String recordList,
            String failureCode,
            Origin origin,
            Integer expected,
            HeldReason heldReason,
            Shown shown) {

        public Selection(
                List<Long> ids,
                String recordList,
                String failureCode,
                Origin origin,
                Integer expected,
                HeldReason heldReason) {
            this(ids, recordList, failureCode, origin, expected, heldReason, null);
        }

        /** The same rows, of those that were shown. */
        public Selection of(Shown seen) {
            return new Selection(ids, recordList, failureCode, origin, expected, heldReason, seen);
        }

        /** The same rows, however many they are. */
        Selection anyNumber() {
            return new Selection(ids, recordList, failureCode, origin, null, heldReason, shown);
        }

        public Selection(List<Long> ids, String recordList, String failureCode) {
            this(ids, recordList, failureCode, null, null);
        }

        public Selection(List<Long> ids, String recordList, String failureCode, Origin origin, Integer expected) {
            this(ids, recordList, failureCode, origin, expected, null);
        }
    }

    /** A person's act was meant for another number of rows than there are by now; nothing was changed. */
    final class UnexpectedCountException extends RuntimeException {

        UnexpectedCountException(int expected, int count) {
            super("%s were expected, there are %s".formatted(expected, count));
        }
    }
}
