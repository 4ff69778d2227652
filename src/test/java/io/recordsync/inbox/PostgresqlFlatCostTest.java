package io.recordsync.inbox;

import static io.recordsync.inbox.database.Parameters.with;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.UnaryOperator;
import javax.sql.DataSource;

/** The cost of acts on PostgreSQL, by {@code explain} on a table without statistics. */
class PostgresqlFlatCostTest extends FlatCost {

    @Override
    Store open(UnaryOperator<DataSource> tap) {
        Store store = TestStore.open(Postgresql.url(), "postgres", "", null, tap);
        PostgresqlInboxTest.empty(store);
        return store;
    }

    @Override
    void fill(Store store, int pending, int settled) {
        store.write("test", transaction -> {
            transaction.takeTime();
            transaction.change("insert into record_list (id) values ('L0'), ('L1'), ('L2'), ('L3')");
            transaction.change(
                    "insert into lane (record_list, kind, provider) select id, 'external', 'salesforce' from record_list");
            return transaction.change(
                    """
                    insert into deletion_row (lane, identifier, event_key, origin, committed_at, accepted_at, state, due_at,
                                              pending_since)
                    select (select id from lane where record_list = 'L' || (i % 4)), '003-' || i, {bytes '65ff'}, {stream}, i, i,
                           case when i <= :settled then {deleted} else {pending} end, i, i
                    from generate_series(1, :all) as i""",
                    with("settled", settled).and("all", pending + settled));
        });
    }

    @Override
    void analyze(Store store) {
        store.write("test", transaction -> transaction.change("analyze"));
    }

    @Override
    String explain() {
        return "explain";
    }

    @Override
    int planColumn() {
        return 1;
    }

    @Override
    void assertIndexed(String plan) {
        assertThat(plan).doesNotContainPattern("Seq Scan on (deletion|attempt|restoration)");
        // The few rows that some other part of a statement gives may be sorted, those of a lane never.
        assertThat(plan).doesNotContain("Bitmap Heap Scan");
        assertThat(plan).doesNotContain("Sort Key: deletion_row.due_at");
    }
}
