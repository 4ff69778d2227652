package io.recordsync.inbox;

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

    /** What waits after a failed call is due now; a hold window, and the wait for a confirmation, go on. */
    int retryNow();

    /**
     * Moves the pin by a person's decision. Replay ids of another org mean nothing here, so positions are forgotten and
     * subscribers lost; what Salesforce was to be asked about is parked. Confirming the org that is pinned changes nothing.
     */
    void confirmOrg(String orgId);

    /**
     * Which rows a person means: those that match all that is given; {@code ids} when it is not empty, and what is not null.
     * So an empty one means every row that the act is for.
     *
     * @param expected how many the person believes they are; if they are not, the act throws {@link
     *     UnexpectedCountException} and changes nothing. Null: any number
     * @param heldReason of what is held; null: the guard
     */
    record Selection(
            List<Long> ids,
            String recordList,
            String failureCode,
            Origin origin,
            Integer expected,
            HeldReason heldReason) {

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
