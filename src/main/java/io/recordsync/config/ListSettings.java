package io.recordsync.config;

import io.recordsync.deletion.ListJoin;
import io.recordsync.deletion.ListRules;
import java.time.Duration;

/**
 * Which record lists are served, and how they are looked up.
 *
 * @param refresh between two look-ups; zero: only by order
 * @param most lists that the patterns may match
 * @param goneAfter how long after it vanished a list is retired
 */
public record ListSettings(ListRules rules, ListJoin join, Duration refresh, int most, Duration goneAfter) {}
