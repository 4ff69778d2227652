package io.recordsync.inbox.database;

/** The database cannot be opened, or is not as this program needs it. */
public class DatabaseException extends RuntimeException {

    public DatabaseException(String message, Throwable cause) {
        super(message, cause);
    }
}
