package io.recordsync.inbox.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recordsync.LoggedLines;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OlderProcessesTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    private static EmbeddedPostgres postgres;

    @BeforeAll
    static void start() throws Exception {
        postgres = EmbeddedPostgres.start();
    }

    @AfterAll
    static void stop() throws Exception {
        postgres.close();
    }

    @BeforeEach
    void empty() throws SQLException {
        execute("drop schema public cascade; create schema public");
    }

    private static DataSource source() {
        return postgres.getPostgresDatabase();
    }

    private static void execute(String sql) throws SQLException {
        try (Connection connection = source().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** A schema as a release with this version has left it, and a session that was seen so long ago. */
    private static Schema left(String version, int secondsAgo) throws SQLException {
        Flyway.configure()
                .dataSource(source())
                .locations("classpath:db/postgresql")
                .target(version)
                .load()
                .migrate();
        execute("insert into session (id, seen_at) values ('old', extract(epoch from now()) * 1000 - 1000 * "
                + secondsAgo + ")");
        return new Schema("postgresql", "a store", source());
    }

    /** 0.1.0 and 0.2.0. */
    @ParameterizedTest
    @ValueSource(strings = {"23", "25"})
    void a_start_waits_until_all_are_stopped(String version) throws Exception {
        Schema schema = left(version, 0);
        try (LoggedLines log = LoggedLines.of(OlderProcesses.class)) {
            CompletableFuture<Void> start = CompletableFuture.runAsync(() -> await(schema, LONG));
            Awaitility.await().until(() -> !log.lines().isEmpty());
            assertThat(start).isNotDone();

            execute("delete from session");

            start.get(1, TimeUnit.MINUTES);
            assertThat(log.lines()).hasSize(1).first().asString().contains("waiting until all are stopped");
        }
    }

    private static void await(Schema schema, Duration patience) {
        try {
            OlderProcesses.await(schema, source(), "a store", patience);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void the_wait_ends_and_says_what_to_do() throws Exception {
        Schema schema = left("25", 0);

        assertThatThrownBy(() -> await(schema, Duration.ZERO))
                .isInstanceOf(DatabaseException.class)
                .hasMessage(
                        "Store a store is in use by a process of an older release: stop them all, then start this one");
        assertThat(schema.isAbout("26")).as("nothing was migrated").isTrue();
    }

    @Test
    void one_that_was_silent_for_a_minute_is_over() throws Exception {
        await(left("25", 61), Duration.ZERO);
    }

    @Test
    void where_nothing_is_taken_from_them_nobody_waits() throws Exception {
        Schema schema = left("26", 0);

        await(schema, Duration.ZERO);

        schema.migrate();
        try (Connection connection = source().getConnection();
                Statement statement = connection.createStatement();
                ResultSet sessions = statement.executeQuery("select count(*) from session")) {
            sessions.next();
            assertThat(sessions.getInt(1)).isEqualTo(1);
        }
    }
}
