package io.recordsync.config;

import static io.recordsync.config.Form.durationAboveZero;
import static io.recordsync.config.Form.durationAtLeast;
import static io.recordsync.config.Form.zeroOr;
import static io.recordsync.config.Table.rarely;

import java.time.Duration;

/** The keys of the stream. They enter the table where {@link Keys} names them first. */
final class StreamKeys {

    static final Key<Duration> IDLE_TIMEOUT = rarely(
            "stream.idle-timeout",
            "330000",
            durationAtLeast(Duration.ofSeconds(1)),
            "The silence (no event, no keepalive) after which the stream is opened again; keepalives come within 270 s.");
    static final Key<Duration> KEEPALIVE = rarely(
            "stream.keepalive",
            "0",
            zeroOr(durationAtLeast(Duration.ofSeconds(10))),
            "How often the stream's connection is pinged, for a proxy that cuts silent ones; 0 means not at all: a server may end"
                    + " the stream when pings come more often than every five minutes.");
    static final Key<Duration> BACKOFF = rarely(
            "stream.backoff",
            "1000",
            durationAboveZero(),
            "The first wait before the stream is opened, or the REST API is asked, again.");
    static final Key<Duration> BACKOFF_MAX =
            rarely("stream.backoff-max", "60000", durationAboveZero(), "The longest such wait.");
    static final Key<Duration> BACKOFF_LONG = rarely(
            "stream.backoff-long",
            "15m",
            durationAboveZero(),
            "The longest such wait where only a person or the next day can help (permissions, allocation).");
    static final Key<Duration> CATCH_UP = rarely(
            "stream.catch-up",
            "10m",
            durationAtLeast(Duration.ofSeconds(1)),
            "How long what is due waits at most for Salesforce's word, since the stream began to catch up.");
    static final Key<Duration> MISSED_AFTER = rarely(
            "stream.missed-after",
            "1h",
            durationAtLeast(Duration.ofSeconds(10)),
            "What a sweep finds counts as missed by the stream where that has not told it so long after the commit.");

    private StreamKeys() {}
}
