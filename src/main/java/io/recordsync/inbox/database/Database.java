package io.recordsync.inbox.database;

import io.recordsync.files.Refusal;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;

/**
 * A database where an inbox can be kept: a SQLite file of one process, or PostgreSQL, which several may share.
 *
 * <p>Opening it creates and migrates the schema; it may be tried again after a failure. A commit survives power loss on both.
 * Immutable.
 */
public abstract sealed class Database permits SqliteFile, Postgresql {

    /** How long a transaction waits for a connection, or for a lock on the file. */
    static final Duration MAX_WAIT = Duration.ofSeconds(5);

    private static final String LIBRARIES = "sqlite-jdbc, postgresql and HikariCP";

    static final int READERS = 4;
    /** Flyway takes two at once. */
    static final int READERS_OF_RECEIPTS = 2;

    private final String url;
    private final Dialect dialect;

    Database(String url, Dialect dialect) {
        this.url = url;
        this.dialect = dialect;
    }

    /**
     * The database at {@code jdbc:sqlite:<file>} or {@code jdbc:postgresql://…}; user and password are for PostgreSQL.
     *
     * @throws IllegalArgumentException when the URL is neither
     */
    public static Database at(String url, String user, String password) {
        return at(url, user, password, SqliteLibrary.ofInstallation());
    }

    /** Likewise; {@code library} is SQLite's. */
    public static Database at(String url, String user, String password, SqliteLibrary library) {
        if (url.startsWith(SqliteFile.PREFIX)) {
            return new SqliteFile(url, library);
        }
        if (url.startsWith(Postgresql.PREFIX)) {
            return new Postgresql(url, user, password);
        }
        // Not the whole of it: a URL may carry a password.
        throw new IllegalArgumentException(
                "store.url starts with \"%s\" (expected jdbc:sqlite:<file> or jdbc:postgresql://…)"
                        .formatted(url.substring(0, Math.min(16, url.length()))));
    }

    /**
     * Opens it to read and write, and brings its schema up to date.
     *
     * @throws DatabaseInUseException when a running process has the SQLite file
     * @throws DatabaseException when it cannot be opened, or its schema is newer than this program
     */
    public final Connections open() {
        return open(dialect, UnaryOperator.identity());
    }

    /** Likewise; {@code tap} sees the data sources that all transactions go through. */
    final Connections open(Dialect words, UnaryOperator<DataSource> tap) {
        Opened opened = new Opened();
        try {
            takeHold(opened);
            Pools pools = openPools(opened);
            return new Connections(this, words, opened, tap.apply(pools.writing()), tap.apply(pools.reading()));
        } catch (IOException | RuntimeException | LinkageError e) {
            opened.close();
            throw cannotOpen(e);
        }
    }

    /**
     * Opens what a service has made, only to read: nothing is created, migrated or locked, so that the service may run.
     *
     * @throws DatabaseException when there is none, when its schema is older than this program, or when it cannot be opened
     */
    public final Connections openToRead() {
        Opened opened = new Opened();
        try {
            DataSource source = openPoolToRead(opened);
            return new Connections(this, dialect, opened, source, source);
        } catch (IOException | RuntimeException | LinkageError e) {
            opened.close();
            throw cannotOpen(e);
        }
    }

    /**
     * Finds out whether it can be opened and written. Nothing is kept of that: no schema is made or migrated, and what is
     * written is rolled back.
     *
     * @return what a person should know of it; empty when there is nothing
     * @throws DatabaseInUseException when a running process has the SQLite file
     * @throws DatabaseException when it cannot
     */
    public final Optional<String> probe() {
        try {
            return tryToWrite();
        } catch (IOException | SQLException | RuntimeException | LinkageError e) {
            throw cannotOpen(e);
        }
    }

    /**
     * Writes a copy of it as of one moment into a file, while the service may run: whole and verified, or not at all. What is
     * there of that name is replaced.
     *
     * @throws DatabaseException when it cannot
     */
    public final Backup backUp(Path target) {
        try {
            return copy(target.toAbsolutePath());
        } catch (LinkageError e) {
            throw cannotOpen(e);
        } catch (IOException | SQLException e) {
            throw new DatabaseException(
                    "Store %s cannot be copied into %s: %s".formatted(shownUrl(), target, e.getMessage()), e);
        }
    }

    /** Whether other processes may have the same database. */
    public abstract boolean shared();

    /** Its files on this machine, those that are there. */
    public List<Path> files() {
        return List.of();
    }

    /**
     * Finds out whether this user may write its files on this machine; nothing is made or opened.
     *
     * @throws DatabaseException when one cannot be written, with who may
     */
    public void requireWritable() {}

    abstract Backup copy(Path target) throws IOException, SQLException;

    /** What has to be so before it is opened to be written. */
    abstract void takeHold(Opened opened) throws IOException;

    /** The connections of a service: one side of them writes. */
    record Pools(DataSource writing, DataSource reading) {}

    /** The connections to a schema that is up to date. */
    abstract Pools openPools(Opened opened);

    /** Connections that only read, to a schema that is current; what does not exist is not created. */
    abstract DataSource openPoolToRead(Opened opened) throws IOException;

    /** @return what a person should know of it; empty when there is nothing */
    abstract Optional<String> tryToWrite() throws IOException, SQLException;

    /** Whether a failure says that what is stored is not what was written. */
    abstract boolean damaged(SQLException e);

    /** In words, and what to do. */
    abstract String damage(String found);

    /** What says which server it is, as column {@code server}. */
    abstract String serverQuery();

    /** For a transaction that may change many rows, before its first change. */
    abstract void takeRoom(Connection connection) throws SQLException;

    /** For a transaction that may last for minutes. */
    abstract void takeTime(Connection connection) throws SQLException;

    /** After the transaction for which room was taken. */
    abstract void giveBackRoom(Connection connection) throws SQLException;

    final String url() {
        return url;
    }

    final Dialect dialect() {
        return dialect;
    }

    /** Without what may hold a password: parameters, and all that stands around an {@code @}. */
    final String shownUrl() {
        boolean mayHoldUser = !url.startsWith(SqliteFile.PREFIX) && url.contains("@");
        return mayHoldUser ? Postgresql.PREFIX + "…" : url.replaceFirst("(?s)[?;].*", "");
    }

    /** A delete needs the rights that the service needs; so does the table of a first start. */
    static void tryToWrite(DataSource source) throws SQLException {
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

    private DatabaseException cannotOpen(Throwable e) {
        if (e instanceof DatabaseException known) {
            return known;
        }
        if (e instanceof LinkageError) {
            return new DatabaseException(
                    "Store %s cannot be opened: a library on the class path is of another version than this program needs (%s); compare the versions of %s with those in its pom, which a BOM may have changed"
                            .formatted(shownUrl(), e, LIBRARIES),
                    e);
        }
        String text = e instanceof FileSystemException known && known.getFile() != null
                ? known.getFile() + ": " + Refusal.words(Path.of(known.getFile()), known)
                : SqlFailure.words(e);
        // A driver, or the pool, may quote the URL.
        String message = "Store %s cannot be opened: %s".formatted(shownUrl(), text.replace(url, shownUrl()));
        return SqlFailure.mayPass(e) ? new DatabaseAwayException(message, e) : new DatabaseException(message, e);
    }
}
