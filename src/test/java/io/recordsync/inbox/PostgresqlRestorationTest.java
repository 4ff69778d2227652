package io.recordsync.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.recordsync.deletion.DeletionState;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** Restored contacts and gap events, on PostgreSQL. */
class PostgresqlRestorationTest extends RestorationContract {

    @Override
    Store open(String now, UnaryOperator<DataSource> tap) {
        return TestStore.open(Postgresql.url(), "postgres", "", now, tap);
    }

    @Override
    void empty() {
        PostgresqlInboxTest.empty(store);
    }

    /** Two statements, one for what waits and one for what is claimed, both passed over a row that changed between them. */
    @Test
    void a_row_that_is_given_back_while_its_contact_is_restored_is_cancelled() throws Exception {
        accept(deletion("L1", "003A", DELETED));
        claim();
        try (Connection other = DriverManager.getConnection(Postgresql.url(), "postgres", "");
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("update deletion set state = 'pending', session = ''");

            CompletableFuture<Void> restored = CompletableFuture.runAsync(() -> restore("003A", RESTORED, true));
            await().until(this::somebodyWaitsForALock);
            other.commit();
            restored.get(10, TimeUnit.SECONDS);
        }

        assertThat(state("003A")).isEqualTo(DeletionState.CANCELLED);
    }

    @Test
    void what_a_sweep_finds_while_its_contact_is_restored_is_not_new() throws Exception {
        try (Connection other = DriverManager.getConnection(Postgresql.url(), "postgres", "");
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("update sweep set one = one");
            statement.execute("insert into restoration (provider, identifier, event_key, committed_at, state, at)"
                    + " values ('salesforce', '003A', 'tx/1', " + RESTORED.toEpochMilli() + ", 'confirmed', 0)");

            CompletableFuture<Void> found = CompletableFuture.runAsync(() -> accept(found("003A", DELETED)));
            await().until(this::somebodyWaitsForALock);
            other.commit();
            found.get(10, TimeUnit.SECONDS);
        }

        assertThat(ledger.find(OnEitherDatabase.all())).isEmpty();
    }

    private boolean somebodyWaitsForALock() {
        return store.read(
                        "test",
                        transaction -> transaction.first(
                                "select 1 from pg_stat_activity where wait_event_type = 'Lock'", row -> true))
                .isPresent();
    }
}
