package io.recordsync.inbox;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A transaction that is open: runs statements written in the words of {@link Dialect}.
 *
 * <p>Parameters are strings, longs, booleans, byte arrays, and lists of longs, which go as a JSON array. Of one thread.
 */
final class Transaction {

    /** Milliseconds; longer than the statement may take. */
    private static final int LONGEST = 11 * 60_000;

    /**
     * What a statement would undo if it failed half way. On disk it is a file that is made and removed for every statement that
     * changes more than a few pages, as a hundred new rows do.
     */
    private static final String TEMPORARY_IN_MEMORY = "pragma temp_store = memory";

    private static final String TEMPORARY_ON_DISK = "pragma temp_store = file";

    private final Connection connection;
    private final Dialect dialect;
    private boolean temporaryOnDisk;

    Transaction(Connection connection, Dialect dialect) {
        this.connection = connection;
        this.dialect = dialect;
    }

    /** What becomes of a row that was read. */
    interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    /**
     * What follows may take its time, and its room: a decision about a million rows is one statement. Without this PostgreSQL
     * would end it, again and again.
     */
    void takeTime() throws SQLException {
        takeRoom();
        if (dialect.shared()) {
            execute("set local statement_timeout = '10min'");
            // The pool sets it back.
            connection.setNetworkTimeout(Runnable::run, LONGEST);
        }
    }

    /** What follows may change many rows: SQLite is not to keep all of them in memory. Only before the first change. */
    void takeRoom() throws SQLException {
        if (!dialect.shared()) {
            temporaryOnDisk = true;
            execute(TEMPORARY_ON_DISK);
        }
    }

    /** After the commit or the rollback. */
    void end() throws SQLException {
        if (temporaryOnDisk) {
            execute(TEMPORARY_IN_MEMORY);
        }
    }

    private void execute(String setting) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(setting);
        }
    }

    /** Returns how many rows were changed. */
    int change(String sql, Object... parameters) throws SQLException {
        try (PreparedStatement statement = prepare(sql, parameters)) {
            return statement.executeUpdate();
        }
    }

    /** Also for a statement that changes rows and returns them. */
    <T> List<T> list(String sql, Row<T> row, Object... parameters) throws SQLException {
        try (PreparedStatement statement = prepare(sql, parameters);
                ResultSet results = statement.executeQuery()) {
            List<T> list = new ArrayList<>();
            while (results.next()) {
                list.add(row.read(results));
            }
            return list;
        }
    }

    <T> Optional<T> first(String sql, Row<T> row, Object... parameters) throws SQLException {
        return list(sql, row, parameters).stream().findFirst();
    }

    private PreparedStatement prepare(String sql, Object... parameters) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(dialect.sql(sql));
        try {
            for (int i = 0; i < parameters.length; i++) {
                // A list of numbers as Java prints it is a JSON array.
                Object value = parameters[i] instanceof List<?> ids ? ids.toString() : parameters[i];
                statement.setObject(i + 1, value);
            }
            return statement;
        } catch (SQLException e) {
            statement.close();
            throw e;
        }
    }
}
