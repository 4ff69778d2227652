package io.recordsync.ops.api;

import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.DeliveryMode;
import io.recordsync.deletion.StreamPosition;
import io.recordsync.inbox.Coverage;
import io.recordsync.inbox.Ledger;
import io.recordsync.inbox.Ledger.ProblemEntry;
import io.recordsync.inbox.Ledger.RecordListEntry;
import io.recordsync.ops.health.Health;
import io.recordsync.ops.health.Metrics;
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
 * hours for which Salesforce keeps a position, never negative. {@code lastCallAt} and the sweep's {@code found} and {@code
 * added} are of this process. Read anew each time.
 */
public final class Status {

    static final int PROBLEMS_SHOWN = 20;
    /** A problem is something to look at for so long. */
    private static final Duration PROBLEM_IS_NEW = Duration.ofHours(24);

    private final Ledger ledger;
    private final Coverage coverage;
    private final String channel;
    private final List<String> recordLists;
    private final Parts parts;
    private final Health health;
    private final DeliveryMode mode;
    private final Metrics metrics;
    private final Clock clock;

    /** What other parts of the service say of themselves, in the words of the API. */
    public record Parts(
            Supplier<Map<String, Object>> stream,
            Supplier<Map<String, Object>> delivery,
            Supplier<Map<String, Object>> presenceChecks,
            Supplier<Map<String, Object>> sweeps,
            Supplier<Map<String, Object>> guard) {}

    /** @param recordLists {@code talkdesk.record-lists}: each is shown, also one that the inbox has not met yet */
    public Status(
            Ledger ledger,
            Coverage coverage,
            String channel,
            String recordLists,
            Parts parts,
            Health health,
            DeliveryMode mode,
            Metrics metrics,
            Clock clock) {
        this.ledger = ledger;
        this.coverage = coverage;
        this.channel = channel;
        this.recordLists = RequestedDeletions.lists(recordLists);
        this.parts = parts;
        this.health = health;
        this.mode = mode;
        this.metrics = metrics;
        this.clock = clock;
    }

    public Map<String, Object> show() {
        Map<String, Long> deletions = deletions();
        List<ProblemEntry> problems = ledger.problems(PROBLEMS_SHOWN);
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("mode", mode.toString());
        status.put("health", health.show(toLookAt(deletions, problems)));
        status.put("stream", stream());
        status.put("delivery", delivery());
        status.put("deletions", deletions);
        status.put(
                "oldestPendingSeconds",
                ledger.oldestPending()
                        .map(oldest -> Math.max(
                                0, Duration.between(oldest, clock.instant()).toSeconds()))
                        .orElse(null));
        status.put("guard", parts.guard().get());
        status.put("lists", lists());
        status.put("sweep", sweep());
        status.put(
                "reconcile",
                pick(
                        parts.presenceChecks().get(),
                        "recordList",
                        "running",
                        "waiting",
                        "checked",
                        "missing",
                        "lastAt",
                        "lastError"));
        status.put("problems", problems(problems));
        return status;
    }

    /** What is no reason to be not ready. */
    private List<String> toLookAt(Map<String, Long> deletions, List<ProblemEntry> problems) {
        List<String> reasons = new ArrayList<>();
        if (mode.dryRun()) {
            reasons.add("A dry run: nothing is deleted");
        }
        new TreeSet<>(mode.dryRunLists())
                .forEach(list -> reasons.add("A dry run: nothing is deleted from record list " + list));
        long parked = deletions.get("parked");
        if (parked > 0) {
            reasons.add(parked == 1 ? "1 deletion is parked" : parked + " deletions are parked");
        }
        long rehearsed = deletions.get("rehearsed");
        if (rehearsed > 0 && !mode.dryRun() && mode.dryRunLists().isEmpty()) {
            reasons.add("%d rehearsed deletions wait for a person to let them go live, or to discard them"
                    .formatted(rehearsed));
        }
        Instant since = clock.instant().minus(PROBLEM_IS_NEW);
        problems.stream()
                .filter(problem -> problem.at().isAfter(since))
                .findFirst()
                .ifPresent(newest -> reasons.add("Reported within 24 hours: " + newest.message()));
        return reasons;
    }

    public Map<String, Object> delivery() {
        return pick(parts.delivery().get(), "state", "reason", "until");
    }

    private Map<String, Object> stream() {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("channel", channel);
        shown.putAll(pick(parts.stream().get(), "state", "lastResponseAt", "lastEventAt"));
        Optional<Instant> savedAt = ledger.position(channel).map(Ledger.PositionEntry::savedAt);
        shown.put("positionSavedAt", savedAt.map(Instant::toString).orElse(null));
        shown.put("hoursToExpiry", savedAt.map(this::hoursToExpiry).orElse(null));
        shown.putAll(pick(parts.stream().get(), "lastError"));
        return shown;
    }

    private double hoursToExpiry(Instant savedAt) {
        return Math.round(StreamPosition.timeToExpiry(savedAt, clock.instant()).toMinutes() / 6.0) / 10.0;
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
            list.put("dryRun", mode.rehearses(id));
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
        shown.putAll(pick(parts.sweeps().get(), "found", "added"));
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

    private static List<Map<String, Object>> problems(List<ProblemEntry> problems) {
        return problems.stream()
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
