package io.recordsync.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recordsync.deletion.Batch;
import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.DeletionRequest;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.Identifier;
import io.recordsync.deletion.Origin;
import io.recordsync.inbox.database.Database;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The SQLite file: whose it is, what survives, and what is left in it. */
class SqliteStoreTest {

    private static final InboxSettings SETTINGS =
            new InboxSettings(Duration.ofHours(24), Duration.ofSeconds(30), Duration.ofDays(400), "a key");

    @TempDir
    Path folder;

    @Test
    void the_folder_of_the_file_is_created() {
        Path file = folder.resolve("a/b/inbox.db");

        Store.open(Database.at("jdbc:sqlite:" + file, null, null)).close();

        assertThat(file).exists();
    }

    @Test
    void its_files_are_for_this_user_alone_unless_the_folder_is_its_groups() throws Exception {
        Path own = Files.createDirectory(folder.resolve("own"));
        Path shared = Files.createDirectory(folder.resolve("shared"));
        Files.setAttribute(own, "unix:mode", 0775);
        Files.setAttribute(shared, "unix:mode", 02775);

        assertThat(modesOfFilesIn(own)).containsOnly("rw-------");
        assertThat(modesOfFilesIn(shared)).containsOnly("rw-rw----");
    }

    @Test
    void a_file_that_exists_keeps_its_mode() throws Exception {
        open().close();
        Path file = folder.resolve("inbox.db");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

        open().close();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r--r--");
    }

    @Test
    void a_backup_is_for_this_user_alone_unless_its_folder_is_its_groups_or_it_replaces_another() throws Exception {
        open().close();
        Path shared = Files.createDirectory(folder.resolve("shared"));
        Files.setAttribute(shared, "unix:mode", 02775);
        Path replaced = Files.createFile(folder.resolve("replaced.db"));
        Files.setPosixFilePermissions(replaced, PosixFilePermissions.fromString("rw-r-----"));

        assertThat(modeOfBackup(folder.resolve("backup.db"))).isEqualTo("rw-------");
        assertThat(modeOfBackup(shared.resolve("backup.db"))).isEqualTo("rw-rw----");
        assertThat(modeOfBackup(replaced)).isEqualTo("rw-r-----");
    }

    private String modeOfBackup(Path target) throws Exception {
        Store.backUp(Database.at(url(), null, null), target);
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(target));
    }

    private static List<String> modesOfFilesIn(Path folder) throws Exception {
        try (Store store = Store.open(Database.at("jdbc:sqlite:" + folder.resolve("inbox.db"), null, null));
                Stream<Path> files = Files.list(folder)) {
            Inbox.open(store, SETTINGS);
            List<String> modes = new ArrayList<>();
            for (Path file : files.toList()) {
                modes.add(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
            }
            // The database, its log, the index of the log, the lock, the marker.
            assertThat(modes).hasSize(5);
            return modes;
        }
    }

    @Test
    void a_second_store_on_the_file_is_refused_and_the_first_keeps_its_lock() throws Exception {
        try (Store first = open()) {
            for (int attempt = 0; attempt < 2; attempt++) {
                assertThatThrownBy(this::open)
                        .isInstanceOf(InboxException.class)
                        .hasMessageContaining("inbox.db is in use by another process");
            }
            assertThat(lockedForOthers()).isTrue();
            assertThat(Inbox.open(first, SETTINGS).queue().nextDue()).isEmpty();
        }
        assertThat(lockedForOthers()).isFalse();
        open().close();
    }

    @Test
    void a_probe_leaves_nothing_behind_changes_nothing_and_lets_a_running_process_alone() throws Exception {
        Store.probe(Database.at("jdbc:sqlite:" + folder.resolve("inbox.db"), null, null));
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).isEmpty();
        }

        try (Store running = open()) {
            assertThatThrownBy(() -> Store.probe(Database.at("jdbc:sqlite:" + folder.resolve("inbox.db"), null, null)))
                    .isInstanceOf(StoreInUseException.class);
            assertThat(Inbox.open(running, SETTINGS).queue().nextDue()).isEmpty();
        }
        byte[] before = Files.readAllBytes(folder.resolve("inbox.db"));
        Store.probe(Database.at("jdbc:sqlite:" + folder.resolve("inbox.db"), null, null));
        assertThat(Files.readAllBytes(folder.resolve("inbox.db"))).isEqualTo(before);
    }

    @Test
    void what_changes_many_rows_has_its_journal_on_the_disk_and_what_comes_next_in_memory_again() {
        try (Store store = open()) {
            assertThat(pragma(store, "temp_store")).isEqualTo("2"); // memory
            store.write("test", transaction -> {
                transaction.takeRoom();
                assertThat(transaction.first("pragma temp_store", row -> row.getString(1)))
                        .hasValue("1"); // file
                return null;
            });
            assertThat(pragma(store, "temp_store")).isEqualTo("2");
            assertThatThrownBy(() -> store.write("test", transaction -> {
                        transaction.takeTime();
                        assertThat(transaction.first("pragma temp_store", row -> row.getString(1)))
                                .hasValue("1");
                        throw new IllegalStateException("an act that fails");
                    }))
                    .hasMessage("an act that fails");
            assertThat(pragma(store, "temp_store")).isEqualTo("2");
        }
    }

    @Test
    void a_file_that_is_no_database_does_not_pass_a_probe() throws Exception {
        Files.writeString(folder.resolve("inbox.db"), "Dear diary, ".repeat(1_000));

        assertThatThrownBy(() -> Store.probe(Database.at("jdbc:sqlite:" + folder.resolve("inbox.db"), null, null)))
                .isInstanceOf(InboxException.class)
                .hasMessageContaining("cannot be opened")
                .hasMessageContaining("not a database");
    }

    /** Going back to an older program would take a guard's rows for ordinary ones. */
    @Test
    void a_schema_that_is_newer_than_the_program_is_refused() {
        try (Store store = open()) {
            store.write(
                    "test",
                    transaction -> transaction.change(
                            "insert into flyway_schema_history (installed_rank, version, description, type, script, installed_by,"
                                    + " execution_time, success) values (99, '99', 'later', 'SQL', 'V99__later.sql', '', 1, 1)"));
        }

        assertThatThrownBy(this::open)
                .isInstanceOf(InboxException.class)
                .hasMessageContaining("is version 99, which this program is too old for; start the newer one");
    }

    @Test
    void a_file_by_another_name_is_still_the_same_file() throws Exception {
        try (Store first = open()) {
            Path link = Files.createSymbolicLink(folder.resolve("link.db"), folder.resolve("inbox.db"));

            assertThatThrownBy(() -> Store.open(Database.at("jdbc:sqlite:" + link, null, null)))
                    .hasMessageContaining("in use by another process");
            assertThat(Inbox.open(first, SETTINGS).queue().nextDue()).isEmpty();
        }
    }

    @Test
    void a_store_that_another_process_has_is_refused_until_that_one_is_killed() throws Exception {
        Process other = new ProcessBuilder(
                        java(), "-cp", System.getProperty("java.class.path"), Holder.class.getName(), url())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            // The log may go to the same place.
            assertThat(other.inputReader().lines().anyMatch("claimed 3"::equals))
                    .isTrue();

            assertThatThrownBy(this::open).hasMessageContaining("in use by another process");

            other.destroyForcibly();
            assertThat(other.waitFor(10, TimeUnit.SECONDS)).isTrue();
            try (Store store = open()) {
                Inbox inbox = Inbox.open(store, SETTINGS);
                // Its session was seen a moment ago, but the lock proves that it is dead.
                List<Batch> claimed = inbox.queue().claim(1, 100);
                assertThat(OnEitherDatabase.ids(claimed)).hasSize(3);
                assertThat(inbox.queue().settle(OnEitherDatabase.deletions(claimed), Confirmation.EXACT, Duration.ZERO))
                        .isEqualTo(3);
                assertThat(new JdbcLedger(store).find(OnEitherDatabase.all())).allMatch(Ledger.Entry::answerLost);
            }
        } finally {
            other.destroyForcibly();
        }
    }

    /** Accepts and claims three deletions and then holds the file until it is killed. */
    static final class Holder {
        public static void main(String[] arguments) throws Exception {
            Inbox inbox = Inbox.open(Store.open(Database.at(arguments[0], null, null)), SETTINGS);
            inbox.intakes()
                    .accept(OnEitherDatabase.intake(
                            OnEitherDatabase.request("L1", "a"),
                            OnEitherDatabase.request("L1", "b"),
                            OnEitherDatabase.request("L1", "c")));
            System.out.println("claimed "
                    + OnEitherDatabase.ids(inbox.queue().claim(1, 100)).size());
            System.in.read();
        }
    }

    @Test
    void what_was_accepted_is_there_after_a_restart() {
        try (Store store = open()) {
            Inbox inbox = Inbox.open(store, SETTINGS);
            inbox.intakes()
                    .accept(OnEitherDatabase.intake(
                            OnEitherDatabase.request("L1", "a"), OnEitherDatabase.request("L1", "b")));
            inbox.queue().claim(1, 1);
        }
        try (Store store = open()) {
            Inbox inbox = Inbox.open(store, SETTINGS);
            assertThat(new JdbcLedger(store).counts()).containsEntry(DeletionState.PENDING, 2L);
            assertThat(OnEitherDatabase.ids(inbox.queue().claim(1, 100))).hasSize(2);
        }
    }

    @Test
    void by_the_databases_clock_what_is_accepted_is_due_now() {
        try (Store store = open()) {
            Inbox inbox = Inbox.open(store, SETTINGS);
            Instant before = Instant.now().minusMillis(1);
            long id = inbox.intakes()
                    .accept(OnEitherDatabase.intake(OnEitherDatabase.request("L1", "a")))
                    .ids()
                    .get(0);

            assertThat(new JdbcLedger(store).get(id).orElseThrow().acceptedAt())
                    .isBetween(before, Instant.now().plusMillis(1));
            assertThat(inbox.queue().claim(1, 1)).hasSize(1);
        }
    }

    @Test
    void a_settled_phone_number_is_nowhere_in_the_file() throws Exception {
        try (Store store = open()) {
            Inbox inbox = Inbox.open(store, SETTINGS);
            DeletionRequest request = new DeletionRequest(
                    "L1", Identifier.phone("+15550001234"), "api:1", Origin.API, Instant.EPOCH, DeletionState.PENDING);
            inbox.intakes().accept(OnEitherDatabase.intake(request));
            inbox.queue()
                    .settle(OnEitherDatabase.deletions(inbox.queue().claim(1, 1)), Confirmation.EXACT, Duration.ZERO);
        }
        // Closing wrote the log into the file and removed it.
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).doesNotContain("5550001234");
            }
        }
        assertThat(Files.readString(folder.resolve("inbox.db"), StandardCharsets.ISO_8859_1))
                .contains("hmac:");
    }

    @Test
    void a_file_that_was_removed_or_replaced_takes_no_act_any_more_until_it_is_back() throws Exception {
        Path file = folder.resolve("inbox.db");
        try (Store store = open()) {
            Inbox inbox = Inbox.open(store, SETTINGS);
            Files.move(file, folder.resolve("away.db"));
            assertThatThrownBy(inbox.session()::heartbeat).hasMessageContaining("was removed or moved");
            assertThat(store.trouble())
                    .hasValueSatisfying(trouble -> assertThat(trouble).contains("inbox.db was removed or moved"));
            assertThat(file).doesNotExist();

            Files.copy(folder.resolve("away.db"), file);
            assertThatThrownBy(inbox.session()::heartbeat).hasMessageContaining("was replaced by another one");

            Files.delete(file);
            Files.move(folder.resolve("away.db"), file);
            inbox.session().heartbeat();
            assertThat(inbox.intakes()
                            .accept(OnEitherDatabase.intake(OnEitherDatabase.request("L1", "a")))
                            .ids())
                    .hasSize(1);
        }
    }

    @Test
    void a_file_that_is_missing_where_one_was_made_is_not_made_anew() throws Exception {
        open().close();
        Files.delete(folder.resolve("inbox.db"));

        assertThatThrownBy(this::open)
                .isInstanceOf(InboxException.class)
                .hasMessageContaining("inbox.db is missing")
                .hasMessageContaining("remove " + folder.resolve("inbox.db.created"));
        assertThatThrownBy(() -> Store.probe(Database.at(url(), null, null)))
                .hasMessageContaining("inbox.db is missing");
        assertThat(folder.resolve("inbox.db")).doesNotExist();

        Files.delete(folder.resolve("inbox.db.created"));
        open().close();
    }

    @Test
    void a_log_that_belongs_to_another_file_is_refused() throws Exception {
        Path file = folder.resolve("inbox.db");
        Path log = folder.resolve("inbox.db-wal");
        open().close();
        Path backup = Files.copy(file, folder.resolve("backup.db"));
        byte[] left;
        try (Store store = open()) {
            Inbox.open(store, SETTINGS).intakes().accept(OnEitherDatabase.intake(OnEitherDatabase.request("L1", "a")));
            left = Files.readAllBytes(log);
        }
        Files.copy(backup, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        Files.write(log, left);

        assertThatThrownBy(this::open)
                .isInstanceOf(InboxException.class)
                .hasMessageContaining("is not the one that was open last")
                .hasMessageContaining("remove " + log);

        Files.delete(log);
        try (Store store = open()) {
            assertThat(Inbox.open(store, SETTINGS).coverage().state().owed()).contains("restored?");
        }
    }

    @Test
    void a_log_of_the_same_file_is_read_after_a_crash() throws Exception {
        Path file = folder.resolve("inbox.db");
        Path log = folder.resolve("inbox.db-wal");
        byte[] data;
        byte[] left;
        try (Store store = open()) {
            Inbox.open(store, SETTINGS).intakes().accept(OnEitherDatabase.intake(OnEitherDatabase.request("L1", "a")));
            data = Files.readAllBytes(file);
            left = Files.readAllBytes(log);
        }
        Files.write(file, data);
        Files.write(log, left);

        try (Store store = open()) {
            assertThat(new JdbcLedger(store).counts()).containsEntry(DeletionState.PENDING, 1L);
        }
    }

    @Test
    void a_file_that_was_overwritten_takes_no_act_any_more() throws Exception {
        Path file = folder.resolve("inbox.db");
        open().close();
        byte[] before = Files.readAllBytes(file);
        try (Store store = open()) {
            Inbox inbox = Inbox.open(store, SETTINGS);
            inbox.session().heartbeat();
            Files.write(file, before);

            assertThatThrownBy(inbox.session()::heartbeat).hasMessageContaining("was overwritten by another one");
            assertThat(store.trouble())
                    .hasValueSatisfying(trouble -> assertThat(trouble).contains("inbox.db was overwritten"));
        }
    }

    @Test
    void a_copy_that_sqlite_makes_is_not_taken_for_the_file_itself() throws Exception {
        Path file = folder.resolve("inbox.db");
        Path copy = folder.resolve("copy.db");
        Path log = folder.resolve("inbox.db-wal");
        byte[] left;
        try (Store store = open();
                Connection connection = DriverManager.getConnection(url());
                Statement statement = connection.createStatement()) {
            statement.execute("backup to " + copy);
            Inbox.open(store, SETTINGS).intakes().accept(OnEitherDatabase.intake(OnEitherDatabase.request("L1", "a")));
            left = Files.readAllBytes(log);
        }
        Files.copy(copy, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        Files.write(log, left);

        assertThatThrownBy(this::open).hasMessageContaining("is not the one that was open last");
        assertThatThrownBy(() -> Store.probe(Database.at(url(), null, null)))
                .hasMessageContaining("is not the one that was open last");
        assertThatThrownBy(() -> Store.openToRead(Database.at(url(), null, null)))
                .hasMessageContaining("is not the one that was open last");
        Files.delete(log);
        open().close();
    }

    @Test
    void a_damaged_file_is_found_while_the_service_works() throws Exception {
        manyRows();
        damage();

        try (Store store = open()) {
            Awaitility.await().until(() -> store.trouble().isPresent());
            assertThat(store.trouble()).hasValueSatisfying(trouble -> assertThat(trouble)
                    .contains("inbox.db is damaged", "restore a backup, and remove " + folder.resolve("inbox.db-wal")));
        }
    }

    @Test
    void a_file_that_is_damaged_after_a_crash_ends_the_start() throws Exception {
        Path log = folder.resolve("inbox.db-wal");
        manyRows();
        byte[] data;
        byte[] left;
        try (Store store = open()) {
            data = Files.readAllBytes(folder.resolve("inbox.db"));
            Inbox.open(store, SETTINGS).session().heartbeat();
            left = Files.readAllBytes(log);
        }
        Files.write(folder.resolve("inbox.db"), data);
        Files.write(log, left);
        damage();

        assertThatThrownBy(this::open).hasMessageContaining("inbox.db is damaged");
    }

    private void manyRows() {
        try (Store store = open()) {
            Inbox.open(store, SETTINGS)
                    .intakes()
                    .accept(OnEitherDatabase.intake(IntStream.range(0, 2_000)
                            .mapToObj(i -> OnEitherDatabase.request("L1", "003-" + i))
                            .toArray(DeletionRequest[]::new)));
        }
    }

    /** The last pages are rows and keys of deletions. */
    private void damage() throws Exception {
        try (RandomAccessFile file =
                new RandomAccessFile(folder.resolve("inbox.db").toFile(), "rw")) {
            byte[] garbage = new byte[20 * 4096];
            Arrays.fill(garbage, (byte) 0x55);
            file.seek(file.length() - garbage.length);
            file.write(garbage);
        }
    }

    @Test
    void a_commit_survives_power_loss() {
        try (Store store = open()) {
            assertThat(pragma(store, "synchronous")).isEqualTo("2"); // FULL
            assertThat(pragma(store, "journal_mode")).isEqualTo("wal");
        }
    }

    @Test
    void a_file_that_is_no_database_is_refused_and_left_alone() throws Exception {
        Files.writeString(folder.resolve("inbox.db"), "a text file, and rather a long one ".repeat(100));

        assertThatThrownBy(this::open)
                .isInstanceOf(InboxException.class)
                .hasMessageContaining("inbox.db cannot be opened");

        assertThat(Files.readString(folder.resolve("inbox.db"))).startsWith("a text file");
        assertThat(lockedForOthers()).isFalse();
    }

    @Test
    void a_file_that_a_shell_has_locked_fails_the_act_within_seconds_and_heals() throws Exception {
        try (Store store = open();
                Connection shell = DriverManager.getConnection(url());
                Statement statement = shell.createStatement()) {
            Inbox inbox = Inbox.open(store, SETTINGS);
            statement.execute("begin exclusive");

            long before = System.nanoTime();
            assertThatThrownBy(
                            () -> inbox.intakes().accept(OnEitherDatabase.intake(OnEitherDatabase.request("L1", "a"))))
                    .isInstanceOf(InboxException.class)
                    .hasMessageContaining("accept failed");
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(10));
            assertThat(inbox.queue().nextDue()).as("a look waits for no writer").isEmpty();

            statement.execute("rollback");
            assertThat(inbox.intakes()
                            .accept(OnEitherDatabase.intake(OnEitherDatabase.request("L1", "a")))
                            .ids())
                    .hasSize(1);
        }
    }

    @Test
    void a_url_of_another_database_is_refused_without_quoting_all_of_it() {
        assertThatThrownBy(() -> Store.open(Database.at("jdbc:mysql://u:secret@h/db", null, null)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("jdbc:mysql:")
                .hasMessageContaining("expected jdbc:sqlite:<file> or jdbc:postgresql:")
                .hasMessageNotContaining("secret");
    }

    @Test
    void a_database_in_memory_is_refused_because_it_forgets() {
        for (String url : List.of("jdbc:sqlite::memory:", "jdbc:sqlite:", "jdbc:sqlite:file:x?mode=memory")) {
            assertThatThrownBy(() -> Store.open(Database.at(url, null, null)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("expected jdbc:sqlite:<file>");
        }
    }

    private Store open() {
        return Store.open(Database.at(url(), null, null));
    }

    private String url() {
        return "jdbc:sqlite:" + folder.resolve("inbox.db");
    }

    /** Asked from another process, as locks of the operating system are by process. */
    private boolean lockedForOthers() throws Exception {
        Process probe = new ProcessBuilder(
                        java(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Probe.class.getName(),
                        folder.resolve("inbox.db.lock").toString())
                .start();
        assertThat(probe.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return probe.exitValue() == 1;
    }

    /** Exits with 1 when the file is locked. */
    static final class Probe {
        public static void main(String[] arguments) throws Exception {
            try (var channel =
                    java.nio.channels.FileChannel.open(Path.of(arguments[0]), java.nio.file.StandardOpenOption.WRITE)) {
                System.exit(channel.tryLock() == null ? 1 : 0);
            }
        }
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static String pragma(Store store, String name) {
        return store.write("test", transaction -> transaction.first("pragma " + name, row -> row.getString(1)))
                .orElseThrow();
    }
}
