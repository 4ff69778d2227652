package io.recordsync.inbox.database;

/** A SQLite file belongs to another process, which runs. */
public final class DatabaseInUseException extends DatabaseException {

    DatabaseInUseException(String message) {
        super(message, null);
    }
}
