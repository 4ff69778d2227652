package io.recordsync.salesforce.stream;

import io.recordsync.deletion.CatchUp;
import io.recordsync.deletion.StreamPosition;
import java.util.List;

/**
 * The body of an exchange: what has arrived of the stream, one FetchResponse or several in order.
 *
 * @param events in the order of the stream; none in a lone keepalive
 * @param position safe to save once all of the events are accepted
 * @param catchUp whether the stream has caught up; null where the response does not say
 */
public record StreamResponse(List<StreamEvent> events, StreamPosition position, CatchUp catchUp) {

    /** Says nothing of whether the stream has caught up. */
    public StreamResponse(List<StreamEvent> events, StreamPosition position) {
        this(events, position, null);
    }
}
