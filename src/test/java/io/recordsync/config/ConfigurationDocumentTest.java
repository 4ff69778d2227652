package io.recordsync.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ConfigurationDocumentTest {

    private static final Path PAGE = Path.of("docs/configuration.md");

    @Test
    void the_page_is_what_the_table_says() throws IOException {
        if (Boolean.getBoolean("docs.write")) {
            Files.writeString(PAGE, ConfigurationDocument.text());
        }

        assertThat(PAGE)
                .as("Regenerate it: mvn test -Dtest=ConfigurationDocumentTest -Ddocs.write=true")
                .hasContent(ConfigurationDocument.text());
    }

    @Test
    void no_row_has_a_column_too_many() {
        assertThat(ConfigurationDocument.text().lines().filter(line -> line.startsWith("| ")))
                .hasSize(Keys.all().size() + 2 * Key.Group.values().length)
                .allSatisfy(line -> assertThat(line.split("\\|")).hasSize(6));
    }
}
