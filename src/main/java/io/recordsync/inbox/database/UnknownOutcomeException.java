package io.recordsync.inbox.database;

import java.sql.SQLException;

/** The answer to a commit was lost: the transaction happened whole or not at all, and nobody knows which. */
public final class UnknownOutcomeException extends SQLException {

    UnknownOutcomeException(SQLException cause) {
        super(cause.getMessage(), cause.getSQLState(), cause.getErrorCode(), cause);
    }
}
