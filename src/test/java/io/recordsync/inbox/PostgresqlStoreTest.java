package io.recordsync.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.recordsync.inbox.database.Database;
import io.recordsync.inbox.database.Transaction;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What PostgreSQL brings along: it can go away, and others may hold its locks. */
class PostgresqlStoreTest {

    private static final InboxSettings SETTINGS =
            new InboxSettings(Duration.ofHours(24), Duration.ofSeconds(30), Duration.ofDays(400), "a key");

    @Test
    void by_the_databases_clock_what_is_accepted_is_due_now() {
        try (Store store = open()) {
            Inbox inbox = Inbox.open(store, SETTINGS);
            inbox.intakes().accept(OnEitherDatabase.intake(OnEitherDatabase.request("L1", "a")));

            assertThat(inbox.queue().claim(1, 1)).hasSize(1);
        }
    }

    @Test
    void it_recovers_by_itself_when_every_connection_was_cut() throws Exception {
        try (Store store = open()) {
            Inbox inbox = Inbox.open(store, SETTINGS);
            inbox.intakes().accept(OnEitherDatabase.intake(OnEitherDatabase.request("L1", "a")));
            try (Connection admin = DriverManager.getConnection(Postgresql.url(), "postgres", "");
                    Statement statement = admin.createStatement()) {
                statement.execute("select pg_terminate_backend(pid) from pg_stat_activity"
                        + " where application_name = 'salesforce-talkdesk-sync'");
            }

            await().atMost(Duration.ofSeconds(10))
                    .ignoreExceptionsInstanceOf(InboxException.class)
                    .untilAsserted(() -> assertThat(inbox.queue().claim(1, 1)).hasSize(1));
        }
    }

    @Test
    void a_claim_passes_over_rows_that_another_transaction_holds() throws Exception {
        try (Store store = open();
                Connection other = DriverManager.getConnection(Postgresql.url(), "postgres", "");
                Statement statement = other.createStatement()) {
            Inbox inbox = Inbox.open(store, SETTINGS);
            inbox.intakes()
                    .accept(OnEitherDatabase.intake(
                            OnEitherDatabase.request("L1", "a"), OnEitherDatabase.request("L1", "b")));
            other.setAutoCommit(false);
            statement.execute("select 1 from deletion_row where identifier = 'a' for update");

            assertThat(inbox.queue().claim(1, 100).get(0).identifiers())
                    .extracting(identifier -> identifier.value())
                    .containsExactly("b");
            other.rollback();
            assertThat(inbox.queue().claim(1, 100).get(0).identifiers())
                    .extracting(identifier -> identifier.value())
                    .containsExactly("a");
        }
    }

    @Test
    void a_server_that_is_not_there_is_told_within_seconds_and_without_the_password() {
        assertThatThrownBy(() -> Store.open(
                        Database.at("jdbc:postgresql://localhost:1/none?user=x&password=secret", null, null)))
                .isInstanceOf(InboxException.class)
                .hasMessageContaining("jdbc:postgresql://localhost:1/none cannot be opened")
                .hasMessageNotContaining("secret");
    }

    /** A decision about a million rows ran into the limit of 15 s, again and again. */
    @Test
    void an_act_that_takes_its_time_is_not_ended_and_the_next_one_has_its_limits_again() {
        try (Store store = open()) {
            store.write("test", transaction -> {
                assertThat(limit(transaction)).isEqualTo("15s");
                transaction.takeTime();
                assertThat(limit(transaction)).isEqualTo("10min");
                return null;
            });
            for (int i = 0; i < 12; i++) {
                String limit = store.write("test", PostgresqlStoreTest::limit);
                assertThat(limit).isEqualTo("15s");
            }
        }
    }

    private static String limit(Transaction transaction) throws SQLException {
        return transaction
                .first("select current_setting('statement_timeout') as value", row -> row.getString("value"))
                .orElseThrow();
    }

    @Test
    void a_probe_makes_no_schema_and_finds_out_who_may_not_write() throws Exception {
        try (Store store = open();
                Connection admin = DriverManager.getConnection(Postgresql.url(), "postgres", "");
                Statement statement = admin.createStatement()) {
            assertThat(Inbox.open(store, SETTINGS).queue().nextDue()).isEmpty();
            Store.probe(Database.at(Postgresql.url(), "postgres", ""));
            statement.execute("create database empty_one");
            statement.execute("create role reader login");
            try {
                // The user in the URL would win.
                String here = Postgresql.url().replaceFirst("\\?.*", "");
                String other = here.replaceFirst("/postgres$", "/empty_one");
                Store.probe(Database.at(other, "postgres", ""));
                try (Connection looking = DriverManager.getConnection(other, "postgres", "")) {
                    assertThat(looking.getMetaData()
                                    .getTables(null, "public", "%", null)
                                    .next())
                            .isFalse();
                }

                for (String url : List.of(other, here)) {
                    assertThatThrownBy(() -> Store.probe(Database.at(url, "reader", "")))
                            .isInstanceOf(InboxException.class)
                            .hasMessageContaining("the role reader has no right ");
                }
            } finally {
                statement.execute("drop role reader");
                statement.execute("drop database empty_one with (force)");
            }
        }
    }

    private static Store open() {
        Store store = TestStore.open(Postgresql.url(), "postgres", "", null, UnaryOperator.identity());
        PostgresqlInboxTest.empty(store);
        return store;
    }
}
