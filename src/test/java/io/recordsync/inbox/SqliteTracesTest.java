package io.recordsync.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recordsync.inbox.database.Database;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A command leaves nothing behind: what root has made, the service of another user could not open. */
class SqliteTracesTest {

    @TempDir
    Path folder;

    @Test
    void a_probe_before_the_first_start_leaves_nothing() throws IOException {
        Store.probe(database(folder.resolve("recordsync.db")));
        assertThat(folder).isEmptyDirectory();

        Store.probe(database(folder.resolve("data/deeper/recordsync.db")));
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void a_probe_between_two_starts_leaves_what_was_there() throws Exception {
        Path file = stopped();
        Set<String> before = files();

        Store.probe(database(file));

        assertThat(files()).isEqualTo(before);
    }

    @Test
    void a_probe_of_a_restored_file_makes_no_lock_and_changes_no_mode_of_it() throws Exception {
        Path file = stopped();
        Path restored = folder.resolve("restored.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute("vacuum into '" + restored + "'");
        }
        byte[] content = Files.readAllBytes(restored);
        Set<String> before = files();

        Store.probe(database(restored));

        assertThat(files()).isEqualTo(before);
        assertThat(restored).hasBinaryContent(content);
    }

    @Test
    void a_reader_leaves_what_was_there() throws Exception {
        Path file = stopped();
        Set<String> before = files();

        try (Store store = Store.openToRead(database(file))) {
            assertThat(store.isShared()).isFalse();
        }

        assertThat(files()).isEqualTo(before);
    }

    @Test
    void a_reader_beside_a_service_takes_nothing_away() throws Exception {
        Path file = folder.resolve("recordsync.db");
        try (Store service = Store.open(database(file))) {
            assertThat(service.isShared()).isFalse();
            Set<String> before = files();
            Store.openToRead(database(file)).close();

            assertThat(files()).isEqualTo(before).contains("recordsync.db-wal");
            assertThatThrownBy(() -> Store.probe(database(file))).isInstanceOf(StoreInUseException.class);
        }
    }

    @Test
    void a_file_that_may_not_be_written_is_named_with_its_owner_and_mode() throws Exception {
        Path file = stopped();
        for (Path each : new Path[] {file, folder.resolve("recordsync.db.lock")}) {
            Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("r--r--r--"));
            Assumptions.assumeFalse(
                    Files.isWritable(each), "root may write everything: the story asks as another user");

            for (Runnable opening :
                    new Runnable[] {() -> Store.open(database(file)), () -> Store.probe(database(file))}) {
                assertThatThrownBy(opening::run)
                        .hasMessageStartingWith(each + " cannot be opened: permission denied; owner ")
                        .hasMessageContaining("mode r--r--r--");
            }
            Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("rw-r--r--"));
        }
    }

    /** The file of a service that was started once. */
    private Path stopped() throws SQLException {
        Path file = folder.resolve("recordsync.db");
        Store.open(database(file)).close();
        return file;
    }

    private static Database database(Path file) {
        return Database.at("jdbc:sqlite:" + file, "", "");
    }

    private Set<String> files() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.map(file -> folder.relativize(file).toString()).collect(Collectors.toCollection(TreeSet::new));
        }
    }
}
