package io.recordsync.ops.api;

import io.recordsync.config.Version;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.DeliveryMode;
import io.recordsync.deletion.HeldReason;
import io.recordsync.deletion.MissedReport;
import io.recordsync.deletion.NothingFound;
import io.recordsync.deletion.PresenceReport;
import io.recordsync.deletion.SightReport;
import io.recordsync.deletion.SightState;
import io.recordsync.deletion.StreamPosition;
import io.recordsync.deletion.StreamReport;
import io.recordsync.deletion.SweepReport;
import io.recordsync.deletion.Word;
import io.recordsync.delivery.GateReport;
import io.recordsync.inbox.Coverage;
import io.recordsync.inbox.FoundList;
import io.recordsync.inbox.FoundLists;
import io.recordsync.inbox.FoundLists.LookUpState;
import io.recordsync.inbox.InboxException;
import io.recordsync.inbox.Ledger;
import io.recordsync.inbox.Ledger.Marked;
import io.recordsync.inbox.Ledger.PositionEntry;
import io.recordsync.inbox.Ledger.ProblemEntry;
import io.recordsync.inbox.Ledger.RecordListEntry;
import io.recordsync.inbox.ListCoverage;
import io.recordsync.inbox.Pauses;
import io.recordsync.inbox.Pauses.Pause;
import io.recordsync.inbox.RecordLists;
import io.recordsync.ops.alerts.AlertsReport;
import io.recordsync.ops.health.Health;
import io.recordsync.ops.health.HealthReport;
import io.recordsync.ops.health.Metrics;
import io.recordsync.ops.health.Timely;
import io.recordsync.ops.health.Timely.Seen;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * How the service stands: gathers the answer to {@code GET /api/status}. Read anew each time.
 *
 * <p>It answers within two seconds: while the database hangs, by what it said last.
 */
public final class Status {

    private static final int MAX_PROBLEMS = 20;
    /** A problem is something to look at for so long. */
    private static final Duration PROBLEM_IS_NEW = Duration.ofHours(24);

    private final Ledger ledger;
    private final Coverage coverage;
    private final RecordLists inboxLists;
    private final Pauses pauses;
    private final String channel;
    private final FoundLists found;
    private final Parts parts;
    private final Health health;
    private final DeliveryMode mode;
    private final ListRows rows;
    private final Clock clock;
    private final Timely<Known> database;
    private volatile boolean looked;

    /** What the database says. */
    private record Known(
            Marked<Map<DeletionState, Long>> counts,
            Optional<Instant> oldestPending,
            Map<HeldReason, Long> held,
            List<ProblemEntry> problems,
            Marked<StatusAnswer.Guard> guard,
            Optional<Pause> pause,
            Optional<PositionEntry> position,
            List<RecordListEntry> lists,
            List<FoundList> found,
            LookUpState lookUp,
            Coverage.State coverage,
            List<ListCoverage> covered,
            boolean catchingUp,
            List<NothingFound> nothingFound,
            List<SightReport> sight,
            MissedReport missed) {}

    /** What other parts of the service report of themselves. */
    public record Parts(
            Supplier<StreamReport> stream,
            Supplier<GateReport> gate,
            Supplier<PresenceReport> presenceChecks,
            Supplier<SweepReport> sweeps,
            Supplier<List<NothingFound>> nothingFound,
            Supplier<List<SightReport>> sight,
            Supplier<MissedReport> missed,
            GuardView guard,
            Supplier<AlertsReport> alerts) {}

    /**
     * @param inboxLists the record lists that the inbox knows
     * @param found which of them are served: each is shown, also one that the inbox has not met yet
     */
    public Status(
            Ledger ledger,
            Coverage coverage,
            RecordLists inboxLists,
            Pauses pauses,
            String channel,
            FoundLists found,
            Parts parts,
            Health health,
            DeliveryMode mode,
            Metrics metrics,
            Clock clock) {
        this.ledger = ledger;
        this.coverage = coverage;
        this.inboxLists = inboxLists;
        this.pauses = pauses;
        this.channel = channel;
        this.found = found;
        this.parts = parts;
        this.health = health;
        this.mode = mode;
        this.rows = new ListRows(mode, metrics);
        this.clock = clock;
        this.database = new Timely<>(this::read, clock);
    }

    private Known read() {
        return new Known(
                ledger.markedCounts(),
                ledger.oldestPending(),
                ledger.held(),
                ledger.problems(MAX_PROBLEMS),
                parts.guard().show(),
                pauses.look(),
                ledger.position(channel),
                ledger.recordLists(),
                found.all(),
                found.state(),
                coverage.state(),
                inboxLists.coverage(),
                ledger.catchingUp(),
                parts.nothingFound().get(),
                parts.sight().get(),
                parts.missed().get());
    }

    /** So that something is known before anybody asks. */
    public void look() {
        if (!looked) {
            looked = true;
            database.ask();
        }
    }

    /**
     * @param you who asks
     * @throws InboxException when the database has not said anything yet
     */
    public StatusAnswer show(StatusAnswer.You you) {
        Timely<Known>.Asked asked = database.ask();
        // Both wait at the same time.
        List<String> down = health.down();
        Seen<Known> seen = asked.await();
        if (seen == null) {
            throw new InboxException("The database has not answered yet", null);
        }
        return answer(you, seen.value(), down, seen.at());
    }

    private StatusAnswer answer(StatusAnswer.You you, Known known, List<String> down, Instant knownAt) {
        Map<String, Long> deletions = deletions(known.counts().shown());
        List<ProblemEntry> problems = known.problems();
        StatusAnswer.Guard guard = known.guard().shown();
        return new StatusAnswer(
                Version.text(),
                you,
                mode.toString(),
                HealthReport.of(down, toLookAt(deletions, guard, known, problems)),
                stream(known),
                delivery(),
                deletions,
                oldestPendingSeconds(known.oldestPending()),
                held(known.held()),
                guard,
                rows.of(
                        found.ids(),
                        known.lists(),
                        known.found(),
                        known.covered(),
                        known.coverage().coveredUntil()),
                sweep(known.coverage()),
                reconcile(presenceErrors(known)),
                known.sight().stream().map(StatusAnswer.Sight::of).toList(),
                problems.stream()
                        .map(problem -> new StatusAnswer.Problem(problem.at(), problem.kind(), problem.message()))
                        .toList(),
                StatusAnswer.Alerts.of(parts.alerts().get()),
                knownAt,
                asOf(known));
    }

    private static String asOf(Known known) {
        Coverage.Stretch unproven = known.coverage().unproven();
        AsOf.Rest rest = new AsOf.Rest(
                unproven == null ? null : unproven.from().toEpochMilli(),
                unproven == null ? null : unproven.until().toEpochMilli(),
                known.position().map(PositionEntry::orgId).orElse(null),
                known.pause().map(pause -> pause.since().toEpochMilli()).orElse(null),
                known.lists().stream()
                        .filter(list -> list.state().equals("stopped"))
                        .map(list -> AsOf.digest(list.id(), list.lastError()))
                        .toList(),
                known.covered().stream()
                        .filter(ListCoverage::historyOpen)
                        .map(list -> AsOf.digest(list.recordList()))
                        .toList(),
                known.sight().stream()
                        .filter(sight -> sight.state() == SightState.LOST)
                        .map(sight -> AsOf.digest(sight.entity(), sight.message()))
                        .toList());
        long mark = Math.min(known.counts().mark(), known.guard().mark());
        return new AsOf(mark, null, null, null, null, null, false, rest).text();
    }

    /** What is no reason to be not ready. */
    private List<String> toLookAt(
            Map<String, Long> deletions, StatusAnswer.Guard guard, Known known, List<ProblemEntry> problems) {
        List<String> reasons = new ArrayList<>();
        if (guard.openUntil() != null) {
            reasons.add("The mass-deletion guard is open until %s, by %s: it stops nothing"
                    .formatted(guard.openUntil(), guard.openedBy()));
        }
        if (mode.dryRun()) {
            reasons.add("A dry run: nothing is deleted");
        }
        new TreeSet<>(mode.dryRunLists())
                .forEach(list -> reasons.add("A dry run: nothing is deleted from record list " + found.named(list)));
        long parked = deletions.get("parked");
        if (parked > 0) {
            reasons.add(parked == 1 ? "1 deletion is parked" : parked + " deletions are parked");
        }
        long rehearsed = deletions.get("rehearsed");
        if (rehearsed > 0 && !mode.dryRun() && mode.dryRunLists().isEmpty()) {
            reasons.add("%s rehearsed deletions wait for a person to let them go live, or to discard them"
                    .formatted(rehearsed));
        }
        reasons.addAll(HeldWords.of(known.held()));
        Optional.ofNullable(parts.stream().get().notice()).ifPresent(reasons::add);
        String presenceErrors = presenceErrors(known);
        if (!presenceErrors.isEmpty()) {
            reasons.add("The presence check: " + presenceErrors);
        }
        reasons.addAll(ListHints.words(known.found(), known.lookUp()));
        reasons.addAll(HistoryHint.words(known.covered(), found, presenceErrors));
        known.nothingFound().forEach(list -> reasons.add(words(list)));
        reasons.addAll(SightHint.words(channel, known.sight()));
        if (known.missed().isSerious()) {
            reasons.add(words(known.missed()));
        }
        Instant since = clock.instant().minus(PROBLEM_IS_NEW);
        problems.stream()
                .filter(problem -> problem.at().isAfter(since))
                .findFirst()
                .ifPresent(newest -> reasons.add("Reported within 24 hours: " + newest.message()));
        return reasons;
    }

    private String words(NothingFound list) {
        String asked = list.batches() == 0
                ? list.records() + " records"
                : list.batches() + " batches and " + list.records() + " single records";
        return "Record list " + found.named(list.recordList()) + " has had none of what was to be deleted (" + asked
                + " in a row, and nothing ever found): check talkdesk.external-provider, that records carry the ids in the"
                + " form of 18 characters, and that the account is the one of this list";
    }

    private static String words(MissedReport missed) {
        return ("The last %s sweeps in a row found deletions that the stream had not told (%s), though it is connected: their events"
                        + " are missing, or hours late. Look in Setup, Change Data Capture, whether the entities of salesforce.entities"
                        + " are selected; of a custom channel, at its members (PlatformEventChannelMember) and their filter; and whether"
                        + " the integration user has View All on them (Permission Sets, Object Settings)")
                .formatted(
                        missed.inARow().size(),
                        missed.inARow().stream().map(String::valueOf).collect(Collectors.joining(", ")));
    }

    public StatusAnswer.Delivery delivery() {
        GateReport now = parts.gate().get();
        return new StatusAnswer.Delivery(now.state(), now.reason(), now.until());
    }

    private StatusAnswer.Stream stream(Known known) {
        StreamReport now = parts.stream().get();
        Instant savedAt = known.position().map(PositionEntry::savedAt).orElse(null);
        return new StatusAnswer.Stream(
                channel,
                Word.underscored(now.state()),
                known.catchingUp(),
                now.lastResponseAt(),
                now.lastEventAt(),
                savedAt,
                savedAt == null ? null : hoursToExpiry(savedAt),
                known.missed().total(),
                now.lastError());
    }

    /** With one decimal. */
    private double hoursToExpiry(Instant savedAt) {
        return Math.round(StreamPosition.timeToExpiry(savedAt, clock.instant()).toMinutes() / 6.0) / 10.0;
    }

    private static Map<String, Long> deletions(Map<DeletionState, Long> counts) {
        Map<String, Long> shown = new LinkedHashMap<>();
        for (DeletionState state : DeletionState.values()) {
            shown.put(Word.underscored(state), counts.getOrDefault(state, 0L));
        }
        return shown;
    }

    private static Map<String, Long> held(Map<HeldReason, Long> held) {
        Map<String, Long> shown = new LinkedHashMap<>();
        for (HeldReason reason : HeldReason.values()) {
            shown.put(Word.underscored(reason), held.getOrDefault(reason, 0L));
        }
        return shown;
    }

    private Long oldestPendingSeconds(Optional<Instant> oldestPending) {
        return oldestPending
                .map(oldest ->
                        Math.max(0, Duration.between(oldest, clock.instant()).toSeconds()))
                .orElse(null);
    }

    private StatusAnswer.Sweep sweep(Coverage.State now) {
        SweepReport counts = parts.sweeps().get();
        return new StatusAnswer.Sweep(
                now.lastAt(),
                now.coveredUntil(),
                now.lastError(),
                now.owed(),
                now.ordered(),
                now.running(),
                counts.found(),
                counts.added(),
                StatusAnswer.Stretch.of(now.unproven()));
    }

    /** Of all lists that are served; empty when no check failed, or all that failed were made since. */
    private static String presenceErrors(Known known) {
        return known.found().stream()
                .filter(FoundList::served)
                .map(FoundList::presenceError)
                .filter(error -> !error.isEmpty())
                .collect(Collectors.joining("; "));
    }

    private StatusAnswer.Reconcile reconcile(String presenceErrors) {
        PresenceReport now = parts.presenceChecks().get();
        PresenceReport.Counts counts = now.counts();
        return new StatusAnswer.Reconcile(
                now.recordList(),
                now.running(),
                now.waiting(),
                now.checked(),
                now.missing(),
                counts.seen(),
                counts.judged(),
                counts.foreign(),
                counts.foreignPrefix(),
                counts.otherProvider(),
                counts.notVisible(),
                counts.whole(),
                now.lastAt(),
                presenceErrors.isEmpty() ? null : presenceErrors);
    }
}
