package io.recordsync.inbox.database;

import io.recordsync.files.OwnFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.sqlite.SQLiteErrorCode;

/**
 * A copy of a SQLite file by {@code VACUUM INTO}: of one moment, however busy the service is, which goes on meanwhile.
 *
 * <p>Under its name there is the whole of it, looked through and on the disk, or nothing. It is for its owner alone, or has the mode of the file that it
 * replaces.
 */
final class SqliteCopy {

    private SqliteCopy() {}

    static Backup write(DataSource source, Path target) throws IOException, SQLException {
        Path part = target.resolveSibling(target.getFileName() + ".part");
        Files.deleteIfExists(part);
        try {
            // SQLite takes an empty file as it is: with its mode.
            OwnFiles.createFileInPlaceOf(target, part);
            try (Connection connection = source.getConnection();
                    PreparedStatement copy = connection.prepareStatement("vacuum into ?")) {
                copy.setString(1, part.toString());
                copy.execute();
            }
            long deletions = verified(part);
            try (FileChannel written = FileChannel.open(part, StandardOpenOption.WRITE)) {
                written.force(true);
            }
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return new Backup(Files.size(target), deletions);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /** @return how many deletions it holds */
    private static long verified(Path part) throws SQLException {
        try (Connection connection = SqliteFiles.alone(part).getConnection();
                Statement statement = connection.createStatement()) {
            String found = text(statement, "pragma integrity_check(1)");
            if (!"ok".equals(found)) {
                throw new SQLException(
                        "the copy is damaged (" + found + "), and so may the database be",
                        null,
                        SQLiteErrorCode.SQLITE_CORRUPT.code);
            }
            return Long.parseLong(text(statement, "select count(*) from deletion"));
        }
    }

    private static String text(Statement statement, String query) throws SQLException {
        try (ResultSet row = statement.executeQuery(query)) {
            return row.next() ? row.getString(1) : "nothing";
        }
    }
}
