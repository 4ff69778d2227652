package io.recordsync.ops;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.recordsync.deletion.Batch;
import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.Intake;
import io.recordsync.deletion.Problem;
import io.recordsync.inbox.InboxException;
import io.recordsync.inbox.Ledger;
import io.recordsync.inbox.Tally;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the service counts, for Prometheus; and when each list was last called.
 *
 * <p>{@code recordsync_problems_total{kind}}, {@code recordsync_delete_calls_total{status}} (status {@code none} = no
 * answer), {@code recordsync_deletions_total{confirmation}} count since the process started. {@code
 * recordsync_inbox_deletions{state}} and {@code recordsync_oldest_pending_seconds} (0 when none is pending) are read from
 * the inbox, at most every 5 s however often they are scraped; NaN while the database fails. Safe from any thread.
 */
public final class Metrics implements Tally {

    private static final Duration CENSUS_AGE = Duration.ofSeconds(5);

    private final MeterRegistry registry;
    private final Ledger ledger;
    private final Clock clock;
    private final Map<String, Instant> lastCalls = new ConcurrentHashMap<>();
    private Census census;

    public Metrics(MeterRegistry registry, Ledger ledger, Clock clock) {
        this.registry = registry;
        this.ledger = ledger;
        this.clock = clock;
        for (DeletionState state : DeletionState.values()) {
            Gauge.builder("recordsync.inbox.deletions", this, metrics -> metrics.count(state))
                    .tag("state", lower(state))
                    .strongReference(true)
                    .register(registry);
        }
        Gauge.builder("recordsync.oldest.pending.seconds", this, Metrics::oldestPendingSeconds)
                .strongReference(true)
                .register(registry);
    }

    /** The registry that Camel serves as {@code /observe/metrics}, to be bound as {@code metricsRegistry} before it asks. */
    public static MeterRegistry registry() {
        return new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    }

    public void problems(Intake intake) {
        for (Problem problem : intake.problems()) {
            registry.counter("recordsync.problems", "kind", problem.kind()).increment();
        }
    }

    /** A call was made. @param status of the answer, 0 when there was none */
    public void called(Batch batch, int status) {
        lastCalls.put(batch.recordList(), clock.instant());
        registry.counter("recordsync.delete.calls", "status", status == 0 ? "none" : Integer.toString(status))
                .increment();
    }

    @Override
    public void settled(int rows, Confirmation confirmation) {
        registry.counter("recordsync.deletions", "confirmation", lower(confirmation))
                .increment(rows);
    }

    /** When this process called the list last; empty when it has not yet. */
    public Optional<Instant> lastCall(String recordList) {
        return Optional.ofNullable(lastCalls.get(recordList));
    }

    private double count(DeletionState state) {
        Map<DeletionState, Long> counts = census().counts();
        return counts == null ? Double.NaN : counts.getOrDefault(state, 0L);
    }

    private double oldestPendingSeconds() {
        Census census = census();
        if (census.counts() == null) {
            return Double.NaN;
        }
        return census.oldestPending()
                .map(oldest ->
                        Math.max(0, Duration.between(oldest, clock.instant()).toSeconds()))
                .orElse(0L);
    }

    private synchronized Census census() {
        Instant now = clock.instant();
        if (census == null || census.at().plus(CENSUS_AGE).compareTo(now) <= 0) {
            try {
                census = new Census(now, ledger.counts(), ledger.oldestPending());
            } catch (InboxException e) {
                census = new Census(now, null, Optional.empty());
            }
        }
        return census;
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** What the inbox held at a time; {@code counts} is null when it could not be read. */
    private record Census(Instant at, Map<DeletionState, Long> counts, Optional<Instant> oldestPending) {}
}
