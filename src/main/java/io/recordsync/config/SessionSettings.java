package io.recordsync.config;

import java.time.Duration;

/** When a process counts as dead, and how often it reports that it is alive. */
public record SessionSettings(Duration ttl, Duration heartbeat) {}
