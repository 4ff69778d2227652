package io.recordsync.inbox.database;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Set;
import org.postgresql.PGConnection;
import org.postgresql.PGStatement;

/** What may stand between us and PostgreSQL: a pooler such as PgBouncer. */
final class Pooler {

    /** In this order two connections share a server process, or one of them changes it, however a pooler chooses. */
    private static final String TURNS = "ABABAABBAABAB";
    /** Milliseconds. In session mode a pool of one lets the second connection wait. */
    private static final int MAX_SILENCE = 3_000;

    private Pooler() {}

    interface Connecting {
        Connection connect() throws SQLException;
    }

    /**
     * Whether a connection keeps its server process for one transaction only.
     *
     * <p>True is certain: two connections that are open were served by one process, or one connection by two. It is false without a
     * pooler, and for one in session mode.
     */
    static boolean inTransactionMode(Connection connection, Connecting connecting) throws SQLException {
        if (connection.unwrap(PGConnection.class).getBackendPID() == pid(connection)) {
            return false;
        }
        try (Connection other = connecting.connect()) {
            other.setNetworkTimeout(Runnable::run, MAX_SILENCE);
            Set<Integer> ours = new HashSet<>();
            Set<Integer> theirs = new HashSet<>();
            for (char turn : TURNS.toCharArray()) {
                if (turn == 'A') {
                    ours.add(pid(connection));
                } else {
                    theirs.add(pid(other));
                }
            }
            return ours.size() > 1 || theirs.size() > 1 || ours.equals(theirs);
        } catch (SQLException e) {
            // Whatever keeps a second connection from being served is told when the pool wants one.
            return false;
        }
    }

    private static int pid(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            // What is prepared may be gone at the next look: that is the question.
            statement.unwrap(PGStatement.class).setPrepareThreshold(0);
            try (ResultSet row = statement.executeQuery("select pg_backend_pid()")) {
                row.next();
                return row.getInt(1);
            }
        }
    }
}
