package io.recordsync.ops.health;

import io.recordsync.deletion.StreamPosition;
import io.recordsync.inbox.Ledger;
import io.recordsync.inbox.Ledger.PositionEntry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** Whether the saved position stays valid for longer than {@code health.expiry-warning}. */
public final class ExpiryCheck extends ReadinessCheck {

    private final Ledger ledger;
    private final String channel;
    private final Duration warning;
    private final Clock clock;

    public ExpiryCheck(Ledger ledger, String channel, Duration warning, Clock clock) {
        super("expiry");
        this.ledger = ledger;
        this.channel = channel;
        this.warning = warning;
        this.clock = clock;
    }

    @Override
    String trouble() {
        Instant savedAt = ledger.position(channel).map(PositionEntry::savedAt).orElse(null);
        if (savedAt == null) {
            return null;
        }
        Duration left = StreamPosition.timeToExpiry(savedAt, clock.instant());
        if (left.compareTo(warning) >= 0) {
            return null;
        }
        return ("The position saved at %s %s (Salesforce keeps it for %s hours; health.expiry-warning): fix the stream, or a"
                        + " sweep has to find what it missed")
                .formatted(
                        savedAt,
                        left.isZero() ? "has expired" : "expires in %s h".formatted(left.toHours()),
                        StreamPosition.KEPT.toHours());
    }
}
