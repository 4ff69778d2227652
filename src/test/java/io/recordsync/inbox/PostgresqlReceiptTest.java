package io.recordsync.inbox;

import java.util.function.UnaryOperator;
import javax.sql.DataSource;

/** Receipts on PostgreSQL. */
class PostgresqlReceiptTest extends ReceiptContract {

    @Override
    Store open(String now, UnaryOperator<DataSource> tap) {
        return Store.open(Postgresql.url(), "postgres", "", now, tap);
    }

    @Override
    Store openToRead() {
        return Store.openToRead(Postgresql.url(), "postgres", "");
    }

    @Override
    void empty() {
        PostgresqlInboxTest.empty(store);
    }
}
