package io.recordsync.ops.api;

import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.DeliveryMode;
import io.recordsync.deletion.NothingFound;
import io.recordsync.deletion.PresenceReport;
import io.recordsync.deletion.StreamPosition;
import io.recordsync.deletion.StreamReport;
import io.recordsync.deletion.SweepReport;
import io.recordsync.deletion.Word;
import io.recordsync.delivery.GateReport;
import io.recordsync.inbox.Coverage;
import io.recordsync.inbox.Ledger;
import io.recordsync.inbox.Ledger.PositionEntry;
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
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Supplier;

/** How the service stands: gathers the answer to {@code GET /api/status}. Read anew each time. */
public final class Status {

    private static final int MAX_PROBLEMS = 20;
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

    /** What other parts of the service report of themselves. */
    public record Parts(
            Supplier<StreamReport> stream,
            Supplier<GateReport> gate,
            Supplier<PresenceReport> presenceChecks,
            Supplier<SweepReport> sweeps,
            Supplier<List<NothingFound>> nothingFound,
            GuardView guard) {}

    /** @param recordLists {@code talkdesk.record-lists}: each is shown, also one that the inbox has not met yet */
    public Status(
            Ledger ledger,
            Coverage coverage,
            String channel,
            List<String> recordLists,
            Parts parts,
            Health health,
            DeliveryMode mode,
            Metrics metrics,
            Clock clock) {
        this.ledger = ledger;
        this.coverage = coverage;
        this.channel = channel;
        this.recordLists = recordLists;
        this.parts = parts;
        this.health = health;
        this.mode = mode;
        this.metrics = metrics;
        this.clock = clock;
    }

    public StatusAnswer show() {
        Map<String, Long> deletions = deletions();
        List<ProblemEntry> problems = ledger.problems(MAX_PROBLEMS);
        StatusAnswer.Guard guard = parts.guard().show();
        return new StatusAnswer(
                mode.toString(),
                health.report(toLookAt(deletions, guard, problems)),
                stream(),
                delivery(),
                deletions,
                oldestPendingSeconds(),
                guard,
                lists(),
                sweep(),
                reconcile(),
                problems.stream()
                        .map(problem -> new StatusAnswer.Problem(problem.at(), problem.kind(), problem.message()))
                        .toList());
    }

    /** What is no reason to be not ready. */
    private List<String> toLookAt(Map<String, Long> deletions, StatusAnswer.Guard guard, List<ProblemEntry> problems) {
        List<String> reasons = new ArrayList<>();
        if (guard.openUntil() != null) {
            reasons.add("The mass-deletion guard is open until %s, by %s: it stops nothing"
                    .formatted(guard.openUntil(), guard.openedBy()));
        }
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
        parts.nothingFound().get().forEach(list -> reasons.add(words(list)));
        Instant since = clock.instant().minus(PROBLEM_IS_NEW);
        problems.stream()
                .filter(problem -> problem.at().isAfter(since))
                .findFirst()
                .ifPresent(newest -> reasons.add("Reported within 24 hours: " + newest.message()));
        return reasons;
    }

    private static String words(NothingFound list) {
        String asked = list.batches() == 0
                ? list.records() + " records"
                : list.batches() + " batches and " + list.records() + " single records";
        return "Record list " + list.recordList() + " has had none of what was to be deleted (" + asked
                + " in a row, and nothing ever found): check talkdesk.external-provider, that records carry the ids in the"
                + " form of 18 characters, and that the account is the one of this list";
    }

    public StatusAnswer.Delivery delivery() {
        GateReport now = parts.gate().get();
        return new StatusAnswer.Delivery(now.state(), now.reason(), now.until());
    }

    private StatusAnswer.Stream stream() {
        StreamReport now = parts.stream().get();
        Instant savedAt = ledger.position(channel).map(PositionEntry::savedAt).orElse(null);
        return new StatusAnswer.Stream(
                channel,
                Word.underscored(now.state()),
                now.lastResponseAt(),
                now.lastEventAt(),
                savedAt,
                savedAt == null ? null : hoursToExpiry(savedAt),
                now.lastError());
    }

    /** With one decimal. */
    private double hoursToExpiry(Instant savedAt) {
        return Math.round(StreamPosition.timeToExpiry(savedAt, clock.instant()).toMinutes() / 6.0) / 10.0;
    }

    private Map<String, Long> deletions() {
        Map<DeletionState, Long> counts = ledger.counts();
        Map<String, Long> shown = new LinkedHashMap<>();
        for (DeletionState state : DeletionState.values()) {
            shown.put(Word.underscored(state), counts.getOrDefault(state, 0L));
        }
        return shown;
    }

    private Long oldestPendingSeconds() {
        return ledger.oldestPending()
                .map(oldest ->
                        Math.max(0, Duration.between(oldest, clock.instant()).toSeconds()))
                .orElse(null);
    }

    private List<StatusAnswer.RecordList> lists() {
        Map<String, RecordListEntry> known = new LinkedHashMap<>();
        ledger.recordLists().forEach(list -> known.put(list.id(), list));
        TreeSet<String> ids = new TreeSet<>(recordLists);
        ids.addAll(known.keySet());
        return ids.stream()
                .map(id -> list(known.getOrDefault(id, new RecordListEntry(id, "active", 0, 0, null, ""))))
                .toList();
    }

    private StatusAnswer.RecordList list(RecordListEntry list) {
        return new StatusAnswer.RecordList(
                list.id(),
                list.state(),
                list.pending(),
                list.parked(),
                mode.rehearses(list.id()),
                metrics.lastCall(list.id()).orElse(null),
                list.lastError().isEmpty() ? null : list.lastError());
    }

    private StatusAnswer.Sweep sweep() {
        Coverage.State now = coverage.state();
        SweepReport counts = parts.sweeps().get();
        return new StatusAnswer.Sweep(
                now.lastAt(),
                now.coveredUntil(),
                now.lastError(),
                now.owed(),
                now.running(),
                counts.found(),
                counts.added(),
                StatusAnswer.Stretch.of(now.unproven()));
    }

    private StatusAnswer.Reconcile reconcile() {
        PresenceReport now = parts.presenceChecks().get();
        return new StatusAnswer.Reconcile(
                now.recordList(),
                now.running(),
                now.waiting(),
                now.checked(),
                now.missing(),
                now.lastAt(),
                now.lastError());
    }
}
