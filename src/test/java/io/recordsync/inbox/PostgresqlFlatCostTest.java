package io.recordsync.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;

/** The cost of acts on PostgreSQL, by {@code explain} on a table without statistics. */
class PostgresqlFlatCostTest extends FlatCost {

    @Override
    Store open(UnaryOperator<DataSource> tap) {
        Store store = Store.open(Postgresql.url(), "postgres", "", null, tap);
        PostgresqlInboxTest.empty(store);
        return store;
    }

    @Override
    void fill(Store store, int pending, int settled) {
        store.write("test", transaction -> {
            transaction.change("insert into record_list (id) values ('L0'), ('L1'), ('L2'), ('L3')");
            return transaction.change(
                    """
                    insert into deletion (record_list, kind, provider, identifier, event_key, origin, committed_at,
                                          accepted_at, state, due_at, pending_since)
                    select 'L' || (i % 4), 'external', 'salesforce', '003-' || i, 'e', 'stream', i, i,
                           case when i <= ? then 'deleted' else 'pending' end, i, i
                    from generate_series(1, ?) as i""",
                    settled, pending + settled);
        });
    }

    @Override
    void analyze(Store store) {
        store.write("test", transaction -> transaction.change("analyze"));
    }

    @Override
    String plan(Store store, String sql, List<Object> parameters) {
        List<String> lines = store.write(
                "test",
                transaction -> transaction.list("explain " + sql, row -> row.getString(1), parameters.toArray()));
        return String.join("\n", lines);
    }

    @Override
    void assertIndexed(String plan) {
        assertThat(plan).doesNotContainPattern("Seq Scan on (deletion|attempt|restoration)");
        // The few rows that some other part of a statement gives may be sorted, those of a lane never.
        assertThat(plan).doesNotContain("Bitmap Heap Scan");
        assertThat(plan).doesNotContain("Sort Key: deletion.due_at");
    }
}
