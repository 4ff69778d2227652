package io.recordsync.routes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.dsl.yaml.YamlRoutesBuilderLoader;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** That editors accept the route files: each is what the JSON schema of Camel's YAML routes says. */
class RouteSchemaTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * Where the schema wants a number or a boolean and the operator has the word. The schema knows no placeholders, so an editor
     * marks these; here each is read as a value that it may have.
     */
    private static final Map<String, Object> PLACEHOLDERS =
            Map.of("completionSize: {{batch.size}}", 100, "autoStartup: {{doctor.at-start}}", true);

    private static final String ROUTE =
            """
            - route:
                id: one
                autoStartup: true
                from:
                  uri: direct:one
                  steps:
                    - split:
                        simple:
                          expression: "${body}"
                        stopOnException: true
                        steps:
                          - log:
                              message: one
            """;

    private static Schema schema;

    private final Set<String> met = new TreeSet<>();

    @BeforeAll
    static void read_the_schema() throws IOException {
        try (InputStream file = YamlRoutesBuilderLoader.class.getResourceAsStream("/schema/camelYamlDsl.json")) {
            schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_4)
                    .getSchema(JSON.readTree(file));
        }
    }

    @Test
    void every_route_file_is_as_the_schema_says() {
        List<Path> files = RouteYaml.files();
        assertThat(files).hasSizeGreaterThan(20);
        for (Path file : files) {
            assertThat(mistakes(RouteYaml.parsed(file))).as("%s", file).isEmpty();
        }
        assertThat(met).as("placeholders that the schema has no place for").isEqualTo(PLACEHOLDERS.keySet());
    }

    @Test
    void the_route_that_faults_are_planted_in_is_right() {
        assertThat(mistakes(RouteYaml.parsed(ROUTE))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "stopOnException: true | stopOnException: 'true'",
                "autoStartup: true     | autoStartup: '{{site.starts}}'",
                "stopOnException: true | stopOnExeption: true",
                "- log:                | - lock:",
                "message: one          | loggingLevel: WARN",
                "uri: direct:one       | url: direct:one",
                "- route:              | - rout:"
            })
    void a_fault_is_found(String right, String wrong) {
        assertThat(ROUTE).contains(right);

        assertThat(mistakes(RouteYaml.parsed(ROUTE.replace(right, wrong.replace('\'', '"')))))
                .isNotEmpty();
    }

    private List<String> mistakes(Object routes) {
        JsonNode tree = JSON.valueToTree(withValues(routes));
        return schema.validate(tree).stream().map(Error::toString).toList();
    }

    private Object withValues(Object node) {
        if (node instanceof List<?> list) {
            List<Object> values = new ArrayList<>();
            list.forEach(item -> values.add(withValues(item)));
            return values;
        }
        if (!(node instanceof Map<?, ?> map)) {
            return node;
        }
        Map<Object, Object> values = new LinkedHashMap<>();
        map.forEach((key, value) -> {
            String line = key + ": " + value;
            if (PLACEHOLDERS.containsKey(line)) {
                met.add(line);
            }
            values.put(key, PLACEHOLDERS.getOrDefault(line, withValues(value)));
        });
        return values;
    }
}
