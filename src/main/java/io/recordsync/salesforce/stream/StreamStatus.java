package io.recordsync.salesforce.stream;

import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * How the stream is, for health and the page: kept by the subscriber, read by anyone.
 *
 * <p>Thread-safe. As a supplier it gives {@code channel, state, lastResponseAt, lastEventAt, lastError} under the names of
 * the API, times as {@link Instant} or null.
 */
public final class StreamStatus implements Supplier<Map<String, Object>> {

    /** What the subscriber is doing. */
    public enum State {
        STOPPED,
        /** Logging in, or opening the stream. */
        CONNECTING,
        /** The stream is open; with an error, what it brought cannot be accepted yet. */
        CONNECTED,
        /** Waiting before it connects again. */
        WAITING,
        /** Another node subscribes. */
        STANDBY,
        /** The credentials lead to another Salesforce org: a person has to confirm. */
        OTHER_ORG
    }

    private final Clock clock;
    private volatile String channel;
    private volatile State state = State.STOPPED;
    private volatile Instant lastResponseAt;
    private volatile Instant lastEventAt;
    private volatile String lastError;

    public StreamStatus(Clock clock) {
        this.clock = clock;
    }

    void subscribing(String channel) {
        this.channel = channel;
        this.state = State.CONNECTING;
    }

    void responded(boolean withEvents) {
        lastResponseAt = clock.instant();
        if (withEvents) {
            lastEventAt = lastResponseAt;
        }
    }

    void became(State state, String error) {
        this.lastError = error;
        this.state = state;
    }

    @Override
    public Map<String, Object> get() {
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("channel", channel);
        status.put("state", state.name().toLowerCase());
        status.put("lastResponseAt", lastResponseAt);
        status.put("lastEventAt", lastEventAt);
        status.put("lastError", lastError);
        return status;
    }
}
