package io.recordsync.inbox.database;

import io.recordsync.inbox.database.OpenFile.Content;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last start of a service on a SQLite file, by a name that stands in the database and in the {@link CreatedMarker} beside it.
 *
 * <p>Where the two differ, another file was put there, such as a backup; a log that lies beside it is not its own.
 */
final class LastStart {

    private static final Logger LOG = LoggerFactory.getLogger(LastStart.class);

    /** A copy that SQLite makes, by {@code .backup} or {@code VACUUM INTO}, has another version of the schema. */
    static final String QUERY =
            "select token || '/' || schema_version as start from store_start, pragma_schema_version";

    private static final String SWEEP_AFTER_RESTORE =
            "update sweep set demanded = demanded + 1, required = demanded + 1, reason = 'the database file is not the one of the last start (restored?)'";

    private final SqliteFiles files;
    private final CreatedMarker marker;

    LastStart(SqliteFiles files) {
        this.files = files;
        this.marker = new CreatedMarker(files.database());
    }

    /** @throws DatabaseException when the database is missing, or empty, where one was made before */
    void requireDatabase() throws IOException {
        marker.requireDatabase();
    }

    /**
     * A log of another state of the file would be written into this one, page by page.
     *
     * @return whether the file is not the one of the last start, but a backup, say
     */
    boolean requireOwnLog() throws IOException {
        if (!marker.exists() || marker.starts().contains(ofFileAlone())) {
            return false;
        }
        if (files.crashed()) {
            throw new DatabaseException(
                    "The database file %s is not the one that was open last (a backup was copied over it?), but %s, which belongs to that one, is still there: remove %s and %s to start with the file as it is, or put back the file that they belong to"
                            .formatted(files.database(), files.log(), files.log(), files.logIndex()),
                    null);
        }
        return true;
    }

    /** Names this start in the database and beside it. @return how they name it */
    String next(DataSource source, boolean restored) throws IOException, SQLException {
        if (restored) {
            LOG.warn(
                    "The database file {} is not the one of the last start (restored?): a sweep is due",
                    files.database());
        }
        String token = UUID.randomUUID().toString();
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            String before = name(statement);
            String next = token + before.substring(before.indexOf('/'));
            // Killed half way, it is one of these.
            marker.write(List.of(ofFileAlone(), before, next));
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

    private static String name(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery(QUERY)) {
            row.next();
            return row.getString("start");
        }
    }

    /** Whose the file is without its log; somebody may have changed the schema meanwhile, by hand. */
    Content contentAlone(String start) {
        String found = ofFileAlone();
        if (found.isEmpty()) {
            return Content.UNREADABLE;
        }
        return found.startsWith(start.substring(0, start.indexOf('/') + 1)) ? Content.OURS : Content.ANOTHERS;
    }

    /** As the file has it, without its log; empty where it does not say. */
    private String ofFileAlone() {
        try (Connection connection = SqliteFiles.alone(files.database()).getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(QUERY)) {
            return row.next() ? row.getString("start") : "";
        } catch (SQLException e) {
            // Of an older version, or no database at all: what opens it says so.
            return "";
        }
    }
}
