package io.recordsync.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolTest {

    @TempDir
    Path folder;

    private DataFolder data;

    @BeforeEach
    void prepare() throws IOException {
        data = new DataFolder(folder);
        data.prepare();
    }

    @Test
    void it_is_removed_at_the_end_with_all_that_is_in_it() throws IOException {
        Spool spool = Spool.in(data);
        Files.createFile(Files.createDirectories(spool.folder().resolve("a/b")).resolve("file"));

        spool.close();

        assertThat(folders()).isEmpty();
    }

    @Test
    void two_share_a_data_folder_and_neither_removes_the_others() throws IOException {
        try (Spool first = Spool.in(data)) {
            try (Spool second = Spool.in(data)) {
                assertThat(folders()).containsExactlyInAnyOrder(first.folder(), second.folder());
            }
            assertThat(folders()).containsExactly(first.folder());
        }
    }

    @Test
    void what_a_process_left_that_was_killed_is_removed_and_what_one_has_that_runs_is_not() throws Exception {
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        OtherProcess.class.getName(),
                        folder.toString())
                .redirectErrorStream(true)
                .start();
        try {
            String name = other.inputReader().readLine();
            try (Spool ours = Spool.in(data)) {
                assertThat(folders()).containsExactlyInAnyOrder(ours.folder(), Path.of(name));
            }
            other.destroyForcibly();
            assertThat(other.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(folders()).containsExactly(Path.of(name));

            try (Spool next = Spool.in(data)) {
                assertThat(folders()).containsExactly(next.folder());
            }
        } finally {
            other.destroyForcibly();
        }
    }

    /** Has one until it is killed. */
    static final class OtherProcess {

        private OtherProcess() {}

        public static void main(String[] args) throws Exception {
            System.out.println(Spool.in(new DataFolder(Path.of(args[0]))).folder());
            System.in.read();
        }
    }

    private List<Path> folders() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("spool"))) {
            return files.filter(Files::isDirectory).toList();
        }
    }
}
