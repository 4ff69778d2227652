package io.recordsync.inbox;

import static io.recordsync.inbox.database.Parameters.with;

import io.recordsync.inbox.database.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sessions whose process ran on this host and is dead: they end when another process starts here, without waiting for
 * {@code session.ttl}.
 *
 * <p>All others are waited for. Statements, each run in a transaction of the session.
 */
final class DeadNeighbours {

    private static final Logger LOG = LoggerFactory.getLogger(DeadNeighbours.class);

    private DeadNeighbours() {}

    private static final String WITH_PROCESS =
            "select id, process, {now} - seen_at as silence from session where process <> ''";
    /** A process that has said something since is not the one that was looked at. */
    private static final String END = "delete from session where id = :session and process = :process";

    private record Neighbour(String session, String process, long silentMillis) {

        static Neighbour of(ResultSet row) throws SQLException {
            return new Neighbour(row.getString("id"), row.getString("process"), row.getLong("silence"));
        }
    }

    /** Ends them; what they had claimed is then a claim of nobody. */
    static void end(Transaction transaction, HostProcess here) throws SQLException {
        List<Neighbour> neighbours = transaction.list(WITH_PROCESS, Neighbour::of);
        for (Neighbour neighbour : neighbours) {
            if (here.provesDead(neighbour.process(), neighbour.silentMillis())
                    && transaction.change(
                                    END, with("session", neighbour.session()).and("process", neighbour.process()))
                            > 0) {
                LOG.info(
                        "The process of session {} ran on this host and is dead ({}); its session ends without waiting for"
                                + " session.ttl",
                        neighbour.session(),
                        neighbour.process());
            }
        }
    }
}
