package io.recordsync.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.PropertiesComponent;
import org.apache.camel.spi.PropertiesSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where values come from, in a Camel runtime, and how a message names their keys. */
class ConfigurationOriginTest {

    private static final String FILE =
            """
            salesforce.login-url = https://acme.my.salesforce.com
            salesforce.client-id = 3MVG9
            salesforce.client-secret = secret-1
            talkdesk.token-url = https://acme.talkdeskid.com/oauth/token
            talkdesk.client-id = c1
            talkdesk.client-secret = secret-2
            talkdesk.record-lists = list-a
            camel.main.name = sync
            my.own = 1
            """;

    @TempDir
    Path folder;

    private final CamelContext context = new DefaultCamelContext();
    private final PropertiesComponent properties = context.getPropertiesComponent();
    private final Map<String, String> environment = new HashMap<>();
    private final Map<String, String> system = new HashMap<>();

    @BeforeEach
    void set_up() {
        context.build();
    }

    @AfterEach
    void tear_down() {
        context.stop();
    }

    @Test
    void a_value_of_the_environment_is_named_by_both_its_names() throws Exception {
        file(FILE);
        environment("batch.size", "BATCH_SIZE", "0");
        environment("delivery.timeout", "DELIVERY_TIMEOUT", "");
        environment("ops.password", "OPS_PASSWORD", "hunter2 ");

        assertThat(mistakes())
                .containsExactly(
                        "batch.size (BATCH_SIZE) = 0: expected a whole number from 1 to 100",
                        "ops.password (OPS_PASSWORD) = (not shown) begins or ends with a space: expected a value",
                        "delivery.timeout (DELIVERY_TIMEOUT) is empty: expected milliseconds or a duration such as 30s,"
                                + " 5m or 24h, above 0");
    }

    @Test
    void cross_checks_name_it_so_too() throws Exception {
        file(FILE + "delivery.backoff = 10s\n");
        environment("delivery.backoff-max", "DELIVERY_BACKOFF_MAX", "5s");
        environment("delivery.dry-run-lists", "DELIVERY_DRY_RUN_LISTS", "list-b");
        environment("proxy.user", "PROXY_USER", "sync");

        assertThat(mistakes())
                .containsExactly(
                        "delivery.backoff-max (DELIVERY_BACKOFF_MAX) = 5s: expected no less than delivery.backoff"
                                + " (10s)",
                        "delivery.dry-run-lists (DELIVERY_DRY_RUN_LISTS) names list-b: expected lists of"
                                + " talkdesk.record-lists",
                        "proxy.user (PROXY_USER) is set, but proxy.host is not: expected both or none");
    }

    @Test
    void a_placeholder_in_the_environment_is_of_the_environment() throws Exception {
        file(FILE);
        environment.put("BATCH_SIZE", "{{my.size}}");
        override("batch.size", "500");

        assertThat(mistakes()).containsExactly("batch.size (BATCH_SIZE) = 500: expected a whole number from 1 to 100");
    }

    @Test
    void a_value_of_a_file_or_of_a_system_property_has_one_name() throws Exception {
        file(FILE + "batch.size = 0\n");
        system.put("ops.port", "http");
        override("ops.port", "http");

        assertThat(mistakes())
                .containsExactly(
                        "batch.size = 0: expected a whole number from 1 to 100",
                        "ops.port = http: expected a whole number from 0 to 65535");
    }

    @Test
    void a_host_may_let_something_else_win_over_the_environment() throws Exception {
        file(FILE);
        environment.put("BATCH_SIZE", "50");
        override("batch.size", "0");

        assertThat(mistakes()).containsExactly("batch.size = 0: expected a whole number from 1 to 100");
    }

    @Test
    void what_nothing_sets_has_its_default_and_keys_of_others_are_left_alone() throws Exception {
        file(FILE);

        Configuration configuration = read();

        assertThat(configuration.mistakes()).isEmpty();
        assertThat(configuration.values().keySet()).containsExactlyElementsOf(Keys.names());
        assertThat(configuration.value("batch.size")).isEqualTo("100");
        assertThat(configuration.value("ops.password")).isEmpty();
        assertThat(configuration.settings().talkdesk().recordLists()).containsExactly("list-a");
    }

    /** As Spring Boot's: it answers for a key, and lists none. */
    @Test
    void a_source_that_lists_no_names_is_read_key_by_key() throws Exception {
        Properties values = new Properties();
        try (var reader = Files.newBufferedReader(file(FILE + "batch.linger = 2s\n"))) {
            values.load(reader);
        }
        CamelContext host = new DefaultCamelContext();
        try {
            host.getPropertiesComponent().addPropertiesSource(new PropertiesSource() {
                @Override
                public String getName() {
                    return "host";
                }

                @Override
                public String getProperty(String name) {
                    return values.getProperty(name);
                }
            });
            host.build();

            Configuration configuration =
                    Configuration.read(host.getPropertiesComponent(), environment::get, system::get);

            assertThat(configuration.placeholders())
                    .containsEntry("batch.linger", "2000")
                    .containsEntry("talkdesk.record-lists", "list-a");
        } finally {
            host.stop();
        }
    }

    @Test
    void a_placeholder_that_nothing_resolves_is_a_mistake_and_one_that_resolves_is_none() throws Exception {
        file(FILE + "ops.port = {{env:NO_SUCH_VARIABLE}}\nbatch.size = {{my.size}}\nmy.size = 42\n");

        Configuration configuration = read();

        assertThat(configuration.value("batch.size")).isEqualTo("42");
        assertThat(configuration.mistakes())
                .containsExactly("ops.port = {{env:NO_SUCH_VARIABLE}} has a placeholder that nothing resolves: expected"
                        + " a whole number from 0 to 65535");
    }

    @Test
    void a_name_that_is_almost_a_key_is_a_mistake() throws Exception {
        file(FILE + "batch.sise = 1\n");

        assertThat(mistakes()).containsExactly("unknown key batch.sise; did you mean batch.size?");
    }

    private Path file(String text) throws Exception {
        Path file = Files.writeString(folder.resolve("application.properties"), text);
        properties.addLocation("file:" + file);
        return file;
    }

    /** As Camel resolves it, whose environment no test can set. */
    private void environment(String key, String name, String value) {
        environment.put(name, value);
        override(key, value);
    }

    private void override(String key, String value) {
        properties.addOverrideProperty(key, value);
    }

    private Configuration read() {
        return Configuration.read(properties, environment::get, system::get);
    }

    private List<String> mistakes() {
        return read().mistakes();
    }
}
