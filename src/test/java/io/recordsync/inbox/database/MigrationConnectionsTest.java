package io.recordsync.inbox.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class MigrationConnectionsTest {

    private static EmbeddedPostgres postgres;
    private static String url;

    @BeforeAll
    static void start() throws Exception {
        postgres = EmbeddedPostgres.start();
        url = postgres.getJdbcUrl("postgres", "postgres");
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute("alter role postgres set statement_timeout = '200ms';"
                    + "alter role postgres set idle_in_transaction_session_timeout = '200ms';"
                    + "alter role postgres set transaction_timeout = '200ms';"
                    + "alter role postgres set default_transaction_isolation = 'serializable';"
                    + "create schema sync");
        }
    }

    @AfterAll
    static void stop() throws Exception {
        postgres.close();
    }

    private static MigrationConnections source(String parameters) {
        return new MigrationConnections(url + parameters, new Properties(), PostgresqlSettings.ofMigrations("sync"));
    }

    @Test
    void a_migration_takes_longer_than_any_time_out_and_so_does_the_transaction_that_holds_the_lock() throws Exception {
        MigrationConnections source = source("&socketTimeout=1");
        try (Connection lock = source.getConnection();
                Connection migration = source.getConnection();
                Statement holding = lock.createStatement();
                Statement migrating = migration.createStatement()) {
            lock.setAutoCommit(false);
            holding.execute("select pg_advisory_xact_lock(1)");
            migration.setAutoCommit(false);

            migrating.execute("create table slow (x int); select pg_sleep(1.5)");
            migration.commit();

            holding.execute("select 1");
            lock.rollback();
            assertThat(source.pids()).hasSize(2);
        }
        assertThat(ask("select tablename from pg_tables where schemaname = 'sync'"))
                .isEqualTo("slow");
    }

    @Test
    void what_commits_by_itself_is_a_transaction_under_our_settings_and_leaves_no_trace_in_the_session()
            throws Exception {
        MigrationConnections source = source("");
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            assertThat(connection.getAutoCommit()).isTrue();
            try (ResultSet row =
                    statement.executeQuery("select current_setting('statement_timeout'), current_schema()")) {
                row.next();
                assertThat(row.getString(1)).isEqualTo("0");
                assertThat(row.getString(2)).isEqualTo("sync");
            }
            statement.execute("create table kept (x int)");
            assertThat(ask("select count(*) from pg_tables where tablename = 'kept'"))
                    .isEqualTo("1");
            assertThatThrownBy(() -> statement.execute("select 1 / 0")).isInstanceOf(SQLException.class);
            assertThat(connection
                            .getMetaData()
                            .getTables(null, "sync", "kept", null)
                            .next())
                    .isTrue();
            statement.execute("drop table kept");
            assertThat(ask("select count(*) from pg_stat_activity where state like 'idle in transaction%'"))
                    .isEqualTo("0");
        }
    }

    @Test
    void a_rollback_takes_back_what_is_in_the_transaction() throws Exception {
        MigrationConnections source = source("");
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("create table gone (x int)");
            connection.rollback();
            statement.execute("create table stays (x int)");
            connection.setAutoCommit(true);
            assertThat(ask("select string_agg(tablename, ',') from pg_tables where tablename in ('gone', 'stays')"))
                    .isEqualTo("stays");
        }
    }

    private static String ask(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getString(1) : null;
        }
    }
}
