package io.recordsync.inbox;

import java.nio.file.Path;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.junit.jupiter.api.io.TempDir;

/** Callbacks, on SQLite. */
class SqliteCallbackBookTest extends CallbackBookContract {

    @TempDir
    Path folder;

    @Override
    Store open(String now, UnaryOperator<DataSource> tap) {
        return TestStore.open("jdbc:sqlite:" + folder.resolve("data/inbox.db"), null, null, now, tap);
    }
}
