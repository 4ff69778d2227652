package io.recordsync.inbox;

import java.util.function.UnaryOperator;
import javax.sql.DataSource;

/** The losers of merges, on PostgreSQL. */
class PostgresqlMergesTest extends MergesContract {

    @Override
    Store open(String now, UnaryOperator<DataSource> tap) {
        return TestStore.open(Postgresql.url(), "postgres", "", now, tap);
    }

    @Override
    void empty() {
        PostgresqlInboxTest.empty(store);
    }
}
