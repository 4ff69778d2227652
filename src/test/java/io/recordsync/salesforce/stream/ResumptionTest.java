package io.recordsync.salesforce.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.salesforce.eventbus.protobuf.FetchRequest;
import com.salesforce.eventbus.protobuf.FetchResponse;
import com.salesforce.eventbus.protobuf.ReplayPreset;
import io.grpc.Metadata;
import io.grpc.Status;
import io.recordsync.deletion.DeletionRequest;
import io.recordsync.deletion.Intake;
import io.recordsync.deletion.Problem;
import io.recordsync.deletion.StreamPosition;
import io.recordsync.deletion.SweepDemand;
import io.recordsync.inbox.InboxException;
import io.recordsync.inbox.Intakes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ResumptionTest {

    private static final String CHANNEL = "/data/ContactChangeEvent";
    private static final Instant FIRST_START = Instant.parse("2026-03-01T10:00:00Z");
    private static final byte[] REPLAY_ID = {0, 0, 0, 7};

    private final RecordedIntakes intakes = new RecordedIntakes();
    private final Resumption latest = new Resumption(CHANNEL, true, intakes);
    private final Resumption earliest = new Resumption(CHANNEL, false, intakes);

    @Test
    void the_saved_position_is_resumed_from() {
        FetchRequest request = latest.request(subscription(REPLAY_ID, 3), 100);

        assertThat(request.getReplayPreset()).isEqualTo(ReplayPreset.CUSTOM);
        assertThat(request.getReplayId()).isEqualTo(ByteString.copyFrom(REPLAY_ID));
        assertThat(request.getTopicName()).isEqualTo(CHANNEL);
        assertThat(request.getNumRequested()).isEqualTo(100);
        assertThat(latest.wantedSince(subscription(REPLAY_ID, 3), request)).isEqualTo(Instant.MIN);
    }

    @Test
    void only_the_very_first_start_is_at_latest_and_a_later_one_wants_nothing_from_before_it() {
        assertThat(latest.request(subscription(null, 1), 100).getReplayPreset()).isEqualTo(ReplayPreset.LATEST);

        FetchRequest second = latest.request(subscription(null, 2), 100);

        assertThat(second.getReplayPreset()).isEqualTo(ReplayPreset.EARLIEST);
        assertThat(latest.wantedSince(subscription(null, 2), second))
                .isEqualTo(FIRST_START.minus(Duration.ofMinutes(5)));
    }

    @Test
    void a_lost_position_is_noted_once_and_read_over_from_earliest_until_another_is_saved() {
        latest.losePosition(lost());
        latest.losePosition(lost());

        assertThat(intakes.sweeps).containsExactly(new SweepDemand("position of " + CHANNEL + " lost", null, true));
        assertThat(intakes.problems).extracting(Problem::kind).containsExactly("position_lost");
        assertThat(preset(latest)).isEqualTo(ReplayPreset.EARLIEST);
        assertThat(latest.complete(subscription(REPLAY_ID, 3)).after(FetchResponse.getDefaultInstance()))
                .isNull();

        latest.accepted(new StreamPosition(CHANNEL, null, 3));
        assertThat(preset(latest)).isEqualTo(ReplayPreset.EARLIEST);

        latest.accepted(new StreamPosition(CHANNEL, REPLAY_ID, 3));
        assertThat(preset(latest)).isEqualTo(ReplayPreset.CUSTOM);
    }

    @Test
    void a_loss_that_could_not_be_noted_does_not_resume_at_earliest() {
        intakes.fails = true;

        latest.losePosition(lost());

        assertThat(preset(latest)).isEqualTo(ReplayPreset.CUSTOM);
    }

    @Test
    void a_long_silence_orders_one_sweep_until_a_position_is_saved() {
        Intakes.Subscription silent =
                new Intakes.Subscription(new StreamPosition(CHANNEL, REPLAY_ID, 3), FIRST_START, Duration.ofHours(61));

        latest.orderSweeps(silent);
        latest.orderSweeps(silent);
        assertThat(intakes.sweeps)
                .containsExactly(new SweepDemand("no position of " + CHANNEL + " saved for 61 hours", null, false));

        latest.accepted(new StreamPosition(CHANNEL, REPLAY_ID, 3));
        latest.orderSweeps(silent);
        assertThat(intakes.sweeps).hasSize(2);
    }

    @Test
    void a_first_start_at_earliest_orders_a_sweep_of_what_the_stream_still_has() {
        earliest.orderSweeps(subscription(null, 1));
        earliest.orderSweeps(subscription(null, 2));
        latest.orderSweeps(subscription(null, 1));

        assertThat(intakes.sweeps)
                .containsExactly(
                        new SweepDemand("first start at earliest", FIRST_START.minus(Duration.ofHours(72)), false));
    }

    private static ReplayPreset preset(Resumption resumption) {
        return resumption.request(subscription(REPLAY_ID, 3), 100).getReplayPreset();
    }

    private static Intakes.Subscription subscription(byte[] replayId, long epoch) {
        return new Intakes.Subscription(new StreamPosition(CHANNEL, replayId, epoch), FIRST_START, Duration.ofHours(1));
    }

    private static StreamFailure lost() {
        Metadata trailers = new Metadata();
        trailers.put(
                Metadata.Key.of("error-code", Metadata.ASCII_STRING_MARSHALLER),
                "sfdc.platform.eventbus.grpc.subscription.fetch.replayid.corrupted");
        return StreamFailure.of(Status.INVALID_ARGUMENT.asException(trailers));
    }

    private static final class RecordedIntakes implements Intakes {

        private final List<SweepDemand> sweeps = new ArrayList<>();
        private final List<Problem> problems = new ArrayList<>();
        private boolean fails;

        @Override
        public Accepted order(List<DeletionRequest> deletions, String user) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Accepted accept(Intake intake) {
            if (fails) {
                throw new InboxException("the database is away", null);
            }
            sweeps.add(intake.sweep());
            problems.addAll(intake.problems());
            return new Accepted(List.of(), 0);
        }

        @Override
        public Optional<Subscription> subscribe(String channel) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void keepSubscription(StreamPosition position) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long holes() {
            throw new UnsupportedOperationException();
        }

        @Override
        public String pinOrg(String orgId) {
            throw new UnsupportedOperationException();
        }
    }
}
