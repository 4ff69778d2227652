package io.recordsync.inbox;

/** The database failed: the act did not happen and may be tried again. */
public class InboxException extends RuntimeException {

    public InboxException(String message, Throwable cause) {
        super(message, cause);
    }
}
