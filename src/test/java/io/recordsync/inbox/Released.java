package io.recordsync.inbox;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;

/**
 * The databases of release 0.1.0 (commit d7a34a7) in the test resources: each was killed while deletions stood in every state, and
 * holds contacts of the simulated org alone.
 */
public final class Released {

    private static final String RESOURCES = "/released/0.1.0/";
    private static final String USER = "postgres";
    /** Before the year 2017 in milliseconds: what is above it is a time and no count. */
    private static final long TIMES = 1_500_000_000_000L;

    private static final long MINUTE = 60_000;

    private Released() {}

    /**
     * Puts the SQLite file there.
     *
     * @return its URL
     */
    public static String sqlite(Path file) throws IOException {
        try (InputStream inbox = open("inbox.db.gz")) {
            Files.copy(inbox, file);
        }
        return "jdbc:sqlite:" + file;
    }

    /**
     * Makes a database {@code released} of what {@code pg_dump} wrote.
     *
     * @return its URL, for the user {@code postgres}
     */
    public static String postgresql(EmbeddedPostgres server) throws IOException, SQLException {
        change(server.getJdbcUrl(USER, "postgres"), List.of("create database released"));
        String url = server.getJdbcUrl(USER, "released");
        try (InputStream dump = open("inbox.sql.gz")) {
            // psql's own commands begin with a backslash.
            String statements = new String(dump.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("\\"))
                    .collect(Collectors.joining("\n"));
            change(url, List.of(statements));
        }
        return url;
    }

    /** Moves all times in such a database, so that it was killed so long ago and no retention or coverage has passed since. */
    public static void killed(String url, Duration ago) throws SQLException {
        List<String> moves = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(url, USER, "")) {
            long killed = number(connection, "select max(seen_at) from session");
            long by = (Instant.now().minus(ago).toEpochMilli() - killed) / MINUTE * MINUTE;
            for (String[] column : numbers(connection)) {
                moves.add("update %1$s set %2$s = %2$s + %3$d where %2$s > %4$d"
                        .formatted(column[0], column[1], by, TIMES));
            }
            moves.add("update history set minute = minute + " + by / MINUTE);
        }
        change(url, moves);
    }

    /** The configuration file, as it was shipped: what has no default is to be filled in. */
    public static String configuration() throws IOException {
        try (InputStream file = Released.class.getResourceAsStream(RESOURCES + "application.properties")) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Table and name of each column that holds whole numbers. */
    private static List<String[]> numbers(Connection connection) throws SQLException {
        List<String[]> columns = new ArrayList<>();
        DatabaseMetaData database = connection.getMetaData();
        String schema = database.getURL().startsWith("jdbc:postgresql:") ? "public" : null;
        try (ResultSet tables = database.getTables(null, schema, "%", new String[] {"TABLE"})) {
            while (tables.next()) {
                String table = tables.getString("TABLE_NAME");
                if (table.startsWith("flyway") || table.startsWith("sqlite")) {
                    continue;
                }
                try (ResultSet found = database.getColumns(null, schema, table, "%")) {
                    while (found.next()) {
                        // On PostgreSQL a key is no number to be changed.
                        if (found.getString("TYPE_NAME").matches("(?i)integer|bigint|int8")
                                && !"YES".equals(found.getString("IS_AUTOINCREMENT"))) {
                            columns.add(new String[] {table, found.getString("COLUMN_NAME")});
                        }
                    }
                }
            }
        }
        return columns;
    }

    private static long number(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(query)) {
            found.next();
            return found.getLong(1);
        }
    }

    private static void change(String url, List<String> statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url, USER, "");
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    private static InputStream open(String name) throws IOException {
        return new GZIPInputStream(Released.class.getResourceAsStream(RESOURCES + name));
    }
}
