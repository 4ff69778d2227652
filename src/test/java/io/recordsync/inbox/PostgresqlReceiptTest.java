package io.recordsync.inbox;

import io.recordsync.inbox.database.Database;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;

/** Receipts on PostgreSQL. */
class PostgresqlReceiptTest extends ReceiptContract {

    @Override
    Store open(String now, UnaryOperator<DataSource> tap) {
        return TestStore.open(Postgresql.url(), "postgres", "", now, tap);
    }

    @Override
    Store openToRead() {
        return Store.openToRead(Database.at(Postgresql.url(), "postgres", ""));
    }

    @Override
    void empty() {
        PostgresqlInboxTest.empty(store);
    }
}
