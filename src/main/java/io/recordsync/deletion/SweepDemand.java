package io.recordsync.deletion;

import java.time.Instant;

/**
 * Why Salesforce has to be asked what was deleted. It stands, over restarts too, until a sweep has proven that it missed
 * nothing.
 *
 * @param reason for a person
 * @param since from where; null = from the instant until which everything is proven
 * @param positionLost whether the stream has a hole: the service is not ready until the sweep has covered it
 */
public record SweepDemand(String reason, Instant since, boolean positionLost) {}
