package io.recordsync.config;

import java.time.Duration;

/**
 * How long deletions that ended are kept, and what stays of phone numbers.
 *
 * @param phoneKey of the HMAC of a phone number; empty: nothing stays
 */
public record LedgerSettings(Duration retention, Secret phoneKey) {}
