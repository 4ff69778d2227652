package io.recordsync.ops.health;

import java.util.List;

/**
 * Green, amber or red, and why.
 *
 * @param level {@code green}, {@code amber} or {@code red}
 * @param reasons for people; empty when green
 */
public record HealthReport(String level, List<String> reasons) {}
