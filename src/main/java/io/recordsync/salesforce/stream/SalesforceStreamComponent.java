package io.recordsync.salesforce.stream;

import io.recordsync.delivery.DeliveryGate;
import io.recordsync.inbox.Intakes;
import io.recordsync.network.Outbound;
import io.recordsync.oauth.AccessTokens;
import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;

/**
 * {@code salesforce-stream:/data/ContactChangeEvent}: subscribes to a change data capture channel.
 *
 * <p>Its options are the collaborators of every endpoint that does not name its own. An option that is not set is the one bean of its
 * type in the registry, or, of several, the service's own.
 */
@Component("salesforce-stream")
public final class SalesforceStreamComponent extends DefaultComponent {

    @Metadata(autowired = true, label = "security", description = "Gives the access token and the org id")
    private AccessTokens tokens;

    @Metadata(autowired = true, description = "Keeps the position, and the one subscription to the channel")
    private Intakes intakes;

    @Metadata(autowired = true, description = "Is shut while the credentials lead to another org")
    private DeliveryGate gate;

    @Metadata(autowired = true, description = "Records the state of the stream, for health and the page")
    private StreamStatus streamStatus;

    @Metadata(
            autowired = true,
            description =
                    "The proxy, and the certificates that are trusted. Without it connections are direct and Java's"
                            + " certificates are trusted")
    private Outbound outbound;

    @Override
    protected void doInit() throws Exception {
        super.doInit();
        // Camel takes a bean by its type where there is one. Of access tokens the service has two.
        tokens = tokens != null ? tokens : named("recordsyncSalesforceToken", AccessTokens.class);
        intakes = intakes != null ? intakes : named("recordsyncIntakes", Intakes.class);
        gate = gate != null ? gate : named("recordsyncGate", DeliveryGate.class);
        streamStatus = streamStatus != null ? streamStatus : named("recordsyncStreamStatus", StreamStatus.class);
        outbound = outbound != null ? outbound : named("recordsyncOutbound", Outbound.class);
    }

    private <T> T named(String name, Class<T> type) {
        return getCamelContext().getRegistry().lookupByNameAndType(name, type);
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        SalesforceStreamEndpoint endpoint = new SalesforceStreamEndpoint(uri, this, remaining);
        endpoint.setTokens(tokens);
        endpoint.setIntakes(intakes);
        endpoint.setGate(gate);
        endpoint.setStreamStatus(streamStatus);
        if (outbound != null) {
            endpoint.setOutbound(outbound);
        }
        setProperties(endpoint, parameters);
        return endpoint;
    }

    public AccessTokens getTokens() {
        return tokens;
    }

    public void setTokens(AccessTokens tokens) {
        this.tokens = tokens;
    }

    public Intakes getIntakes() {
        return intakes;
    }

    public void setIntakes(Intakes intakes) {
        this.intakes = intakes;
    }

    public DeliveryGate getGate() {
        return gate;
    }

    public void setGate(DeliveryGate gate) {
        this.gate = gate;
    }

    public StreamStatus getStreamStatus() {
        return streamStatus;
    }

    public void setStreamStatus(StreamStatus streamStatus) {
        this.streamStatus = streamStatus;
    }

    public Outbound getOutbound() {
        return outbound;
    }

    public void setOutbound(Outbound outbound) {
        this.outbound = outbound;
    }
}
