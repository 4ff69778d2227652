package io.recordsync.deletion;

import java.time.Instant;

/**
 * An UNDELETE: a contact that lives again. It cancels what was not yet delivered of deletions committed before it.
 *
 * @param identifier external; all record lists are concerned
 * @param eventKey {@code transactionKey/sequenceNumber} of the change event
 * @param committedAt when the contact was restored in Salesforce
 * @param confirmed false on a gap event's word: Salesforce is asked before anything is cancelled
 */
public record Restoration(Identifier identifier, String eventKey, Instant committedAt, boolean confirmed) {}
