package io.recordsync.salesforce.stream;

import com.google.protobuf.ByteString;
import com.salesforce.eventbus.protobuf.ConsumerEvent;
import com.salesforce.eventbus.protobuf.FetchRequest;
import com.salesforce.eventbus.protobuf.FetchResponse;
import com.salesforce.eventbus.protobuf.PubSubGrpc;
import com.salesforce.eventbus.protobuf.PubSubGrpc.PubSubBlockingV2Stub;
import com.salesforce.eventbus.protobuf.ReplayPreset;
import com.salesforce.eventbus.protobuf.SchemaRequest;
import com.salesforce.eventbus.protobuf.TopicRequest;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.MetadataUtils;
import io.recordsync.deletion.Intake;
import io.recordsync.deletion.Problem;
import io.recordsync.deletion.StreamPosition;
import io.recordsync.deletion.StreamReport.State;
import io.recordsync.deletion.SweepDemand;
import io.recordsync.delivery.Backoff;
import io.recordsync.delivery.DeliveryGate;
import io.recordsync.inbox.InboxException;
import io.recordsync.inbox.Intakes;
import io.recordsync.inbox.Intakes.Subscription;
import io.recordsync.inbox.SubscriptionLostException;
import io.recordsync.oauth.AccessTokens;
import io.recordsync.oauth.Token;
import io.recordsync.oauth.TokenUnavailableException;
import io.recordsync.salesforce.stream.StreamEvent.ChangeEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows one channel of the Pub/Sub API and hands over its responses one by one, each until it is accepted.
 *
 * <p>It asks for at most {@value #MOST_OUTSTANDING} events that are not yet accepted. Whatever ends the stream, it waits
 * (exponential backoff with jitter, counted anew once a response was accepted), logs in again where the credentials were
 * refused, and resumes from the position that the inbox holds. It is one loop on one thread: {@link #run} returns after
 * {@link #stop}.
 */
final class Subscriber implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Subscriber.class);

    /** Of an open stream that is read, the network takes a request at once. */
    private static final Duration WRITE_PATIENCE = Duration.ofSeconds(1);
    /** For a call that is answered at once, or a first request to be taken by the network. */
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(30);
    /** The Pub/Sub API's limit. */
    private static final int MOST_OUTSTANDING = 100;
    /** Where no position was saved since the first start, what was committed before it (less this skew) is not ours. */
    private static final Duration CLOCK_SKEW = Duration.ofMinutes(5);
    /** Salesforce forgets after 72 hours, and the position may be refused at any time from then on. */
    private static final Duration LONG_SILENCE = Duration.ofHours(60);
    /** A response to 100 events with large enriched fields passes gRPC's default of 4 MiB, on every replay again. */
    private static final int MOST_RESPONSE_BYTES = 64 * 1024 * 1024;

    private static final Metadata.Key<String> ACCESS_TOKEN = key("accesstoken");
    private static final Metadata.Key<String> INSTANCE_URL = key("instanceurl");
    private static final Metadata.Key<String> TENANT_ID = key("tenantid");

    private final SalesforceStreamEndpoint endpoint;
    private final String channelName;
    private final AccessTokens tokens;
    private final Intakes intakes;
    private final DeliveryGate gate;
    private final StreamStatus status;
    private final Acceptor acceptor;
    private final ScheduledExecutorService watchdog;
    private final Backoff soon;
    private final Backoff later;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final EventDecoder decoder = new EventDecoder();

    private volatile BlockingClientCall<?, ?> current;
    private int failures;
    /** From where the stream was opened, until it is known to be open. */
    private String opening;
    /** The failure that a person was told of, as long as it lasts. */
    private String alarm;

    private boolean standingBy;
    private boolean positionLost;
    private boolean silenceTold;
    /** The first start for which the sweep of what came before it is ordered. */
    private Instant firstStartTold;

    private String strangeOrg;

    Subscriber(SalesforceStreamEndpoint endpoint, Acceptor acceptor, ScheduledExecutorService watchdog) {
        this.endpoint = endpoint;
        this.channelName = endpoint.getChannel();
        this.tokens = endpoint.getTokens();
        this.intakes = endpoint.getIntakes();
        this.gate = endpoint.getGate();
        this.status = endpoint.getStreamStatus();
        this.acceptor = acceptor;
        this.watchdog = watchdog;
        this.soon = new Backoff(endpoint.getBackoff(), endpoint.getBackoffMax());
        this.later = new Backoff(endpoint.getBackoffMax(), endpoint.getBackoffLong());
    }

    @Override
    public void run() {
        try {
            subscribe();
        } finally {
            // Whoever looks whether the process lives must not take this for a stop.
            status.became(State.STOPPED, running() ? "The subscriber has ended by a mistake of ours" : null);
        }
    }

    private void subscribe() {
        while (running()) {
            try {
                if (!standingBy) {
                    status.subscribing(channelName);
                }
                Token token = login();
                if (!ourOrg(token)) {
                    pause(soon);
                    continue;
                }
                Optional<Subscription> subscription = intakes.subscribe(channelName);
                if (subscription.isEmpty()) {
                    standBy();
                    continue;
                }
                if (standingBy) {
                    standingBy = false;
                    LOG.info("Standing by for {} is over: nobody else subscribes", channelName);
                    status.subscribing(channelName);
                }
                demandAfterSilence(subscription.get());
                demandBeforeFirstStart(subscription.get());
                follow(token, subscription.get());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (Throwable e) {
                // An Error too: a subscriber that is dead while the service looks alive loses what Salesforce forgets.
                recover(e);
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

    private boolean running() {
        return stopping.getCount() > 0 && !Thread.currentThread().isInterrupted();
    }

    private Token login() {
        try {
            return tokens.token();
        } catch (TokenUnavailableException e) {
            // Salesforce may be away for hours, and what was accepted does not need it.
            gate.allow(DeliveryGate.ORG_UNCHECKED);
            throw e;
        }
    }

    /**
     * A full sandbox has the record ids of production: deletions made there must not reach Talkdesk because somebody
     * changed the credentials.
     */
    private boolean ourOrg(Token token) throws StreamEndedException {
        if (token.orgId() == null || token.instanceUrl() == null) {
            tokens.drop(token.value());
            throw new StreamEndedException("Salesforce's token answer does not tell the org (expected instance_url, and"
                    + " id = https://…/id/<18 characters>/<user>); check salesforce.login-url");
        }
        String pinned = intakes.pinOrg(token.orgId());
        if (pinned.equals(token.orgId())) {
            strangeOrg = null;
            gate.allow(DeliveryGate.OTHER_ORG);
            gate.allow(DeliveryGate.ORG_UNCHECKED);
            return true;
        }
        String error = "The Salesforce credentials lead to org " + token.orgId() + ", but this inbox belongs to org "
                + pinned + "; intake and delivery stand still until the credentials are put right or a person confirms"
                + " the new org (POST /api/salesforce/confirm-org)";
        gate.forbid(DeliveryGate.OTHER_ORG, error);
        gate.allow(DeliveryGate.ORG_UNCHECKED);
        status.became(State.OTHER_ORG, error);
        if (!token.orgId().equals(strangeOrg)) {
            strangeOrg = token.orgId();
            LOG.error(error);
        }
        // Asked again, the credentials may be the right ones.
        tokens.drop(token.value());
        return false;
    }

    private void follow(Token token, Subscription subscription) throws Exception {
        ManagedChannel connection = endpoint.connect(MOST_RESPONSE_BYTES);
        try {
            PubSubBlockingV2Stub pubSub = PubSubGrpc.newBlockingV2Stub(connection)
                    .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(credentials(token)));
            follow(pubSub, subscription);
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
        StreamPosition position = subscription.position();
        CompletePosition complete = new CompletePosition(positionLost ? null : position.replayId());
        // Subscribe answers nothing until there is an event or a keepalive; this tells at once that the topic can be
        // read.
        pubSub.withDeadlineAfter(CALL_TIMEOUT.toSeconds(), TimeUnit.SECONDS)
                .getTopic(TopicRequest.newBuilder().setTopicName(channelName).build());
        BlockingClientCall<FetchRequest, FetchResponse> call = pubSub.subscribe();
        current = call;
        FetchRequest start = firstRequest(subscription);
        if (!write(call, start, CALL_TIMEOUT)) {
            throw new StreamEndedException("The network takes no request within " + CALL_TIMEOUT.toMillis()
                    + " ms: the connection is taken for dead");
        }
        Instant wantedSince = start.getReplayPreset() == ReplayPreset.EARLIEST && endpoint.startsLatest()
                ? subscription.firstStart().minus(CLOCK_SKEW)
                : Instant.MIN;
        opening = start.getReplayPreset() + " " + position;
        if (failures == 0) {
            flows();
        }
        int accepted = 0;
        try {
            while (running()) {
                FetchResponse response = read(call, position);
                status.responded(response.getEventsCount() > 0);
                StreamPosition safe = new StreamPosition(channelName, complete.after(response), position.epoch());
                if (!accept(response, safe, wantedSince, pubSub, call)) {
                    LOG.info(
                            "Accepting took longer than {} ms: the stream was closed and is opened again from the"
                                    + " position saved",
                            endpoint.getAcceptLimit().toMillis());
                    return;
                }
                failures = 0;
                flows();
                positionLost = positionLost && safe.replayId() == null;
                silenceTold = silenceTold && safe.replayId() == null;
                accepted += response.getEventsCount();
                if (accepted > 0 && write(call, more(accepted), WRITE_PATIENCE)) {
                    accepted = 0;
                }
            }
        } finally {
            current = null;
            call.cancel("unsubscribed", null);
        }
    }

    private FetchResponse read(BlockingClientCall<?, FetchResponse> call, StreamPosition position) throws Exception {
        Duration most = endpoint.getIdleTimeout();
        long start = System.nanoTime();
        while (true) {
            long left = most.toNanos() - (System.nanoTime() - start);
            try {
                FetchResponse response =
                        call.read(Math.min(left, endpoint.getHeartbeat().toNanos()), TimeUnit.NANOSECONDS);
                if (response == null) {
                    throw new StreamEndedException("Salesforce completed the stream");
                }
                return response;
            } catch (TimeoutException e) {
                if (System.nanoTime() - start >= most.toNanos()) {
                    throw new StreamEndedException("No event and no keepalive for " + most.toMillis()
                            + " ms (Salesforce sends one within 270 s): the connection is taken for dead");
                }
                flows();
                keep(position);
            }
        }
    }

    /** @throws SubscriptionLostException when another session subscribes now */
    private void keep(StreamPosition position) {
        try {
            intakes.keepSubscription(position);
        } catch (InboxException e) {
            // Health tells it. A stream that is open costs nothing, and whoever took over meanwhile is met at the next
            // one.
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
        if (alarm != null) {
            LOG.info("Stream of {} is open again; {} is over", channelName, alarm);
            alarm = null;
        }
    }

    /**
     * A stream that has ended while responses wait to be read takes no request, and gRPC tells its end only after they were
     * read: then it is asked for more with the next response, or the next read tells how it ended.
     *
     * @return whether the request was taken
     */
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

    private FetchRequest firstRequest(Subscription subscription) {
        FetchRequest.Builder request =
                FetchRequest.newBuilder().setTopicName(channelName).setNumRequested(MOST_OUTSTANDING);
        byte[] replayId = subscription.position().replayId();
        if (replayId != null && !positionLost) {
            return request.setReplayPreset(ReplayPreset.CUSTOM)
                    .setReplayId(ByteString.copyFrom(replayId))
                    .build();
        }
        // LATEST only the very first time (epoch 1): after it, whatever was published since would be passed over.
        boolean latest = subscription.position().epoch() == 1 && endpoint.startsLatest() && !positionLost;
        return request.setReplayPreset(latest ? ReplayPreset.LATEST : ReplayPreset.EARLIEST)
                .build();
    }

    /**
     * Hands the response over until it is accepted, however long that takes; beyond the limit within which Salesforce
     * wants another request, the stream is closed meanwhile. Only a response whose schema cannot be had is given up, then
     * or when a new login or a person is needed: nothing of it was accepted, it comes again, and the connection to ask on
     * may be what is broken.
     *
     * @return whether the stream is still open
     */
    private boolean accept(
            FetchResponse response,
            StreamPosition safe,
            Instant wantedSince,
            PubSubBlockingV2Stub pubSub,
            BlockingClientCall<?, ?> call)
            throws Exception {
        AtomicBoolean open = new AtomicBoolean(true);
        ScheduledFuture<?> close = watchdog.schedule(
                () -> {
                    open.set(false);
                    call.cancel("accepting takes too long", null);
                },
                endpoint.getAcceptLimit().toMillis(),
                TimeUnit.MILLISECONDS);
        try {
            for (int attempt = 1; ; attempt++) {
                try {
                    acceptor.accept(new StreamResponse(decode(response, wantedSince, pubSub), safe));
                    return open.get();
                } catch (SubscriptionLostException | InterruptedException e) {
                    throw e;
                } catch (Exception e) {
                    if (e instanceof StatusException end && (!open.get() || endsStream(StreamFailure.of(end)))) {
                        throw e;
                    }
                    Duration delay = soon.after(attempt);
                    String error = "A response of " + response.getEventsCount() + " events cannot be accepted yet: "
                            + describe(e) + "; nothing is acknowledged, tried again in " + delay.toMillis() + " ms";
                    status.became(State.CONNECTED, error);
                    LOG.warn(error);
                    if (stopsWithin(delay, safe)) {
                        throw new StreamEndedException("Stopped before a response could be accepted: it comes again");
                    }
                }
            }
        } finally {
            close.cancel(false);
        }
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

    /** Asked for a schema on the same stream again, Salesforce would say the same. */
    private static boolean endsStream(StreamFailure failure) {
        return failure.wantsNewLogin() || failure.kind().waitsLong();
    }

    private List<StreamEvent> decode(FetchResponse response, Instant wantedSince, PubSubBlockingV2Stub pubSub)
            throws Exception {
        List<StreamEvent> events = new ArrayList<>(response.getEventsCount());
        for (ConsumerEvent consumerEvent : response.getEventsList()) {
            StreamEvent event = decoder.decode(consumerEvent, id -> pubSub.withDeadlineAfter(
                            CALL_TIMEOUT.toSeconds(), TimeUnit.SECONDS)
                    .getSchema(SchemaRequest.newBuilder().setSchemaId(id).build())
                    .getSchemaJson());
            if (!(event instanceof ChangeEvent change && change.committedAt().isBefore(wantedSince))) {
                events.add(event);
            }
        }
        return events;
    }

    private void recover(Throwable e) {
        if (e instanceof SubscriptionLostException) {
            // Whether another session has it is found out by asking for it again.
            LOG.info(e.getMessage());
            status.subscribing(channelName);
            pause(soon);
            return;
        }
        Backoff backoff = soon;
        status.ended(kindOf(e));
        if (e instanceof StatusException end) {
            StreamFailure failure = StreamFailure.of(end);
            backoff = failure.kind().waitsLong() ? later : soon;
            if (failure.kind().needsPerson() && !failure.code().equals(alarm)) {
                alarm = failure.code();
                LOG.error(
                        "Stream of {} cannot be read until it is mended: {}; Salesforce keeps its events for 72 hours",
                        channelName,
                        failure.description());
            }
            if (failure.kind() == StreamFailure.Kind.POSITION_LOST && !positionLost) {
                losePosition(failure);
            }
        }
        pause(backoff, describe(e));
    }

    private static StreamFailure.Kind kindOf(Throwable e) {
        if (e instanceof StatusException end) {
            return StreamFailure.of(end).kind();
        }
        return e instanceof TokenUnavailableException ? StreamFailure.Kind.CREDENTIALS : StreamFailure.Kind.TRANSIENT;
    }

    /**
     * Orders a sweep, and only then resumes at EARLIEST: the first position that is saved there hides the hole for good. The
     * problem is worded without the rpc id, so that it is listed once however often it happens.
     */
    private void losePosition(StreamFailure failure) {
        String message = "The position of " + channelName + " is lost (" + failure.code()
                + "); resumed at EARLIEST, and a sweep is ordered that asks Salesforce what was deleted since the last"
                + " instant that is proven; not ready until then";
        try {
            intakes.accept(new Intake(
                    List.of(),
                    List.of(),
                    List.of(new Problem("position_lost", message)),
                    new SweepDemand("position of " + channelName + " lost", null, true),
                    null));
        } catch (InboxException e) {
            LOG.warn("The lost position could not be noted, tried again: {}", e.getMessage());
            return;
        }
        LOG.error("{}; Salesforce said: {}", message, failure.description());
        positionLost = true;
    }

    /** Salesforce keeps events for 72 hours: what came before is asked for while it can still be told. */
    private void demandAfterSilence(Subscription subscription) {
        if (silenceTold || subscription.silence().compareTo(LONG_SILENCE) <= 0) {
            return;
        }
        long hours = subscription.silence().toHours();
        intakes.accept(new Intake(
                List.of(),
                List.of(),
                List.of(),
                new SweepDemand("no position of " + channelName + " saved for " + hours + " hours", null, false),
                null));
        LOG.warn("No position of {} was saved for {} hours: a sweep is ordered", channelName, hours);
        silenceTold = true;
    }

    /**
     * Where the first start is at EARLIEST, what was deleted before it is ours as well, so that a hole in those events has to
     * be swept; by itself a sweep goes back to the first start only.
     */
    private void demandBeforeFirstStart(Subscription subscription) {
        Instant firstStart = subscription.firstStart();
        if (subscription.position().replayId() != null
                || endpoint.startsLatest()
                || firstStart.equals(firstStartTold)) {
            return;
        }
        intakes.accept(new Intake(
                List.of(),
                List.of(),
                List.of(),
                new SweepDemand("first start at earliest", firstStart.minus(StreamPosition.KEPT), false),
                null));
        firstStartTold = firstStart;
    }

    private void standBy() throws InterruptedException {
        if (!standingBy) {
            standingBy = true;
            LOG.info(
                    "Another session subscribes to {} (or this one was late to say that it lives): standing by",
                    channelName);
        }
        failures = 0;
        status.became(State.STANDBY, null);
        stopping.await(endpoint.getHeartbeat().toMillis(), TimeUnit.MILLISECONDS);
    }

    private void pause(Backoff backoff) {
        pause(backoff, null);
    }

    private void pause(Backoff backoff, String error) {
        if (!running()) {
            return;
        }
        failures++;
        Duration delay = backoff.after(failures);
        if (error != null) {
            status.became(State.WAITING, error);
            LOG.warn("Stream of {} ended: {}; connecting again in {} ms", channelName, error, delay.toMillis());
        }
        try {
            stopping.await(delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private String describe(Throwable e) {
        if (e instanceof StatusException end) {
            return StreamFailure.of(end).description()
                    + endpoint.getOutbound()
                            .explain(endpoint.getHost(), end)
                            .map(words -> ": " + words)
                            .orElse("");
        }
        boolean spoken = e instanceof StreamEndedException
                || e instanceof TokenUnavailableException
                || e instanceof InboxException;
        return spoken ? e.getMessage() : e.toString();
    }

    static Metadata credentials(Token token) {
        Metadata metadata = new Metadata();
        metadata.put(ACCESS_TOKEN, token.value());
        metadata.put(INSTANCE_URL, token.instanceUrl());
        metadata.put(TENANT_ID, token.orgId());
        return metadata;
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    /** Takes a response in durably, or throws: then it is handed over again. */
    interface Acceptor {
        void accept(StreamResponse response) throws Exception;
    }

    /** An end of the stream that gRPC does not report as an error. */
    private static final class StreamEndedException extends Exception {
        StreamEndedException(String message) {
            super(message);
        }
    }
}
