package io.recordsync.salesforce.stream;

import io.recordsync.deletion.StreamReport;
import io.recordsync.deletion.StreamReport.State;
import io.recordsync.deletion.Word;
import io.recordsync.salesforce.stream.StreamFailure.Kind;
import java.time.Clock;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** The state of the stream: kept by the subscriber, read by anyone as a {@link StreamReport}. Thread-safe. */
public final class StreamStatus implements Supplier<StreamReport> {

    private final Clock clock;
    private final Instant startedAt;
    private final Map<Kind, AtomicLong> reconnects = new EnumMap<>(Kind.class);
    private volatile String channel;
    private volatile State state = State.STOPPED;
    private volatile Instant lastResponseAt;
    private volatile Instant lastEventAt;
    private volatile String lastError;
    private volatile String notice;
    private volatile Instant brokenSince;

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

    /** The stream, or what was to become one. */
    void ended(Kind kind) {
        reconnects.get(kind).incrementAndGet();
        if (kind.needsPerson()) {
            brokenSince = null;
        } else if (state == State.CONNECTED) {
            brokenSince = clock.instant();
        }
    }

    /** @param words null: nothing to look at any more */
    void notice(String words) {
        notice = words;
    }

    void became(State state, String error) {
        if (state != State.WAITING) {
            brokenSince = null;
        }
        this.lastError = error;
        this.state = state;
    }

    @Override
    public StreamReport get() {
        Map<String, Long> counts = new TreeMap<>();
        reconnects.forEach((kind, count) -> counts.put(Word.underscored(kind), count.get()));
        return new StreamReport(
                channel,
                state,
                lastResponseAt,
                lastEventAt,
                lastError,
                notice,
                brokenSince,
                lastResponseAt == null ? startedAt : lastResponseAt,
                counts);
    }
}
