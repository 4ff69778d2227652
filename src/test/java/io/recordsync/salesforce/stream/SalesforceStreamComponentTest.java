package io.recordsync.salesforce.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recordsync.deletion.StreamReport;
import io.recordsync.delivery.DeliveryGate;
import io.recordsync.delivery.InMemoryPauses;
import io.recordsync.inbox.Intakes;
import io.recordsync.network.Outbound;
import io.recordsync.oauth.AccessTokens;
import io.recordsync.oauth.Grant;
import java.lang.reflect.Field;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.catalog.DefaultCamelCatalog;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.tooling.model.BaseOptionModel;
import org.apache.camel.tooling.model.ComponentModel;
import org.apache.camel.tooling.model.JsonMapper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SalesforceStreamComponentTest {

    private static final String STREAM = "salesforce-stream:/data/ContactChangeEvent";

    private final DefaultCamelContext camel = hostOfTheComponentAlone();
    private final SalesforceStreamComponent component = new SalesforceStreamComponent();
    private final StreamStatus status = new StreamStatus(Clock.systemUTC());
    private final DeliveryGate gate =
            new DeliveryGate(Duration.ofSeconds(1), Duration.ofSeconds(1), Clock.systemUTC(), new InMemoryPauses());
    private final Intakes intakes = unused(Intakes.class);
    private final AccessTokens tokens = new AccessTokens(
            URI.create("http://localhost/token"), unused(Grant.class), Duration.ofSeconds(1), Outbound.direct());

    /** Without the service, whose beans would be taken. */
    private static DefaultCamelContext hostOfTheComponentAlone() {
        DefaultCamelContext host = new DefaultCamelContext();
        host.getPropertiesComponent().addInitialProperty("recordsync.enabled", "false");
        return host;
    }

    @BeforeEach
    void open() {
        component.setTokens(tokens);
        component.setIntakes(intakes);
        component.setGate(gate);
        component.setStreamStatus(status);
        camel.addComponent("salesforce-stream", component);
    }

    @AfterEach
    void close() throws Exception {
        camel.close();
    }

    @Test
    void an_endpoint_has_the_collaborators_of_its_component() {
        SalesforceStreamEndpoint endpoint = endpoint(STREAM);

        assertThat(endpoint.getTokens()).isSameAs(tokens);
        assertThat(endpoint.getIntakes()).isSameAs(intakes);
        assertThat(endpoint.getGate()).isSameAs(gate);
        assertThat(endpoint.getStreamStatus()).isSameAs(status);
    }

    @Test
    void a_collaborator_that_the_endpoint_names_wins() {
        StreamStatus own = new StreamStatus(Clock.systemUTC());
        camel.getRegistry().bind("own", own);

        SalesforceStreamEndpoint endpoint = endpoint(STREAM + "?streamStatus=#bean:own");

        assertThat(endpoint.getStreamStatus()).isSameAs(own);
        assertThat(endpoint.getGate()).isSameAs(gate);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tokens", "intakes", "gate", "streamStatus"})
    void a_collaborator_that_is_missing_is_named(String option) {
        switch (option) {
            case "tokens" -> component.setTokens(null);
            case "intakes" -> component.setIntakes(null);
            case "gate" -> component.setGate(null);
            default -> component.setStreamStatus(null);
        }

        assertThatThrownBy(() -> endpoint(STREAM).createConsumer(exchange -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Option " + option + " is required");
    }

    @Test
    void a_consumer_that_never_started_can_be_stopped() throws Exception {
        Consumer consumer = endpoint(STREAM).createConsumer(exchange -> {});

        assertThatCode(consumer::stop).doesNotThrowAnyException();
        assertThatCode(((SalesforceStreamConsumer) consumer)::doStop).doesNotThrowAnyException();
        assertThat(status.get().state()).isEqualTo(StreamReport.State.STOPPED);
    }

    @Test
    void nothing_goes_out_before_it_is_known_which_org_the_credentials_lead_to() throws Exception {
        endpoint(STREAM).createConsumer(exchange -> {});

        assertThat(gate.isShut()).isTrue();
    }

    @Test
    void the_catalog_finds_a_category_and_a_description_of_every_option() {
        assertThat(SalesforceStreamEndpoint.class
                        .getAnnotation(UriEndpoint.class)
                        .category())
                .contains(Category.CLOUD);
        assertThat(Arrays.stream(SalesforceStreamEndpoint.class.getDeclaredFields()))
                .allSatisfy(
                        field -> assertThat(description(field)).as("%s", field).isNotBlank());
        assertThat(Arrays.stream(SalesforceStreamComponent.class.getDeclaredFields()))
                .allSatisfy(field -> assertThat(field.getAnnotation(Metadata.class))
                        .as("%s", field)
                        .satisfies(metadata -> assertThat(metadata.autowired()).isTrue())
                        .satisfies(
                                metadata -> assertThat(metadata.description()).isNotBlank()));
    }

    @Test
    void the_one_bean_of_a_type_is_taken_from_the_registry() throws Exception {
        try (DefaultCamelContext host = hostOfTheComponentAlone()) {
            host.getRegistry().bind("someTokens", tokens);
            host.getRegistry().bind("someIntakes", intakes);
            host.getRegistry().bind("someGate", gate);
            host.getRegistry().bind("someStatus", status);
            host.start();

            SalesforceStreamEndpoint endpoint = host.getEndpoint(STREAM, SalesforceStreamEndpoint.class);

            assertThat(endpoint.getTokens()).isSameAs(tokens);
            assertThat(endpoint.getIntakes()).isSameAs(intakes);
            assertThat(endpoint.getGate()).isSameAs(gate);
            assertThat(endpoint.getStreamStatus()).isSameAs(status);
        }
    }

    @Test
    void of_several_beans_of_a_type_the_services_own_is_taken() throws Exception {
        try (DefaultCamelContext host = hostOfTheComponentAlone()) {
            host.getRegistry().bind("recordsyncSalesforceToken", tokens);
            host.getRegistry()
                    .bind(
                            "recordsyncTalkdeskToken",
                            new AccessTokens(
                                    URI.create("http://localhost/other"),
                                    unused(Grant.class),
                                    Duration.ofSeconds(1),
                                    Outbound.direct()));
            host.start();

            assertThat(host.getEndpoint(STREAM, SalesforceStreamEndpoint.class).getTokens())
                    .isSameAs(tokens);
        }
    }

    @Test
    void the_catalog_of_camel_knows_the_component_by_its_class() {
        DefaultCamelCatalog catalog = catalog();

        assertThat(catalog.validateEndpointProperties(STREAM + "?firstStart=earliest&idleTimeout=330000")
                        .isSuccess())
                .isTrue();
        assertThat(catalog.validateEndpointProperties(STREAM + "?frstStart=earliest")
                        .getUnknown())
                .containsExactly("frstStart");
        assertThat(catalog.validateEndpointProperties(STREAM + "?firstStart=yesterday")
                        .getInvalidEnum())
                .containsEntry("firstStart", "yesterday");
    }

    private static DefaultCamelCatalog catalog() {
        DefaultCamelCatalog catalog = new DefaultCamelCatalog();
        catalog.addComponent("salesforce-stream", SalesforceStreamComponent.class.getName());
        return catalog;
    }

    /** It is written by the build and committed: what the class has and it has not was not built before the commit. */
    @Test
    void the_description_that_is_committed_is_that_of_the_class() {
        ComponentModel model = JsonMapper.generateComponentModel(catalog().componentJSonSchema("salesforce-stream"));

        assertThat(model.getEndpointOptions())
                .extracting(option -> option.getName() + ": " + option.getDescription())
                .containsAll(Arrays.stream(SalesforceStreamEndpoint.class.getDeclaredFields())
                        .map(field -> field.getName() + ": " + description(field))
                        .toList());
    }

    /** Camel's generated code lowers them by the default locale, which in Turkish makes another letter of a capital I. */
    @Test
    void no_option_has_a_capital_i() {
        ComponentModel model = JsonMapper.generateComponentModel(catalog().componentJSonSchema("salesforce-stream"));

        assertThat(Stream.concat(model.getEndpointOptions().stream(), model.getComponentOptions().stream())
                        .map(BaseOptionModel::getName))
                .hasSizeGreaterThan(20)
                .noneMatch(name -> name.contains("I"));
    }

    /** Quarkus looks for components in this index alone. */
    @Test
    void the_index_of_classes_is_built() {
        assertThat(SalesforceStreamComponent.class.getResource("/META-INF/jandex.idx"))
                .isNotNull();
    }

    private static String description(Field field) {
        UriParam param = field.getAnnotation(UriParam.class);
        return param == null ? field.getAnnotation(UriPath.class).description() : param.description();
    }

    private SalesforceStreamEndpoint endpoint(String uri) {
        return camel.getEndpoint(uri, SalesforceStreamEndpoint.class);
    }

    /** Whatever is called on it fails the test, but for its identity, by which a registry knows it. */
    private static <T> T unused(Class<T> type) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    if (method.getName().equals("hashCode")) {
                        return System.identityHashCode(proxy);
                    }
                    if (method.getName().equals("equals")) {
                        return proxy == arguments[0];
                    }
                    throw new AssertionError(method + " was called");
                }));
    }
}
