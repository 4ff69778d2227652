package io.recordsync.inbox.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.SQLExceptionOverride;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * A SQLite file on a local disk, which belongs to one process: a lock on the file beside it proves that.
 *
 * <p>One connection writes. Writers are serial anyway: with one connection they queue here, in order, and not inside SQLite.
 */
final class SqliteFile extends Database {

    static final String PREFIX = "jdbc:sqlite:";

    /** Of 4 KiB: 32 MiB of log. */
    private static final String WAL_PAGES = "8192";
    /** A negative number is KiB to SQLite, a positive one is pages. */
    private static final int CACHE_KIBIBYTES = -16_384;

    /** What is overwritten in a page is zeroed there: a phone number above all. */
    private static final String ZERO_WHAT_IS_OVERWRITTEN = "pragma secure_delete = fast";
    /**
     * What a statement would undo if it failed half way. On disk it is a file that is made and removed for every statement that
     * changes more than a few pages, as a hundred new rows do.
     */
    private static final String UNDO_IN_MEMORY = "pragma temp_store = memory";

    private static final String UNDO_ON_DISK = "pragma temp_store = file";

    private final SqliteFiles files;
    private final SqliteLibrary library;
    private final LastStart lastStart;
    private final SqliteCheck check;

    SqliteFile(String url, SqliteLibrary library) {
        super(url, Dialect.SQLITE);
        this.library = library;
        String name = url.substring(PREFIX.length()).replaceFirst("\\?.*", "");
        if (name.isBlank() || name.startsWith(":") || name.startsWith("file:")) {
            throw new IllegalArgumentException(
                    "store.url is \"%s\" (expected jdbc:sqlite:<file>, a plain path on a local disk)"
                            .formatted(shownUrl()));
        }
        this.files = new SqliteFiles(Path.of(name).toAbsolutePath());
        this.lastStart = new LastStart(files);
        this.check = new SqliteCheck(files);
    }

    @Override
    public boolean shared() {
        return false;
    }

    @Override
    void takeHold(Opened opened) throws IOException {
        SqliteDriver.require();
        files.requireWritable();
        files.makeFolder();
        opened.add(FileLock.of(files.database()));
        lastStart.requireDatabase();
        files.makeDatabase();
        library.load();
    }

    @Override
    public void requireWritable() {
        files.requireWritable();
    }

    @Override
    Pools openPools(Opened opened) {
        SQLiteDataSource source = source(false);
        try {
            boolean restored = lastStart.requireOwnLog();
            boolean checked = check.afterCrash(source);
            CompactRows.migrate(schema(source), source, source(true), files.database());
            String current = lastStart.next(source, restored);
            keepLog(source, opened);
            opened.file(new OpenFile(
                    files.database(), () -> lastStart.contentAlone(current), files.log(), files.logIndex()));
            if (!checked) {
                check.meanwhile(source(true), opened, MAX_WAIT);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        } catch (SQLException e) {
            throw new DatabaseException("Store %s cannot be opened: %s".formatted(shownUrl(), e.getMessage()), e);
        }
        HikariConfig config = pool(new KeptStatements(source));
        config.setConnectionInitSql(ZERO_WHAT_IS_OVERWRITTEN);
        return new Pools(opened.pool("inbox-write", 1, config), opened.pool("inbox-read", READERS, readingPool()));
    }

    /** The last connection removes the log; this one is closed last, so that it is the same one all the while. */
    private static void keepLog(DataSource source, Opened opened) throws SQLException {
        Connection last = source.getConnection();
        opened.add(last);
        try (Statement statement = last.createStatement()) {
            statement.executeQuery(LastStart.QUERY).close();
        }
    }

    @Override
    Backup copy(Path target) throws IOException, SQLException {
        requireReadable();
        if (files.include(target)) {
            throw new DatabaseException(
                    target + " belongs to the database itself (expected another file for the copy)", null);
        }
        return SqliteCopy.write(source(true), target);
    }

    @Override
    boolean damaged(SQLException e) {
        return SqliteCheck.isDamage(e);
    }

    @Override
    String damage(String found) {
        return check.words(found);
    }

    @Override
    DataSource openPoolToRead(Opened opened) {
        requireReadable();
        if (Files.notExists(files.log())) {
            opened.add(files::deleteLogUnlessInUse);
        }
        DataSource source = opened.pool("inbox-read", READERS_OF_RECEIPTS, readingPool());
        schema(source).requireCurrent();
        return source;
    }

    private Schema schema(DataSource source) {
        return new Schema("sqlite", shownUrl(), source);
    }

    private HikariConfig readingPool() {
        HikariConfig config = pool(source(true));
        config.setReadOnly(true);
        return config;
    }

    @Override
    public List<Path> files() {
        return files.existing();
    }

    private void requireReadable() {
        library.load();
        files.requireReadable();
        try {
            lastStart.requireOwnLog();
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    @Override
    Optional<String> tryToWrite() throws IOException, SQLException {
        library.load();
        files.requireWritable();
        lastStart.requireDatabase();
        lastStart.requireOwnLog();
        Optional<FileLock> lock = FileLock.ofExisting(files.database());
        try {
            if (files.exists()) {
                tryToWrite(source(url(), new SQLiteConfig()));
            } else {
                tryToMakeOne();
            }
        } finally {
            if (lock.isPresent()) {
                lock.get().close();
            }
        }
        return Optional.empty();
    }

    /** Under another name, in the folder where it will be made or, where that is missing too, in the next one above. */
    private void tryToMakeOne() throws IOException, SQLException {
        Path trial = files.nearestFolder()
                .resolve(".doctor-" + ProcessHandle.current().pid() + ".db");
        try {
            tryToWrite(source(PREFIX + trial, new SQLiteConfig()));
        } finally {
            for (String suffix : List.of("", "-journal")) {
                Files.deleteIfExists(trial.resolveSibling(trial.getFileName() + suffix));
            }
        }
    }

    @Override
    String serverQuery() {
        return "select file as server from pragma_database_list where name = 'main'";
    }

    @Override
    void takeRoom(Connection connection) throws SQLException {
        execute(connection, UNDO_ON_DISK);
    }

    /** It has no limit of time. */
    @Override
    void takeTime(Connection connection) {}

    @Override
    void giveBackRoom(Connection connection) throws SQLException {
        execute(connection, UNDO_IN_MEMORY);
    }

    private static void execute(Connection connection, String pragma) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(pragma);
        }
    }

    /**
     * Transactions stay deferred. An immediate one that meets a lock leaves the driver believing that it has begun, and what
     * comes next on the connection would be written statement by statement.
     */
    private SQLiteDataSource source(boolean readOnly) {
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
        config.setReadOnly(readOnly);
        return source(url(), config);
    }

    private static SQLiteDataSource source(String url, SQLiteConfig config) {
        config.setBusyTimeout((int) MAX_WAIT.toMillis());
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl(url);
        return source;
    }

    /**
     * SQLite rolls back on its own where the disk is full or fails, and the driver goes on as if a transaction had begun: what
     * comes next on the connection would be written statement by statement. Another one is opened in a millisecond.
     */
    private static final SQLExceptionOverride EVICT_AFTER_ANY_FAILURE = new SQLExceptionOverride() {
        @java.lang.Override
        public Override adjudicate(SQLException e) {
            return Override.MUST_EVICT;
        }
    };

    private static HikariConfig pool(DataSource source) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(source);
        config.setMaxLifetime(0);
        config.setExceptionOverride(EVICT_AFTER_ANY_FAILURE);
        return config;
    }
}
