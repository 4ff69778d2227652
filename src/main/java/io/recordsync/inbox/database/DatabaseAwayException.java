package io.recordsync.inbox.database;

/** The database does not serve us at present: nobody has to change anything here, and a later start may succeed. */
public final class DatabaseAwayException extends DatabaseException {

    DatabaseAwayException(String message, Throwable cause) {
        super(message, cause);
    }
}
