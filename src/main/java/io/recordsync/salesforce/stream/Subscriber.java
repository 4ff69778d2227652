package io.recordsync.salesforce.stream;

import com.salesforce.eventbus.protobuf.FetchRequest;
import com.salesforce.eventbus.protobuf.FetchResponse;
import com.salesforce.eventbus.protobuf.PubSubGrpc.PubSubBlockingV2Stub;
import com.salesforce.eventbus.protobuf.SchemaRequest;
import com.salesforce.eventbus.protobuf.TopicRequest;
import io.grpc.ManagedChannel;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.recordsync.deletion.CatchUp;
import io.recordsync.deletion.StreamPosition;
import io.recordsync.deletion.StreamReport.State;
import io.recordsync.delivery.Backoff;
import io.recordsync.inbox.InboxException;
import io.recordsync.inbox.Intakes;
import io.recordsync.inbox.Intakes.Subscription;
import io.recordsync.inbox.SubscriptionLostException;
import io.recordsync.oauth.AccessTokens;
import io.recordsync.oauth.Token;
import io.recordsync.salesforce.stream.PinnedOrg.OtherOrgException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Follows one channel of the Pub/Sub API and hands over what has arrived of it, until that is accepted.
 *
 * <p>It requests no more events that are not yet delivered than the API allows, and holds no more that are not yet accepted than the
 * {@link FetchWindow} has room for; the position moves with what is accepted only. Whatever ends the stream, it waits
 * (exponential backoff with jitter, reset once a response was accepted), logs in again where the credentials were refused,
 * and resumes from the position that the inbox holds. It is one loop on one thread: {@link #run} returns after {@link #stop}.
 * It is one class because every step of the loop can end the stream, and each end decides what the next turn does.
 */
final class Subscriber implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Subscriber.class);

    /** For a call that is answered at once, or a first request to be taken by the network. */
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(30);

    private final SalesforceStreamEndpoint endpoint;
    private final String channelName;
    private final AccessTokens tokens;
    private final Intakes intakes;
    private final StreamStatus status;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final EventDecoder decoder = new EventDecoder();
    private final OrgGate org;
    private final Resumption resumption;
    private final FetchWindow window;
    private final Lag lag;
    private final Handover handover;
    private final StreamEnds ends;

    private volatile BlockingClientCall<?, ?> current;
    private volatile ReadAhead reading;
    /** From where the stream was opened, until it is known to be open. */
    private String opening;

    /** The org that is not ours and was logged as an ERROR, while the credentials lead there. */
    private String otherOrg;

    private boolean standingBy;

    Subscriber(SalesforceStreamEndpoint endpoint, Handover.Acceptor acceptor, ScheduledExecutorService watchdog) {
        this(endpoint, acceptor, watchdog, Runtime.getRuntime().maxMemory());
    }

    Subscriber(
            SalesforceStreamEndpoint endpoint,
            Handover.Acceptor acceptor,
            ScheduledExecutorService watchdog,
            long maxHeapBytes) {
        this.window = new FetchWindow(maxHeapBytes);
        this.endpoint = endpoint;
        this.channelName = endpoint.getChannel();
        this.tokens = endpoint.getTokens();
        this.intakes = endpoint.getIntakes();
        this.status = endpoint.getStreamStatus();
        this.org = new OrgGate(new PinnedOrg(tokens, intakes), endpoint.getGate());
        this.resumption = new Resumption(channelName, endpoint.startsLatest(), intakes);
        this.lag = new Lag(channelName, tokens.endpointClock());
        Backoff soon = new Backoff(endpoint.getBackoff(), endpoint.getBackoffMax());
        this.handover = new Handover(endpoint, acceptor, watchdog, soon, this::stopsWithin);
        this.ends = new StreamEnds(endpoint, resumption, window, soon);
    }

    @Override
    public void run() {
        try {
            subscribe();
        } finally {
            // Liveness must not take this for a stop.
            status.became(State.STOPPED, running() ? "The subscriber has ended because of a defect" : null);
        }
    }

    private void subscribe() {
        while (running()) {
            try {
                if (!standingBy) {
                    status.subscribing(channelName);
                }
                Token token = org.login();
                otherOrg = null;
                Optional<Subscription> subscription = intakes.subscribe(channelName);
                // Not before: what is due is looked at first while the stream catches up, and that is known from now
                // on.
                org.open();
                if (subscription.isEmpty()) {
                    standBy();
                    continue;
                }
                if (standingBy) {
                    standingBy = false;
                    LOG.info("Standing by for {} is over: nobody else subscribes", channelName);
                    status.subscribing(channelName);
                }
                resumption.orderSweeps(subscription.get());
                follow(token, subscription.get());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (OtherOrgException e) {
                standStill(e);
            } catch (Throwable e) {
                // An Error too: a subscriber that is dead while the service looks alive loses what Salesforce forgets.
                pause(ends.ended(e));
            }
        }
    }

    /** Ends {@link #run} after the response in hand. May be called from any thread. */
    void stop() {
        stopping.countDown();
        BlockingClientCall<?, ?> call = current;
        if (call != null) {
            call.cancel("unsubscribing", null);
        }
    }

    /** What has arrived and is not accepted. */
    long heldBytes() {
        ReadAhead ahead = reading;
        return ahead == null ? 0 : ahead.heldBytes();
    }

    private boolean running() {
        return stopping.getCount() > 0 && !Thread.currentThread().isInterrupted();
    }

    /** Nothing is read until a person has fixed or confirmed it. */
    private void standStill(OtherOrgException e) {
        status.became(State.OTHER_ORG, e.getMessage());
        if (!e.orgId().equals(otherOrg)) {
            otherOrg = e.orgId();
            LOG.error(e.getMessage());
        }
        pause(ends.reported());
    }

    private void follow(Token token, Subscription subscription) throws Exception {
        ManagedChannel connection = endpoint.connect(window.maxResponseBytes());
        try {
            follow(PubSub.calls(connection, token), subscription);
        } catch (StatusException e) {
            if (StreamFailure.of(e).wantsNewLogin()) {
                tokens.drop(token.value());
            }
            throw e;
        } finally {
            connection.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        }
    }

    private void follow(PubSubBlockingV2Stub pubSub, Subscription subscription) throws Exception {
        ends.opening();
        StreamPosition position = subscription.position();
        CompletePosition complete = resumption.complete(subscription);
        // Subscribe answers nothing until there is an event or a keepalive; this shows at once that the topic can be
        // read.
        pubSub.withDeadlineAfter(CALL_TIMEOUT.toSeconds(), TimeUnit.SECONDS)
                .getTopic(TopicRequest.newBuilder().setTopicName(channelName).build());
        boolean skimming = window.skimming();
        SkimmedResponses skimmed = new SkimmedResponses(window.maxPayloadBytes());
        BlockingClientCall<FetchRequest, FetchResponse> call =
                skimming ? skimmed.subscribe(pubSub) : pubSub.subscribe();
        current = call;
        FetchRequest start = resumption.request(subscription, window.events());
        if (!write(call, start, CALL_TIMEOUT)) {
            throw new StreamEndedException("The network took no request within " + CALL_TIMEOUT.toMillis()
                    + " ms: the connection is taken for dead");
        }
        lag.opened();
        Instant wantedSince = resumption.wantedSince(subscription, start);
        ends.opened();
        opening = start.getReplayPreset() + " " + position;
        if (ends.none()) {
            flows();
        }
        Handover.ResponseSource source = arrivals -> read(arrivals, wantedSince, skimmed, id -> schema(pubSub, id));
        try (ReadAhead ahead = new ReadAhead(call, window, start.getNumRequested(), this::more)) {
            reading = ahead;
            while (running()) {
                List<Handover.Arrival> arrivals = new ArrayList<>();
                for (FetchResponse response : await(ahead, position)) {
                    arrivals.add(new Handover.Arrival(
                            response, new StreamPosition(channelName, complete.after(response), position.epoch())));
                }
                status.responded(
                        arrivals.stream().anyMatch(arrival -> arrival.response().getEventsCount() > 0));
                ends.responded();
                if (!handover.accept(arrivals, source, call)) {
                    LOG.info(
                            "Accepting took longer than {} ms: the stream was closed and is opened again from the"
                                    + " position saved",
                            endpoint.getAcceptLimit().toMillis());
                    return;
                }
                ends.reset();
                flows();
                for (Handover.Arrival arrival : arrivals) {
                    FetchResponse response = arrival.response();
                    resumption.accepted(arrival.safe());
                    window.accepted(response.getEventsCount(), skimmed.leftOutOf(response));
                }
                if (skimming != window.skimming()) {
                    return;
                }
                ahead.accepted();
            }
        } finally {
            current = null;
            reading = null;
        }
    }

    /** One body for all of them: their events in order, and the last position. */
    private StreamResponse read(
            List<Handover.Arrival> arrivals,
            Instant wantedSince,
            SkimmedResponses skimmed,
            EventDecoder.SchemaSource schemas)
            throws Exception {
        List<StreamEvent> all = new ArrayList<>();
        CatchUp catchUp = null;
        for (Handover.Arrival arrival : arrivals) {
            List<StreamEvent> events = skimmed.explained(decoder.decode(arrival.response(), schemas));
            CatchUp says = lag.of(events);
            catchUp = says == null ? catchUp : says;
            all.addAll(EventDecoder.since(wantedSince, events));
        }
        return new StreamResponse(all, arrivals.get(arrivals.size() - 1).safe(), catchUp);
    }

    private List<FetchResponse> await(ReadAhead ahead, StreamPosition position) throws Exception {
        Duration idleTimeout = endpoint.getIdleTimeout();
        long start = System.nanoTime();
        while (true) {
            long left = idleTimeout.toNanos() - (System.nanoTime() - start);
            Duration patience = Duration.ofNanos(
                    Math.max(0, Math.min(left, endpoint.getHeartbeat().toNanos())));
            List<FetchResponse> arrived = ahead.take(patience);
            if (!arrived.isEmpty()) {
                return arrived;
            }
            if (System.nanoTime() - start >= idleTimeout.toNanos()) {
                throw new StreamEndedException("No event and no keepalive for " + idleTimeout.toMillis()
                        + " ms (Salesforce sends one within 270 s): the connection is taken for dead");
            }
            flows();
            keep(position);
        }
    }

    /** @throws SubscriptionLostException when another session subscribes now */
    private void keep(StreamPosition position) {
        try {
            intakes.keepSubscription(position);
        } catch (InboxException e) {
            // Health reports it. An open stream costs nothing, and the next call shows whether another node took over.
            LOG.debug("The subscription could not be kept: {}", e.getMessage());
        }
    }

    /**
     * The stream is open and what it brings is accepted. After a failure that is known only once it has brought something
     * or has held for a while: Salesforce takes a subscription first and refuses it then.
     */
    private void flows() {
        status.became(State.CONNECTED, null);
        if (opening != null) {
            LOG.info("Subscribed to {} ({})", channelName, opening);
            opening = null;
        }
        ends.flows();
    }

    /** @return whether the request was taken */
    private static boolean write(BlockingClientCall<FetchRequest, ?> call, FetchRequest request, Duration patience)
            throws InterruptedException, StatusException {
        try {
            return call.write(request, patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return false;
        }
    }

    private FetchRequest more(int events) {
        return FetchRequest.newBuilder()
                .setTopicName(channelName)
                .setNumRequested(events)
                .build();
    }

    private boolean stopsWithin(Duration time, StreamPosition position) throws InterruptedException {
        long start = System.nanoTime();
        long left = time.toNanos();
        while (left > 0) {
            if (stopping.await(Math.min(left, endpoint.getHeartbeat().toNanos()), TimeUnit.NANOSECONDS)) {
                return true;
            }
            keep(position);
            left = time.toNanos() - (System.nanoTime() - start);
        }
        return false;
    }

    private static String schema(PubSubBlockingV2Stub pubSub, String id) throws StatusException {
        return pubSub.withDeadlineAfter(CALL_TIMEOUT.toSeconds(), TimeUnit.SECONDS)
                .getSchema(SchemaRequest.newBuilder().setSchemaId(id).build())
                .getSchemaJson();
    }

    private void standBy() throws InterruptedException {
        if (!standingBy) {
            standingBy = true;
            LOG.info(
                    "Another session subscribes to {} (or this one was late to say that it lives): standing by",
                    channelName);
        }
        ends.reset();
        status.became(State.STANDBY, null);
        stopping.await(endpoint.getHeartbeat().toMillis(), TimeUnit.MILLISECONDS);
    }

    private void pause(StreamEnds.Pause pause) {
        if (!running()) {
            return;
        }
        long millis = pause.length().toMillis();
        if (pause.error() != null) {
            status.became(State.WAITING, pause.error());
            LOG.atLevel(ends.known() ? Level.DEBUG : Level.WARN)
                    .log("Stream of {} ended: {}; connecting again in {} ms", channelName, pause.error(), millis);
        }
        try {
            stopping.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
