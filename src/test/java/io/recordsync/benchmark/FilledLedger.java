package io.recordsync.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import org.flywaydb.core.Flyway;

/** A SQLite file with as many settled and pending deletions as a row asks for, as the service would have left it. */
final class FilledLedger {

    /** Of the build that others are compared with: a newer one brings it up to date, as an operator would have it done. */
    private static final String SCHEMA = "12";

    private FilledLedger() {}

    /** As Salesforce's transaction keys are, in no order, with the number of the change in its transaction. */
    private static final String EVENT_KEY =
            """
            printf('%08x-%04x-%04x-%04x-%012x/1', (i * 2654435761) & 4294967295, (i * 40503) & 65535, i & 65535,
                   (i * 30011) & 65535, (i * 678152731007) & 281474976710655)""";

    /** What the file takes, without pages that are free. */
    static double bytes(Path folder) throws SQLException {
        try (Connection connection = DriverManager.getConnection(Subject.url(folder));
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        """
                        select (page_count - freelist_count) * page_size
                        from pragma_page_count, pragma_freelist_count, pragma_page_size""")) {
            row.next();
            return row.getLong(1);
        }
    }

    /** Pending are the numbers from 0 of {@link SpreadIds}, in their order; settled are those after them. */
    static void fill(Path folder, long pending, long settled) throws SQLException {
        Flyway.configure()
                .dataSource(Subject.url(folder), null, null)
                .locations("classpath:db/sqlite")
                .target(SCHEMA)
                .load()
                .migrate();
        try (Connection connection = DriverManager.getConnection(Subject.url(folder));
                Statement statement = connection.createStatement()) {
            statement.execute("pragma journal_mode = wal");
            statement.execute("pragma synchronous = off");
            statement.execute("insert into record_list (id) values ('list-1')");
            connection.setAutoCommit(false);
            // Built at the end: ids in no order would touch a page of the index each.
            Map<String, String> indexes = indexes(statement);
            for (String index : indexes.keySet()) {
                statement.execute("drop index " + index);
            }
            try (PreparedStatement insert = connection.prepareStatement(
                    """
                    with recursive n (i) as (select 0 union all select i + 1 from n where i + 1 < ?1)
                    insert into deletion (record_list, kind, provider, identifier, event_key, origin, committed_at, accepted_at,
                                          state, due_at, pending_since, confirmation, settled_at)
                    select 'list-1', 'external', 'salesforce', %s, %s, 'stream', ?3 + i, ?3 + i,
                           case when i < ?2 then 'pending' else 'deleted' end, ?3 + i, ?3 + i,
                           case when i < ?2 then '' else 'batch' end, case when i < ?2 then null else ?3 + i end from n"""
                            .formatted(SpreadIds.SQL, EVENT_KEY))) {
                long all = pending + settled;
                insert.setLong(1, all);
                insert.setLong(2, pending);
                insert.setLong(3, System.currentTimeMillis() - all - 60_000);
                if (all > 0) {
                    insert.executeUpdate();
                }
            }
            for (String definition : indexes.values()) {
                statement.execute(definition);
            }
            statement.executeUpdate("update settled set total = " + settled + " where confirmation = 'batch'");
            connection.commit();
            connection.setAutoCommit(true);
            statement.execute("pragma wal_checkpoint(truncate)");
        }
    }

    private static Map<String, String> indexes(Statement statement) throws SQLException {
        Map<String, String> definitions = new LinkedHashMap<>();
        try (ResultSet rows = statement.executeQuery(
                "select name, sql from sqlite_master where type = 'index' and tbl_name = 'deletion' and sql is not null")) {
            while (rows.next()) {
                definitions.put(rows.getString(1), rows.getString(2));
            }
        }
        return definitions;
    }

    static void copy(Path from, Path to) throws IOException {
        Files.copy(from.resolve("recordsync.db"), to.resolve("recordsync.db"));
    }
}
