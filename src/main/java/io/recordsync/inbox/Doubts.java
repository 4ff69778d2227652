package io.recordsync.inbox;

import io.recordsync.deletion.Merge;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Contacts that Salesforce is to be asked about before anything is deleted: what only a gap event or the delete log said,
 * what may have been restored without anybody knowing, and what is due while a stream catches up.
 *
 * <p>An act is one transaction: it happens whole or, throwing {@link InboxException}, not at all. Thread-safe.
 */
public interface Doubts {

    /**
     * Contacts of which a gap event said that they were deleted or restored, or that are in doubt, oldest first: Salesforce is
     * to be asked which of them live.
     */
    List<GapCheck> gapChecks(int limit);

    /** These live: their checked deletions are cancelled, and so is what their restorations cancel. */
    int living(List<GapCheck> checks);

    /** These are deleted: their checked deletions become pending, their restorations are dismissed. */
    int gone(List<GapCheck> checks);

    /**
     * These are deleted because they were merged into others. Where a person is to decide, those whose master perhaps lives are
     * held ({@code merge}), unless a person approved them before; all others go on as what is gone. What is known of the merge
     * is remembered either way.
     *
     * @param merges of each by its contact id
     * @return how many deletions go on
     */
    int merged(List<GapCheck> checks, Map<String, Merge> merges, boolean hold);

    /**
     * Salesforce shows none of these, which it also does of those that were purged and of those that the user does not see. What is
     * in doubt is held for a person ({@code not_visible}), since it may have been restored; all other goes on as what is gone.
     *
     * @param note to be remembered of each, for a person; empty: none
     * @return how many deletions go on
     */
    int notShown(List<GapCheck> checks, String note);

    /** Likewise, without a note. */
    default int notShown(List<GapCheck> checks) {
        return notShown(checks, "");
    }

    /**
     * Salesforce does not answer: what waits for its word only because a stream catches up, or did, goes unasked once a stream
     * does so for longer than {@code patience}. What is in doubt goes on waiting.
     *
     * @return how many deletions go on
     */
    int letGo(Duration patience);

    /**
     * A contact that Salesforce is to be asked about. Only these rows are changed by the answer: what a later event brings
     * is not.
     *
     * @param deletions ids of rows in state checking
     * @param restorations ids of restorations that are not confirmed
     * @param doubts how many there had been when it was asked for: the answer says nothing of later ones
     * @param session that asks: to another one, after the database has gone back in time, its ids may mean other rows
     */
    record GapCheck(String contactId, List<Long> deletions, List<Long> restorations, long doubts, String session) {}
}
