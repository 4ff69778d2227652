package io.recordsync.inbox;

/** The database failed: the act did not happen, or perhaps it did, and may be tried again. */
public class InboxException extends RuntimeException {

    private final boolean outcomeUnknown;

    public InboxException(String message, Throwable cause) {
        this(message, cause, false);
    }

    public InboxException(String message, Throwable cause, boolean outcomeUnknown) {
        super(message, cause);
        this.outcomeUnknown = outcomeUnknown;
    }

    /** Whether the act may have happened all the same: its commit was not answered. */
    public boolean outcomeUnknown() {
        return outcomeUnknown;
    }
}
