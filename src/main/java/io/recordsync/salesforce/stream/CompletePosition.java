package io.recordsync.salesforce.stream;

import com.google.protobuf.ByteString;
import com.salesforce.eventbus.protobuf.ConsumerEvent;
import com.salesforce.eventbus.protobuf.FetchResponse;

/**
 * The last replay id that is known to be complete: every event that bears it has been received.
 *
 * <p>Several events can share one replay id and may be split over two responses (Change Data Capture guide, event
 * enrichment), so the id of the newest event is complete only once something newer was seen: it is one distinct id behind.
 * The id of a keepalive is complete, since the server has nothing newer to send. Not thread-safe.
 */
final class CompletePosition {

    private ByteString complete;
    private ByteString newest;

    /** @param saved where the stream was opened; null when no position was saved yet */
    CompletePosition(byte[] saved) {
        complete = saved == null ? null : ByteString.copyFrom(saved);
        newest = complete;
    }

    /** Takes a response in and returns what is complete after it; null while nothing is. */
    byte[] after(FetchResponse response) {
        if (response.getEventsCount() == 0 && !response.getLatestReplayId().isEmpty()) {
            newest = response.getLatestReplayId();
            complete = newest;
        }
        for (ConsumerEvent event : response.getEventsList()) {
            if (!event.getReplayId().equals(newest)) {
                complete = newest;
                newest = event.getReplayId();
            }
        }
        return complete == null ? null : complete.toByteArray();
    }
}
