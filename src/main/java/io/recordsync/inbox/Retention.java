package io.recordsync.inbox;

/**
 * Forgets what ended long ago.
 *
 * <p>An act is one transaction: it happens whole or, throwing {@link InboxException}, not at all. Thread-safe.
 */
public interface Retention {

    /**
     * Forgets deletions that ended longer than {@code ledger.retention} ago, with their attempts, and what is as old of
     * problems and restorations, and the history of more than 8 days ago; a small step of it. How long ago that is is told by
     * Salesforce's clock where it is behind the database's, and nothing is forgotten before Salesforce has said its time.
     *
     * @return how many deletions; when it is none, nothing more is old enough now
     */
    int forget();
}
