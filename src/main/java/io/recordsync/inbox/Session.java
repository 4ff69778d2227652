package io.recordsync.inbox;

/**
 * This process start as the inbox sees it: its heartbeat and its end.
 *
 * <p>An act is one transaction: it happens whole or, throwing {@link InboxException}, not at all. Thread-safe.
 */
public interface Session extends AutoCloseable {

    /**
     * Says that this session lives, frees the claims of sessions that do not, and opens a new session when this one was
     * taken for dead (its claims are lost: acts on them change nothing). Whoever died may have called: the freed rows are
     * marked {@code answer_lost}. So are rows that this session claimed by the database's word and has not in hand.
     *
     * <p>It also opens a new session when the database has gone back in time: then a sweep is due, and Salesforce is asked about
     * everything that waits.
     */
    void heartbeat();

    /** Ends the session: its claims are freed at the next start. */
    @Override
    void close();
}
