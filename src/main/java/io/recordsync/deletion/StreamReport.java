package io.recordsync.deletion;

import java.time.Instant;
import java.util.Map;

/**
 * How the stream of change events is, as the subscriber reports it to health and the page.
 *
 * @param channel null before the first subscription
 * @param lastResponseAt null before the first response, as {@code lastEventAt} before the first event
 * @param lastError null while all is well
 * @param notice what to look at while the stream is well, such as that it is cut again and again; null where there is nothing
 * @param brokenSince when the stream that was open has ended, until it is open again; null while it is, and before the first
 * @param silentSince the last response; before the first one, the start
 * @param reconnects how often the stream ended, by what had to be done about it; every kind is a key
 */
public record StreamReport(
        String channel,
        State state,
        Instant lastResponseAt,
        Instant lastEventAt,
        String lastError,
        String notice,
        Instant brokenSince,
        Instant silentSince,
        Map<String, Long> reconnects) {

    /** Whether it is opened again right now, after an end that nobody has to do anything about. */
    public boolean reopening() {
        return brokenSince != null && (state == State.WAITING || state == State.CONNECTING);
    }

    public StreamReport(
            String channel,
            State state,
            Instant lastResponseAt,
            Instant lastEventAt,
            String lastError,
            Instant silentSince,
            Map<String, Long> reconnects) {
        this(channel, state, lastResponseAt, lastEventAt, lastError, null, null, silentSince, reconnects);
    }

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
}
