package io.recordsync.inbox.database;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * The connections to a database that is open, each lent to one transaction at a time.
 *
 * <p>A transaction waits seconds, not minutes, for a database that is away, and the next one connects again. Thread-safe.
 */
public final class Connections implements AutoCloseable {

    private final Database database;
    private final Statements statements;
    private final Opened opened;
    private final DataSource writing;
    private final DataSource reading;

    Connections(Database database, Dialect dialect, Opened opened, DataSource writing, DataSource reading) {
        this.database = database;
        this.statements = new Statements(dialect);
        this.opened = opened;
        this.writing = writing;
        this.reading = reading;
    }

    /**
     * Does the work and commits it, or rolls it back when anything is thrown.
     *
     * @throws UnknownOutcomeException when the commit failed
     */
    public <T> T write(Transaction.Work<T> work) throws SQLException {
        return run(writing, work);
    }

    /** Likewise, on a connection that nobody who writes waits for. */
    public <T> T read(Transaction.Work<T> work) throws SQLException {
        return run(reading, work);
    }

    /** Whether other processes may have the same database. */
    public boolean shared() {
        return database.shared();
    }

    @Override
    public void close() {
        opened.close();
    }

    private <T> T run(DataSource source, Transaction.Work<T> work) throws SQLException {
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            Transaction transaction = new Transaction(connection, database, statements);
            try {
                T result = work.in(transaction);
                commit(connection);
                return result;
            } catch (SQLException | RuntimeException e) {
                rollback(connection, e);
                throw e;
            } finally {
                transaction.end();
            }
        }
    }

    private static void commit(Connection connection) throws SQLException {
        try {
            connection.commit();
        } catch (SQLException e) {
            throw new UnknownOutcomeException(e);
        }
    }

    private static void rollback(Connection connection, Exception because) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            because.addSuppressed(e);
        }
    }
}
