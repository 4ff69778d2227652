package io.recordsync.salesforce.stream;

import io.recordsync.deletion.StreamPosition;
import java.util.List;

/**
 * The body of an exchange: one FetchResponse.
 *
 * @param events in the order of the stream; none in a keepalive
 * @param position safe to save once all of the events are accepted
 */
public record StreamResponse(List<StreamEvent> events, StreamPosition position) {}
