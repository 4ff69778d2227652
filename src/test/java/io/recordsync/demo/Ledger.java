package io.recordsync.demo;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the service's database says while the service does not run.
 *
 * <p>Empty where there is no database yet. Opens it anew for each question, and writes nothing.
 */
record Ledger(Path database) {

    boolean exists() {
        return Files.exists(database);
    }

    /** The contacts that the service removed from a list. */
    Set<String> removedFrom(String list) {
        Set<String> ids = new HashSet<>();
        ask(
                "select identifier from deletion where state = 'deleted' and record_list = ?",
                list,
                row -> ids.add(row.getString(1)));
        return ids;
    }

    /** How many deletions are in each state. */
    Map<String, Long> states() {
        Map<String, Long> states = new TreeMap<>();
        ask(
                "select state, count(*) from deletion where '' = ? group by state",
                "",
                row -> states.put(row.getString(1), row.getLong(2)));
        return states;
    }

    private void ask(String sql, String argument, Row reader) {
        if (!exists()) {
            return;
        }
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
                PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, argument);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    reader.read(rows);
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException("Cannot read " + database + ": " + e.getMessage(), e);
        }
    }

    private interface Row {
        void read(ResultSet row) throws SQLException;
    }
}
