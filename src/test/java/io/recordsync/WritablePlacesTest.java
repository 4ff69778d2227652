package io.recordsync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import io.recordsync.config.Configuration;
import io.recordsync.config.InvalidConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WritablePlacesTest {

    @TempDir
    Path folder;

    @Test
    void the_data_folder_is_made_and_nothing_of_the_database() throws IOException {
        WritablePlaces.require(of("data", "jdbc:sqlite:" + folder.resolve("db/inbox.db")));

        assertThat(folder.resolve("data")).isEmptyDirectory();
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(folder.resolve("data"));
        }
    }

    @Test
    void the_data_folder_is_needed_with_postgresql_too() throws IOException {
        WritablePlaces.require(of("data", "jdbc:postgresql://nobody/inbox"));
        Files.createFile(folder.resolve("file"));

        assertThatThrownBy(() -> WritablePlaces.require(of("file", "jdbc:postgresql://nobody/inbox")))
                .isInstanceOfSatisfying(InvalidConfiguration.class, refused -> assertThat(refused.mistakes())
                        .singleElement()
                        .asString()
                        .startsWith("data.folder = " + folder.resolve("file") + " cannot be written: ")
                        .contains(": not a folder; owner ", ", asked by the user "));
    }

    @Test
    void a_folder_of_the_database_that_cannot_be_made_is_named_within_a_second() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        Configuration configuration = of("data", "jdbc:sqlite:" + file.resolve("inbox.db"));

        assertTimeout(Duration.ofSeconds(1), () -> assertThatThrownBy(() -> WritablePlaces.require(configuration))
                .isInstanceOfSatisfying(InvalidConfiguration.class, refused -> assertThat(refused.mistakes())
                        .singleElement()
                        .asString()
                        .startsWith("Store jdbc:sqlite:" + file.resolve("inbox.db") + " cannot be opened: " + file
                                + " is no folder")));
    }

    private Configuration of(String data, String store) {
        return Configuration.of(Map.of("data.folder", folder.resolve(data).toString(), "store.url", store));
    }
}
