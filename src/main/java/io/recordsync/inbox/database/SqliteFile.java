package io.recordsync.inbox.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.SQLExceptionOverride;
import io.recordsync.files.Refusal;
import io.recordsync.inbox.database.OpenFile.Content;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * A SQLite file on a local disk, which belongs to one process: a lock on the file beside it proves that.
 *
 * <p>One connection writes. Writers are serial anyway: with one connection they queue here, in order, and not inside SQLite.
 */
final class SqliteFile extends Database {

    private static final Logger LOG = LoggerFactory.getLogger(SqliteFile.class);

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

    private static final int CORRUPT = 11;
    private static final int NOT_A_DATABASE = 26;

    private static final String UNDO_ON_DISK = "pragma temp_store = file";

    /** What lies beside the file and belongs to it, by the end of its name. */
    private static final Set<String> BESIDE = Set.of("", "-wal", "-shm", "-journal", ".lock", ".created");

    /** A larger one is looked through while the service works. */
    private static final long MAX_BYTES_CHECKED_FIRST = 256L * 1024 * 1024;

    private final Path file;
    private final CreatedMarker marker;

    SqliteFile(String url) {
        super(url, Dialect.SQLITE);
        String name = url.substring(PREFIX.length()).replaceFirst("\\?.*", "");
        if (name.isBlank() || name.startsWith(":") || name.startsWith("file:")) {
            throw new IllegalArgumentException(
                    "store.url is \"%s\" (expected jdbc:sqlite:<file>, a plain path on a local disk)"
                            .formatted(shownUrl()));
        }
        this.file = Path.of(name).toAbsolutePath();
        this.marker = new CreatedMarker(file);
    }

    @Override
    public boolean shared() {
        return false;
    }

    @Override
    void takeHold(Opened opened) throws IOException {
        Files.createDirectories(file.getParent());
        requireAccess(file, beside("-wal"), beside("-shm"), FileLock.beside(file));
        opened.add(FileLock.of(file));
        marker.requireDatabase();
    }

    private Path beside(String suffix) {
        return file.resolveSibling(file.getFileName() + suffix);
    }

    /** SQLite says of a file of another user that it is read-only, or not a database. */
    private static void requireAccess(Path... files) {
        for (Path each : files) {
            if (Files.exists(each) && !(Files.isReadable(each) && Files.isWritable(each))) {
                throw new DatabaseException("%s cannot be opened: %s".formatted(each, Refusal.denied(each)), null);
            }
        }
    }

    @Override
    Pools openPools(Opened opened) {
        DataSource source = source(false);
        try {
            boolean restored = requireOwnLog();
            boolean checked = checkAfterCrash(source);
            schema(source).migrate();
            String current = start(source, restored);
            keepLog(source, opened);
            opened.file(new OpenFile(file, () -> contentAlone(current), beside("-wal"), beside("-shm")));
            if (!checked) {
                checkMeanwhile(opened);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        } catch (SQLException e) {
            throw new DatabaseException("Store %s cannot be opened: %s".formatted(shownUrl(), e.getMessage()), e);
        }
        HikariConfig config = pool(source);
        config.setConnectionInitSql(ZERO_WHAT_IS_OVERWRITTEN);
        return new Pools(opened.pool("inbox-write", 1, config), opened.pool("inbox-read", READERS, readingPool()));
    }

    /** The last connection removes the log; this one is closed last, so that it is the same one all the while. */
    private static void keepLog(DataSource source, Opened opened) throws SQLException {
        Connection last = source.getConnection();
        opened.add(last);
        try (Statement statement = last.createStatement()) {
            statement.executeQuery(START).close();
        }
    }

    /** A process that ended in order has removed it. */
    private boolean crashed() throws IOException {
        return Files.exists(file) && Files.exists(beside("-wal")) && Files.size(beside("-wal")) > 0;
    }

    /**
     * A log of another state of the file would be written into this one, page by page.
     *
     * @return whether the file is not the one of the last start, but a backup, say
     */
    private boolean requireOwnLog() throws IOException {
        if (!marker.exists() || marker.starts().contains(startOfFileAlone())) {
            return false;
        }
        if (crashed()) {
            throw new DatabaseException(
                    "The database file %s is not the one that was open last (a backup was copied over it?), but %s, which belongs to that one, is still there: remove %s and %s-shm to start with the file as it is, or put back the file that they belong to"
                            .formatted(file, beside("-wal"), beside("-wal"), file),
                    null);
        }
        return true;
    }

    /** A copy that SQLite makes, by {@code .backup} or {@code VACUUM INTO}, has another version of the schema. */
    private static final String START =
            "select token || '/' || schema_version as start from store_start, pragma_schema_version";

    /** As the file has it, without its log; empty where it does not say. */
    private String startOfFileAlone() {
        try (Connection connection = alone(file).getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(START)) {
            return row.next() ? row.getString("start") : "";
        } catch (SQLException e) {
            // Of an older version, or no database at all: what opens it says so.
            return "";
        }
    }

    /** Whose it is without its log; somebody may have changed the schema meanwhile, by hand. */
    private Content contentAlone(String start) {
        String found = startOfFileAlone();
        if (found.isEmpty()) {
            return Content.UNREADABLE;
        }
        return found.startsWith(start.substring(0, start.indexOf('/') + 1)) ? Content.OURS : Content.ANOTHERS;
    }

    /** A file as it lies there: its log is not read, and nothing is written. */
    static DataSource alone(Path file) {
        SQLiteDataSource alone = new SQLiteDataSource();
        alone.setUrl(PREFIX + "file:" + file.toUri().getRawPath() + "?immutable=1");
        return alone;
    }

    private static final String SWEEP_AFTER_RESTORE =
            "update sweep set demanded = demanded + 1, required = demanded + 1, reason = 'the database file is not the one of the last start (restored?)'";

    /** Names this start in the database and beside it. @return how they name it */
    private String start(DataSource source, boolean restored) throws IOException, SQLException {
        if (restored) {
            LOG.warn("The database file {} is not the one of the last start (restored?): a sweep is due", file);
        }
        String token = UUID.randomUUID().toString();
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            String before = start(statement);
            String next = token + before.substring(before.indexOf('/'));
            // Killed half way, it is one of these.
            marker.write(List.of(startOfFileAlone(), before, next));
            if (restored) {
                statement.execute(SWEEP_AFTER_RESTORE);
            }
            statement.execute("update store_start set token = '" + token + "'");
            // Into the file itself, which is looked at without its log.
            statement.execute("pragma wal_checkpoint(truncate)");
            marker.write(List.of(next));
            return next;
        }
    }

    private static String start(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery(START)) {
            row.next();
            return row.getString("start");
        }
    }

    /** @return whether it was checked */
    private boolean checkAfterCrash(DataSource source) throws IOException, SQLException {
        if (!crashed() || Files.size(file) > MAX_BYTES_CHECKED_FIRST) {
            return false;
        }
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            String found = quickCheck(statement);
            if (!"ok".equals(found)) {
                throw new DatabaseException(damage(found), null);
            }
            return true;
        }
    }

    private static String quickCheck(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("pragma quick_check(1)")) {
            return row.next() ? row.getString(1) : "nothing";
        } catch (SQLException e) {
            if (isDamaged(e)) {
                return e.getMessage();
            }
            throw e;
        }
    }

    private static boolean isDamaged(SQLException e) {
        int code = e.getErrorCode() & 0xff;
        return code == CORRUPT || code == NOT_A_DATABASE;
    }

    @Override
    Backup copy(Path target) throws IOException, SQLException {
        requireReadable();
        Path real = file.toRealPath();
        String beside =
                target.getFileName().toString().replace(real.getFileName().toString(), "");
        if (BESIDE.contains(beside) && Files.isSameFile(target.getParent(), real.getParent())) {
            throw new DatabaseException(
                    target + " belongs to the database itself (expected another file for the copy)", null);
        }
        return SqliteCopy.write(source(true), target);
    }

    @Override
    boolean damaged(SQLException e) {
        return isDamaged(e);
    }

    @Override
    String damage(String found) {
        return "The database file %s is damaged (%s): restore a backup, and remove %s and %s-shm with the damaged file, because they belong to it"
                .formatted(file, found, beside("-wal"), file);
    }

    /** While the service works; it is ended with it. */
    private void checkMeanwhile(Opened opened) throws SQLException {
        Connection connection = source(true).getConnection();
        Statement statement = connection.createStatement();
        Thread check = new Thread(
                () -> {
                    try (connection) {
                        String found = quickCheck(statement);
                        if (!"ok".equals(found)) {
                            opened.damaged(damage(found));
                        }
                    } catch (SQLException e) {
                        LOG.debug("The database file was not looked through: {}", e.getMessage());
                    }
                },
                "store-check");
        check.setDaemon(true);
        check.start();
        opened.add(() -> {
            if (check.isAlive()) {
                statement.cancel();
                check.join(MAX_WAIT.toMillis());
            }
        });
    }

    @Override
    DataSource openPoolToRead(Opened opened) {
        requireReadable();
        // A reader makes it where it is missing, and leaves it: a service of another user could not open it.
        if (Files.notExists(beside("-wal"))) {
            opened.add(this::deleteLogUnlessInUse);
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

    private void requireReadable() {
        if (!Files.isRegularFile(file)) {
            throw new DatabaseException(
                    "Store %s does not exist (expected the file of a service that was started before)"
                            .formatted(shownUrl()),
                    null);
        }
        if (!Files.isReadable(file)) {
            throw new DatabaseException("%s cannot be opened: %s".formatted(file, Refusal.denied(file)), null);
        }
        try {
            requireOwnLog();
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    private void deleteLogUnlessInUse() throws IOException {
        Path log = beside("-wal");
        try {
            Optional<FileLock> lock = FileLock.ofExisting(file);
            try {
                if (Files.exists(log) && Files.size(log) == 0) {
                    Files.delete(log);
                    Files.deleteIfExists(beside("-shm"));
                }
            } finally {
                if (lock.isPresent()) {
                    lock.get().close();
                }
            }
        } catch (DatabaseInUseException e) {
            // It is the service's now.
        }
    }

    @Override
    Optional<String> tryToWrite() throws IOException, SQLException {
        requireAccess(file, beside("-wal"), beside("-shm"), FileLock.beside(file));
        marker.requireDatabase();
        requireOwnLog();
        Optional<FileLock> lock = FileLock.ofExisting(file);
        try {
            if (Files.exists(file)) {
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
        Path folder = file.getParent();
        while (Files.notExists(folder) && folder.getParent() != null) {
            folder = folder.getParent();
        }
        if (!Files.isDirectory(folder)) {
            throw new DatabaseException(
                    "Store %s cannot be opened: %s is no folder".formatted(shownUrl(), folder), null);
        }
        if (!Files.isWritable(folder)) {
            throw new DatabaseException(
                    "Store %s cannot be opened: %s: %s".formatted(shownUrl(), folder, Refusal.denied(folder)), null);
        }
        Path trial = folder.resolve(".doctor-" + ProcessHandle.current().pid() + ".db");
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
        config.setReadOnly(readOnly);
        return source(url(), config);
    }

    private static DataSource source(String url, SQLiteConfig config) {
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
