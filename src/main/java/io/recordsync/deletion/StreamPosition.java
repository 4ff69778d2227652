package io.recordsync.deletion;

import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;

/**
 * A place in the stream of a channel, on behalf of the one session that subscribes to it.
 *
 * @param replayId opaque bytes of Salesforce's, neither contiguous nor comparable; null while none is known
 * @param epoch raised by each session that takes the subscription over; a position of an older epoch is refused, so
 *     that a frozen subscriber cannot move the position of the one that replaced it
 */
public record StreamPosition(String channel, byte[] replayId, long epoch) {

    /** Salesforce keeps events, and knows the positions among them, for 72 hours. */
    public static final Duration KEPT = Duration.ofHours(72);

    /** How long Salesforce still knows a position that was saved then; zero when it no longer does. */
    public static Duration timeToExpiry(Instant savedAt, Instant now) {
        Duration left = KEPT.minus(Duration.between(savedAt, now));
        return left.isNegative() ? Duration.ZERO : left;
    }

    @Override
    public String toString() {
        return channel + '@' + (replayId == null ? "-" : HexFormat.of().formatHex(replayId));
    }
}
