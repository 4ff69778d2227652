package io.recordsync.config;

import java.time.Duration;

/**
 * When the service is no longer ready.
 *
 * @param expiryWarning so long before the saved position is too old for Salesforce
 * @param oldestPending a deletion is due for longer than this
 */
public record HealthSettings(Duration expiryWarning, Duration oldestPending) {}
