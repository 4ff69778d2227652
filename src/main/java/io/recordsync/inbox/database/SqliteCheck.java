package io.recordsync.inbox.database;

import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A look through a SQLite file for damage: after a crash before it is used, and while the service works where it is too large for
 * that, or there was no crash.
 */
final class SqliteCheck {

    private static final Logger LOG = LoggerFactory.getLogger(SqliteCheck.class);

    private static final int CORRUPT = 11;
    private static final int NOT_A_DATABASE = 26;

    /** A larger one is looked through while the service works. */
    private static final long MAX_BYTES_CHECKED_FIRST = 256L * 1024 * 1024;

    private final SqliteFiles files;

    SqliteCheck(SqliteFiles files) {
        this.files = files;
    }

    /** @return whether it was checked */
    boolean afterCrash(DataSource source) throws IOException, SQLException {
        if (!files.crashed() || Files.size(files.database()) > MAX_BYTES_CHECKED_FIRST) {
            return false;
        }
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            String found = quickCheck(statement);
            if (!"ok".equals(found)) {
                throw new DatabaseException(words(found), null);
            }
            return true;
        }
    }

    /** While the service works; it is ended with it. */
    void meanwhile(DataSource source, Opened opened, Duration patience) throws SQLException {
        Connection connection = source.getConnection();
        Statement statement = connection.createStatement();
        Thread check = new Thread(
                () -> {
                    try (connection) {
                        String found = quickCheck(statement);
                        if (!"ok".equals(found)) {
                            opened.damaged(words(found));
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
                check.join(patience.toMillis());
            }
        });
    }

    private static String quickCheck(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("pragma quick_check(1)")) {
            return row.next() ? row.getString(1) : "nothing";
        } catch (SQLException e) {
            if (isDamage(e)) {
                return e.getMessage();
            }
            throw e;
        }
    }

    static boolean isDamage(SQLException e) {
        int code = e.getErrorCode() & 0xff;
        return code == CORRUPT || code == NOT_A_DATABASE;
    }

    String words(String found) {
        return "The database file %s is damaged (%s): restore a backup, and remove %s and %s with the damaged file, because they belong to it"
                .formatted(files.database(), found, files.log(), files.logIndex());
    }
}
