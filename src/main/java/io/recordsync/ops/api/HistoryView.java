package io.recordsync.ops.api;

import io.recordsync.inbox.History;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/**
 * The history as the API shows it: steps of a minute up to 2 hours, of 15 minutes up to 48, else of an hour; oldest first,
 * the last one not over yet.
 */
public final class HistoryView {

    private static final int MOST_HOURS = 168;

    private final History history;

    public HistoryView(History history) {
        this.history = history;
    }

    /**
     * @param query {@code hours}: 1 to 168, usually 1
     * @throws Refusal when the query has another parameter or a value that is none
     */
    public Map<String, Object> show(Map<String, String> query) {
        Query.onlyOf(query, Set.of("hours"));
        Duration hours = Duration.ofHours(Query.number(query, "hours", 1, MOST_HOURS));
        Duration step = Duration.ofMinutes(hours.toHours() <= 2 ? 1 : hours.toHours() <= 48 ? 15 : 60);
        return Map.of(
                "stepSeconds",
                step.toSeconds(),
                "points",
                history.points(step, (int) hours.dividedBy(step)).stream()
                        .map(point -> Map.of(
                                "at", point.at().toString(),
                                "accepted", point.accepted(),
                                "deleted", point.deleted(),
                                "parked", point.parked()))
                        .toList());
    }
}
