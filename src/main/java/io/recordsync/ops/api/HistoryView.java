package io.recordsync.ops.api;

import io.recordsync.inbox.History;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The history as the API shows it: steps of a minute up to 2 hours, of 15 minutes up to 48, else of an hour; oldest first,
 * the last one not over yet.
 */
public final class HistoryView {

    private static final int MAX_HOURS = 168;

    private final History history;

    public HistoryView(History history) {
        this.history = history;
    }

    public record Answer(long stepSeconds, List<Point> points) {}

    public record Point(@IsoTime Instant at, long accepted, long deleted, long parked) {}

    /**
     * @param query {@code hours}: 1 to 168, 1 by default
     * @throws Refusal when the query has another parameter or a value that is none
     */
    public Answer show(Map<String, String> query) {
        Query.onlyOf(query, Set.of("hours"));
        Duration hours = Duration.ofHours(Query.number(query, "hours", 1, MAX_HOURS));
        Duration step = Duration.ofMinutes(hours.toHours() <= 2 ? 1 : hours.toHours() <= 48 ? 15 : 60);
        return new Answer(
                step.toSeconds(),
                history.points(step, (int) hours.dividedBy(step)).stream()
                        .map(point -> new Point(point.at(), point.accepted(), point.deleted(), point.parked()))
                        .toList());
    }
}
