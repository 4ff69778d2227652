package io.recordsync.inbox.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
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
    /** Connections on which {@link #beforeFirstUse} was done. */
    private final Set<Connection> used = Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

    /** Of a database with one connection that writes. */
    private final GroupCommit<Transaction.Work<?>, Object, SQLException> together =
            new GroupCommit<>(this::writeAll, Connections::isOfAll);

    private volatile Transaction.Work<Void> beforeFirstUse = transaction -> null;

    Connections(Database database, Dialect dialect, Opened opened, DataSource writing, DataSource reading) {
        this.database = database;
        this.statements = new Statements(dialect);
        this.opened = opened;
        this.writing = writing;
        this.reading = reading;
    }

    /**
     * What is done on each connection that writes, in its first transaction and before anything else: another server may be at
     * its other end than the one before. Where that throws, it is done again by the next transaction.
     */
    public void beforeFirstUse(Transaction.Work<Void> look) {
        beforeFirstUse = look;
    }

    /**
     * Does the work and commits it, or rolls it back when anything is thrown.
     *
     * @throws UnknownOutcomeException when the commit failed
     */
    public <T> T write(Transaction.Work<T> work) throws SQLException {
        opened.requireFile();
        return run(writing, (connection, transaction) -> {
            Connection physical = connection.unwrap(Connection.class);
            if (!used.contains(physical)) {
                beforeFirstUse.in(transaction);
                used.add(physical);
            }
            return work.in(transaction);
        });
    }

    /**
     * Likewise, with a commit of its own or with what others ask for at the same moment; see {@link GroupCommit}. For acts that
     * are short and frequent: where all that write wait for one connection, they wait for fewer commits.
     *
     * @param work may be done by the thread of another caller, and again after it was rolled back
     */
    @SuppressWarnings("unchecked") // each caller is given what its own work brought
    public <T> T writeTogether(Transaction.Work<T> work) throws SQLException {
        return shared() ? write(work) : (T) together.commit(work);
    }

    private List<Object> writeAll(List<Transaction.Work<?>> works) throws SQLException {
        return write(transaction -> {
            List<Object> results = new ArrayList<>();
            for (Transaction.Work<?> work : works) {
                results.add(work.in(transaction));
            }
            return results;
        });
    }

    /** Each alone would wait for a connection again, and what may have been committed is not made again. */
    private static boolean isOfAll(Exception e) {
        return e instanceof UnknownOutcomeException
                || e instanceof SQLTransientConnectionException
                || SqlFailure.mayPass(e);
    }

    /** Likewise, on a connection that nobody who writes waits for. */
    public <T> T read(Transaction.Work<T> work) throws SQLException {
        return run(reading, (connection, transaction) -> work.in(transaction));
    }

    /** What was found out about the database that only a person can fix; empty when nothing was. */
    public Optional<String> damage() {
        return opened.damage();
    }

    /** The server that answers now, as far as it says: for a log line. */
    public String server() {
        try {
            return read(transaction -> transaction.first(database.serverQuery(), row -> row.getString("server")))
                    .orElse("a server that says nothing of itself");
        } catch (SQLException e) {
            return "a server that does not say which (" + e.getMessage() + ")";
        }
    }

    /** Whether other processes may have the same database. */
    public boolean shared() {
        return database.shared();
    }

    @Override
    public void close() {
        opened.close();
    }

    private interface Lent<T> {
        T use(Connection connection, Transaction transaction) throws SQLException;
    }

    private <T> T run(DataSource source, Lent<T> work) throws SQLException {
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            Transaction transaction = new Transaction(connection, database, statements);
            try {
                T result = work.use(connection, transaction);
                commit(connection);
                return result;
            } catch (SQLException | RuntimeException e) {
                if (e instanceof SQLException failure && database.damaged(failure)) {
                    opened.damaged(database.damage(e.getMessage()));
                }
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
