package io.recordsync.config;

import java.time.Duration;

/**
 * How the stream is watched and opened again.
 *
 * @param idleTimeout the silence after which it is opened again
 * @param backoffLong the longest wait where only a person or the next day can help
 */
public record StreamSettings(Duration idleTimeout, Duration backoff, Duration backoffMax, Duration backoffLong) {}
