package io.recordsync.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.inbox.database.Database;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database that release 0.1.0 has left behind, killed in the middle of its work, is moved over with every row as it was. */
class UpgradeTest {

    /** Tables of the release that have another name now, with the same columns. */
    private static final Map<String, String> RENAMED = Map.of("guard_contact", "guard_arrival");

    /** Flyway's own and SQLite's own, and that of processes: the one that was killed is known to be dead where a file is locked. */
    private static final Pattern NOT_KEPT = Pattern.compile("flyway|sqlite|session");

    @TempDir
    Path folder;

    @Test
    void a_file_of_the_release_before_keeps_every_row_in_every_state() throws Exception {
        keepsEveryRow(
                Released.sqlite(folder.resolve("inbox.db")), "", "select name from sqlite_schema where type = 'table'");
    }

    @Test
    void a_postgresql_of_the_release_before_keeps_every_row_in_every_state() throws Exception {
        keepsEveryRow(
                Released.postgresql(Postgresql.server()),
                "postgres",
                "select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'");
    }

    private static void keepsEveryRow(String url, String user, String tables) throws Exception {
        Map<String, List<String>> before = new TreeMap<>();
        Map<String, String> columns = new TreeMap<>();
        try (Connection connection = DriverManager.getConnection(url, user, "")) {
            for (String table : strings(connection, tables)) {
                if (NOT_KEPT.matcher(table).lookingAt()) {
                    continue;
                }
                columns.put(table, columns(connection, table));
                before.put(table, rows(connection, columns.get(table), table));
            }
            holds(
                    connection,
                    "state",
                    "checking",
                    "pending",
                    "claimed",
                    "deleted",
                    "parked",
                    "held",
                    "rehearsed",
                    "cancelled");
            holds(connection, "confirmation", "", "exact", "batch", "absent", "accepted");
            holds(connection, "origin", "stream", "sweep", "reconcile", "api");
            holds(connection, "kind", "external", "record", "phone");
        }

        Store.open(Database.at(url, user, "")).close();

        try (Connection connection = DriverManager.getConnection(url, user, "")) {
            // By names of columns: deletions are read in words, whatever holds them.
            for (String table : before.keySet()) {
                assertThat(rows(connection, columns.get(table), RENAMED.getOrDefault(table, table)))
                        .as(table)
                        .isEqualTo(before.get(table));
            }
        }
    }

    /** The release's own database has every one of them. */
    private static void holds(Connection connection, String column, String... words) throws SQLException {
        assertThat(strings(connection, "select distinct " + column + " from deletion"))
                .as(column)
                .containsExactlyInAnyOrder(words);
    }

    private static String columns(Connection connection, String table) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet none = statement.executeQuery("select * from " + table + " where 1 = 0")) {
            ResultSetMetaData columns = none.getMetaData();
            return IntStream.rangeClosed(1, columns.getColumnCount())
                    .mapToObj(column -> name(columns, column))
                    .collect(Collectors.joining(", "));
        }
    }

    private static String name(ResultSetMetaData columns, int column) {
        try {
            return columns.getColumnName(column);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** In an order that does not depend on the database. */
    private static List<String> rows(Connection connection, String columns, String table) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("select " + columns + " from " + table)) {
            int count = found.getMetaData().getColumnCount();
            while (found.next()) {
                StringBuilder row = new StringBuilder();
                for (int column = 1; column <= count; column++) {
                    byte[] bytes = found.getBytes(column);
                    row.append(bytes == null ? "null" : found.getString(column)).append(" | ");
                }
                rows.add(row.toString());
            }
        }
        rows.sort(null);
        return rows;
    }

    private static List<String> strings(Connection connection, String query) throws SQLException {
        List<String> strings = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(query)) {
            while (found.next()) {
                strings.add(found.getString(1));
            }
        }
        return strings;
    }
}
