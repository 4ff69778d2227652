package io.recordsync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recordsync.config.InvalidConfiguration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A route file that is there is loaded, or somebody is told. */
class RouteFilesTest {

    @TempDir
    Path folder;

    private final CamelContext context = new DefaultCamelContext(false);

    @BeforeEach
    void set_up() throws Exception {
        Files.createDirectory(folder.resolve("site"));
        for (String file : List.of("a.camel.yaml", "b.camel.yaml", "mine.yaml", "site/c.camel.yaml", "notes.txt")) {
            Files.createFile(folder.resolve(file));
        }
    }

    @AfterEach
    void tear_down() throws Exception {
        context.close();
    }

    @Test
    void what_the_pattern_does_not_name_is_left_out() {
        assertThat(leftOut("file:" + folder + "/*.camel.yaml", null)).containsExactly("mine.yaml", "site/c.camel.yaml");
        assertThat(leftOut("file:" + folder + "/*.yaml,file:" + folder + "/site/*", null))
                .isEmpty();
        assertThat(leftOut("classpath:nothing/*.yaml", null))
                .containsExactly("a.camel.yaml", "b.camel.yaml", "mine.yaml", "site/c.camel.yaml");
    }

    @Test
    void what_is_excluded_is_left_out() {
        assertThat(leftOut("file:" + folder + "/*.yaml,file:" + folder + "/site/*", "**/b.camel.yaml"))
                .containsExactly("b.camel.yaml");
    }

    @Test
    void a_relative_folder_is_the_same_one() {
        Path routes = Path.of("routes");

        assertThat(new RouteFiles(routes).leftOut(context, "file:routes/*.camel.yaml", null))
                .isEmpty();
        assertThat(new RouteFiles(routes).leftOut(context, "file:routes/a*.camel.yaml", null))
                .contains(Path.of("routes/deliver-deletions.camel.yaml"))
                .doesNotContain(Path.of("routes/accept-deletions.camel.yaml"));
    }

    @Test
    void no_folder_is_no_mistake_of_a_file() {
        RouteFiles none = new RouteFiles(folder.resolve("none"));

        none.requireReadable();
        assertThat(none.leftOut(context, "file:none/*.camel.yaml", null)).isEmpty();
    }

    @Test
    void a_file_that_cannot_be_read_is_named_with_its_owner_and_mode() throws Exception {
        Path file = folder.resolve("b.camel.yaml");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("-w-------"));
        Assumptions.assumeFalse(Files.isReadable(file), "root may read everything: the story asks as another user");

        assertThatThrownBy(new RouteFiles(folder)::requireReadable)
                .isInstanceOf(InvalidConfiguration.class)
                .hasMessageStartingWith("The route file " + file + " cannot be read: permission denied; owner ")
                .hasMessageContaining("mode -w-------");
    }

    private List<String> leftOut(String included, String excluded) {
        return new RouteFiles(folder)
                .leftOut(context, included, excluded).stream()
                        .map(file -> folder.relativize(file).toString())
                        .toList();
    }
}
