package io.recordsync.inbox;

import io.recordsync.inbox.database.Transaction;
import java.sql.SQLException;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;

/** A database that goes back in time, on PostgreSQL. */
class PostgresqlBackInTimeTest extends BackInTimeContract {

    @Override
    Store open(String now, UnaryOperator<DataSource> tap) {
        return TestStore.open(Postgresql.url(), "postgres", "", now, tap);
    }

    @Override
    void empty() {
        PostgresqlInboxTest.empty(store);
    }

    @Override
    String withIds() {
        return " overriding system value ";
    }

    @Override
    void restartIds(Transaction transaction) throws SQLException {
        transaction.list(
                "select setval(pg_get_serial_sequence('deletion_row', 'id'), (select coalesce(max(id), 0) + 1 from deletion), false)",
                row -> 0);
    }
}
