package io.recordsync.ops.health;

import io.recordsync.deletion.StreamReport;
import io.recordsync.inbox.Ledger;
import io.recordsync.inbox.Ledger.PositionEntry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;

/** Whether a stream that is connected has saved a position within two times {@code stream.idle-timeout}. */
public final class PositionCheck extends ReadinessCheck {

    private final Ledger ledger;
    private final String channel;
    private final Supplier<StreamReport> stream;
    private final Duration maxAge;
    private final Clock clock;

    public PositionCheck(
            Ledger ledger, String channel, Supplier<StreamReport> stream, Duration idleTimeout, Clock clock) {
        super("position");
        this.ledger = ledger;
        this.channel = channel;
        this.stream = stream;
        this.maxAge = idleTimeout.multipliedBy(2);
        this.clock = clock;
    }

    @Override
    String trouble() {
        PositionEntry position = ledger.position(channel).orElse(null);
        if (position == null || stream.get().state() != StreamReport.State.CONNECTED) {
            return null;
        }
        boolean never = position.savedAt() == null;
        Instant since = never ? position.firstStart() : position.savedAt();
        if (since == null || !since.plus(maxAge).isBefore(clock.instant())) {
            return null;
        }
        return "The stream is connected, but no position was saved since %s%s, longer than two times"
                        .formatted(since, never ? " (the first start)" : "")
                + " stream.idle-timeout: see the log for what is not accepted";
    }
}
