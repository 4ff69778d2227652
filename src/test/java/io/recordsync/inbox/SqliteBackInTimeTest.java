package io.recordsync.inbox;

import io.recordsync.inbox.database.Transaction;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.junit.jupiter.api.io.TempDir;

/** A database that goes back in time, on SQLite. */
class SqliteBackInTimeTest extends BackInTimeContract {

    @TempDir
    Path folder;

    @Override
    Store open(String now, UnaryOperator<DataSource> tap) {
        return TestStore.open("jdbc:sqlite:" + folder.resolve("data/inbox.db"), null, null, now, tap);
    }

    @Override
    String withIds() {
        return " ";
    }

    @Override
    void restartIds(Transaction transaction) throws SQLException {
        transaction.change(
                "update sqlite_sequence set seq = (select coalesce(max(id), 0) from deletion) where name = 'deletion_row'");
    }
}
