package io.recordsync.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.config.Value.Source;
import org.junit.jupiter.api.Test;

/** Where the start names a folder for the data, what has its default place is there, and nothing else is moved. */
class DataPlaceTest {

    @Test
    void the_folder_and_the_file_are_there_also_where_the_file_repeats_the_default() {
        assertThat(placed("data.folder", "./data", "/var/lib/sync")).isEqualTo("/var/lib/sync");
        assertThat(placed("store.url", "jdbc:sqlite:./data/recordsync.db", "/var/lib/sync"))
                .isEqualTo("jdbc:sqlite:/var/lib/sync/recordsync.db");
    }

    @Test
    void what_the_operator_set_stays() {
        assertThat(placed("data.folder", "/srv/data", "/var/lib/sync")).isEqualTo("/srv/data");
        assertThat(placed("store.url", "jdbc:postgresql://db/sync", "/var/lib/sync"))
                .isEqualTo("jdbc:postgresql://db/sync");
        assertThat(placed("data.folder", "./data", "")).isEqualTo("./data");
    }

    private static String placed(String name, String text, String place) {
        Key<?> key = Keys.all().stream()
                .filter(it -> it.name().equals(name))
                .findFirst()
                .orElseThrow();
        return DataPlace.of(key, new Value(name, text, Source.FILE), place).text();
    }
}
