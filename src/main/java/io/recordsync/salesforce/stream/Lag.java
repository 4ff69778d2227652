package io.recordsync.salesforce.stream;

import io.recordsync.deletion.CatchUp;
import io.recordsync.salesforce.stream.StreamEvent.ChangeEvent;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;

/**
 * How far a stream is behind, by the commit times of what it brings and Salesforce's clock.
 *
 * <p>It has caught up with a keepalive, or with an event that was committed since the stream was opened and less than a
 * minute ago: what was committed before has been read then. It is behind again where the newest event of a response is
 * older than a minute. Used by one thread.
 */
public final class Lag {

    /** Events that are younger are live: Salesforce publishes within seconds. */
    private static final Duration LIVE = Duration.ofSeconds(60);

    private final String channel;
    private final InstantSource salesforceClock;
    private Instant openedAt = Instant.MIN;

    public Lag(String channel, InstantSource salesforceClock) {
        this.channel = channel;
        this.salesforceClock = salesforceClock;
    }

    /** Commit times have whole seconds, and so has Salesforce's clock. */
    void opened() {
        openedAt = salesforceClock.instant().truncatedTo(ChronoUnit.SECONDS);
    }

    /**
     * What a response says.
     *
     * @param events that could be read of it, and those that could not; none in a keepalive
     * @return null where it says nothing
     */
    public CatchUp of(List<StreamEvent> events) {
        if (events.isEmpty()) {
            return new CatchUp(channel, true);
        }
        Instant newest = events.stream()
                .filter(ChangeEvent.class::isInstance)
                .map(event -> ((ChangeEvent) event).committedAt())
                .max(Comparator.naturalOrder())
                .orElse(null);
        if (newest == null) {
            return null;
        }
        // A commit time is up to a second early.
        if (newest.plus(LIVE).plusSeconds(1).isBefore(salesforceClock.instant())) {
            return new CatchUp(channel, false);
        }
        return newest.isBefore(openedAt) ? null : new CatchUp(channel, true);
    }
}
