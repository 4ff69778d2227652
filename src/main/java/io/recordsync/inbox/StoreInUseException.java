package io.recordsync.inbox;

/** A SQLite file belongs to another process, which runs. */
public final class StoreInUseException extends InboxException {

    StoreInUseException(String message) {
        super(message, null);
    }
}
