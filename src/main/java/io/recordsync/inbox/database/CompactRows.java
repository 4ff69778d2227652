package io.recordsync.inbox.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteErrorCode;

/**
 * What surrounds the migration that moves every deletion into a compact row.
 *
 * <p>The migration is one transaction: a process that is killed in its middle leaves the database as it was, and the next start begins
 * anew. A SQLite file is copied before it, and packed after it, where there is room.
 */
final class CompactRows {

    private static final Logger LOG = LoggerFactory.getLogger(CompactRows.class);

    static final String VERSION = "24";

    /** A third of what SQLite did on two busy cores, with the copy and the packing; and as measured on PostgreSQL. */
    private static final int ROWS_A_SECOND = 10_000;

    private static final long MEBIBYTE = 1 << 20;

    private static final String COUNT = "select count(*) from deletion";
    /** The migration sets it. */
    private static final String UNPACKED = "pragma user_version";

    private CompactRows() {}

    // ---- SQLite

    /**
     * Migrates; a file that holds rows of the older form is copied before and packed afterwards. What was killed before it had packed
     * the file left the mark of that, and it is packed now.
     */
    static void migrate(Schema schema, SQLiteDataSource source, DataSource reading, Path database)
            throws IOException, SQLException {
        long deletions = schema.isAbout(VERSION) ? number(source, COUNT) : 0;
        if (deletions > 0) {
            move(deletions, schema, source, reading, database);
            return;
        }
        boolean moved = number(source, UNPACKED) != 0;
        schema.migrate();
        if (moved) {
            LOG.warn("{} was not packed when its deletions moved to compact rows: it is packed now", database);
            pack(source, database);
        } else if (number(source, UNPACKED) != 0) {
            markPacked(source);
        }
    }

    private static void move(long deletions, Schema schema, SQLiteDataSource source, DataSource reading, Path database)
            throws IOException, SQLException {
        long size = Files.size(database);
        LOG.warn(
                "{} deletions of {} move to compact rows, in one transaction: up to about {} s, and {} MiB of room beside the file"
                        + " and half as much for temporary files. Killed meanwhile it begins anew",
                deletions,
                database,
                deletions / ROWS_A_SECOND + 1,
                size / MEBIBYTE + 1);
        copy(reading, database, size);
        // What is sorted would be in memory.
        source.setTempStore(SQLiteConfig.TempStore.FILE.name());
        try {
            schema.migrate();
        } finally {
            source.setTempStore(SQLiteConfig.TempStore.MEMORY.name());
        }
        pack(source, database);
        LOG.info(
                "{} deletions are in compact rows: {} is {} MiB, it was {} MiB",
                deletions,
                database,
                Files.size(database) / MEBIBYTE,
                size / MEBIBYTE);
    }

    private static void copy(DataSource reading, Path database, long size) throws IOException, SQLException {
        Path copy = database.resolveSibling(database.getFileName() + ".before-v" + VERSION);
        // The copy, the log of the transaction, and what the file grows by.
        long room = Files.getFileStore(database.toAbsolutePath().getParent()).getUsableSpace();
        if (room < 2 * size) {
            LOG.warn(
                    "There is no room for a copy of {} before that ({} MiB, expected {}): to have one, stop the service and let the older"
                            + " release make it elsewhere: salesforce-talkdesk-sync backup <file>",
                    database,
                    room / MEBIBYTE,
                    2 * size / MEBIBYTE + 1);
            return;
        }
        try {
            SqliteCopy.write(reading, copy);
        } catch (IOException | SQLException e) {
            if (e instanceof SQLException damage && damage.getErrorCode() == SQLiteErrorCode.SQLITE_CORRUPT.code) {
                throw damage;
            }
            LOG.warn(
                    "{} could not be copied before that ({}): to have a copy, stop the service and let the older release make it"
                            + " elsewhere: salesforce-talkdesk-sync backup <file>",
                    database,
                    e.getMessage());
            return;
        }
        LOG.info(
                "{} is a copy from before, looked through, for the older release; remove it when you do not go back",
                copy);
    }

    /** What is left of the old rows would stay in the file: room, and phone numbers. */
    private static void pack(SQLiteDataSource source, Path database) {
        // The packed file would be in memory.
        source.setTempStore(SQLiteConfig.TempStore.FILE.name());
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("vacuum");
            statement.execute("pragma wal_checkpoint(truncate)");
            markPacked(source);
        } catch (SQLException e) {
            LOG.warn(
                    "{} could not be packed ({}): it works, and new rows take the room of the old ones; the next start tries again",
                    database,
                    e.getMessage());
        } finally {
            source.setTempStore(SQLiteConfig.TempStore.MEMORY.name());
        }
    }

    private static void markPacked(DataSource source) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("pragma user_version = 0");
        }
    }

    // ---- PostgreSQL

    /** Says what is about to be moved; {@link OlderProcesses} waits. */
    static void announce(Schema schema, DataSource source, String shownUrl) throws SQLException {
        if (!schema.isAbout(VERSION)) {
            return;
        }
        long deletions = number(source, COUNT);
        LOG.warn(
                "{} deletions of {} move to compact rows, in one transaction: up to about {} s, and as much room again. Back it up with"
                        + " pg_dump before, if you may go back",
                deletions,
                shownUrl,
                deletions / ROWS_A_SECOND + 1);
    }

    private static long number(DataSource source, String query) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getLong(1);
        }
    }
}
