package io.recordsync.inbox;

import static io.recordsync.inbox.database.Parameters.with;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The cost of acts on SQLite, by {@code explain query plan}. */
class SqliteFlatCostTest extends FlatCost {

    @TempDir
    Path folder;

    @Override
    Store open(UnaryOperator<DataSource> tap) {
        return TestStore.open("jdbc:sqlite:" + folder.resolve("inbox.db"), null, null, null, tap);
    }

    @Override
    void fill(Store store, int pending, int settled) {
        store.write("test", transaction -> {
            transaction.change("insert into record_list (id) values ('L0'), ('L1'), ('L2'), ('L3')");
            transaction.change(
                    "insert into lane (record_list, kind, provider) select id, 'external', 'salesforce' from record_list");
            return transaction.change(
                    """
                    with recursive n (i) as (select 1 union all select i + 1 from n where i < :all)
                    insert into deletion_row (lane, identifier, event_key, origin, committed_at, accepted_at, state, due_at,
                                              pending_since)
                    select (select id from lane where record_list = 'L' || (i % 4)), '003-' || i, {bytes '65ff'}, {stream}, i, i,
                           case when i <= :settled then {deleted} else {pending} end, i, i from n""",
                    with("all", pending + settled).and("settled", settled));
        });
    }

    /** SQLite keeps no statistics unless it is told to, and nobody tells it. */
    @Override
    void analyze(Store store) {}

    /** Of a list in brackets SQLite makes a table for every row that the trigger is asked about. */
    @Test
    void no_trigger_asks_for_a_list() {
        try (Store store = open(UnaryOperator.identity())) {
            List<String> triggers = store.read(
                    "test",
                    transaction -> transaction.list(
                            "select sql from sqlite_master where type = 'trigger' and tbl_name <> 'deletion'",
                            row -> row.getString("sql")));

            assertThat(triggers).hasSizeGreaterThan(3).noneMatch(sql -> sql.matches("(?is).* in \\(\\d.*"));
        }
    }

    @Override
    String explain() {
        return "explain query plan";
    }

    @Override
    int planColumn() {
        return 4;
    }

    @Override
    void assertIndexed(String plan) {
        assertThat(plan).doesNotContainPattern("SCAN (deletion_row|attempt|due|known|swept|restoration)(?! USING)");
        if (!plan.contains("deletion_key (identifier=?)")) { // the few rows of one contact may be sorted
            assertThat(plan).doesNotContain("USE TEMP B-TREE FOR ORDER BY");
        }
    }
}
