package io.recordsync.inbox;

import io.recordsync.inbox.database.Backup;
import io.recordsync.inbox.database.Connections;
import io.recordsync.inbox.database.Database;
import io.recordsync.inbox.database.DatabaseAwayException;
import io.recordsync.inbox.database.DatabaseException;
import io.recordsync.inbox.database.DatabaseInUseException;
import io.recordsync.inbox.database.SqlFailure;
import io.recordsync.inbox.database.Transaction;
import io.recordsync.inbox.database.UnknownOutcomeException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/**
 * The database of the inbox while it is open: what is done in it is an act, one transaction with a name.
 *
 * <p>An act that fails is an {@link InboxException} that says whether anything was changed. Thread-safe.
 */
public final class Store implements AutoCloseable {

    /** So long after a look had no connection no other one waits for it. */
    private static final long AWAY = Duration.ofSeconds(1).toNanos();

    private static final int MAX_CONFLICTS = 4;

    private final Connections connections;
    private final StoreHealth health = new StoreHealth(System::nanoTime);
    /** What forgets what it knows of the database when another session begins. */
    private final List<Runnable> forgetting = new CopyOnWriteArrayList<>();

    private final List<Transaction.Work<Void>> looks = new CopyOnWriteArrayList<>();
    private final ThreadLocal<Alongside> alongside = new ThreadLocal<>();
    private volatile Unreachable unreachable;

    private Store(Connections connections) {
        this.connections = connections;
        connections.beforeFirstUse(transaction -> {
            for (Transaction.Work<Void> look : looks) {
                look.in(transaction);
            }
            return null;
        });
    }

    /** Whoever keeps in memory what the database said forgets it here: that lives no longer than the session. */
    void onNewSession(Runnable forget) {
        forgetting.add(forget);
    }

    /** A look at the database that a new connection leads to; it throws {@link WentBackException}. */
    void beforeFirstUse(Transaction.Work<Void> look) {
        looks.add(look);
    }

    /** Another session has begun. */
    void sessionBegan() {
        forgetting.forEach(Runnable::run);
    }

    /**
     * Opens it, and brings its schema up to date.
     *
     * @throws StoreInUseException when a running process has the SQLite file
     * @throws StoreAwayException when it cannot be opened at present
     * @throws InboxException when it cannot be opened
     */
    public static Store open(Database database) {
        return start(opened(database::open));
    }

    /**
     * Opens what a service has made, only to read: nothing is created, migrated or locked, so that the service may run. An act
     * that writes fails.
     *
     * @throws InboxException when there is none, when its schema is older than this program, or when it cannot be opened
     */
    public static Store openToRead(Database database) {
        return new Store(opened(database::openToRead));
    }

    /**
     * Finds out whether it can be opened and written; nothing is kept of that.
     *
     * @return what a person should know of it; empty when there is nothing
     * @throws StoreInUseException when a running process has the SQLite file
     * @throws InboxException when it cannot
     */
    public static Optional<String> probe(Database database) {
        return opened(database::probe);
    }

    /**
     * Finds out whether this user may write its files; nothing is made or opened.
     *
     * @throws InboxException when one cannot be written, with the reason
     */
    public static void requireWritable(Database database) {
        opened(() -> {
            database.requireWritable();
            return null;
        });
    }

    /**
     * Writes a verified copy of it into a file, while the service may run.
     *
     * @throws InboxException when it cannot
     */
    public static Backup backUp(Database database, Path target) {
        return opened(() -> database.backUp(target));
    }

    /** On connections that may write. */
    static Store start(Connections connections) {
        Store store = new Store(connections);
        if (!store.isShared()) {
            // The lock proves that we are alone: all others that claimed are dead, however lately they were seen.
            try {
                store.write("start", transaction -> transaction.change("delete from session"));
            } catch (RuntimeException e) {
                connections.close();
                throw e;
            }
        }
        return store;
    }

    private static <T> T opened(Supplier<T> open) {
        try {
            return open.get();
        } catch (DatabaseInUseException e) {
            throw new StoreInUseException(e.getMessage());
        } catch (DatabaseAwayException e) {
            throw new StoreAwayException(e.getMessage(), e.getCause());
        } catch (DatabaseException e) {
            throw new InboxException(e.getMessage(), e.getCause());
        }
    }

    /** What is committed together with an act, and knows what the act brought. */
    interface Alongside {
        void in(Transaction transaction, Object result) throws SQLException;
    }

    /**
     * In each act of this thread, until this is called with null: what is committed together with it, or not at all.
     *
     * <p>It is how an order is known to have happened, whatever acts it is made of.
     */
    void alongside(Alongside written) {
        if (written == null) {
            alongside.remove();
        } else {
            alongside.set(written);
        }
    }

    private <T> Transaction.Work<T> withAlongside(Transaction.Work<T> work) {
        Alongside also = alongside.get();
        if (also == null) {
            return work;
        }
        return transaction -> {
            T result = work.in(transaction);
            also.in(transaction, result);
            return result;
        };
    }

    /** An act: one transaction on the write side, rolled back when anything is thrown. */
    <T> T write(String act, Transaction.Work<T> work) {
        Transaction.Work<T> whole = withAlongside(work);
        return written(act, () -> connections.write(whole));
    }

    /**
     * An act that is short and frequent: on SQLite those that are ready at the same moment share a transaction. Each is refused
     * alone all the same.
     *
     * @param work of no one thread, and takes no room
     */
    <T> T writeTogether(String act, Transaction.Work<T> work) {
        // An order knows by its thread what it has done.
        return alongside.get() == null ? written(act, () -> connections.writeTogether(work)) : write(act, work);
    }

    private <T> T written(String act, Attempt<T> attempt) {
        try {
            T result = again(attempt);
            health.succeeded(act);
            return result;
        } catch (SQLException e) {
            InboxException failure = failed(act, e);
            health.failed(act, (SQLException) failure.getCause());
            throw failure;
        } catch (WentBackException e) {
            e.beginAnew();
            throw new InboxException(
                    act + " failed: " + e.getMessage()
                            + "; a new session has begun, nothing was changed, may be tried again",
                    e);
        }
    }

    /**
     * A look, on a connection that no act waits for. Who looks at many things asks a database that is away once, not for
     * seconds each.
     */
    <T> T read(String act, Transaction.Work<T> work) {
        Unreachable last = unreachable;
        if (last != null && System.nanoTime() - last.at() < AWAY) {
            throw new InboxException(last.failure().getMessage(), last.failure());
        }
        try {
            return again(() -> connections.read(work));
        } catch (SQLException e) {
            InboxException failure = failed(act, e);
            if (failure.getCause() instanceof SQLTransientConnectionException) {
                unreachable = new Unreachable(System.nanoTime(), failure);
            }
            throw failure;
        }
    }

    /** A transaction that has not happened. */
    private interface Attempt<T> {
        T make() throws SQLException;
    }

    /** One that was rolled back because it met another one costs nothing when it is made again. */
    private static <T> T again(Attempt<T> attempt) throws SQLException {
        for (int conflicts = 1; conflicts < MAX_CONFLICTS; conflicts++) {
            try {
                return attempt.make();
            } catch (SQLException e) {
                if (!SqlFailure.isConflict(e)) {
                    throw e;
                }
            }
        }
        return attempt.make();
    }

    private static InboxException failed(String act, SQLException e) {
        boolean unknown = e instanceof UnknownOutcomeException;
        String message = "%s failed: %s; %s, may be tried again"
                .formatted(
                        act, e.getMessage(), unknown ? "whether it was committed is not known" : "nothing was changed");
        Throwable cause = unknown ? e.getCause() : e;
        return SqlFailure.mayPass(e)
                ? new StoreAwayException(message, cause, unknown)
                : new InboxException(message, cause, unknown);
    }

    /** The server that answers now, as far as it says: for a log line. */
    String server() {
        return connections.server();
    }

    /** Whether other processes may have the same database. */
    boolean isShared() {
        return connections.shared();
    }

    /** Why what is to be written cannot be; empty when it can. */
    Optional<String> trouble() {
        return connections.damage().or(health::trouble);
    }

    /** No connection was to be had, at this {@link System#nanoTime()}. */
    private record Unreachable(long at, InboxException failure) {}

    @Override
    public void close() {
        connections.close();
    }
}
