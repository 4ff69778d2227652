package io.recordsync.inbox;

/** The database does not serve us at present: nobody has to change anything here, and a later start may succeed. */
public final class StoreAwayException extends InboxException {

    StoreAwayException(String message, Throwable cause) {
        super(message, cause);
    }

    StoreAwayException(String message, Throwable cause, boolean outcomeUnknown) {
        super(message, cause, outcomeUnknown);
    }
}
