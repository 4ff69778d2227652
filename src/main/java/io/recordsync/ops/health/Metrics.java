package io.recordsync.ops.health;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.recordsync.deletion.Batch;
import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.Origin;
import io.recordsync.deletion.Problem;
import io.recordsync.deletion.StreamPosition;
import io.recordsync.deletion.StreamReport;
import io.recordsync.deletion.StreamReport.State;
import io.recordsync.deletion.Word;
import io.recordsync.inbox.InboxException;
import io.recordsync.inbox.Ledger;
import io.recordsync.inbox.Ledger.ProblemEntry;
import io.recordsync.inbox.Tally;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * What the service counts, for Prometheus; and when each list was last called. {@code docs/operations.md} says what each
 * metric means.
 *
 * <p>Counters count since the process started. What is read from the inbox is read by {@link #look} alone, so that a scrape
 * waits for nothing, and NaN while the database fails. Every label has few values: states, the configured lists, statuses of HTTP.
 * Safe from any thread.
 */
public final class Metrics implements Tally {

    private static final Duration[] CALL_TIMES = Stream.of(50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000)
            .map(Duration::ofMillis)
            .toArray(Duration[]::new);
    private static final Duration[] DELAYS = Stream.of(
                    1, 2, 5, 10, 30, 60, 300, 900, 3_600, 6 * 3_600, 24 * 3_600, 72 * 3_600)
            .map(Duration::ofSeconds)
            .toArray(Duration[]::new);

    private static final int MAX_PROBLEMS_IN_A_LOOK = 200;
    private static final String RESTORED = "restored_after_delete";

    private final MeterRegistry registry;
    private final Ledger ledger;
    private final String channel;
    private final Clock clock;
    private final DistributionSummary items;
    private final Timer calls;
    private final Map<Origin, Timer> delays = new EnumMap<>(Origin.class);
    private final Map<String, Instant> lastCalls = new ConcurrentHashMap<>();
    private volatile Instant lastProblemAt;
    private volatile Census census = Census.UNKNOWN;
    private LongSupplier droppedLines;
    private volatile long lookedAt = System.nanoTime();

    public Metrics(MeterRegistry registry, Ledger ledger, String channel, Supplier<StreamReport> stream, Clock clock) {
        this.registry = registry;
        this.ledger = ledger;
        this.channel = channel;
        this.clock = clock;
        this.items = DistributionSummary.builder("recordsync.call.items")
                .serviceLevelObjectives(1, 10, 25, 50, 75, 100)
                .register(registry);
        this.calls = Timer.builder("recordsync.call")
                .serviceLevelObjectives(CALL_TIMES)
                .register(registry);
        gauges();
        streamMeters(stream);
        // Zero from the start: what appears with its first occurrence has not increased by then.
        for (Origin origin : Origin.values()) {
            accepted(origin, 0);
            delays.put(
                    origin,
                    Timer.builder("recordsync.commit.to.delete")
                            .tag("origin", Word.underscored(origin))
                            .serviceLevelObjectives(DELAYS)
                            .register(registry));
        }
        for (Confirmation confirmation : Confirmation.values()) {
            settled(confirmation, List.of());
        }
        parked(0);
        missed(0);
        Problem.KINDS.forEach(this::problems);
        this.lastProblemAt = newestProblem();
        double startedAt = clock.instant().toEpochMilli() / 1000.0;
        gauge("recordsync.start.time.seconds", this, metrics -> startedAt);
    }

    /**
     * Counts what the log has dropped, where this process has the log in hand: that of a host is its own.
     *
     * @param dropped lines, ever
     */
    public void countDroppedLines(LongSupplier dropped) {
        droppedLines = dropped;
        FunctionCounter.builder("recordsync.log.dropped", this, metrics -> metrics.droppedLines.getAsLong())
                .register(registry);
    }

    /** What was noted before this process began is not its to count. */
    private Instant newestProblem() {
        try {
            return ledger.problems(1).stream().map(ProblemEntry::at).findFirst().orElse(Instant.EPOCH);
        } catch (InboxException e) {
            return clock.instant();
        }
    }

    /** What is noted in the middle of a statement, a contact that was restored too late, no tally is told of. */
    private void countRestored() {
        Instant last = lastProblemAt;
        for (ProblemEntry problem : ledger.problems(MAX_PROBLEMS_IN_A_LOOK)) {
            if (problem.at().isAfter(last)) {
                lastProblemAt = problem.at().isAfter(lastProblemAt) ? problem.at() : lastProblemAt;
                if (problem.kind().equals(RESTORED)) {
                    problem(RESTORED);
                }
            }
        }
    }

    private void gauges() {
        for (DeletionState state : DeletionState.values()) {
            Gauge.builder("recordsync.inbox.deletions", this, metrics -> metrics.count(state))
                    .tag("state", Word.underscored(state))
                    .strongReference(true)
                    .register(registry);
        }
        gauge("recordsync.inbox.age.seconds", this, Metrics::ageSeconds);
        gauge("recordsync.oldest.pending.seconds", this, Metrics::oldestPendingSeconds);
        gauge("recordsync.position.expiry.seconds", this, Metrics::positionExpirySeconds);
    }

    private void streamMeters(Supplier<StreamReport> stream) {
        gauge("recordsync.stream.silence.seconds", stream, now -> silenceSeconds(now.get()));
        for (String kind : stream.get().reconnects().keySet()) {
            FunctionCounter.builder("recordsync.stream.reconnects", stream, now -> now.get()
                            .reconnects()
                            .getOrDefault(kind, 0L))
                    .tag("class", kind)
                    .register(registry);
        }
    }

    private <T> void gauge(String name, T of, ToDoubleFunction<T> value) {
        Gauge.builder(name, of, value).strongReference(true).register(registry);
    }

    /** The registry that is served as {@code /observe/metrics}. */
    public static PrometheusMeterRegistry registry() {
        return new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    }

    @Override
    public void problem(String kind) {
        problems(kind).increment();
    }

    private Counter problems(String kind) {
        return registry.counter("recordsync.problems", "kind", kind);
    }

    /**
     * A call was made.
     *
     * @param status of the answer, 0 when there was none
     * @param calledAt when it was sent, by {@link System#nanoTime()}
     */
    public void called(Batch batch, int status, long calledAt) {
        lastCalls.put(batch.recordList(), clock.instant());
        registry.counter(
                        "recordsync.delete.calls",
                        "record_list",
                        batch.recordList(),
                        "status",
                        status == 0 ? "none" : Integer.toString(status))
                .increment();
        items.record(batch.identifiers().size());
        calls.record(Duration.ofNanos(System.nanoTime() - calledAt));
    }

    @Override
    public void accepted(Origin origin, int rows) {
        registry.counter("recordsync.accepted", "origin", Word.underscored(origin))
                .increment(rows);
    }

    @Override
    public void settled(Confirmation confirmation, List<Settled> rows) {
        registry.counter("recordsync.deletions", "confirmation", Word.underscored(confirmation))
                .increment(rows.size());
        rows.forEach(row -> delays.get(row.origin()).record(row.sinceCommit()));
    }

    @Override
    public void parked(int rows) {
        registry.counter("recordsync.parked").increment(rows);
    }

    /** Deletions that sweeps found, and that the stream had not told in time. */
    public void missed(long contacts) {
        registry.counter("recordsync.stream.missed.by.sweep").increment(contacts);
    }

    /** When this process called the list last; empty when it has not yet. */
    public Optional<Instant> lastCall(String recordList) {
        return Optional.ofNullable(lastCalls.get(recordList));
    }

    /** Of a stream that another process reads, this one knows nothing. */
    private double silenceSeconds(StreamReport stream) {
        return stream.state() == State.STANDBY ? Double.NaN : secondsSince(stream.silentSince());
    }

    private double count(DeletionState state) {
        Map<DeletionState, Long> counts = census.counts();
        return counts == null ? Double.NaN : counts.getOrDefault(state, 0L);
    }

    private double oldestPendingSeconds() {
        Census last = census;
        if (last.counts() == null) {
            return Double.NaN;
        }
        return last.oldestPending().map(this::secondsSince).orElse(0.0);
    }

    private double positionExpirySeconds() {
        return census.positionSavedAt()
                .map(savedAt -> (double)
                        StreamPosition.timeToExpiry(savedAt, clock.instant()).toSeconds())
                .orElse(Double.NaN);
    }

    /** Of what is reported of the inbox: it grows while the database does not answer. */
    private double ageSeconds() {
        return Math.round((System.nanoTime() - lookedAt) / 1e8) / 10.0;
    }

    private double secondsSince(Instant time) {
        return Math.max(0, Duration.between(time, clock.instant()).toSeconds());
    }

    /** Reads from the inbox what the metrics report of it. */
    public void look() {
        try {
            census = new Census(
                    ledger.counts(),
                    ledger.oldestPending(),
                    ledger.position(channel).map(Ledger.PositionEntry::savedAt));
            lookedAt = System.nanoTime();
            countRestored();
        } catch (InboxException e) {
            census = Census.UNKNOWN;
        }
    }

    /** What the inbox held at the last look; {@code counts} is null when it could not be read. */
    private record Census(
            Map<DeletionState, Long> counts, Optional<Instant> oldestPending, Optional<Instant> positionSavedAt) {

        static final Census UNKNOWN = new Census(null, Optional.empty(), Optional.empty());
    }
}
