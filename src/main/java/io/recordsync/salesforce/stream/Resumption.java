package io.recordsync.salesforce.stream;

import com.google.protobuf.ByteString;
import com.salesforce.eventbus.protobuf.FetchRequest;
import com.salesforce.eventbus.protobuf.ReplayPreset;
import io.recordsync.deletion.Intake;
import io.recordsync.deletion.Problem;
import io.recordsync.deletion.StreamPosition;
import io.recordsync.deletion.SweepDemand;
import io.recordsync.inbox.InboxException;
import io.recordsync.inbox.Intakes;
import io.recordsync.inbox.Intakes.Subscription;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a subscription resumes, and the sweeps that it orders for what the stream no longer delivers.
 *
 * <p>A lost position is noted in the inbox before anything is read after it. Each sweep is ordered once, until a position is
 * saved again. Not thread-safe.
 */
final class Resumption {

    private static final Logger LOG = LoggerFactory.getLogger(Resumption.class);

    /** Where no position was saved since the first start, what was committed before it (less this skew) is not ours. */
    private static final Duration CLOCK_SKEW = Duration.ofMinutes(5);
    /** Salesforce forgets after 72 hours, and the position may be refused at any time from then on. */
    private static final Duration MAX_SILENCE = Duration.ofHours(60);

    private final String channel;
    private final boolean startsLatest;
    private final Intakes intakes;

    private boolean positionLost;
    private boolean sweptAfterSilence;
    /** The first start for which the sweep of what came before it is ordered. */
    private Instant sweptBefore;

    Resumption(String channel, boolean startsLatest, Intakes intakes) {
        this.channel = channel;
        this.startsLatest = startsLatest;
        this.intakes = intakes;
    }

    /** The first request of a stream. */
    FetchRequest request(Subscription subscription, int events) {
        FetchRequest.Builder request =
                FetchRequest.newBuilder().setTopicName(channel).setNumRequested(events);
        byte[] replayId = replayId(subscription);
        if (replayId != null) {
            return request.setReplayPreset(ReplayPreset.CUSTOM)
                    .setReplayId(ByteString.copyFrom(replayId))
                    .build();
        }
        // LATEST only the very first time (epoch 1): after it, whatever was published since would be passed over.
        boolean latest = subscription.position().epoch() == 1 && startsLatest && !positionLost;
        return request.setReplayPreset(latest ? ReplayPreset.LATEST : ReplayPreset.EARLIEST)
                .build();
    }

    /** What is complete when the stream opens. */
    CompletePosition complete(Subscription subscription) {
        return new CompletePosition(replayId(subscription));
    }

    private byte[] replayId(Subscription subscription) {
        return positionLost ? null : subscription.position().replayId();
    }

    /** Changes that were committed before this are not ours. */
    Instant wantedSince(Subscription subscription, FetchRequest request) {
        return request.getReplayPreset() == ReplayPreset.EARLIEST && startsLatest
                ? subscription.firstStart().minus(CLOCK_SKEW)
                : Instant.MIN;
    }

    /** A response was accepted, and its position with it. */
    void accepted(StreamPosition position) {
        if (position.replayId() != null) {
            positionLost = false;
            sweptAfterSilence = false;
        }
    }

    /** What was noted in the inbox may not be there any more: what is due is ordered again. */
    void forget() {
        positionLost = false;
        sweptAfterSilence = false;
        sweptBefore = null;
    }

    /** Orders the sweeps that are due when a subscription begins. */
    void orderSweeps(Subscription subscription) {
        sweepAfterSilence(subscription);
        sweepBeforeFirstStart(subscription);
    }

    /** Salesforce keeps events for 72 hours: a sweep asks for what came before while it can. */
    private void sweepAfterSilence(Subscription subscription) {
        if (sweptAfterSilence || subscription.silence().compareTo(MAX_SILENCE) <= 0) {
            return;
        }
        long hours = subscription.silence().toHours();
        order(
                List.of(),
                new SweepDemand("no position of " + channel + " saved for " + hours + " hours", null, false),
                false);
        LOG.warn("No position of {} was saved for {} hours: a sweep is ordered", channel, hours);
        sweptAfterSilence = true;
    }

    /**
     * Where the first start is at EARLIEST, what was deleted before it is ours as well, so that a hole in those events has to
     * be swept; by itself a sweep goes back to the first start only.
     */
    private void sweepBeforeFirstStart(Subscription subscription) {
        Instant firstStart = subscription.firstStart();
        if (subscription.position().replayId() != null || startsLatest || firstStart.equals(sweptBefore)) {
            return;
        }
        order(
                List.of(),
                new SweepDemand("first start at earliest", firstStart.minus(StreamPosition.KEPT), false),
                false);
        sweptBefore = firstStart;
    }

    /**
     * Orders a sweep, and only then resumes at EARLIEST: the first position that is saved there hides the hole for good. The
     * problem leaves out the rpc id, so that it is listed once however often it happens.
     */
    void losePosition(StreamFailure failure) {
        if (positionLost) {
            return;
        }
        String message = "The position of " + channel + " is lost (" + failure.code()
                + "); resumed at EARLIEST, and a sweep is ordered that asks Salesforce what was deleted since the last"
                + " instant that is proven; not ready until then";
        try {
            order(
                    List.of(new Problem("position_lost", message)),
                    new SweepDemand("position of " + channel + " lost", null, true),
                    true);
        } catch (InboxException e) {
            LOG.warn("The lost position could not be noted, tried again: {}", e.getMessage());
            return;
        }
        LOG.error("{}; Salesforce said: {}", message, failure.description());
        positionLost = true;
    }

    /** @param hole whether an UNDELETE may have been missed */
    private void order(List<Problem> problems, SweepDemand sweep, boolean hole) {
        intakes.accept(new Intake(List.of(), List.of(), problems, sweep, hole, null));
    }
}
