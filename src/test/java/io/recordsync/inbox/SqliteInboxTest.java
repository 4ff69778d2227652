package io.recordsync.inbox;

import java.nio.file.Path;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.junit.jupiter.api.io.TempDir;

/** The inbox on SQLite. */
class SqliteInboxTest extends InboxContract {

    @TempDir
    Path folder;

    @Override
    Store open(String now, UnaryOperator<DataSource> tap) {
        return TestStore.open("jdbc:sqlite:" + folder.resolve("data/inbox.db"), null, null, now, tap);
    }

    @Override
    long bytes() {
        return store.read("test", transaction -> transaction
                .first(
                        "select (page_count - freelist_count) * page_size as bytes"
                                + " from pragma_page_count(), pragma_freelist_count(), pragma_page_size()",
                        row -> row.getLong("bytes"))
                .orElseThrow());
    }

    @Override
    long maxBytesOfSettled() {
        return 179;
    }
}
