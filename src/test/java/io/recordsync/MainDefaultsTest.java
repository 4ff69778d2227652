package io.recordsync;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of the list of route files that earlier releases had in their configuration file. */
class MainDefaultsTest {

    private static final String PATTERN = "camel.main.routesIncludePattern";
    private static final String ALL = "file:routes/*.camel.yaml";
    private static final String OLD_LIST =
            "file:routes/beans.camel.yaml,file:routes/error-handling.camel.yaml,file:routes/subscribe-deletions.camel.yaml";

    @TempDir
    Path folder;

    @Test
    void an_old_list_of_our_files_comes_to_all_of_them() {
        assertThat(MainDefaults.overrides(OLD_LIST, false, folder))
                .containsOnlyKeys(PATTERN)
                .containsEntry(PATTERN, ALL);
    }

    @Test
    void a_sites_own_files_stay_in_it() {
        assertThat(MainDefaults.overrides(OLD_LIST + ", file:site/mine.camel.yaml", false, folder))
                .containsEntry(PATTERN, ALL + ",file:site/mine.camel.yaml");
    }

    @Test
    void an_old_list_that_names_the_alternative_chooses_that_subscriber_and_a_key_wins_over_it() {
        String list =
                "file:routes/beans.camel.yaml,file:routes/alternatives/subscribe-with-camel-salesforce.camel.yaml";

        assertThat(MainDefaults.overrides(list, false, folder))
                .containsEntry("salesforce.subscriber", "camel-salesforce");
        assertThat(MainDefaults.overrides(list, true, folder)).doesNotContainKey("salesforce.subscriber");
    }

    @Test
    void a_list_without_any_file_of_ours_is_the_operators() {
        assertThat(MainDefaults.overrides("file:site/*.yaml", false, folder))
                .containsEntry(PATTERN, "file:site/*.yaml");
    }

    @Test
    void what_an_earlier_release_left_in_the_folder_is_not_loaded() throws IOException {
        Files.createFile(folder.resolve("beans.camel.yaml"));
        Files.createFile(folder.resolve("one.camel.yaml"));
        Files.createFile(folder.resolve("notes.txt"));

        assertThat(MainDefaults.overrides(ALL, false, folder))
                .containsEntry(PATTERN, "file:" + folder.resolve("one.camel.yaml"));
    }
}
