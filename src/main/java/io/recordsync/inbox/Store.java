package io.recordsync.inbox;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.SQLExceptionOverride;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;
import java.util.Properties;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfoService;
import org.flywaydb.core.api.MigrationState;
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
    /** So long after a look had no connection no other one waits for it. */
    private static final long AWAY = Duration.ofSeconds(1).toNanos();

    /** Of 4 KiB: 32 MiB of log. */
    private static final String WAL_PAGES = "8192";
    /** Negative is how SQLite tells them from pages. */
    private static final int CACHE_KIBIBYTES = -16_384;

    private final Dialect dialect;
    private final Deque<AutoCloseable> open;
    private final DataSource writing;
    private final DataSource reading;
    private volatile Unreachable unreachable;
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
     * Opens what a service has made, only to read: nothing is created, migrated or locked, so that the service may run. An act
     * fails.
     *
     * @throws InboxException when there is none, when its schema is older than this program, or when it cannot be opened
     */
    public static Store openToRead(Database database) {
        return database.openToRead();
    }

    static Store openToRead(String url, String user, String password) {
        boolean sqlite = url.startsWith("jdbc:sqlite:");
        Deque<AutoCloseable> open = new ArrayDeque<>();
        try {
            if (sqlite && !Files.isRegularFile(sqliteFile(url))) {
                throw new InboxException(
                        "Store %s does not exist (expected the file of a service that was started before)"
                                .formatted(shown(url)),
                        null);
            }
            HikariConfig config = sqlite ? sqlitePool(sqlite(url, true)) : postgresqlPool(url, user, password);
            config.setReadOnly(true);
            // Flyway takes two at once.
            DataSource source = pool(open, "inbox-read", 2, config);
            requireSchema(sqlite ? "sqlite" : "postgresql", source, url);
            return new Store(
                    sqlite ? Dialect.sqlite(Dialect.SQLITE_NOW) : Dialect.postgresql(Dialect.POSTGRESQL_NOW),
                    open,
                    source,
                    source);
        } catch (RuntimeException e) {
            closeAll(open);
            throw cannotOpen(url, e);
        }
    }

    /**
     * Finds out whether it can be opened and written. Nothing is kept of that: no schema is made or migrated, and what is
     * written is rolled back.
     *
     * @throws StoreInUseException when a running process has the SQLite file
     * @throws InboxException when it cannot
     */
    public static void probe(Database database) {
        database.probe();
    }

    static void probe(String url, String user, String password) {
        try {
            if (!url.startsWith("jdbc:sqlite:")) {
                try (HikariDataSource source =
                        pool(new ArrayDeque<>(), "probe", 1, postgresqlPool(url, user, password))) {
                    probe(source);
                }
                return;
            }
            Path file = sqliteFile(url);
            Files.createDirectories(file.getParent());
            boolean isNew = Files.notExists(file);
            FileLock lock = FileLock.of(file);
            try {
                probe(sqlite(url, false));
            } finally {
                if (isNew) {
                    Files.deleteIfExists(file);
                }
                lock.close();
            }
        } catch (IOException | SQLException | RuntimeException e) {
            throw cannotOpen(url, e);
        }
    }

    /** A newer schema will do: a migration adds. */
    private static void requireSchema(String dialect, DataSource source, String url) {
        MigrationInfoService schema = flyway(dialect, source).info();
        if (schema.pending().length > 0) {
            throw new InboxException(
                    "The schema of store %s is %s (expected version %s); start the service once, which brings it up to date"
                            .formatted(
                                    shown(url),
                                    schema.current() == null
                                            ? "missing"
                                            : "version " + schema.current().getVersion(),
                                    schema.pending()[schema.pending().length - 1].getVersion()),
                    null);
        }
    }

    /** A delete needs the rights that the service needs; so does the table of a first start. */
    private static void probe(DataSource source) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            boolean migrated;
            try (ResultSet tables = connection.getMetaData().getTables(null, connection.getSchema(), "session", null)) {
                migrated = tables.next();
            }
            connection.setAutoCommit(false);
            statement.execute(migrated ? "delete from session where 1 = 0" : "create table doctor (checked integer)");
            connection.rollback();
        }
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

    /**
     * A look, on a connection that no act waits for. Who looks at many things asks a database that is away once, not for
     * seconds each.
     */
    <T> T read(String act, Work<T> work) {
        Unreachable last = unreachable;
        if (last != null && System.nanoTime() - last.at() < AWAY) {
            throw new InboxException(last.failure().getMessage(), last.failure());
        }
        try {
            return run(act, reading, work);
        } catch (InboxException e) {
            if (e.getCause() instanceof SQLTransientConnectionException) {
                unreachable = new Unreachable(System.nanoTime(), e);
            }
            throw e;
        }
    }

    /** Whether other processes may have the same database. */
    boolean isShared() {
        return dialect.shared();
    }
    /** No connection was to be had, at this {@link System#nanoTime()}. */
    private record Unreachable(long at, InboxException failure) {}

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
            Transaction transaction = new Transaction(connection, dialect);
            T result;
            try {
                result = work.in(transaction);
                committing = true;
                connection.commit();
            } catch (SQLException | RuntimeException e) {
                rollback(connection, e);
                throw e;
            } finally {
                transaction.end();
            }
            return result;
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
        Path file = sqliteFile(url);
        Deque<AutoCloseable> open = new ArrayDeque<>();
        try {
            Files.createDirectories(file.getParent());
            open.push(FileLock.of(file));
            SQLiteDataSource source = sqlite(url, false);
            migrate("sqlite", source, url);
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

    private static Path sqliteFile(String url) {
        String name = url.substring("jdbc:sqlite:".length()).replaceFirst("\\?.*", "");
        if (name.isBlank() || name.startsWith(":") || name.startsWith("file:")) {
            throw new IllegalArgumentException(
                    "store.url is \"%s\" (expected jdbc:sqlite:<file>, a plain path on a local disk)".formatted(url));
        }
        return Path.of(name).toAbsolutePath();
    }

    /**
     * Transactions stay deferred. An immediate one that meets a lock leaves the driver believing that it has begun, and what
     * comes next on the connection would be written statement by statement.
     */
    private static SQLiteDataSource sqlite(String url, boolean readOnly) {
        SQLiteConfig config = new SQLiteConfig();
        if (!readOnly) {
            config.setJournalMode(SQLiteConfig.JournalMode.WAL);
            config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
            // Ids come in no order, so that a hundred rows change a hundred pages: the more of them meet in the log
            // before it is written back, the fewer are written twice.
            config.setPragma(SQLiteConfig.Pragma.WAL_AUTOCHECKPOINT, WAL_PAGES);
            config.setCacheSize(CACHE_KIBIBYTES);
            config.setTempStore(SQLiteConfig.TempStore.MEMORY);
        }
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
            DataSource writing = tap.apply(pool(open, "inbox-write", 10, postgresqlPool(url, user, password)));
            migrate("postgresql", writing, url);
            DataSource reading = tap.apply(pool(open, "inbox-read", 4, postgresqlPool(url, user, password)));
            return new Store(Dialect.postgresql(now), open, writing, reading);
        } catch (RuntimeException e) {
            closeAll(open);
            throw cannotOpen(url, e);
        }
    }

    private static HikariConfig postgresqlPool(String url, String user, String password) {
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
        return config;
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

    /** An older program does not know what the rows of a newer schema mean: it would pass by a guard that holds them. */
    private static void migrate(String dialect, DataSource source, String url) {
        Flyway flyway = flyway(dialect, source);
        Arrays.stream(flyway.info().applied())
                .filter(migration -> migration.getState() == MigrationState.FUTURE_SUCCESS)
                .findFirst()
                .ifPresent(newer -> {
                    throw new InboxException(
                            "The schema of store %s is version %s, which this program is too old for; start the newer one, or"
                                            .formatted(shown(url), newer.getVersion())
                                    + " restore the backup from before the upgrade",
                            null);
                });
        flyway.migrate();
    }

    private static Flyway flyway(String dialect, DataSource source) {
        return Flyway.configure(Store.class.getClassLoader())
                .dataSource(source)
                .locations("classpath:db/" + dialect)
                .load();
    }

    private static String shown(String url) {
        return url.replaceFirst("\\?.*", "");
    }

    private static RuntimeException cannotOpen(String url, Exception e) {
        if (e instanceof InboxException known) {
            return known;
        }
        String message = e instanceof FlywayException && e.getCause() != null
                ? e.getCause().getMessage()
                : e.getMessage();
        return new InboxException("Store %s cannot be opened: %s".formatted(shown(url), message), e);
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
