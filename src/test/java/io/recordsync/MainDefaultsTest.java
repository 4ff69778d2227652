package io.recordsync;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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

    private RoutePlaces places() {
        return new RoutePlaces(folder, Optional.empty());
    }

    @Test
    void the_files_of_a_site_are_loaded_whatever_the_configuration_lists() {
        RoutePlaces places = new RoutePlaces(Path.of("/usr/share/x/routes"), Optional.of(Path.of("/etc/x/routes")));

        for (String configured : List.of(places.pattern(), RoutePlaces.DEFAULT, OLD_LIST)) {
            assertThat(MainDefaults.overrides(configured, false, places))
                    .containsEntry(PATTERN, "file:/usr/share/x/routes/*.camel.yaml,file:/etc/x/routes/*.camel.yaml");
        }
        assertThat(MainDefaults.overrides("file:mine/*.yaml", false, places))
                .containsEntry(PATTERN, "file:mine/*.yaml,file:/etc/x/routes/*.camel.yaml");
    }

    @Test
    void a_folder_that_is_a_link_is_looked_for_where_it_leads_to() throws Exception {
        Path routes = Files.createDirectory(folder.resolve("routes")).toRealPath();
        Path link = Files.createSymbolicLink(folder.resolve("link"), routes);
        Path broken = Files.createSymbolicLink(folder.resolve("broken"), folder.resolve("nowhere"));

        assertThat(RoutePlaces.followed(link)).isEqualTo(routes);
        assertThat(RoutePlaces.followed(routes)).isEqualTo(routes);
        assertThat(RoutePlaces.followed(broken)).isEqualTo(broken);
    }

    @Test
    void an_old_list_of_our_files_comes_to_all_of_them() {
        assertThat(MainDefaults.overrides(OLD_LIST, false, places()))
                .containsOnlyKeys(PATTERN)
                .containsEntry(PATTERN, places().pattern());
    }

    @Test
    void a_sites_own_files_stay_in_it() {
        assertThat(MainDefaults.overrides(OLD_LIST + ", file:site/mine.camel.yaml", false, places()))
                .containsEntry(PATTERN, places().pattern() + ",file:site/mine.camel.yaml");
    }

    @Test
    void an_old_list_that_names_the_alternative_chooses_that_subscriber_and_a_key_wins_over_it() {
        String list =
                "file:routes/beans.camel.yaml,file:routes/alternatives/subscribe-with-camel-salesforce.camel.yaml";

        assertThat(MainDefaults.overrides(list, false, places()))
                .containsEntry("salesforce.subscriber", "camel-salesforce");
        assertThat(MainDefaults.overrides(list, true, places())).doesNotContainKey("salesforce.subscriber");
    }

    @Test
    void a_list_without_any_file_of_ours_is_the_operators() {
        assertThat(MainDefaults.overrides("file:site/*.yaml", false, places()))
                .containsEntry(PATTERN, "file:site/*.yaml");
    }

    @Test
    void what_an_earlier_release_left_in_the_folder_is_not_loaded() throws IOException {
        Files.createFile(folder.resolve("beans.camel.yaml"));
        Files.createFile(folder.resolve("one.camel.yaml"));
        Files.createFile(folder.resolve("notes.txt"));

        assertThat(MainDefaults.overrides(ALL, false, places()))
                .containsEntry(PATTERN, "file:" + folder.resolve("one.camel.yaml"));
    }
}
