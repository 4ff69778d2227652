package io.recordsync.deletion;

import java.time.Instant;

/**
 * An UNDELETE: a contact that lives again. It cancels what was not yet delivered of deletions committed before it. Where
 * their order is not known, Salesforce is asked.
 *
 * @param identifier external; all record lists are concerned
 * @param eventKey {@code transactionKey/sequenceNumber} of the change event
 * @param committedAt when the contact was restored in Salesforce
 * @param confirmed false on a gap event's word: Salesforce is asked before anything is cancelled
 * @param commit where the change stands in the order of commits; null where nobody said it
 */
public record Restoration(
        Identifier identifier, String eventKey, Instant committedAt, boolean confirmed, Commit commit) {

    public Restoration(Identifier identifier, String eventKey, Instant committedAt, boolean confirmed) {
        this(identifier, eventKey, committedAt, confirmed, null);
    }
}
