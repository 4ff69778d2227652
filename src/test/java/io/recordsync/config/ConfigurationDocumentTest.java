package io.recordsync.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ConfigurationDocumentTest {

    private static final Path PAGE = Path.of("docs/configuration.md");
    private static final Path SCHEMA = Path.of("ops/helm/salesforce-talkdesk-sync/values.schema.json");

    @Test
    void the_page_is_what_the_table_says() throws IOException {
        if (Boolean.getBoolean("docs.write")) {
            Files.writeString(PAGE, ConfigurationDocument.text());
        }

        assertThat(PAGE)
                .as("Regenerate it: mvn test -Dtest=ConfigurationDocumentTest -Ddocs.write=true")
                .hasContent(ConfigurationDocument.text());
    }

    /** So that Helm refuses a misspelt one before a pod does. */
    @Test
    void the_schema_of_the_chart_knows_every_key() throws IOException {
        String schema = Files.readString(SCHEMA);
        if (Boolean.getBoolean("docs.write")) {
            Files.writeString(SCHEMA, ChartSchema.withKeys(schema));
        }

        assertThat(SCHEMA)
                .as("Regenerate it: mvn test -Dtest=ConfigurationDocumentTest -Ddocs.write=true")
                .hasContent(ChartSchema.withKeys(schema));
    }

    @Test
    void no_row_has_a_column_too_many() {
        assertThat(ConfigurationDocument.text().lines().filter(line -> line.startsWith("| ")))
                .hasSize(Keys.all().size() + 2 * Key.Group.values().length)
                .allSatisfy(line -> assertThat(line.split("\\|")).hasSize(6));
    }
}
