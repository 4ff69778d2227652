package io.recordsync.config;

import java.time.Duration;

/**
 * How the stream is watched and opened again.
 *
 * @param idleTimeout the silence after which it is opened again
 * @param keepalive how often the connection is pinged; zero: never
 * @param backoffLong the longest wait where only a person or the next day can help
 * @param missedAfter what a sweep found and a connected stream has not told within this counts as missed
 * @param catchUp the longest wait of what is due for Salesforce's word, since the stream began to catch up
 */
public record StreamSettings(
        Duration idleTimeout,
        Duration keepalive,
        Duration backoff,
        Duration backoffMax,
        Duration backoffLong,
        Duration catchUp,
        Duration missedAfter) {}
