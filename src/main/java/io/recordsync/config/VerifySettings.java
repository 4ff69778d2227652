package io.recordsync.config;

import java.time.Duration;

/** What becomes of a deletion whose answer confirmed nothing: it is sent again, so often, and then settled or parked. */
public record VerifySettings(Duration delay, int attempts, Unconfirmed unconfirmed) {}
