package io.recordsync.ops.health;

import io.recordsync.deletion.StreamReport;
import io.recordsync.deletion.Word;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Whether the stream is connected, has no error and is not silent for longer than {@code stream.idle-timeout}, or another
 * session subscribes. One that has just ended and is opened again is well for a while: every connection ends now and then.
 */
public final class StreamCheck extends ReadinessCheck {

    private static final Set<StreamReport.State> READY =
            EnumSet.of(StreamReport.State.CONNECTED, StreamReport.State.STANDBY);

    /** What is back by then has cost nothing. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Supplier<StreamReport> stream;
    private final Duration idleTimeout;
    private final Clock clock;

    public StreamCheck(Supplier<StreamReport> stream, Duration idleTimeout, Clock clock) {
        super("stream");
        this.stream = stream;
        this.idleTimeout = idleTimeout;
        this.clock = clock;
    }

    @Override
    String trouble() {
        StreamReport now = stream.get();
        if (now.reopening() && now.brokenSince().plus(PATIENCE).isAfter(clock.instant())) {
            return null;
        }
        if (!READY.contains(now.state()) || now.lastError() != null) {
            return "The stream is " + why(Word.underscored(now.state()), now.lastError());
        }
        if (now.state() == StreamReport.State.CONNECTED
                && now.silentSince().plus(idleTimeout).isBefore(clock.instant())) {
            return "The stream is silent since %s, longer than stream.idle-timeout".formatted(now.silentSince());
        }
        return null;
    }
}
