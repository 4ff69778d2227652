package io.recordsync.salesforce.stream;

import com.salesforce.eventbus.protobuf.TopicInfo;
import com.salesforce.eventbus.protobuf.TopicRequest;
import io.grpc.ManagedChannel;
import io.grpc.StatusException;
import io.recordsync.network.Outbound;
import io.recordsync.network.OutboundGrpc;
import io.recordsync.network.Target;
import io.recordsync.oauth.Token;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A channel of the Pub/Sub API, and whether it may be subscribed to; asked without a subscription. */
public final class Topic {

    private static final int SECONDS = 30;

    private final Outbound outbound;
    private final Target target;
    private final boolean plaintext;
    private final String channel;

    public Topic(Outbound outbound, Target target, boolean plaintext, String channel) {
        this.outbound = outbound;
        this.target = target;
        this.plaintext = plaintext;
        this.channel = channel;
    }

    public String channel() {
        return channel;
    }

    /** Why it cannot be read, and how to fix that; empty when it can. */
    public Optional<String> trouble(Token token) {
        ManagedChannel connection =
                OutboundGrpc.channel(outbound, target, plaintext, Duration.ZERO).build();
        try {
            TopicInfo topic = PubSub.calls(connection, token)
                    .withDeadlineAfter(SECONDS, TimeUnit.SECONDS)
                    .getTopic(TopicRequest.newBuilder().setTopicName(channel).build());
            return topic.getCanSubscribe()
                    ? Optional.empty()
                    : Optional.of("the integration user may not subscribe: give it View All on Contact");
        } catch (StatusException e) {
            return Optional.of(StreamFailure.describe(e, outbound, target));
        } finally {
            connection.shutdownNow();
        }
    }
}
