package io.recordsync.config;

import java.time.Duration;
import java.util.Optional;

/**
 * When the presence check runs, and what it may believe.
 *
 * @param schedule how often; empty: never by itself
 */
public record ReconcileSettings(
        Optional<Duration> schedule, NotVisible notVisible, int maxMissingPercent, int minJudgedPercent) {}
