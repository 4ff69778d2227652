package io.recordsync.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.HostProperties;
import io.recordsync.deletion.DeliveryMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
        environment("ops.user", "OPS_USER", "operator ");

        assertThat(mistakes())
                .containsExactly(
                        "batch.size (BATCH_SIZE) = 0: expected a whole number from 1 to 100",
                        "ops.user (OPS_USER) = \"operator \" begins or ends with a space: expected a name without a colon",
                        "delivery.timeout (DELIVERY_TIMEOUT) is empty: expected milliseconds or a duration such as 30s,"
                                + " 5m or 24h, at least 500ms");
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
    void a_placeholder_is_read_nowhere_and_is_a_mistake_in_what_is_no_secret() throws Exception {
        file(FILE + "my.size = 42\nops.port = {{env:OPS}}\n");
        environment.put("BATCH_SIZE", "{{my.size}}");
        environment.put("STORE_PASSWORD", "{{my.size}}");

        Configuration configuration = read(false);
        assertThat(configuration.mistakes())
                .containsExactly(
                        "batch.size (BATCH_SIZE) = {{my.size}} has a {{ in it, and no placeholder is read in a setting any"
                                + " more: write the value in its place, or set BATCH_SIZE; expected a whole number from 1 to"
                                + " 100",
                        "ops.port = {{env:OPS}} has a {{ in it, and no placeholder is read in a setting any more: write the"
                                + " value in its place, or set OPS_PORT; expected a whole number from 0 to 65535");
        assertThat(configuration.value("store.password")).isEqualTo("{{my.size}}");
        assertThat(configuration.notices())
                .containsExactly(
                        "store.password (STORE_PASSWORD) is taken as it is written: {{…}} in it is no placeholder any"
                                + " more");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "secret\\9",
                "a\\",
                "pa{{ss}}",
                "\\{{x\\}}",
                "{{env:HOME}}",
                "{{",
                "#bean:x",
                "#class:java.lang.String",
                "#valueAs(int):1",
                "${env:HOME}",
                "pässwörd€ ",
                "?nested=true",
            })
    void a_secret_arrives_as_it_was_written_from_wherever_it_comes(String secret) throws Exception {
        file(FILE);
        for (String key : SecretFileTest.secrets()) {
            environment.put(Key.environmentName(key), secret);
            assertThat(read(false).value(key)).as("environment").isEqualTo(secret);
            environment.clear();

            system.put(key, secret);
            assertThat(read(false).value(key)).as("system property").isEqualTo(secret);
            system.clear();

            override(key, secret);
            for (boolean hostFirst : new boolean[] {true, false}) {
                assertThat(read(hostFirst).value(key))
                        .as("property of the host")
                        .isEqualTo(secret);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "DELIVERY_RAT, DELIVERY_RATE",
        "delivery.mode, DELIVERY_MODE",
        "delivery_mode, DELIVERY_MODE",
        "GUARD_MAX_DELETION, GUARD_MAX_DELETIONS",
        "TALKDESK_RECORDLISTS, TALKDESK_RECORD_LISTS",
        "SALESFORCE_CLIENTID, SALESFORCE_CLIENT_ID",
        "STORE_URL_FILE, STORE_URL",
    })
    void a_variable_that_is_almost_a_setting_is_reported_with_the_nearest_one(String variable, String nearest)
            throws Exception {
        file(FILE);
        environment.put(variable, "hunter2");

        Configuration configuration = read(false);
        assertThat(configuration.mistakes()).isEmpty();
        assertThat(configuration.notices())
                .containsExactly(variable + " is in the environment and is no setting; did you mean " + nearest + "?");
    }

    @Test
    void variables_of_others_and_those_of_kubernetes_are_not() throws Exception {
        file(FILE);
        environment.put("PATH", "/bin");
        environment.put("JAVA_OPTS", "-Xmx1g");
        environment.put(
                "TALKDESK_CLIENT_SECRET_FILE",
                folder.resolve("application.properties").toString());
        environment.put("STORE_SERVICE_HOST", "10.0.0.1");
        environment.put("STORE_SERVICE_PORT_POSTGRESQL", "5432");
        environment.put("STORE_PORT", "tcp://10.0.0.1:5432");
        environment.put("STORE_PORT_5432_TCP_ADDR", "10.0.0.1");

        assertThat(read(false).notices()).isEmpty();
    }

    @Test
    void a_service_link_of_kubernetes_that_hits_a_key_is_refused_by_its_name() throws Exception {
        file(FILE);
        environment.put("PROXY_PORT", "tcp://10.0.0.1:3128");
        environment.put("OPS_PORT", "tcp://10.0.0.1:80");

        assertThat(read(false).mistakes())
                .hasSize(2)
                .contains(
                        "proxy.port (PROXY_PORT) = tcp://10.0.0.1:3128 is a link to a service of Kubernetes, not a setting:"
                                + " set enableServiceLinks: false in the pod's spec, or give the service another name; expected a whole"
                                + " number from 1 to 65535");
    }

    @Test
    void the_default_locale_touches_no_name() throws Exception {
        file(FILE + "delivery.mode = live\n");
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(new Locale("tr", "TR"));
            environment.put("DELIVERY_MODE", "dry-run");
            environment.put("GUARD_MAX_DELETIONS", "7");

            Settings settings = read(false).settings();

            assertThat(settings.delivery().mode().kind()).isEqualTo(DeliveryMode.Kind.DRY_RUN);
            assertThat(settings.guard().maxDeletions()).isEqualTo(7);
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void the_services_own_file_comes_last() throws Exception {
        Path own = Files.writeString(
                folder.resolve("own.properties"),
                FILE + "batch.size = 1\nbatch.linger = 1\nops.port = 1\nops.user = one\n");
        environment.put("BATCH_SIZE", "2");
        system.put("batch.size", "3");
        system.put("batch.linger", "3");
        override("ops.port", "4");

        Configuration configuration = read(properties, false, ConfigurationFile.read(own));

        assertThat(configuration.mistakes()).isEmpty();
        assertThat(configuration.values())
                .containsEntry("batch.size", "2")
                .containsEntry("batch.linger", "3")
                .containsEntry("ops.port", "4")
                .containsEntry("ops.user", "one")
                .containsEntry("delivery.rate", "5");
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

        assertThat(read(true).mistakes()).containsExactly("batch.size = 0: expected a whole number from 1 to 100");
    }

    @Test
    void what_nothing_sets_has_its_default_and_keys_of_others_are_left_alone() throws Exception {
        file(FILE);

        Configuration configuration = read(false);

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

            Configuration configuration = read(host.getPropertiesComponent(), false, ConfigurationFile.none());

            assertThat(configuration.placeholders())
                    .containsEntry("batch.linger", "2000")
                    .containsEntry("talkdesk.record-lists", "list-a");
        } finally {
            host.stop();
        }
    }

    @Test
    void a_name_that_is_almost_a_key_is_a_mistake() throws Exception {
        file(FILE + "batch.sise = 1\n");

        assertThat(mistakes()).containsExactly("unknown key batch.sise; did you mean batch.size?");
    }

    /** Quarkus lists TALKDESK_API_URL as talkdesk.api.url, and answers for both names with its value. */
    @Test
    void a_variable_that_a_host_lists_with_dots_is_no_unknown_key() throws Exception {
        environment.put("BATCH_SISE", "1");
        file(FILE + "batch.sise = 1\n");
        override("talkdesk.api-url", "https://api.talkdeskapp.eu");
        override("talkdesk.api.url", "https://api.talkdeskapp.eu");
        override("talkdesk.client-secret.file", "/run/secret");
        override("talkdesk.client.secret.file", "/run/secret");

        assertThat(read(false).others()).containsExactly("camel.main.name", "my.own");
    }

    @Test
    void a_key_that_is_written_with_a_dot_too_many_is_a_mistake() throws Exception {
        file(FILE + "talkdesk.api.url = https://api.talkdeskapp.eu\n");

        assertThat(mistakes()).containsExactly("unknown key talkdesk.api.url; did you mean talkdesk.api-url?");
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

    private Configuration read(boolean hostFirst) {
        return read(properties, hostFirst, ConfigurationFile.none());
    }

    private Configuration read(PropertiesComponent component, boolean hostFirst, ConfigurationFile file) {
        HostProperties host = new HostProperties((org.apache.camel.component.properties.PropertiesComponent) component);
        return Configuration.read(host, host.names(), hostFirst, file, environment, system::get);
    }

    private List<String> mistakes() {
        return read(false).mistakes();
    }
}
