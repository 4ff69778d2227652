package io.recordsync.inbox;

import java.util.function.UnaryOperator;
import javax.sql.DataSource;

/** Restored contacts and gap events, on PostgreSQL. */
class PostgresqlRestorationTest extends RestorationContract {

    @Override
    Store open(String now, UnaryOperator<DataSource> tap) {
        return Store.open(Postgresql.url(), "postgres", "", now, tap);
    }

    @Override
    void empty() {
        PostgresqlInboxTest.empty(store);
    }
}
