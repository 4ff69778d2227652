package io.recordsync.inbox.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What PostgreSQL is told at the beginning of each transaction, in one round trip.
 *
 * <p>Nothing is set for a session: behind a pooler that would land on anybody's connection. Nothing that a promise hangs on is left
 * to the defaults of the server, the database or the role, with one exception: a database that is read-only by its settings stays
 * so, because that is how an old primary is fenced off.
 */
final class PostgresqlSettings {

    /** So long a transaction waits for a lock in the start; longer than a rolling upgrade of another process takes. */
    static final int MAX_LOCK_WAIT_SECONDS = 60;

    /** PostgreSQL 17 brought it. */
    private static final int TRANSACTION_TIMEOUT_SINCE = 17;

    private final String text;
    private final String textWithTransactionTimeout;

    private PostgresqlSettings(Map<String, String> settings) {
        this.text = statement(settings);
        settings.put("transaction_timeout", "0");
        this.textWithTransactionTimeout = statement(settings);
    }

    /**
     * For the service. Every statement of it is meant to walk an index; a planner without statistics would rather sort or hash the
     * backlog. JIT would compile for longer than any of them runs. The timeouts end what a frozen process left open, a lock on the
     * stream position above all.
     */
    static PostgresqlSettings ofService(String schema) {
        Map<String, String> settings = common(schema);
        for (String plan : new String[] {"seqscan", "bitmapscan", "sort", "hashjoin"}) {
            settings.put("enable_" + plan, "off");
        }
        settings.put("jit", "off");
        settings.put("statement_timeout", "15s");
        settings.put("lock_timeout", "10s");
        settings.put("idle_in_transaction_session_timeout", "30s");
        return new PostgresqlSettings(settings);
    }

    /** For migrations, which take the time that they need; only the wait for a lock is bounded. */
    static PostgresqlSettings ofMigrations(String schema) {
        Map<String, String> settings = common(schema);
        settings.put("statement_timeout", "0");
        settings.put("lock_timeout", MAX_LOCK_WAIT_SECONDS + "s");
        settings.put("idle_in_transaction_session_timeout", "0");
        return new PostgresqlSettings(settings);
    }

    private static Map<String, String> common(String schema) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("search_path", '"' + schema.replace("\"", "\"\"") + '"');
        settings.put("timezone", "UTC");
        return settings;
    }

    private static String statement(Map<String, String> settings) {
        return settings.entrySet().stream()
                .map(setting ->
                        "set_config(" + literal(setting.getKey()) + ", " + literal(setting.getValue()) + ", true)")
                .collect(
                        Collectors.joining(
                                ", ",
                                // Not by set_config, which would be too late: a query takes a snapshot.
                                "set transaction isolation level read committed; select ",
                                """
                        , set_config('synchronous_commit', case current_setting('synchronous_commit')
                            when 'remote_apply' then 'remote_apply' else 'on' end, true),
                          current_setting('transaction_read_only') = 'on' as read_only, pg_backend_pid() as pid"""));
    }

    private static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    /** @param pid of the process that serves this transaction: behind a pooler the next one may have another */
    record Begun(boolean readOnly, int pid) {}

    /** Begins a transaction on a connection that does not commit by itself. */
    Begun begin(Connection connection) throws SQLException {
        String begin = connection.getMetaData().getDatabaseMajorVersion() < TRANSACTION_TIMEOUT_SINCE
                ? text
                : textWithTransactionTimeout;
        try (PreparedStatement statement = connection.prepareStatement(begin)) {
            statement.execute();
            statement.getMoreResults();
            try (ResultSet row = statement.getResultSet()) {
                row.next();
                return new Begun(row.getBoolean("read_only"), row.getInt("pid"));
            }
        }
    }
}
