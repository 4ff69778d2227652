package io.recordsync.inbox.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.SQLExceptionOverride;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
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

    private final Path file;

    SqliteFile(String url) {
        super(url, Dialect.SQLITE);
        String name = url.substring(PREFIX.length()).replaceFirst("\\?.*", "");
        if (name.isBlank() || name.startsWith(":") || name.startsWith("file:")) {
            throw new IllegalArgumentException(
                    "store.url is \"%s\" (expected jdbc:sqlite:<file>, a plain path on a local disk)".formatted(url));
        }
        this.file = Path.of(name).toAbsolutePath();
    }

    @Override
    public boolean shared() {
        return false;
    }

    @Override
    void takeHold(Opened opened) throws IOException {
        Files.createDirectories(file.getParent());
        opened.add(FileLock.of(file));
    }

    @Override
    Pools openPools(Opened opened) {
        DataSource source = source(false);
        schema(source).migrate();
        HikariConfig config = pool(source);
        config.setConnectionInitSql(ZERO_WHAT_IS_OVERWRITTEN);
        return new Pools(opened.pool("inbox-write", 1, config), opened.pool("inbox-read", READERS, readingPool()));
    }

    @Override
    DataSource openPoolToRead(Opened opened) {
        requireExistence();
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

    private void requireExistence() {
        if (!Files.isRegularFile(file)) {
            throw new DatabaseException(
                    "Store %s does not exist (expected the file of a service that was started before)"
                            .formatted(shownUrl()),
                    null);
        }
    }

    @Override
    Optional<String> tryToWrite() throws IOException, SQLException {
        Files.createDirectories(file.getParent());
        boolean isNew = Files.notExists(file);
        FileLock lock = FileLock.of(file);
        try {
            tryToWrite(source(false));
        } finally {
            if (isNew) {
                Files.deleteIfExists(file);
            }
            lock.close();
        }
        return Optional.empty();
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
    private DataSource source(boolean readOnly) {
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
        config.setBusyTimeout((int) MAX_WAIT.toMillis());
        config.setReadOnly(readOnly);
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl(url());
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
