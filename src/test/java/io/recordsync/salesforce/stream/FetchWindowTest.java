package io.recordsync.salesforce.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.StatusException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FetchWindowTest {

    private static final long MIB = 1024 * 1024;

    @ParameterizedTest
    @CsvSource({"16, 4", "64, 4", "160, 10", "512, 32", "1024, 64", "65536, 64"})
    void the_limit_of_a_response_follows_the_heap(long heap, long limit) {
        assertThat(new FetchWindow(heap * MIB).maxResponseBytes()).isEqualTo((int) (limit * MIB));
    }

    @Test
    void half_as_many_events_are_asked_for_each_time_down_to_one_and_then_payloads_are_left_out() {
        FetchWindow window = new FetchWindow(160 * MIB);
        List<Integer> asked = new ArrayList<>();
        while (!window.skimming()) {
            asked.add(window.events());
            assertThat(window.shrink()).isTrue();
        }

        assertThat(asked).containsExactly(100, 50, 25, 12, 6, 3, 1);
        assertThat(window.events()).isEqualTo(1);
        assertThat(window.maxResponseBytes()).isEqualTo(Integer.MAX_VALUE);
        assertThat(window.maxPayloadBytes()).isEqualTo((int) (10 * MIB));
        assertThat(window.shrink()).isFalse();
    }

    @Test
    void it_grows_twofold_after_each_hundred_events_that_were_accepted() {
        FetchWindow window = new FetchWindow(160 * MIB);
        window.shrink();
        window.shrink();
        window.shrink();

        assertThat(List.of(12, 88, 99, 1, 100, 100, 100))
                .extracting(count -> {
                    window.accepted(count, false);
                    return window.events();
                })
                .containsExactly(12, 24, 24, 48, 96, 100, 100);
    }

    @Test
    void no_more_than_a_hundred_are_requested_and_not_delivered_and_four_hundred_wait() {
        FetchWindow window = new FetchWindow(160 * MIB);

        assertThat(window.mayRequest(100, 0, 0)).isZero();
        assertThat(window.mayRequest(99, 0, 400)).isEqualTo(1);
        assertThat(window.mayRequest(0, 100, 400)).isEqualTo(100);
        assertThat(window.mayRequest(50, 340, 0)).isEqualTo(10);
        assertThat(window.mayRequest(0, 400, 0)).isZero();
        assertThat(window.mayRequest(0, 450, 0)).isZero();
    }

    @Test
    void what_is_held_follows_the_heap_and_a_small_window_holds_nothing_ahead() {
        FetchWindow window = new FetchWindow(160 * MIB);
        assertThat(window.maxHeldBytes()).isEqualTo(160 * MIB / 64);

        window.shrink();

        assertThat(window.maxHeldBytes()).isEqualTo(1);
        assertThat(window.mayRequest(0, 0, 0)).isEqualTo(50);
        assertThat(window.mayRequest(10, 20, 15)).isEqualTo(5);
        assertThat(window.mayRequest(0, 0, 50)).isZero();
    }

    @Test
    void skimming_ends_with_a_keepalive_or_a_hundred_events_after_the_last_that_was_left_out() {
        FetchWindow window = skimming();
        window.accepted(1, true);
        window.accepted(99, false);
        window.accepted(1, true);
        window.accepted(99, false);
        assertThat(window.skimming()).isTrue();
        window.accepted(1, false);
        assertThat(window.skimming()).isFalse();

        FetchWindow quiet = skimming();
        quiet.accepted(1, true);
        quiet.accepted(0, false);
        assertThat(quiet.skimming()).isFalse();
        assertThat(quiet.events()).isEqualTo(1);
    }

    @Test
    void the_end_of_a_stream_is_told_apart_from_a_quota() {
        Status tooLarge =
                Status.RESOURCE_EXHAUSTED.withDescription("gRPC message exceeds maximum size 4194304: 4700000");
        assertThat(FetchWindow.tooLarge(new StatusException(tooLarge))).isTrue();
        Status unpacked = Status.CANCELLED
                .withDescription("Failed to read message.")
                .withCause(Status.RESOURCE_EXHAUSTED
                        .withDescription("Decompressed gRPC message exceeds maximum size 4194304")
                        .asRuntimeException());
        assertThat(FetchWindow.tooLarge(new StatusException(unpacked))).isTrue();
        assertThat(FetchWindow.tooLarge(
                        new StatusException(Status.RESOURCE_EXHAUSTED.withDescription("Bandwidth exhausted"))))
                .isFalse();
        assertThat(FetchWindow.tooLarge(new StatusException(Status.RESOURCE_EXHAUSTED)))
                .isFalse();
    }

    private static FetchWindow skimming() {
        FetchWindow window = new FetchWindow(160 * MIB);
        while (!window.skimming()) {
            window.shrink();
        }
        return window;
    }
}
