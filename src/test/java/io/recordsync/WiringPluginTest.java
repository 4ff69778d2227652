package io.recordsync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recordsync.config.InvalidConfiguration;
import io.recordsync.inbox.Ledger;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.platform.http.spi.PlatformHttpEngine;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServer;
import org.apache.camel.component.properties.PropertiesComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.main.Main;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The service in a Camel Main that knows nothing of it but its jar. */
@Timeout(60)
class WiringPluginTest {

    private static final String A_ROUTE =
            """
            - route:
                id: %s
                from:
                  uri: direct:%s
                  steps:
                    - log:
                        message: "{{batch.size}} {{batch.linger}}"
            """;

    @TempDir
    Path folder;

    private final Main main = new Main();

    @AfterEach
    void stop() {
        main.stop();
    }

    @Test
    void routes_find_beans_by_our_names_and_values_as_they_were_read() throws Exception {
        start(Map.of("batch.linger", "2s"), route("one.yaml", A_ROUTE.formatted("one", "one")));

        CamelContext context = main.getCamelContext();
        assertThat(context.getRegistry().lookupByNameAndType("recordsyncLedger", Ledger.class))
                .isNotNull();
        assertThat(context.resolvePropertyPlaceholders("{{batch.size}} {{batch.linger}}"))
                .isEqualTo("100 2000");
    }

    @Test
    void a_secret_is_no_placeholder_of_routes() throws Exception {
        Map<String, String> texts = TestSettings.texts(folder);
        texts.put("ledger.phone-key", "0123456789abcdef");
        start(texts, route("one.yaml", A_ROUTE.formatted("one", "one")));

        assertThat(((PropertiesComponent) main.getCamelContext().getPropertiesComponent())
                        .getOverrideProperties()
                        .stringPropertyNames())
                .contains("batch.size")
                .doesNotContain("ledger.phone-key", "salesforce.client-secret");
    }

    @Test
    void mistakes_in_the_configuration_end_the_start() throws Exception {
        assertThatThrownBy(() -> start(
                        Map.of("delivery.mode", "dryrun", "talkdesk.record-lists", ","),
                        route("one.yaml", A_ROUTE.formatted("one", "one"))))
                .isInstanceOf(InvalidConfiguration.class)
                .hasMessageContaining("delivery.mode = dryrun: expected live or dry-run")
                .hasMessageContaining("talkdesk.record-lists = ,");
    }

    /** Such a context loads its plugins in its constructor, before it has a model. */
    @Test
    void mistakes_end_the_start_of_a_context_that_a_host_makes_by_itself() throws Exception {
        try (DefaultCamelContext host = new DefaultCamelContext()) {
            TestSettings.texts(folder).forEach(host.getPropertiesComponent()::addOverrideProperty);
            host.getPropertiesComponent().addOverrideProperty("delivery.mode", "dryrun");

            assertThatThrownBy(host::start).hasMessageContaining("delivery.mode = dryrun: expected live or dry-run");
        }
    }

    @Test
    void a_context_that_a_host_makes_by_itself_has_the_beans() throws Exception {
        try (DefaultCamelContext host = new DefaultCamelContext()) {
            TestSettings.texts(folder).forEach(host.getPropertiesComponent()::addOverrideProperty);
            RouteBuilder.addRoutes(
                    host, routes -> routes.from("direct:one").routeId("one").log("one"));
            host.start();

            assertThat(host.getRegistry().lookupByName("recordsyncLedger")).isNotNull();
        }
    }

    @Test
    void a_context_that_says_so_is_left_alone() throws Exception {
        main.configure()
                .withRoutesIncludePattern(
                        "file:"
                                + route(
                                        "one.yaml",
                                        "- route:\n    id: one\n    from:\n      uri: direct:one\n      steps:\n        - log:\n            message: one\n"));
        main.addOverrideProperty(WiringPlugin.ENABLED, "false");
        main.start();

        assertThat(main.getCamelContext().getRegistry().lookupByName("recordsyncLedger"))
                .isNull();
    }

    @Test
    void a_site_may_bring_its_own_clock() throws Exception {
        Clock theirs = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);
        main.bind("recordsyncClock", theirs);
        main.bind("clock", Clock.systemUTC());
        start(Map.of(), route("one.yaml", A_ROUTE.formatted("one", "one")));

        assertThat(main.getCamelContext().getRegistry().lookupByName("recordsyncClock"))
                .isSameAs(theirs);
    }

    @Test
    void what_a_promise_hangs_on_is_not_replaced() throws Exception {
        main.bind("recordsyncGate", "theirs");

        assertThatThrownBy(() -> start(Map.of(), route("one.yaml", A_ROUTE.formatted("one", "one"))))
                .hasMessageContaining("recordsyncGate is bound already");
    }

    @Test
    void a_bean_of_a_site_that_is_read_before_any_route_is_answered() throws Exception {
        String early =
                """
                - beans:
                    - name: early
                      type: io.recordsync.WiringPluginTest$Early
                      properties:
                        size: "{{batch.size}}"
                        ledger: "#bean:recordsyncLedger"
                """;
        start(Map.of(), route("early.yaml", early), route("one.yaml", A_ROUTE.formatted("one", "one")));

        Early bean = main.getCamelContext().getRegistry().lookupByNameAndType("early", Early.class);
        assertThat(bean.size).isEqualTo("100");
        assertThat(bean.ledger).isSameAs(main.getCamelContext().getRegistry().lookupByName("recordsyncLedger"));
    }

    @Test
    void two_files_with_one_route_id_end_the_start_by_name() throws Exception {
        Path one = route("one.yaml", A_ROUTE.formatted("same", "one"));
        Path other = route("other.yaml", A_ROUTE.formatted("same", "other"));

        assertThatThrownBy(() -> start(Map.of(), one, other))
                .hasMessageContaining("The route same is in")
                .hasMessageContaining("one.yaml")
                .hasMessageContaining("other.yaml");
    }

    /** Without this the page and the API were open where the file with their front door was left out. */
    @Test
    void a_route_whose_configuration_is_not_there_ends_the_start() {
        assertThatThrownBy(() -> start(
                        Map.of(),
                        route(
                                "one.yaml",
                                A_ROUTE.formatted("one", "one")
                                        .replace("id: one", "id: one\n    routeConfigurationId: ops"))))
                .hasStackTraceContaining("The route one names the route configuration ops");
    }

    /** Camel applies each that it finds: with one of two misspelt the route would run with half of what it names. */
    @ParameterizedTest
    @ValueSource(strings = {"opps", "ops,opps", "opps,ops", "ops, ops"})
    void a_route_whose_configuration_is_misspelt_ends_the_start(String named) throws Exception {
        Path configuration = route(
                "ops.yaml",
                "- routeConfiguration:\n    id: ops\n    interceptFrom:\n      - interceptFrom:\n          steps:\n"
                        + "            - log:\n                message: in\n");
        Path wronglyNamed = route(
                "one.yaml",
                A_ROUTE.formatted("one", "one")
                        .replace("id: one", "id: one\n    routeConfigurationId: \"" + named + "\""));

        assertThatThrownBy(() -> start(Map.of(), configuration, wronglyNamed))
                .hasStackTraceContaining("The route one names the route configuration")
                .hasStackTraceContaining(", which no file has brought");
    }

    /** As a host does that has nothing of ours but the jar. */
    @Test
    void the_routes_in_the_jar_are_the_whole_service() throws Exception {
        Map<String, String> nowhere = Map.of(
                "salesforce.login-url", "http://localhost:9",
                "salesforce.pubsub.host", "localhost",
                "salesforce.pubsub.port", "9",
                "talkdesk.api-url", "http://localhost:9",
                "talkdesk.token-url", "http://localhost:9/token",
                "doctor.at-start", "false");
        TestSettings.texts(folder).forEach(main::addInitialProperty);
        nowhere.forEach(main::addInitialProperty);
        main.configure().withRoutesIncludePattern("classpath:routes/*.camel.yaml");
        main.start();

        assertThat(main.getCamelContext().getRoutes())
                .extracting(Route::getRouteId)
                .contains("subscribe-deletions", "claim-deletions", "show-page")
                .doesNotContain("subscribe-with-camel-salesforce");
        assertThat(main.getCamelContext().hasComponent("platform-http"))
                .as("a host's own")
                .isNull();
        List.of(
                        PlatformHttpEngine.class,
                        VertxPlatformHttpRouter.class,
                        VertxPlatformHttpServer.class,
                        Router.class,
                        HttpServer.class,
                        Vertx.class)
                .forEach(type -> assertThat(main.getCamelContext().getRegistry().findByType(type))
                        .as("found by a host's platform-http:, which would take it for its own: a " + type)
                        .isEmpty());
    }

    @Test
    void a_start_without_routes_is_a_failed_start() {
        assertThatThrownBy(() -> start(Map.of(), folder.resolve("*.camel.yaml")))
                .hasMessageContaining("No route was loaded");
    }

    /** Public for Camel. */
    public static final class Early {

        private String size;
        private Object ledger;

        public void setSize(String size) {
            this.size = size;
        }

        public void setLedger(Ledger ledger) {
            this.ledger = ledger;
        }
    }

    private void start(Map<String, String> changed, Path... routes) throws Exception {
        TestSettings.texts(folder).forEach(main::addInitialProperty);
        changed.forEach(main::addInitialProperty);
        main.configure()
                .withRoutesIncludePattern(String.join(
                        ",",
                        java.util.Arrays.stream(routes)
                                .map(file -> "file:" + file)
                                .toList()));
        main.start();
    }

    private Path route(String name, String yaml) throws IOException {
        return Files.writeString(folder.resolve(name), yaml);
    }
}
