package io.recordsync.salesforce.stream;

import io.recordsync.salesforce.stream.StreamFailure.Kind;
import java.time.Clock;
import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * The state of the stream, for health and the page: kept by the subscriber, read by anyone.
 *
 * <p>Thread-safe. As a supplier it gives {@code channel, state, lastResponseAt, lastEventAt, lastError} under the names of
 * the API, times as {@link Instant} or null; {@code silentSince}, the last response or where there was none the start; and
 * {@code reconnects}, how often the stream ended, by what had to be done about it: every kind is a key.
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
    private final Instant startedAt;
    private final Map<Kind, AtomicLong> reconnects = new EnumMap<>(Kind.class);
    private volatile String channel;
    private volatile State state = State.STOPPED;
    private volatile Instant lastResponseAt;
    private volatile Instant lastEventAt;
    private volatile String lastError;

    public StreamStatus(Clock clock) {
        this.clock = clock;
        this.startedAt = clock.instant();
        for (Kind kind : Kind.values()) {
            reconnects.put(kind, new AtomicLong());
        }
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

    void ended(Kind kind) {
        reconnects.get(kind).incrementAndGet();
    }

    void became(State state, String error) {
        this.lastError = error;
        this.state = state;
    }

    @Override
    public Map<String, Object> get() {
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("channel", channel);
        status.put("state", state.name().toLowerCase(Locale.ROOT));
        status.put("lastResponseAt", lastResponseAt);
        status.put("lastEventAt", lastEventAt);
        status.put("lastError", lastError);
        status.put("silentSince", lastResponseAt == null ? startedAt : lastResponseAt);
        Map<String, Long> counts = new TreeMap<>();
        reconnects.forEach((kind, count) -> counts.put(kind.name().toLowerCase(Locale.ROOT), count.get()));
        status.put("reconnects", counts);
        return status;
    }
}
