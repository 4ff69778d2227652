package io.recordsync.inbox;

import java.util.function.UnaryOperator;
import javax.sql.DataSource;

/** The guard, on PostgreSQL. */
class PostgresqlGuardTest extends GuardContract {

    @Override
    Store open(String now, UnaryOperator<DataSource> tap) {
        return TestStore.open(Postgresql.url(), "postgres", "", now, tap);
    }

    @Override
    void empty() {
        PostgresqlInboxTest.empty(store);
    }
}
