package io.recordsync.inbox;

import io.recordsync.deletion.Origin;
import java.util.List;
import java.util.Set;

/**
 * A person's decisions about deletions that wait for one, and about the org that the inbox belongs to.
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

    /** What the guard holds becomes pending, and it lets it pass by the user's word. Once nothing is held, it is over. */
    int approve(Selection selection, String user);

    /** What the guard holds becomes cancelled, with who did it. Once nothing is held, it is over. */
    int reject(Selection selection, String user);

    /**
     * Rehearsed rows become pending; they count for the guard as if they had just been accepted.
     *
     * @param except lists whose rows stay rehearsed
     */
    int goLive(Selection selection, Set<String> except);

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
     */
    record Selection(List<Long> ids, String recordList, String failureCode, Origin origin, Integer expected) {

        public Selection(List<Long> ids, String recordList, String failureCode) {
            this(ids, recordList, failureCode, null, null);
        }
    }

    /** A person's act was meant for another number of rows than there are by now; nothing was changed. */
    final class UnexpectedCountException extends RuntimeException {

        UnexpectedCountException(int expected, int count) {
            super("%d were expected, there are %d".formatted(expected, count));
        }
    }
}
