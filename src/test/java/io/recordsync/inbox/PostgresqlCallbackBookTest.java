package io.recordsync.inbox;

import java.util.function.UnaryOperator;
import javax.sql.DataSource;

/** Callbacks, on PostgreSQL. */
class PostgresqlCallbackBookTest extends CallbackBookContract {

    @Override
    Store open(String now, UnaryOperator<DataSource> tap) {
        return TestStore.open(Postgresql.url(), "postgres", "", now, tap);
    }

    @Override
    void empty() {
        PostgresqlInboxTest.empty(store);
    }
}
