package io.recordsync.salesforce.stream;

import io.grpc.ManagedChannel;
import io.recordsync.delivery.DeliveryGate;
import io.recordsync.inbox.Intakes;
import io.recordsync.network.Outbound;
import io.recordsync.network.OutboundGrpc;
import io.recordsync.oauth.AccessTokens;
import java.time.Duration;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;

/**
 * A change data capture channel of Salesforce's Pub/Sub API. The body of an exchange is a {@link StreamResponse}; an
 * exchange that fails is handed over again until it succeeds, so the route must be safe to repeat.
 */
@UriEndpoint(
        firstVersion = "0.1.0",
        scheme = "salesforce-stream",
        title = "Salesforce Stream",
        syntax = "salesforce-stream:channel",
        consumerOnly = true)
public final class SalesforceStreamEndpoint extends DefaultEndpoint {

    @UriPath(description = "The channel, such as /data/ContactChangeEvent")
    @Metadata(required = true)
    private String channel;

    @UriParam(description = "Where the access token and the org id come from")
    @Metadata(required = true)
    private AccessTokens tokens;

    @UriParam(description = "Where the position is kept")
    @Metadata(required = true)
    private Intakes intakes;

    @UriParam(description = "Shut while the credentials lead to another org")
    @Metadata(required = true)
    private DeliveryGate gate;

    @UriParam(description = "Told how the stream is")
    @Metadata(required = true)
    private StreamStatus streamStatus;

    @UriParam(defaultValue = "api.pubsub.salesforce.com")
    private String host = "api.pubsub.salesforce.com";

    @UriParam(defaultValue = "7443")
    private int port = 7443;

    @UriParam(description = "No TLS: for a simulator")
    private boolean plaintext;

    @UriParam(description = "The proxy, and whom to trust; directly and Java's certificates where it is not given")
    private Outbound outbound = new Outbound();

    @UriParam(enums = "earliest,latest", defaultValue = "latest", description = "Where no position is saved")
    private String firstStart = "latest";

    @UriParam(defaultValue = "330000", description = "Silence taken for a dead stream")
    private Duration idleTimeout = Duration.ofMillis(330_000);

    @UriParam(defaultValue = "5000", description = "How often it says that it subscribes")
    private Duration heartbeat = Duration.ofMillis(5_000);

    @UriParam(defaultValue = "50000", description = "Salesforce wants a request in 60 s")
    private Duration acceptLimit = Duration.ofMillis(50_000);

    @UriParam(defaultValue = "1000", description = "First wait before a reconnect")
    private Duration backoff = Duration.ofMillis(1_000);

    @UriParam(defaultValue = "60000", description = "Longest wait before a reconnect")
    private Duration backoffMax = Duration.ofMillis(60_000);

    @UriParam(
            defaultValue = "900000",
            description = "Longest wait where a reconnect cannot help soon: allocation, permissions")
    private Duration backoffLong = Duration.ofMillis(900_000);

    SalesforceStreamEndpoint(String uri, SalesforceStreamComponent component, String channel) {
        super(uri, component);
        this.channel = channel.startsWith("/") ? channel : "/" + channel;
    }

    @Override
    public Consumer createConsumer(Processor processor) throws Exception {
        SalesforceStreamConsumer consumer = new SalesforceStreamConsumer(this, processor);
        configureConsumer(consumer);
        return consumer;
    }

    @Override
    public Producer createProducer() {
        throw new UnsupportedOperationException("salesforce-stream only consumes: use it in a from");
    }

    ManagedChannel connect(int mostResponseBytes) {
        return OutboundGrpc.channel(outbound, host, port, plaintext)
                .maxInboundMessageSize(mostResponseBytes)
                .build();
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
