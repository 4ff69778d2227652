package io.recordsync.deletion;

import java.time.Instant;

/**
 * One identifier to be removed from one record list, as it enters the inbox.
 *
 * @param eventKey what asked for it: {@code transactionKey/sequenceNumber} of a change event, {@code
 *     sweep:<SystemModstamp>}, {@code reconcile:<instant>} or {@code api:<request id>}. Together with list and identifier it is unique, so that a
 *     replayed event changes nothing
 * @param committedAt when the contact was deleted in Salesforce, or when a person asked
 * @param state {@link DeletionState#PENDING}, or {@link DeletionState#CHECKING} on the word of a gap event or the delete log
 * @param note what else is known of it, for a person: {@code merged into 003…}; empty when nothing is
 * @param commit where the change stands in the order of commits; null where nobody said it (a sweep, an order)
 * @param find what the presence check knows of it; null where it comes from anything else
 * @param mergeAsked whether Salesforce is asked first whether the contact was merged into another one
 */
public record DeletionRequest(
        String recordList,
        Identifier identifier,
        String eventKey,
        Origin origin,
        Instant committedAt,
        DeletionState state,
        String note,
        Commit commit,
        Find find,
        boolean mergeAsked) {

    public DeletionRequest(
            String recordList,
            Identifier identifier,
            String eventKey,
            Origin origin,
            Instant committedAt,
            DeletionState state,
            String note,
            Commit commit) {
        this(recordList, identifier, eventKey, origin, committedAt, state, note, commit, null, false);
    }

    public DeletionRequest(
            String recordList,
            Identifier identifier,
            String eventKey,
            Origin origin,
            Instant committedAt,
            DeletionState state,
            String note) {
        this(recordList, identifier, eventKey, origin, committedAt, state, note, null);
    }

    public DeletionRequest(
            String recordList,
            Identifier identifier,
            String eventKey,
            Origin origin,
            Instant committedAt,
            DeletionState state) {
        this(recordList, identifier, eventKey, origin, committedAt, state, "");
    }

    /** The same, found by the presence check. */
    public DeletionRequest foundWith(Find other) {
        return new DeletionRequest(
                recordList, identifier, eventKey, origin, committedAt, state, note, commit, other, mergeAsked);
    }

    /** The same, of which Salesforce is asked first whether it is the loser of a merge. */
    public DeletionRequest askingForMerge() {
        return new DeletionRequest(
                recordList, identifier, eventKey, origin, committedAt, state, note, commit, find, true);
    }

    /** Whether it becomes pending at once, unless the guard holds it. */
    public boolean isPending() {
        return state == DeletionState.PENDING && !mergeAsked;
    }

    /** Why a person has to decide before anything is sent; null where nobody has to. */
    public HeldReason heldReason() {
        return find == null ? null : find.heldReason();
    }

    /** The same in this state. */
    public DeletionRequest in(DeletionState other) {
        return new DeletionRequest(
                recordList, identifier, eventKey, origin, committedAt, other, note, commit, find, mergeAsked);
    }
}
