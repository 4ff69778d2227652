package io.recordsync.inbox;

import java.util.function.UnaryOperator;
import javax.sql.DataSource;

/** What is plotted, on PostgreSQL. */
class PostgresqlHistoryTest extends HistoryContract {

    @Override
    Store open(String now, UnaryOperator<DataSource> tap) {
        return TestStore.open(Postgresql.url(), "postgres", "", now, tap);
    }

    @Override
    void empty() {
        PostgresqlInboxTest.empty(store);
    }
}
