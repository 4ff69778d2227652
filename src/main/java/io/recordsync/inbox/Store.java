package io.recordsync.inbox;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.SQLExceptionOverride;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Properties;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * The database of the inbox: a SQLite file of this process alone, or PostgreSQL, which several may share.
 *
 * <p>Opening it creates and migrates the schema. A commit survives power loss on both. An act waits seconds, not minutes,
 * for a database that is away, and the next one connects again. Thread-safe.
 */
public final class Store implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Store.class);

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Dialect dialect;
    private final Deque<AutoCloseable> open;
    private final DataSource writing;
    private final DataSource reading;
    private final StoreHealth health = new StoreHealth(System::nanoTime);

    private Store(Dialect dialect, Deque<AutoCloseable> open, DataSource writing, DataSource reading) {
        this.dialect = dialect;
        this.open = open;
        this.writing = writing;
        this.reading = reading;
    }

    /**
     * Opens {@code jdbc:sqlite:<file>} or {@code jdbc:postgresql://…}; user and password are for PostgreSQL.
     *
     * @throws IllegalArgumentException when the URL is neither
     * @throws InboxException when it cannot be opened, or another process has the file
     */
    public static Store open(String url, String user, String password) {
        return open(url, user, password, null, UnaryOperator.identity());
    }

    /** Likewise; may be called again after a failure. */
    public static Store open(Database database) {
        return database.open();
    }

    /**
     * For tests: {@code now} is the SQL expression for the time, null for the database's clock; {@code tap} sees the data
     * sources that all acts and reads go through.
     */
    static Store open(String url, String user, String password, String now, UnaryOperator<DataSource> tap) {
        if (url.startsWith("jdbc:sqlite:")) {
            return openSqlite(url, now == null ? Dialect.SQLITE_NOW : now, tap);
        }
        if (url.startsWith("jdbc:postgresql:")) {
            return openPostgresql(url, user, password, now == null ? Dialect.POSTGRESQL_NOW : now, tap);
        }
        // Not the whole of it: a URL may carry a password.
        throw new IllegalArgumentException(
                "store.url starts with \"%s\" (expected jdbc:sqlite:<file> or jdbc:postgresql://…)"
                        .formatted(url.substring(0, Math.min(16, url.length()))));
    }

    /** An act: one transaction on the write side, rolled back when anything is thrown. */
    <T> T write(String act, Work<T> work) {
        try {
            T result = run(act, writing, work);
            health.succeeded(act);
            return result;
        } catch (InboxException e) {
            if (e.getCause() instanceof SQLException failure) {
                health.failed(act, failure);
            }
            throw e;
        }
    }

    /** A look, on a connection that no act waits for. */
    <T> T read(String act, Work<T> work) {
        return run(act, reading, work);
    }

    /** Why what is to be written cannot be; empty when it can. */
    Optional<String> trouble() {
        return health.trouble();
    }

    /** What is done in a transaction. */
    interface Work<T> {
        T in(Transaction transaction) throws SQLException;
    }

    private <T> T run(String act, DataSource source, Work<T> work) {
        boolean committing = false;
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            try {
                T result = work.in(new Transaction(connection, dialect));
                committing = true;
                connection.commit();
                return result;
            } catch (SQLException | RuntimeException e) {
                rollback(connection, e);
                throw e;
            }
        } catch (SQLException e) {
            String outcome = committing ? "whether it was committed is not known" : "nothing was changed";
            throw new InboxException(
                    "%s failed: %s; %s, may be tried again".formatted(act, e.getMessage(), outcome), e);
        }
    }

    private static void rollback(Connection connection, Exception because) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            because.addSuppressed(e);
        }
    }

    @Override
    public void close() {
        closeAll(open);
    }

    private static Store openSqlite(String url, String now, UnaryOperator<DataSource> tap) {
        String name = url.substring("jdbc:sqlite:".length()).replaceFirst("\\?.*", "");
        if (name.isBlank() || name.startsWith(":") || name.startsWith("file:")) {
            throw new IllegalArgumentException(
                    "store.url is \"%s\" (expected jdbc:sqlite:<file>, a plain path on a local disk)".formatted(url));
        }
        Deque<AutoCloseable> open = new ArrayDeque<>();
        try {
            Path file = Path.of(name).toAbsolutePath();
            Files.createDirectories(file.getParent());
            open.push(FileLock.of(file));
            SQLiteDataSource source = sqlite(url, false);
            migrate("sqlite", source);
            // Writers are serial anyway: with one connection they queue here, in order, and not inside SQLite.
            HikariConfig writer = sqlitePool(source);
            // What is overwritten in a page is zeroed there: a phone number above all.
            writer.setConnectionInitSql("pragma secure_delete = fast");
            HikariConfig reader = sqlitePool(sqlite(url, true));
            reader.setReadOnly(true);
            DataSource writing = tap.apply(pool(open, "inbox-write", 1, writer));
            DataSource reading = tap.apply(pool(open, "inbox-read", 4, reader));
            Store store = new Store(Dialect.sqlite(now), open, writing, reading);
            // The lock proves that we are alone: whoever else claimed is dead, however lately it was seen.
            store.write("start", transaction -> transaction.change("delete from session"));
            return store;
        } catch (IOException | RuntimeException e) {
            closeAll(open);
            throw cannotOpen(url, e);
        }
    }

    /**
     * Transactions stay deferred. An immediate one that meets a lock leaves the driver believing that it has begun, and what
     * comes next on the connection would be written statement by statement.
     */
    private static SQLiteDataSource sqlite(String url, boolean readOnly) {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setBusyTimeout((int) PATIENCE.toMillis());
        config.setReadOnly(readOnly);
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl(url);
        return source;
    }

    private static Store openPostgresql(
            String url, String user, String password, String now, UnaryOperator<DataSource> tap) {
        Deque<AutoCloseable> open = new ArrayDeque<>();
        try {
            HikariConfig config = new HikariConfig();
            config.setJdbcUrl(url);
            config.setUsername(user);
            config.setPassword(password);
            config.setKeepaliveTime(Duration.ofMinutes(2).toMillis());
            config.setConnectionInitSql(POSTGRESQL_SESSION);
            Properties driver = config.getDataSourceProperties();
            driver.setProperty("ApplicationName", "salesforce-talkdesk-sync");
            driver.setProperty("connectTimeout", "5");
            driver.setProperty("socketTimeout", "20");
            driver.setProperty("tcpKeepAlive", "true");
            // The detail of an error quotes the row: a phone number.
            driver.setProperty("logServerErrorDetail", "false");
            DataSource source = tap.apply(pool(open, "inbox", 10, config));
            migrate("postgresql", source);
            return new Store(Dialect.postgresql(now), open, source, source);
        } catch (RuntimeException e) {
            closeAll(open);
            throw cannotOpen(url, e);
        }
    }

    /**
     * Every statement here is meant to walk an index; a planner without statistics would rather sort or hash the backlog. JIT would
     * compile for longer than any of them runs. The timeouts end what a frozen process left open, a lock on the stream
     * position above all.
     */
    private static final String POSTGRESQL_SESSION =
            """
            set enable_seqscan = off; set enable_bitmapscan = off; set enable_sort = off; set enable_hashjoin = off;
            set jit = off;
            set statement_timeout = '15s'; set lock_timeout = '10s'; set idle_in_transaction_session_timeout = '30s'""";

    /**
     * SQLite rolls back on its own where the disk is full or fails, and the driver goes on as if a transaction had begun: what
     * comes next on the connection would be written statement by statement. Another one is opened in a millisecond.
     */
    private static final SQLExceptionOverride NEVER_AGAIN = new SQLExceptionOverride() {
        @java.lang.Override
        public Override adjudicate(SQLException e) {
            return Override.MUST_EVICT;
        }
    };

    private static HikariConfig sqlitePool(DataSource source) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(source);
        config.setMaxLifetime(0);
        config.setExceptionOverride(NEVER_AGAIN);
        return config;
    }

    private static HikariDataSource pool(Deque<AutoCloseable> open, String name, int size, HikariConfig config) {
        config.setPoolName(name);
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(PATIENCE.toMillis());
        config.setValidationTimeout(PATIENCE.toMillis() / 2);
        HikariDataSource pool = new HikariDataSource(config);
        open.push(pool);
        return pool;
    }

    private static void migrate(String dialect, DataSource source) {
        Flyway.configure(Store.class.getClassLoader())
                .dataSource(source)
                .locations("classpath:db/" + dialect)
                .load()
                .migrate();
    }

    private static RuntimeException cannotOpen(String url, Exception e) {
        if (e instanceof InboxException known) {
            return known;
        }
        String message = e instanceof FlywayException && e.getCause() != null
                ? e.getCause().getMessage()
                : e.getMessage();
        return new InboxException("Store %s cannot be opened: %s".formatted(url.replaceFirst("\\?.*", ""), message), e);
    }

    private static void closeAll(Deque<AutoCloseable> open) {
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                LOG.warn("Store was not closed cleanly: {}", e.getMessage(), e);
            }
        }
    }
}
