package io.recordsync.salesforce.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.salesforce.eventbus.protobuf.ConsumerEvent;
import com.salesforce.eventbus.protobuf.FetchResponse;
import com.salesforce.eventbus.protobuf.ProducerEvent;
import io.grpc.StatusRuntimeException;
import io.recordsync.salesforce.stream.StreamEvent.UndecodableEvent;
import java.io.ByteArrayInputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class SkimmedResponsesTest {

    private final SkimmedResponses skimmed = new SkimmedResponses(10);

    @Test
    void what_is_small_enough_is_read_whole() {
        FetchResponse response = response(event("e1", 0), event("e2", 10));

        assertThat(skimmed.parse(skimmed.stream(response))).isEqualTo(response);
        assertThat(skimmed.leftOutOf(response)).isFalse();
    }

    @Test
    void a_payload_that_is_too_large_is_left_out_and_its_neighbours_are_not() {
        FetchResponse read = skimmed.parse(skimmed.stream(response(event("e1", 3), event("e2", 11), event("e3", 4))));

        assertThat(read.getLatestReplayId()).isEqualTo(ByteString.copyFromUtf8("latest"));
        assertThat(read.getRpcId()).isEqualTo("rpc");
        assertThat(read.getPendingNumRequested()).isEqualTo(7);
        assertThat(read.getEventsList())
                .extracting(event -> event.getReplayId().toStringUtf8())
                .containsExactly("replay-e1", "replay-e2", "replay-e3");
        assertThat(read.getEventsList())
                .extracting(event -> event.getEvent().getPayload().size())
                .containsExactly(3, 0, 4);
        assertThat(skimmed.leftOutOf(read)).isTrue();
        UndecodableEvent other = new UndecodableEvent("e1", "EOFException: null");
        assertThat(skimmed.explained(List.of(other, new UndecodableEvent("e2", "EOFException: null"))))
                .containsExactly(
                        other,
                        new UndecodableEvent(
                                "e2", "its 11 bytes do not fit the heap (expected up to 10; -Xmx sets the heap)"));
    }

    @Test
    void what_is_no_response_ends_the_call() {
        assertThatThrownBy(() -> skimmed.parse(new ByteArrayInputStream(new byte[] {10, 100, 1})))
                .isInstanceOf(StatusRuntimeException.class);
    }

    private static FetchResponse response(ConsumerEvent... events) {
        return FetchResponse.newBuilder()
                .addAllEvents(List.of(events))
                .setLatestReplayId(ByteString.copyFromUtf8("latest"))
                .setRpcId("rpc")
                .setPendingNumRequested(7)
                .build();
    }

    private static ConsumerEvent event(String id, int size) {
        ProducerEvent.Builder event = ProducerEvent.newBuilder()
                .setId(id)
                .setSchemaId("schema")
                .setPayload(ByteString.copyFrom(new byte[size]));
        return ConsumerEvent.newBuilder()
                .setEvent(event)
                .setReplayId(ByteString.copyFromUtf8("replay-" + id))
                .build();
    }
}
