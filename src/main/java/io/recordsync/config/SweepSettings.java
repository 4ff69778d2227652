package io.recordsync.config;

import java.time.Duration;

/**
 * When a sweep asks Salesforce what was deleted.
 *
 * @param onGap whether a gap in the stream asks for one
 * @param overlap how far before the proven instant it begins
 * @param retry the wait after one that failed
 */
public record SweepSettings(Duration period, boolean onGap, Duration overlap, Duration retry) {}
