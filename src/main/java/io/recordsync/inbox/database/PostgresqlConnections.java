package io.recordsync.inbox.database;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.SQLExceptionOverride;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;

/**
 * Connections of a pool, each with a transaction that has begun under our {@link PostgresqlSettings}.
 *
 * <p>One that can only read any more, because its server is not the primary now, leaves the pool, and another one is lent. Thread-safe.
 */
final class PostgresqlConnections extends ConnectionSource {

    /** A statement was to write, and its transaction cannot. */
    private static final String READ_ONLY = "25006";
    /** More than a pool has: then none of them can write. */
    private static final int MAX_EVICTIONS = 20;

    private static final Set<String> CONNECTION_IS_OF_NO_MORE_USE =
            // Read-only; ended by a timeout; the database was dropped; ended by a timeout of idle sessions.
            Set.of(READ_ONLY, "25P03", "57P04", "57P05");

    /** The pool knows some of the states in which a connection never works again by itself. */
    static final SQLExceptionOverride EVICTIONS = new SQLExceptionOverride() {
        @java.lang.Override
        public Override adjudicate(SQLException e) {
            return CONNECTION_IS_OF_NO_MORE_USE.contains(String.valueOf(e.getSQLState()))
                    ? Override.MUST_EVICT
                    : Override.CONTINUE_EVICT;
        }
    };

    private final HikariDataSource pool;
    private final PostgresqlSettings settings;
    private final boolean mayBeReadOnly;

    /** @param mayBeReadOnly for who only looks, a standby will do */
    PostgresqlConnections(HikariDataSource pool, PostgresqlSettings settings, boolean mayBeReadOnly) {
        this.pool = pool;
        this.settings = settings;
        this.mayBeReadOnly = mayBeReadOnly;
    }

    @Override
    public Connection getConnection() throws SQLException {
        for (int evicted = 0; evicted < MAX_EVICTIONS; evicted++) {
            Connection connection = pool.getConnection();
            try {
                connection.setAutoCommit(false);
                if (!settings.begin(connection).readOnly() || mayBeReadOnly) {
                    return connection;
                }
            } catch (SQLException | RuntimeException e) {
                connection.close();
                throw e;
            }
            // Closed by that already; the pool fails where one that it has evicted is closed once more.
            pool.evictConnection(connection);
        }
        throw new SQLException("the server is read-only: a standby, or default_transaction_read_only is on", READ_ONLY);
    }
}
