package io.recordsync.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.LoggedLines;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

class SqliteCompactRowTest extends CompactRowContract {

    @TempDir
    Path folder;

    private Duration whenCopied;

    @Test
    void a_start_copies_the_file_before_it_moves_the_rows_and_packs_it_afterwards() throws IOException, SQLException {
        fill();
        List<String> before = rows();
        Path file = folder.resolve("old.db");
        Path copy = folder.resolve("old.db.before-v24");
        try (LoggedLines log = logged()) {
            start();
            assertThat(log.lines())
                    .anySatisfy(line -> assertThat(line)
                            .contains(
                                    before.size() + " deletions of " + file,
                                    "up to about 1 s",
                                    "MiB of room beside the file"))
                    .anySatisfy(line -> assertThat(line).contains(copy + " is a copy from before, looked through"));
        }
        assertThat(read("select id, event_key from deletion order by id")).hasSameSizeAs(before);
        assertThat(read("pragma freelist_count")).containsExactly("0");
        assertThat(copy).exists();
        Files.copy(copy, file, StandardCopyOption.REPLACE_EXISTING);
        assertThat(rows()).isEqualTo(before);
        assertThat(read(VERSION)).containsExactly("23");
    }

    @Test
    void what_was_killed_before_it_had_packed_the_file_packs_it_at_the_next_start() throws SQLException {
        fill();
        upTo("24").migrate();
        assertThat(read("pragma freelist_count")).isNotEqualTo(List.of("0"));
        start();
        assertThat(read("pragma freelist_count")).containsExactly("0");
        assertThat(read("pragma user_version")).containsExactly("0");
    }

    @Test
    void a_file_that_is_new_needs_no_packing() throws SQLException {
        start();
        assertThat(read("pragma user_version")).containsExactly("0");
        assertThat(folder.resolve("old.db.before-v24")).doesNotExist();
    }

    @Test
    void a_copy_that_cannot_be_written_holds_up_no_start() throws IOException, SQLException {
        fill();
        List<String> before = rows();
        // Something is in the way of the copy.
        Files.createDirectories(folder.resolve("old.db.before-v24").resolve("full"));
        try (LoggedLines log = logged()) {
            start();
            assertThat(log.lines())
                    .anySatisfy(line -> assertThat(line).contains("could not be copied", "backup <file>"));
        }
        assertThat(rows()).isEqualTo(before);
        assertThat(read(MOVED)).containsExactly("1");
    }

    @Test
    void where_there_is_no_room_for_a_copy_the_log_says_how_to_make_one() throws IOException, SQLException {
        fill();
        List<String> before = rows();
        Path file = folder.resolve("old.db");
        // Nothing is written into what it grows by: SQLite goes by the size that the file itself names.
        try (FileChannel grown = FileChannel.open(file, StandardOpenOption.WRITE)) {
            grown.write(ByteBuffer.allocate(1), Files.getFileStore(folder).getUsableSpace() / 2 + (1 << 20));
        }
        try (LoggedLines log = logged()) {
            start();
            assertThat(log.lines()).anySatisfy(line -> assertThat(line)
                    .contains("There is no room for a copy of " + file, "expected", "backup <file>"));
        }
        assertThat(folder.resolve("old.db.before-v24")).doesNotExist();
        assertThat(rows()).isEqualTo(before);
        assertThat(read(MOVED)).containsExactly("1");
    }

    @Test
    @Tag("long")
    void a_million_deletions_are_moved_within_two_minutes_and_the_room_that_the_log_names() throws Exception {
        upTo("23").migrate();
        execute(
                """
                insert into deletion (record_list, kind, provider, identifier, event_key, origin, committed_at, accepted_at, state,
                  due_at, pending_since, confirmation, settled_at, called_at)
                select '8a6b2c1e-5d3f-4a7b-9c0d-1e2f3a4b5c6d', 'external', 'salesforce',
                  '003Rj' || printf('%%010x', (value * 680120310143) & 1099511627775) || 'IAA',
                  lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-' || hex(randomblob(2)) || '-' || hex(randomblob(2))
                    || '-' || hex(randomblob(6)) || '/1'), 'stream', ms, ms, case when value %% 100 = 0 then 'pending' else 'deleted' end,
                  ms, ms, case when value %% 100 = 0 then '' else 'exact' end, ms, ms
                from (%s), (select 1796000000000 as ms)"""
                        .formatted(numbers(1_000_000)));
        execute("pragma wal_checkpoint(truncate)");
        long size = size();
        AtomicLong most = new AtomicLong();
        ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor();
        try {
            looks.scheduleWithFixedDelay(() -> most.accumulateAndGet(size(), Math::max), 0, 20, TimeUnit.MILLISECONDS);
            long began = System.nanoTime();
            start();
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofMinutes(2));
        } finally {
            looks.shutdownNow();
        }
        assertThat(read("select state, count(*), sum(id) > 0 from deletion group by state"))
                .containsExactlyInAnyOrder("deleted|990000|1", "pending|10000|1");
        // The copy, and as much again.
        assertThat(most.get()).isLessThan(3 * size);
        assertThat(Files.size(folder.resolve("old.db"))).isLessThan(size / 2);
    }

    /** Of all files beside the database, and of itself. */
    private long size() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void start() {
        TestStore.open(url(), "", "", null, source -> source).close();
    }

    private static LoggedLines logged() {
        try {
            return LoggedLines.of(Class.forName("io.recordsync.inbox.database.CompactRows"));
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    String url() {
        return "jdbc:sqlite:" + folder.resolve("old.db");
    }

    @Override
    String numbers(int count) {
        return "with recursive n (value) as (select 1 union all select value + 1 from n where value < %d) select value from n"
                .formatted(count);
    }

    /** It is copied, and the process has worked since. To try the lock would fail its transaction, which reads first. */
    @Override
    boolean moves(Process starting) {
        if (!Files.exists(folder.resolve("old.db.before-v24"))) {
            return false;
        }
        Duration spent = starting.info().totalCpuDuration().orElse(Duration.ZERO);
        whenCopied = whenCopied == null ? spent : whenCopied;
        return spent.minus(whenCopied).compareTo(Duration.ofMillis(200)) > 0;
    }

    @Override
    void awaitEnd() {}

    @Override
    DataSource source() {
        SQLiteDataSource source = new SQLiteDataSource();
        source.setUrl(url());
        return source;
    }

    @Override
    String folder() {
        return "sqlite";
    }
}
