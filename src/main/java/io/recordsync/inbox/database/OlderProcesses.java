package io.recordsync.inbox.database;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Processes of an older release on one PostgreSQL: a migration that takes from them what they write waits until all are stopped.
 *
 * <p>None of what they have committed is lost by it; they would write where nobody reads, or fail until they are stopped.
 */
final class OlderProcesses {

    private static final Logger LOG = LoggerFactory.getLogger(OlderProcesses.class);

    /** Those that took something away: the table of deletions, and that of the guard's contacts. */
    private static final List<String> VERSIONS = List.of("24", "26");

    /** A session that is silent for longer is over, whatever session.ttl is. */
    private static final Duration SILENCE = Duration.ofMinutes(1);

    static final Duration MAX_WAIT = Duration.ofMinutes(10);
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

    private static final String LIVING =
            "select count(*) from session where seen_at > extract(epoch from statement_timestamp()) * 1000 - "
                    + SILENCE.toMillis();

    private OlderProcesses() {}

    /**
     * Waits where the schema is about to take something from them.
     *
     * @throws DatabaseException when one is at work still after {@code patience}, or the wait is interrupted
     */
    static void await(Schema schema, DataSource source, String shownUrl, Duration patience) throws SQLException {
        if (VERSIONS.stream().noneMatch(schema::isAbout)) {
            return;
        }
        long begun = System.nanoTime();
        boolean said = false;
        while (living(source) > 0) {
            if (System.nanoTime() - begun > patience.toNanos()) {
                throw new DatabaseException(
                        "Store %s is in use by a process of an older release: stop them all, then start this one"
                                .formatted(shownUrl),
                        null);
            }
            if (!said) {
                LOG.warn("Processes of an older release are at work on {}; waiting until all are stopped", shownUrl);
                said = true;
            }
            try {
                Thread.sleep(BETWEEN_LOOKS.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new DatabaseException("Interrupted while waiting for older processes on " + shownUrl, e);
            }
        }
    }

    private static long living(DataSource source) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(LIVING)) {
            row.next();
            return row.getLong(1);
        }
    }
}
