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
import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SalesforceStreamComponentTest {

    private static final String STREAM = "salesforce-stream:/data/ContactChangeEvent";

    private final DefaultCamelContext camel = new DefaultCamelContext();
    private final SalesforceStreamComponent component = new SalesforceStreamComponent();
    private final StreamStatus status = new StreamStatus(Clock.systemUTC());
    private final DeliveryGate gate =
            new DeliveryGate(Duration.ofSeconds(1), Duration.ofSeconds(1), Clock.systemUTC(), new InMemoryPauses());
    private final Intakes intakes = unused(Intakes.class);
    private final AccessTokens tokens = new AccessTokens(
            URI.create("http://localhost/token"), unused(Grant.class), Duration.ofSeconds(1), Outbound.direct());

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

    private static String description(Field field) {
        UriParam param = field.getAnnotation(UriParam.class);
        return param == null ? field.getAnnotation(UriPath.class).description() : param.description();
    }

    private SalesforceStreamEndpoint endpoint(String uri) {
        return camel.getEndpoint(uri, SalesforceStreamEndpoint.class);
    }

    /** Whatever is called on it fails the test. */
    private static <T> T unused(Class<T> type) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    throw new AssertionError(method + " was called");
                }));
    }
}
