package io.recordsync.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {

    @TempDir
    Path folder;

    @Test
    void it_is_made_and_nothing_stays_in_it() throws IOException {
        DataFolder data = new DataFolder(folder.resolve("a/data"));

        data.prepare();
        data.prepare();

        assertThat(files(data.path())).isEmpty();
    }

    @Test
    void a_probe_leaves_nothing_behind() throws IOException {
        new DataFolder(folder.resolve("a/data")).probe();
        assertThat(files(folder)).isEmpty();

        DataFolder made = new DataFolder(folder.resolve("data"));
        made.prepare();
        made.probe();
        assertThat(files(folder)).containsExactly(made.path());
    }

    @Test
    void a_file_in_its_place_is_named_by_both() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));

        for (DataFolder data : new DataFolder[] {new DataFolder(file), new DataFolder(file.resolve("data"))}) {
            assertThatThrownBy(data::prepare)
                    .hasMessageContaining(": not a folder; ")
                    .hasMessageContaining("owner ")
                    .hasMessageContaining(", asked by the user ");
            assertThatThrownBy(data::probe).hasMessageContaining(file + ": not a folder; owner ");
        }
    }

    @Test
    void a_link_to_nowhere_is_named_as_one() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("nowhere"));

        assertThatThrownBy(new DataFolder(link)::prepare)
                .hasMessageContaining(link + ": a link to what does not exist");
    }

    private static Path[] files(Path in) throws IOException {
        try (Stream<Path> files = Files.list(in)) {
            return files.toArray(Path[]::new);
        }
    }
}
