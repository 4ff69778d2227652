package io.recordsync.salesforce.stream;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import com.salesforce.eventbus.protobuf.ConsumerEvent;
import com.salesforce.eventbus.protobuf.FetchRequest;
import com.salesforce.eventbus.protobuf.FetchResponse;
import com.salesforce.eventbus.protobuf.ProducerEvent;
import com.salesforce.eventbus.protobuf.PubSubGrpc;
import com.salesforce.eventbus.protobuf.PubSubGrpc.PubSubBlockingV2Stub;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.ClientCalls;
import io.recordsync.salesforce.stream.StreamEvent.UndecodableEvent;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Responses of a stream without the payloads that are larger than a limit: their events keep their ids and replay ids.
 *
 * <p>A payload above the limit is never held in one piece. One object for one stream; thread-safe.
 */
final class SkimmedResponses implements MethodDescriptor.Marshaller<FetchResponse> {

    private final int maxPayloadBytes;
    private final Map<String, Integer> leftOut = new ConcurrentHashMap<>();

    SkimmedResponses(int maxPayloadBytes) {
        this.maxPayloadBytes = maxPayloadBytes;
    }

    /** The stream that these are the responses of. */
    BlockingClientCall<FetchRequest, FetchResponse> subscribe(PubSubBlockingV2Stub pubSub) {
        MethodDescriptor<FetchRequest, FetchResponse> subscribe = PubSubGrpc.getSubscribeMethod();
        return ClientCalls.blockingBidiStreamingCall(
                pubSub.getChannel(),
                subscribe.toBuilder(subscribe.getRequestMarshaller(), this).build(),
                pubSub.getCallOptions());
    }

    /** Whether a payload of the response was left out. */
    boolean leftOutOf(FetchResponse response) {
        return !leftOut.isEmpty()
                && response.getEventsList().stream()
                        .anyMatch(event -> leftOut.containsKey(event.getEvent().getId()));
    }

    /** The same events, where those whose payload was left out say so. */
    List<StreamEvent> explained(List<StreamEvent> events) {
        return leftOut.isEmpty() ? events : events.stream().map(this::explained).toList();
    }

    private StreamEvent explained(StreamEvent event) {
        if (event instanceof UndecodableEvent undecodable && leftOut.containsKey(undecodable.eventId())) {
            return new UndecodableEvent(
                    undecodable.eventId(),
                    "its " + leftOut.get(undecodable.eventId()) + " bytes do not fit the heap (expected up to "
                            + maxPayloadBytes + "; -Xmx sets the heap)");
        }
        return event;
    }

    @Override
    public FetchResponse parse(InputStream message) {
        try {
            CodedInputStream in = CodedInputStream.newInstance(message);
            FetchResponse.Builder response = FetchResponse.newBuilder();
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                switch (WireFormat.getTagFieldNumber(tag)) {
                    case FetchResponse.EVENTS_FIELD_NUMBER -> response.addEvents(consumerEvent(in));
                    case FetchResponse.LATEST_REPLAY_ID_FIELD_NUMBER -> response.setLatestReplayId(in.readBytes());
                    case FetchResponse.RPC_ID_FIELD_NUMBER -> response.setRpcId(in.readString());
                    case FetchResponse.PENDING_NUM_REQUESTED_FIELD_NUMBER -> response.setPendingNumRequested(
                            in.readInt32());
                    default -> in.skipField(tag);
                }
            }
            return response.build();
        } catch (IOException e) {
            throw Status.INTERNAL
                    .withDescription("The response is no FetchResponse")
                    .withCause(e)
                    .asRuntimeException();
        }
    }

    private ConsumerEvent consumerEvent(CodedInputStream in) throws IOException {
        int end = in.pushLimit(in.readRawVarint32());
        ConsumerEvent.Builder event = ConsumerEvent.newBuilder();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case ConsumerEvent.EVENT_FIELD_NUMBER -> event.setEvent(producerEvent(in));
                case ConsumerEvent.REPLAY_ID_FIELD_NUMBER -> event.setReplayId(in.readBytes());
                default -> in.skipField(tag);
            }
        }
        in.popLimit(end);
        return event.build();
    }

    private ProducerEvent producerEvent(CodedInputStream in) throws IOException {
        int end = in.pushLimit(in.readRawVarint32());
        ProducerEvent.Builder event = ProducerEvent.newBuilder();
        int skipped = 0;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case ProducerEvent.ID_FIELD_NUMBER -> event.setId(in.readString());
                case ProducerEvent.SCHEMA_ID_FIELD_NUMBER -> event.setSchemaId(in.readString());
                case ProducerEvent.PAYLOAD_FIELD_NUMBER -> {
                    int size = in.readRawVarint32();
                    if (size > maxPayloadBytes) {
                        in.skipRawBytes(size);
                        skipped = size;
                    } else {
                        event.setPayload(ByteString.copyFrom(in.readRawBytes(size)));
                    }
                }
                default -> in.skipField(tag);
            }
        }
        in.popLimit(end);
        if (skipped > 0) {
            leftOut.put(event.getId(), skipped);
        }
        return event.build();
    }

    @Override
    public InputStream stream(FetchResponse response) {
        return new ByteArrayInputStream(response.toByteArray());
    }
}
