package io.recordsync.deletion;

import java.util.HexFormat;

/**
 * A place in the stream of a channel, on behalf of the one session that subscribes to it.
 *
 * @param replayId opaque bytes of Salesforce's, neither contiguous nor comparable; null while none is known
 * @param epoch raised by each session that takes the subscription over; a position of an older epoch is refused, so
 *     that a frozen subscriber cannot move the position of the one that replaced it
 */
public record StreamPosition(String channel, byte[] replayId, long epoch) {

    @Override
    public String toString() {
        return channel + '@' + (replayId == null ? "-" : HexFormat.of().formatHex(replayId));
    }
}
