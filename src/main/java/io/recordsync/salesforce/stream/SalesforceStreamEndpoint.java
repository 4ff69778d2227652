package io.recordsync.salesforce.stream;

import io.grpc.ManagedChannel;
import io.recordsync.delivery.DeliveryGate;
import io.recordsync.inbox.Intakes;
import io.recordsync.network.Outbound;
import io.recordsync.network.OutboundGrpc;
import io.recordsync.network.Target;
import io.recordsync.oauth.AccessTokens;
import java.time.Duration;
import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;

/**
 * Subscribe to a change data capture channel of Salesforce's Pub/Sub API.
 *
 * <p>The body of an exchange is a {@link StreamResponse}; an exchange that fails is handed over again until it succeeds, so
 * the route must be safe to repeat. The collaborators that an endpoint does not name are the component's.
 */
@UriEndpoint(
        firstVersion = "0.1.0",
        scheme = "salesforce-stream",
        title = "Salesforce Stream",
        syntax = "salesforce-stream:channel",
        category = {Category.CLOUD, Category.SAAS},
        consumerOnly = true)
public final class SalesforceStreamEndpoint extends DefaultEndpoint {

    @UriPath(description = "The channel, such as /data/ContactChangeEvent")
    @Metadata(required = true)
    private String channel;

    @UriParam(label = "security", description = "Gives the access token and the org id")
    private AccessTokens tokens;

    @UriParam(description = "Keeps the position, and the one subscription to the channel")
    private Intakes intakes;

    @UriParam(description = "Is shut while the credentials lead to another org")
    private DeliveryGate gate;

    @UriParam(description = "Records the state of the stream, for health and the page")
    private StreamStatus streamStatus;

    @UriParam(defaultValue = "api.pubsub.salesforce.com", description = "The host of the Pub/Sub API")
    private String host = "api.pubsub.salesforce.com";

    @UriParam(defaultValue = "7443", description = "The port of the Pub/Sub API")
    private int port = 7443;

    @UriParam(description = "Whether to connect without TLS, for a simulator")
    private boolean plaintext;

    @UriParam(
            description =
                    "The proxy, and the certificates that are trusted. Without it connections are direct and Java's"
                            + " certificates are trusted")
    private Outbound outbound = Outbound.direct();

    @UriParam(
            enums = "earliest,latest",
            defaultValue = "latest",
            description = "Where to start while no position is saved")
    private String firstStart = "latest";

    @UriParam(
            defaultValue = "330000",
            description = "Silence after which the connection counts as dead and is opened again")
    private Duration idleTimeout = Duration.ofMillis(330_000);

    @UriParam(
            defaultValue = "0",
            description =
                    "How often the connection is pinged, for a proxy that cuts silent ones; 0 = not at all. Salesforce"
                            + " may refuse pings that come more often than every five minutes")
    private Duration keepAlive = Duration.ZERO;

    @UriParam(defaultValue = "5000", description = "How often the subscription is renewed in the inbox")
    private Duration heartbeat = Duration.ofMillis(5_000);

    @UriParam(
            defaultValue = "50000",
            description = "How long a response may take to be accepted before the stream is closed meanwhile;"
                    + " Salesforce expects a request within 60 seconds")
    private Duration acceptLimit = Duration.ofMillis(50_000);

    @UriParam(defaultValue = "1000", description = "The first wait before a reconnect")
    private Duration backoff = Duration.ofMillis(1_000);

    @UriParam(defaultValue = "60000", description = "The longest wait before a reconnect")
    private Duration backoffMax = Duration.ofMillis(60_000);

    @UriParam(
            defaultValue = "900000",
            description = "The longest wait where a reconnect cannot help soon: allocation, permissions")
    private Duration backoffLong = Duration.ofMillis(900_000);

    SalesforceStreamEndpoint(String uri, SalesforceStreamComponent component, String channel) {
        super(uri, component);
        this.channel = channel.startsWith("/") ? channel : "/" + channel;
    }

    /** @throws IllegalArgumentException when a collaborator is missing */
    @Override
    public Consumer createConsumer(Processor processor) throws Exception {
        required("tokens", tokens);
        required("intakes", intakes);
        required("gate", gate);
        required("streamStatus", streamStatus);
        SalesforceStreamConsumer consumer = new SalesforceStreamConsumer(this, processor);
        configureConsumer(consumer);
        return consumer;
    }

    private void required(String option, Object value) {
        if (value == null) {
            throw new IllegalArgumentException("Option " + option + " is required: set it on the component"
                    + " salesforce-stream or on the endpoint " + getEndpointUri());
        }
    }

    @Override
    public Producer createProducer() {
        throw new UnsupportedOperationException("salesforce-stream only consumes: use it in a from");
    }

    ManagedChannel connect(int maxResponseBytes) {
        return OutboundGrpc.channel(outbound, target(), plaintext, keepAlive)
                .maxInboundMessageSize(maxResponseBytes)
                .build();
    }

    Target target() {
        return new Target(host, port);
    }

    boolean startsLatest() {
        return !"earliest".equalsIgnoreCase(firstStart);
    }

    public String getChannel() {
        return channel;
    }

    public void setChannel(String channel) {
        this.channel = channel;
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

    public String getHost() {
        return host;
    }

    public void setHost(String host) {
        this.host = host;
    }

    public int getPort() {
        return port;
    }

    public void setPort(int port) {
        this.port = port;
    }

    public boolean isPlaintext() {
        return plaintext;
    }

    public void setPlaintext(boolean plaintext) {
        this.plaintext = plaintext;
    }

    public Outbound getOutbound() {
        return outbound;
    }

    public void setOutbound(Outbound outbound) {
        this.outbound = outbound;
    }

    public String getFirstStart() {
        return firstStart;
    }

    public void setFirstStart(String firstStart) {
        this.firstStart = firstStart;
    }

    public Duration getIdleTimeout() {
        return idleTimeout;
    }

    public void setIdleTimeout(Duration idleTimeout) {
        this.idleTimeout = idleTimeout;
    }

    public Duration getKeepAlive() {
        return keepAlive;
    }

    public void setKeepAlive(Duration keepAlive) {
        this.keepAlive = keepAlive;
    }

    public Duration getHeartbeat() {
        return heartbeat;
    }

    public void setHeartbeat(Duration heartbeat) {
        this.heartbeat = heartbeat;
    }

    public Duration getAcceptLimit() {
        return acceptLimit;
    }

    public void setAcceptLimit(Duration acceptLimit) {
        this.acceptLimit = acceptLimit;
    }

    public Duration getBackoff() {
        return backoff;
    }

    public void setBackoff(Duration backoff) {
        this.backoff = backoff;
    }

    public Duration getBackoffMax() {
        return backoffMax;
    }

    public void setBackoffMax(Duration backoffMax) {
        this.backoffMax = backoffMax;
    }

    public Duration getBackoffLong() {
        return backoffLong;
    }

    public void setBackoffLong(Duration backoffLong) {
        this.backoffLong = backoffLong;
    }
}
