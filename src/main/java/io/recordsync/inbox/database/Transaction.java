package io.recordsync.inbox.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A transaction that is open: runs statements written in the words of {@link Dialect}, with {@link Parameters} by name.
 *
 * <p>A parameter that is missing or not used is an {@link IllegalArgumentException}. Of one thread.
 */
public final class Transaction {

    private final Connection connection;
    private final Database database;
    private final Statements statements;
    private boolean roomTaken;

    Transaction(Connection connection, Database database, Statements statements) {
        this.connection = connection;
        this.database = database;
        this.statements = statements;
    }

    /** What is done in a transaction. */
    public interface Work<T> {
        T in(Transaction transaction) throws SQLException;
    }

    /** What becomes of a row that was read. */
    public interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    /**
     * What follows may take its time, and its room: a decision about a million rows is one statement. Without this PostgreSQL
     * would end it, again and again.
     */
    public void takeTime() throws SQLException {
        takeRoom();
        database.takeTime(connection);
    }

    /** What follows may change many rows: SQLite is not to keep all of them in memory. Only before the first change. */
    public void takeRoom() throws SQLException {
        roomTaken = true;
        database.takeRoom(connection);
    }

    /** After the commit or the rollback. */
    void end() throws SQLException {
        if (roomTaken) {
            database.giveBackRoom(connection);
        }
    }

    /** Returns how many rows were changed. */
    public int change(String sql) throws SQLException {
        return change(sql, Parameters.NONE);
    }

    /** Likewise. */
    public int change(String sql, Parameters parameters) throws SQLException {
        try (PreparedStatement statement = prepare(sql, parameters)) {
            return statement.executeUpdate();
        }
    }

    /** Also for a statement that changes rows and returns them. */
    public <T> List<T> list(String sql, Row<T> row) throws SQLException {
        return list(sql, Parameters.NONE, row);
    }

    /** Likewise. */
    public <T> List<T> list(String sql, Parameters parameters, Row<T> row) throws SQLException {
        try (PreparedStatement statement = prepare(sql, parameters);
                ResultSet results = statement.executeQuery()) {
            List<T> list = new ArrayList<>();
            while (results.next()) {
                list.add(row.read(results));
            }
            return list;
        }
    }

    /** The first row, if there is one; it must not be null. */
    public <T> Optional<T> first(String sql, Row<T> row) throws SQLException {
        return first(sql, Parameters.NONE, row);
    }

    /** Likewise. */
    public <T> Optional<T> first(String sql, Parameters parameters, Row<T> row) throws SQLException {
        return list(sql, parameters, row).stream().findFirst();
    }

    private PreparedStatement prepare(String text, Parameters parameters) throws SQLException {
        Sql sql = statements.of(text);
        List<Object> values = sql.values(parameters);
        PreparedStatement statement = connection.prepareStatement(sql.text());
        try {
            for (int i = 0; i < values.size(); i++) {
                statement.setObject(i + 1, values.get(i));
            }
            return statement;
        } catch (SQLException e) {
            statement.close();
            throw e;
        }
    }
}
