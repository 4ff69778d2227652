package io.recordsync.salesforce.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.salesforce.eventbus.protobuf.ConsumerEvent;
import com.salesforce.eventbus.protobuf.FetchResponse;
import org.junit.jupiter.api.Test;

class CompletePositionTest {

    @Test
    void nothing_is_complete_until_something_newer_was_seen() {
        CompletePosition position = new CompletePosition(null);

        assertThat(position.after(events(1))).isNull();
        assertThat(position.after(events(2))).containsExactly(1);
        assertThat(position.after(events(3, 4, 5))).containsExactly(4);
    }

    @Test
    void an_id_that_is_split_over_responses_is_complete_after_its_last_event() {
        CompletePosition position = new CompletePosition(null);

        assertThat(position.after(events(1, 2))).containsExactly(1);
        assertThat(position.after(events(2, 2))).containsExactly(1);
        assertThat(position.after(events(2, 3))).containsExactly(2);
    }

    @Test
    void the_latest_replay_id_of_a_response_with_events_is_not_believed() {
        CompletePosition position = new CompletePosition(null);

        assertThat(position.after(
                        events(1, 2).toBuilder().setLatestReplayId(id(9)).build()))
                .containsExactly(1);
    }

    @Test
    void a_keepalive_is_complete_at_once_and_stays_so_until_two_newer_ids() {
        CompletePosition position = new CompletePosition(null);

        assertThat(position.after(events(1))).isNull();
        assertThat(position.after(keepalive(5))).containsExactly(5);
        assertThat(position.after(events(6))).containsExactly(5);
        assertThat(position.after(events(7))).containsExactly(6);
    }

    @Test
    void a_keepalive_without_an_id_changes_nothing() {
        CompletePosition position = new CompletePosition(new byte[] {3});

        assertThat(position.after(FetchResponse.getDefaultInstance())).containsExactly(3);
    }

    @Test
    void where_it_was_resumed_is_complete_and_the_first_new_event_is_not() {
        CompletePosition position = new CompletePosition(new byte[] {3});

        assertThat(position.after(events(4, 4))).containsExactly(3);
        assertThat(position.after(events(4))).containsExactly(3);
        assertThat(position.after(events(5))).containsExactly(4);
    }

    @Test
    void ids_are_opaque_and_not_compared_by_size() {
        CompletePosition position = new CompletePosition(new byte[] {9});

        assertThat(position.after(events(2))).containsExactly(9);
        assertThat(position.after(events(1))).containsExactly(2);
    }

    private static FetchResponse events(int... replayIds) {
        FetchResponse.Builder response = FetchResponse.newBuilder();
        for (int replayId : replayIds) {
            response.addEvents(ConsumerEvent.newBuilder().setReplayId(id(replayId)));
            response.setLatestReplayId(id(replayId));
        }
        return response.build();
    }

    private static FetchResponse keepalive(int latest) {
        return FetchResponse.newBuilder().setLatestReplayId(id(latest)).build();
    }

    private static ByteString id(int value) {
        return ByteString.copyFrom(new byte[] {(byte) value});
    }
}
