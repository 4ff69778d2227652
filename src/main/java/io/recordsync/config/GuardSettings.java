package io.recordsync.config;

import java.time.Duration;

/**
 * The mass-deletion guard.
 *
 * @param maxDeletions the most contacts within the window; 0: no guard
 */
public record GuardSettings(int maxDeletions, Duration window) {}
