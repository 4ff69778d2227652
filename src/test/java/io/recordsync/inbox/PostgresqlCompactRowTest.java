package io.recordsync.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.LoggedLines;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

class PostgresqlCompactRowTest extends CompactRowContract {

    private static final String SCHEMA = "compact_row";

    @BeforeEach
    void empty() throws SQLException {
        drop();
        try (Connection connection = at("public").getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create schema " + SCHEMA);
        }
    }

    @AfterEach
    void drop() throws SQLException {
        try (Connection connection = at("public").getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("drop schema if exists " + SCHEMA + " cascade");
        }
    }

    @Test
    void a_start_waits_until_no_process_of_an_older_release_lives() throws Exception {
        fill();
        List<String> before = rows();
        execute("insert into session (id, seen_at) values ('old', extract(epoch from now()) * 1000)");
        try (LoggedLines announced = LoggedLines.of(Class.forName("io.recordsync.inbox.database.CompactRows"));
                LoggedLines log = LoggedLines.of(Class.forName("io.recordsync.inbox.database.OlderProcesses"))) {
            CompletableFuture<Void> start =
                    CompletableFuture.runAsync(() -> TestStore.open(url(), "postgres", "", null, source -> source)
                            .close());
            await(() -> log.lines().stream().anyMatch(line -> line.contains("waiting until all are stopped")));
            assertThat(announced.lines()).anySatisfy(line -> assertThat(line)
                    .contains(before.size() + " deletions of", "up to about 1 s", "as much room again", "pg_dump"));
            assertThat(read(VERSION)).containsExactly("23");
            execute("delete from session");
            start.get(1, TimeUnit.MINUTES);
        }
        assertThat(read(MOVED)).containsExactly("1");
        assertThat(rows()).isEqualTo(before);
    }

    /** One that was taken for dead, and wakes up in the middle of a transaction. */
    @Test
    void what_an_older_process_commits_meanwhile_is_moved_too() throws Exception {
        fill();
        try (Connection old = source().getConnection();
                Statement statement = old.createStatement()) {
            old.setAutoCommit(false);
            statement.execute("update deletion set note = 'late' where id = 1");
            CompletableFuture<Void> migration = CompletableFuture.runAsync(upTo("24")::migrate);
            await(() -> !read("select 1 from pg_locks where relation = 'deletion'::regclass and not granted")
                    .isEmpty());
            old.commit();
            migration.get(1, TimeUnit.MINUTES);
        }
        assertThat(read("select note from deletion where id = 1")).containsExactly("late");
    }

    @Test
    void roles_may_do_with_the_view_what_they_might_do_with_the_table() throws SQLException {
        fill();
        execute("drop role if exists compact_row_reader");
        execute("create role compact_row_reader");
        try {
            execute("grant select on deletion to compact_row_reader");
            upTo("24").migrate();
            for (String table : List.of("deletion", "deletion_row", "lane")) {
                assertThat(read("select has_table_privilege('compact_row_reader', '" + table + "', 'select')"))
                        .containsExactly("t");
            }
            assertThat(read("select has_table_privilege('compact_row_reader', 'deletion', 'update')"))
                    .containsExactly("f");
        } finally {
            execute("drop owned by compact_row_reader");
            execute("drop role compact_row_reader");
        }
    }

    private static void await(Callable<Boolean> condition) {
        Awaitility.await().atMost(Duration.ofMinutes(1)).until(condition);
    }

    @Override
    String url() {
        return Postgresql.url() + "&currentSchema=" + SCHEMA;
    }

    @Override
    String numbers(int count) {
        return "select value from generate_series(1, %d) value".formatted(count);
    }

    @Override
    boolean moves(Process starting) throws SQLException {
        return read("select 1 from pg_stat_activity where query like '%insert into deletion_row%' and pid <> pg_backend_pid()")
                .equals(List.of("1"));
    }

    @Override
    void awaitEnd() throws SQLException {
        while (!read("select 1 from pg_locks where relation = 'deletion'::regclass and pid <> pg_backend_pid()")
                .isEmpty()) {
            Thread.onSpinWait();
        }
    }

    @Override
    DataSource source() {
        return at(SCHEMA);
    }

    private static DataSource at(String schema) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(Postgresql.url());
        source.setUser("postgres");
        source.setCurrentSchema(schema);
        return source;
    }

    @Override
    String folder() {
        return "postgresql";
    }
}
