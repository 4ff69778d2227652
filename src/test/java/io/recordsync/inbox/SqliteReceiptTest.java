package io.recordsync.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recordsync.inbox.database.Database;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Receipts on SQLite. */
class SqliteReceiptTest extends ReceiptContract {

    @TempDir
    Path folder;

    @Override
    Store open(String now, UnaryOperator<DataSource> tap) {
        return TestStore.open(url(), null, null, now, tap);
    }

    @Override
    Store openToRead() {
        return Store.openToRead(Database.at(url(), null, null));
    }

    private String url() {
        return "jdbc:sqlite:" + folder.resolve("data/inbox.db");
    }

    @Test
    void a_file_that_is_not_there_is_named_and_not_created() throws Exception {
        Path file = folder.resolve("nowhere/inbox.db");

        assertThatThrownBy(() -> Store.openToRead(Database.at("jdbc:sqlite:" + file + "?cache=shared", "", "")))
                .isInstanceOf(InboxException.class)
                .hasMessage("Store jdbc:sqlite:" + file
                        + " does not exist (expected the file of a service that was started before)");
        assertThat(file.getParent()).doesNotExist();
    }

    @Test
    void a_file_of_something_else_is_refused_and_left_as_it_is() throws Exception {
        Path empty = Files.createFile(folder.resolve("empty.db"));

        assertThatThrownBy(() -> Store.openToRead(Database.at("jdbc:sqlite:" + empty, "", "")))
                .isInstanceOf(InboxException.class)
                .hasMessageContaining("is missing (expected version ");
        assertThat(empty).isEmptyFile();
    }

    /** A service that could not take its own file back would be too high a price for a list. */
    @Test
    void after_a_look_while_the_service_was_stopped_it_starts_as_before() throws Exception {
        store.close();
        try (Store reading = openToRead()) {
            assertThat(new JdbcLedger(reading).counts()).isNotEmpty();
        }
        try (Stream<Path> files = Files.list(folder.resolve("data"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .allMatch(name -> name.matches("inbox\\.db(-wal|-shm|\\.lock|\\.created)?"));
        }
        store = open(NOW, source -> source);
        assertThat(Inbox.open(store, SETTINGS).queue().nextDue()).isEmpty();
    }
}
