package io.recordsync.config;

import java.time.Duration;

/** How deletions are gathered: the most in one call, and the longest wait for company. */
public record BatchSettings(int size, Duration linger) {}
