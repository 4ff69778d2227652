package io.recordsync.simulator.salesforce;

import com.google.protobuf.ByteString;
import com.salesforce.eventbus.protobuf.ConsumerEvent;
import com.salesforce.eventbus.protobuf.FetchRequest;
import com.salesforce.eventbus.protobuf.FetchResponse;
import com.salesforce.eventbus.protobuf.ProducerEvent;
import com.salesforce.eventbus.protobuf.PubSubGrpc;
import com.salesforce.eventbus.protobuf.ReplayPreset;
import com.salesforce.eventbus.protobuf.SchemaInfo;
import com.salesforce.eventbus.protobuf.SchemaRequest;
import com.salesforce.eventbus.protobuf.TopicInfo;
import com.salesforce.eventbus.protobuf.TopicRequest;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * The Pub/Sub API of one org: topics, schemas, and streams of change events that are pulled.
 *
 * <p>Written from pubsub_api.proto and the Pub/Sub API guide. One lock guards the log and every stream, so that what a
 * script does happens at one point of every stream. {@link #tick} is to be called often: it sends keepalives and ends
 * the streams that ask for nothing.
 */
final class PubSubService extends PubSubGrpc.PubSubImplBase {

    static final String CODE_PREFIX = "sfdc.platform.eventbus.grpc.";
    static final Metadata.Key<String> ERROR_CODE = Metadata.Key.of("error-code", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> RPC_ID = Metadata.Key.of("rpc-id", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<byte[]> DETAILS =
            Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

    private static final int MOST_OUTSTANDING = 100;

    private final Object lock = new Object();
    private final Clock clock;
    private final Recording recording;
    private final EventLog log;
    private final Set<String> topics = new HashSet<>(Set.of("/data/ContactChangeEvent", "/data/ChangeEvents"));
    private final Map<String, EventSchema> schemas = new HashMap<>();
    private final Map<String, EventSchema> newestSchemas = new HashMap<>();
    private final Set<String> hiddenSchemas = new HashSet<>();
    private final List<Stream> streams = new ArrayList<>();
    private final Deque<StatusRuntimeException> subscribeRefusals = new ArrayDeque<>();
    /** By the name of the call. */
    private final Map<String, StatusRuntimeException> lastingRefusals = new HashMap<>();

    private Duration keepaliveAfter = Duration.ofSeconds(270);
    private Duration fetchDeadline = Duration.ofSeconds(60);
    private int mostInResponse = MOST_OUTSTANDING;
    private int addedFields;
    private boolean newestSchemaHidden;
    private int schemaOutages;
    private boolean schemaDown;
    private boolean refusingReplay;
    private boolean withoutEvents;
    private int opened;
    /** Of nineteen digits, as those recorded since 2024. */
    private long commitNumber;

    private String lastTransaction = "";

    PubSubService(Clock clock, Recording recording, Path journal) {
        this.clock = clock;
        this.recording = recording;
        this.log = new EventLog(clock, journal);
        // It goes on growing after a restart.
        this.commitNumber = 1_721_136_551_405_445_123L + clock.millis() * 100_000;
    }

    // ---- scripting

    void topic(String name) {
        synchronized (lock) {
            topics.add(name);
        }
    }

    void keepaliveAfter(Duration quiet) {
        synchronized (lock) {
            keepaliveAfter = quiet;
        }
    }

    void fetchDeadline(Duration limit) {
        synchronized (lock) {
            fetchDeadline = limit;
        }
    }

    void splitResponsesAt(int events) {
        if (events < 1) {
            throw new IllegalArgumentException("A response holds at least one event, not " + events);
        }
        synchronized (lock) {
            mostInResponse = events;
        }
    }

    /** What is published while it is off reaches nobody, and is not kept; keepalives go on. */
    void deliversEvents(boolean on) {
        synchronized (lock) {
            withoutEvents = !on;
        }
    }

    /** Publishes transactions, each with a replay id of its own that its events share. */
    List<String> publish(List<List<ChangeEvent>> transactions) {
        synchronized (lock) {
            if (withoutEvents) {
                return List.of();
            }
            List<String> ids = new ArrayList<>();
            for (List<ChangeEvent> transaction : transactions) {
                List<EventLog.Content> contents = new ArrayList<>();
                for (ChangeEvent event : transaction) {
                    EventSchema schema = newestSchema(event.entityName());
                    // Recorded ones have whole seconds.
                    Instant committed = (event.commitTimestamp() == null ? clock.instant() : event.commitTimestamp())
                            .truncatedTo(ChronoUnit.SECONDS);
                    if (!event.transactionKey().equals(lastTransaction)) {
                        lastTransaction = event.transactionKey();
                        commitNumber += 1_003;
                    }
                    contents.add(new EventLog.Content(
                            event.entityName(),
                            schema.id(),
                            schema.encode(event, committed.toEpochMilli(), commitNumber)));
                    recording.published(event);
                }
                log.append(contents).forEach(e -> ids.add(e.id()));
            }
            streams.forEach(Stream::deliver);
            return ids;
        }
    }

    /** Publishes a payload of eleven bytes that begin no Avro number. */
    String publishUndecodable() {
        synchronized (lock) {
            byte[] junk = HexFormat.of().parseHex("ffffffffffffffffffffff");
            EventLog.Content content =
                    new EventLog.Content("Contact", newestSchema("Contact").id(), ByteString.copyFrom(junk));
            String id = log.append(List.of(content)).get(0).id();
            streams.forEach(Stream::deliver);
            return id;
        }
    }

    /** Events have a new schema from now on, which GetSchema tells or, if hidden, does not know. */
    void changeSchema(boolean hidden) {
        synchronized (lock) {
            addedFields++;
            newestSchemas.clear();
            newestSchemaHidden = hidden;
        }
    }

    void revealSchemas() {
        synchronized (lock) {
            hiddenSchemas.clear();
            newestSchemaHidden = false;
        }
    }

    void schemaUnavailable(int times) {
        synchronized (lock) {
            schemaOutages = times;
        }
    }

    void schemaUnavailable(boolean down) {
        synchronized (lock) {
            schemaDown = down;
        }
    }

    void refuseReplay(boolean on) {
        synchronized (lock) {
            refusingReplay = on;
        }
    }

    void refuseSubscribe(int times, Status status, String errorCode) {
        synchronized (lock) {
            for (int i = 0; i < times; i++) {
                subscribeRefusals.add(error(status, errorCode));
            }
        }
    }

    void refuseCalls(String call, Status status, String errorCode) {
        synchronized (lock) {
            lastingRefusals.put(call, error(status, errorCode));
        }
    }

    void acceptCalls() {
        synchronized (lock) {
            lastingRefusals.clear();
        }
    }

    void expireReplay() {
        synchronized (lock) {
            log.expire();
        }
    }

    void renumberReplay() {
        synchronized (lock) {
            log.renumber();
        }
    }

    /** Sends the last events once more on every open stream, as soon as it asks for some. */
    void replayLast(int events) {
        onEachStream(stream -> stream.again(log.last(events)));
    }

    int keepalive() {
        return onEachStream(Stream::keepalive);
    }

    int complete() {
        return onEachStream(stream -> stream.end(null));
    }

    int fail(Status status, String errorCode) {
        return onEachStream(stream -> stream.end(error(status, errorCode)));
    }

    int failWithBinaryTrailer() {
        return onEachStream(stream -> {
            StatusRuntimeException error = error(Status.INTERNAL, "subscription.internal.error");
            error.getTrailers().put(DETAILS, new byte[] {0, (byte) 0xff, 10, (byte) 0xc3});
            stream.end(error);
        });
    }

    int openStreams() {
        synchronized (lock) {
            return streams.size();
        }
    }

    void tick() {
        onEachStream(Stream::tick);
    }

    /** @param errorCode without the common prefix; null for no trailer at all */
    static StatusRuntimeException error(Status status, String errorCode) {
        if (errorCode == null) {
            return status.asRuntimeException();
        }
        String rpcId = UUID.randomUUID().toString();
        Metadata trailers = new Metadata();
        trailers.put(ERROR_CODE, CODE_PREFIX + errorCode);
        trailers.put(RPC_ID, rpcId);
        String description = status.getDescription() == null ? "Refused" : status.getDescription();
        return status.withDescription(description + ". rpcId: " + rpcId).asRuntimeException(trailers);
    }

    static String errorCode(StatusRuntimeException error) {
        return error.getTrailers() == null ? null : error.getTrailers().get(ERROR_CODE);
    }

    private static String codeOrStatus(StatusRuntimeException error) {
        String code = errorCode(error);
        return code == null ? error.getStatus().getCode().name() : code;
    }

    // ---- the API

    @Override
    public void getTopic(TopicRequest request, StreamObserver<TopicInfo> out) {
        synchronized (lock) {
            String topic = request.getTopicName();
            if (lastingRefusals.containsKey("GetTopic")) {
                refuse("GetTopic", out, lastingRefusals.get("GetTopic"));
                return;
            }
            if (!topics.contains(topic)) {
                refuse("GetTopic", out, topicNotFound(topic));
                return;
            }
            // A channel of several entities has no schema of its own: its id is blank.
            String schemaId = topic.equals("/data/ContactChangeEvent")
                    ? newestSchema("Contact").id()
                    : "";
            out.onNext(TopicInfo.newBuilder()
                    .setTopicName(topic)
                    .setTenantGuid("CORE/prod/00D58000000arpqEAA")
                    .setCanSubscribe(true)
                    .setSchemaId(schemaId)
                    .setRpcId(UUID.randomUUID().toString())
                    .build());
            out.onCompleted();
        }
    }

    @Override
    public void getSchema(SchemaRequest request, StreamObserver<SchemaInfo> out) {
        synchronized (lock) {
            String id = request.getSchemaId();
            recording.schemaRequest(id);
            if (lastingRefusals.containsKey("GetSchema")) {
                refuse("GetSchema", out, lastingRefusals.get("GetSchema"));
                return;
            }
            if (schemaDown || schemaOutages > 0) {
                schemaOutages = Math.max(0, schemaOutages - 1);
                refuse("GetSchema", out, error(Status.UNAVAILABLE, "schema.api.unavailable"));
                return;
            }
            EventSchema schema = schemas.get(id);
            if (schema == null || hiddenSchemas.contains(id)) {
                Status status = id.isEmpty()
                        ? Status.INVALID_ARGUMENT.withDescription(
                                "Schema validation failed. The schema ID can't be blank")
                        : Status.NOT_FOUND.withDescription("The schema " + id + " does not exist");
                refuse("GetSchema", out, error(status, id.isEmpty() ? "schema.validation.failed" : "schema.not.found"));
                return;
            }
            out.onNext(SchemaInfo.newBuilder()
                    .setSchemaJson(schema.json())
                    .setSchemaId(id)
                    .setRpcId(UUID.randomUUID().toString())
                    .build());
            out.onCompleted();
        }
    }

    @Override
    public StreamObserver<FetchRequest> subscribe(StreamObserver<FetchResponse> out) {
        synchronized (lock) {
            return new Stream(++opened, (ServerCallStreamObserver<FetchResponse>) out);
        }
    }

    private EventSchema newestSchema(String entityName) {
        return newestSchemas.computeIfAbsent(entityName, name -> {
            EventSchema schema = EventSchema.of(name, addedFields);
            schemas.put(schema.id(), schema);
            if (newestSchemaHidden) {
                hiddenSchemas.add(schema.id());
            }
            return schema;
        });
    }

    private void refuse(String call, StreamObserver<?> out, StatusRuntimeException error) {
        recording.refusal(new Recording.Refusal(clock.instant(), call, codeOrStatus(error)));
        out.onError(error);
    }

    private int onEachStream(Consumer<Stream> act) {
        synchronized (lock) {
            List<Stream> open = List.copyOf(streams);
            open.forEach(act);
            return open.size();
        }
    }

    private static StatusRuntimeException topicNotFound(String topic) {
        return error(Status.NOT_FOUND.withDescription("The topic " + topic + " was not found"), "topic.not.found");
    }

    private static String hex(ByteString bytes) {
        return HexFormat.of().formatHex(bytes.toByteArray());
    }

    /** One call of Subscribe. Guarded by the lock of the service. */
    private final class Stream implements StreamObserver<FetchRequest> {

        private final int number;
        private final String rpcId = UUID.randomUUID().toString();
        private final ServerCallStreamObserver<FetchResponse> out;
        private final Deque<EventLog.Event> again = new ArrayDeque<>();
        private String topic;
        private int next;
        private int outstanding;
        private long lastSent = System.nanoTime();
        private long lastAsked = System.nanoTime();
        private boolean over;

        Stream(int number, ServerCallStreamObserver<FetchResponse> out) {
            this.number = number;
            this.out = out;
            out.setOnCancelHandler(() -> {
                synchronized (lock) {
                    gone(Status.Code.CANCELLED, null);
                }
            });
        }

        @Override
        public void onNext(FetchRequest request) {
            synchronized (lock) {
                if (over) {
                    return;
                }
                StatusRuntimeException refusal = topic == null ? open(request) : mismatch(request);
                if (refusal == null) {
                    refusal = checkCount(request.getNumRequested());
                }
                if (topic == null) {
                    recording.subscribe(new Recording.Subscribe(
                            clock.instant(),
                            number,
                            request.getTopicName(),
                            request.getReplayPreset().name(),
                            hex(request.getReplayId()),
                            refusal == null ? null : codeOrStatus(refusal)));
                }
                if (refusal != null) {
                    refuse("Subscribe", out, refusal);
                    gone(refusal.getStatus().getCode(), errorCode(refusal));
                    return;
                }
                if (topic == null) {
                    topic = request.getTopicName();
                    streams.add(this);
                }
                outstanding += request.getNumRequested();
                lastAsked = System.nanoTime();
                recording.fetch(new Recording.Fetch(clock.instant(), number, request.getNumRequested(), outstanding));
                deliver();
            }
        }

        @Override
        public void onError(Throwable error) {
            synchronized (lock) {
                gone(Status.Code.CANCELLED, null);
            }
        }

        @Override
        public void onCompleted() {
            synchronized (lock) {
                end(null);
            }
        }

        /** Finds the place to begin at, or says why there is none. */
        private StatusRuntimeException open(FetchRequest first) {
            if (lastingRefusals.containsKey("Subscribe")) {
                return lastingRefusals.get("Subscribe");
            }
            if (!subscribeRefusals.isEmpty()) {
                return subscribeRefusals.remove();
            }
            if (!topics.contains(first.getTopicName())) {
                return topicNotFound(first.getTopicName());
            }
            if (first.getReplayPreset() == ReplayPreset.EARLIEST) {
                next = log.earliest();
                return null;
            }
            if (first.getReplayPreset() == ReplayPreset.LATEST) {
                next = log.size();
                return null;
            }
            if (refusingReplay || first.getReplayId().isEmpty()) {
                return error(
                        Status.INVALID_ARGUMENT.withDescription("The Replay ID validation failed"),
                        "subscription.fetch.replayid.validation.failed");
            }
            OptionalInt place = log.after(first.getReplayId());
            if (place.isEmpty()) {
                return error(
                        Status.INVALID_ARGUMENT.withDescription("The Replay ID is corrupted"),
                        "subscription.fetch.replayid.corrupted");
            }
            next = place.getAsInt();
            return null;
        }

        private StatusRuntimeException mismatch(FetchRequest later) {
            if (later.getTopicName().isEmpty() || later.getTopicName().equals(topic)) {
                return null;
            }
            return error(
                    Status.INVALID_ARGUMENT.withDescription("The topic of a stream cannot change"),
                    "subscription.fetch.topic.mismatch");
        }

        private StatusRuntimeException checkCount(int requested) {
            if (requested >= 1 && outstanding + requested <= MOST_OUTSTANDING) {
                return null;
            }
            return error(
                    Status.INVALID_ARGUMENT.withDescription(
                            "Requested " + requested + " events while " + outstanding + " are outstanding"),
                    "subscription.fetch.requested.events.invalid");
        }

        void again(List<EventLog.Event> events) {
            again.addAll(events);
            deliver();
        }

        void deliver() {
            while (!over && outstanding > 0) {
                List<EventLog.Event> batch = nextEvents(Math.min(outstanding, mostInResponse));
                if (batch.isEmpty()) {
                    return;
                }
                outstanding -= batch.size();
                send(batch, batch.get(batch.size() - 1).replayId());
            }
        }

        private List<EventLog.Event> nextEvents(int most) {
            List<EventLog.Event> batch = new ArrayList<>();
            while (batch.size() < most && !again.isEmpty()) {
                batch.add(again.remove());
            }
            while (batch.size() < most && next < log.size()) {
                EventLog.Event event = log.get(next++);
                if (!topic.equals("/data/ContactChangeEvent")
                        || event.entityName().equals("Contact")) {
                    batch.add(event);
                }
            }
            return batch;
        }

        void keepalive() {
            send(List.of(), log.mark(next));
        }

        private void send(List<EventLog.Event> events, ByteString latestReplayId) {
            FetchResponse.Builder response = FetchResponse.newBuilder()
                    .setLatestReplayId(latestReplayId)
                    .setRpcId(rpcId)
                    .setPendingNumRequested(outstanding);
            for (EventLog.Event event : events) {
                response.addEvents(ConsumerEvent.newBuilder()
                        .setReplayId(event.replayId())
                        .setEvent(ProducerEvent.newBuilder()
                                .setId(event.id())
                                .setSchemaId(event.schemaId())
                                .setPayload(event.payload())));
            }
            out.onNext(response.build());
            lastSent = System.nanoTime();
            if (outstanding == 0) {
                lastAsked = lastSent;
            }
            recording.response(() -> new Recording.Response(
                    clock.instant(),
                    number,
                    events.stream().map(EventLog.Event::id).toList(),
                    events.stream().map(e -> hex(e.replayId())).toList(),
                    hex(latestReplayId),
                    outstanding));
        }

        void tick() {
            long now = System.nanoTime();
            if (outstanding == 0 && now - lastAsked > fetchDeadline.toNanos()) {
                end(null);
            } else if (now - lastSent > keepaliveAfter.toNanos()) {
                keepalive();
            }
        }

        /** @param error null to complete the stream */
        void end(StatusRuntimeException error) {
            if (over) {
                return;
            }
            if (error == null) {
                gone(Status.Code.OK, null);
                out.onCompleted();
            } else {
                gone(error.getStatus().getCode(), errorCode(error));
                out.onError(error);
            }
        }

        private void gone(Status.Code status, String errorCode) {
            if (over) {
                return;
            }
            over = true;
            if (streams.remove(this)) {
                recording.streamEnd(new Recording.StreamEnd(clock.instant(), number, status, errorCode));
            }
        }
    }
}
