package io.recordsync.ops;

import io.recordsync.deletion.DeletionState;
import io.recordsync.inbox.Coverage;
import io.recordsync.inbox.Ledger;
import io.recordsync.inbox.Ledger.RecordListEntry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * How the service stands: the answer to {@code GET /api/status}.
 *
 * <p>Of the stream's map {@code state, lastResponseAt, lastEventAt, lastError} are shown, of the delivery's {@code state,
 * reason, until}; a key that is missing is null. Times are ISO 8601 in UTC. {@code hoursToExpiry} is what remains of the 72
 * hours for which Salesforce keeps a position, never negative. {@code lastCallAt} is of this process. Read anew each time.
 */
public final class Status {

    static final int PROBLEMS_SHOWN = 20;
    private static final Duration POSITION_KEPT = Duration.ofHours(72);

    private final Ledger ledger;
    private final Coverage coverage;
    private final String channel;
    private final List<String> recordLists;
    private final Supplier<Map<String, Object>> stream;
    private final Supplier<Map<String, Object>> delivery;
    private final Supplier<Map<String, Object>> presenceChecks;
    private final Metrics metrics;
    private final Clock clock;

    /** @param recordLists {@code talkdesk.record-lists}: each is shown, also one that the inbox has not met yet */
    public Status(
            Ledger ledger,
            Coverage coverage,
            String channel,
            String recordLists,
            Supplier<Map<String, Object>> stream,
            Supplier<Map<String, Object>> delivery,
            Supplier<Map<String, Object>> presenceChecks,
            Metrics metrics,
            Clock clock) {
        this.ledger = ledger;
        this.coverage = coverage;
        this.channel = channel;
        this.recordLists = RequestedDeletions.lists(recordLists);
        this.stream = stream;
        this.delivery = delivery;
        this.presenceChecks = presenceChecks;
        this.metrics = metrics;
        this.clock = clock;
    }

    public Map<String, Object> show() {
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("mode", "live");
        status.put("stream", stream());
        status.put("delivery", delivery());
        status.put("deletions", deletions());
        status.put(
                "oldestPendingSeconds",
                ledger.oldestPending()
                        .map(oldest -> Math.max(
                                0, Duration.between(oldest, clock.instant()).toSeconds()))
                        .orElse(null));
        status.put("lists", lists());
        status.put("sweep", sweep());
        status.put(
                "reconcile",
                pick(
                        presenceChecks.get(),
                        "recordList",
                        "running",
                        "waiting",
                        "checked",
                        "missing",
                        "lastAt",
                        "lastError"));
        status.put("problems", problems());
        return status;
    }

    public Map<String, Object> delivery() {
        return pick(delivery.get(), "state", "reason", "until");
    }

    private Map<String, Object> stream() {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("channel", channel);
        shown.putAll(pick(stream.get(), "state", "lastResponseAt", "lastEventAt"));
        Optional<Instant> savedAt = ledger.position(channel).map(Ledger.PositionEntry::savedAt);
        shown.put("positionSavedAt", savedAt.map(Instant::toString).orElse(null));
        shown.put("hoursToExpiry", savedAt.map(this::hoursToExpiry).orElse(null));
        shown.putAll(pick(stream.get(), "lastError"));
        return shown;
    }

    private double hoursToExpiry(Instant savedAt) {
        Duration left = POSITION_KEPT.minus(Duration.between(savedAt, clock.instant()));
        return left.isNegative() ? 0 : Math.round(left.toMinutes() / 6.0) / 10.0;
    }

    private Map<String, Long> deletions() {
        Map<DeletionState, Long> counts = ledger.counts();
        Map<String, Long> shown = new LinkedHashMap<>();
        for (DeletionState state : DeletionState.values()) {
            shown.put(state.name().toLowerCase(Locale.ROOT), counts.getOrDefault(state, 0L));
        }
        return shown;
    }

    private List<Map<String, Object>> lists() {
        Map<String, RecordListEntry> known = new LinkedHashMap<>();
        ledger.recordLists().forEach(list -> known.put(list.id(), list));
        TreeSet<String> ids = new TreeSet<>(recordLists);
        ids.addAll(known.keySet());
        List<Map<String, Object>> shown = new ArrayList<>();
        for (String id : ids) {
            RecordListEntry entry = known.getOrDefault(id, new RecordListEntry(id, "active", 0, 0, null, ""));
            Map<String, Object> list = new LinkedHashMap<>();
            list.put("id", id);
            list.put("state", entry.state());
            list.put("pending", entry.pending());
            list.put("parked", entry.parked());
            list.put("lastCallAt", metrics.lastCall(id).map(Instant::toString).orElse(null));
            list.put("lastError", entry.lastError().isEmpty() ? null : entry.lastError());
            shown.add(list);
        }
        return shown;
    }

    private Map<String, Object> sweep() {
        Coverage.State now = coverage.state();
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("lastAt", text(now.lastAt()));
        shown.put("coveredUntil", text(now.coveredUntil()));
        shown.put("lastError", now.lastError());
        shown.put("owed", now.owed());
        shown.put("running", now.running());
        shown.put("unproven", now.unproven() == null ? null : stretch(now.unproven()));
        return shown;
    }

    static Map<String, Object> stretch(Coverage.Stretch stretch) {
        return Map.of(
                "from", stretch.from().toString(), "until", stretch.until().toString());
    }

    static String text(Instant time) {
        return time == null ? null : time.toString();
    }

    private List<Map<String, Object>> problems() {
        return ledger.problems(PROBLEMS_SHOWN).stream()
                .<Map<String, Object>>map(problem ->
                        Map.of("at", problem.at().toString(), "kind", problem.kind(), "message", problem.message()))
                .toList();
    }

    private static Map<String, Object> pick(Map<String, Object> from, String... keys) {
        Map<String, Object> picked = new LinkedHashMap<>();
        for (String key : keys) {
            Object value = from.get(key);
            picked.put(key, value instanceof Instant ? value.toString() : value);
        }
        return picked;
    }
}
