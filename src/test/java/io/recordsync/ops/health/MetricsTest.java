package io.recordsync.ops.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.recordsync.deletion.Batch;
import io.recordsync.deletion.ClaimedDeletion;
import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.Identifier;
import io.recordsync.deletion.Origin;
import io.recordsync.deletion.Problem;
import io.recordsync.deletion.StreamReport;
import io.recordsync.deletion.StreamReport.State;
import io.recordsync.inbox.Ledger.PositionEntry;
import io.recordsync.inbox.Ledger.ProblemEntry;
import io.recordsync.inbox.Tally.Settled;
import io.recordsync.ops.InMemoryInbox;
import io.recordsync.ops.OpsServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MetricsTest {

    private Instant now = OpsServer.NOW;
    private final Clock clock = new Clock() {
        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    };
    private final InMemoryInbox inbox = new InMemoryInbox();
    private final PrometheusMeterRegistry registry = Metrics.registry();
    private StreamReport stream = stream(State.CONNECTED, 0, 0);
    private final Metrics metrics = new Metrics(registry, inbox, "/data/ContactChangeEvent", () -> stream, clock);

    private static StreamReport stream(State state, long ofTransient, long ofCredentials) {
        return new StreamReport(
                "/data/ContactChangeEvent",
                state,
                null,
                null,
                null,
                OpsServer.NOW,
                Map.of("transient", ofTransient, "credentials", ofCredentials));
    }

    @Test
    void what_happened_is_counted_under_the_names_of_the_contract() {
        Batch batch =
                new Batch(List.of(new ClaimedDeletion(1, "list-a", Identifier.phone("+188888888"), 0, 0, "session")));

        metrics.problem("refused_id");
        metrics.problem("refused_id");
        metrics.called(batch, 200, System.nanoTime());
        metrics.called(batch, 0, System.nanoTime() - TimeUnit.SECONDS.toNanos(60));
        metrics.accepted(Origin.SWEEP, 3);
        metrics.settled(
                Confirmation.EXACT,
                List.of(
                        new Settled(Origin.STREAM, Duration.ofSeconds(3)),
                        new Settled(Origin.STREAM, Duration.ofDays(9))));
        metrics.parked(2);
        metrics.missed(4);

        assertThat(registry.scrape())
                .contains(
                        "recordsync_problems_total{kind=\"refused_id\"} 2.0",
                        "recordsync_problems_total{kind=\"restored_after_delete\"} 0.0",
                        "recordsync_delete_calls_total{record_list=\"list-a\",status=\"200\"} 1.0",
                        "recordsync_delete_calls_total{record_list=\"list-a\",status=\"none\"} 1.0",
                        "recordsync_call_items_bucket{le=\"1.0\"} 2",
                        "recordsync_call_seconds_bucket{le=\"30.0\"} 1",
                        "recordsync_call_seconds_bucket{le=\"+Inf\"} 2",
                        "recordsync_accepted_total{origin=\"sweep\"} 3.0",
                        "recordsync_accepted_total{origin=\"stream\"} 0.0",
                        "recordsync_commit_to_delete_seconds_bucket{origin=\"stream\",le=\"2.0\"} 0",
                        "recordsync_commit_to_delete_seconds_bucket{origin=\"stream\",le=\"5.0\"} 1",
                        "recordsync_commit_to_delete_seconds_bucket{origin=\"stream\",le=\"259200.0\"} 1",
                        "recordsync_commit_to_delete_seconds_count{origin=\"stream\"} 2",
                        "recordsync_commit_to_delete_seconds_count{origin=\"api\"} 0",
                        "recordsync_parked_total 2.0",
                        "recordsync_stream_missed_by_sweep_total 4.0",
                        "recordsync_deletions_total{confirmation=\"exact\"} 2.0",
                        "recordsync_deletions_total{confirmation=\"absent\"} 0.0");
        assertThat(metrics.lastCall("list-a")).contains(OpsServer.NOW);
        assertThat(metrics.lastCall("list-b")).isEmpty();
    }

    @Test
    void a_restoration_that_came_too_late_is_counted_once_and_one_from_before_the_start_not_at_all() {
        inbox.problems.add(0, new ProblemEntry(OpsServer.NOW.minusSeconds(1), "restored_after_delete", "before"));
        PrometheusMeterRegistry its = Metrics.registry();
        Metrics restarted = new Metrics(its, inbox, "/data/ContactChangeEvent", () -> stream, clock);
        assertThat(restored(restarted, its)).isZero();

        inbox.problems.add(0, new ProblemEntry(OpsServer.NOW, "restored_after_delete", "after"));
        inbox.problems.add(0, new ProblemEntry(OpsServer.NOW, "refused_id", "counted by its intake"));
        assertThat(restored(restarted, its)).isOne();
        assertThat(restored(restarted, its)).isOne();
        assertThat(its.counter("recordsync.problems", "kind", "refused_id").count())
                .isZero();
        inbox.problems.set(1, new ProblemEntry(OpsServer.NOW.plusSeconds(9), "restored_after_delete", "after"));
        assertThat(restored(restarted, its)).as("reported again").isEqualTo(2);
    }

    private static double restored(Metrics of, PrometheusMeterRegistry its) {
        of.look();
        return its.counter("recordsync.problems", "kind", "restored_after_delete")
                .count();
    }

    /** What names a kind names one that counts from 0. */
    @Test
    void every_kind_that_the_sources_name_is_known() throws IOException {
        Pattern kind = Pattern.compile(
                "new Problem\\(\\s*\"([a-z_]+)\"|problem \\(kind, message, at\\) select (?:distinct )?'([a-z_]+)'"
                        + "|\\bhole\\(\\s*\"[^\"]*\"[^;]*?\"([a-z]+_[a-z_]+)\"");
        Set<String> named = new TreeSet<>();
        try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
            for (Path source :
                    sources.filter(path -> path.toString().endsWith(".java")).toList()) {
                Matcher matcher = kind.matcher(Files.readString(source));
                while (matcher.find()) {
                    named.add(Stream.of(matcher.group(1), matcher.group(2), matcher.group(3))
                            .filter(Objects::nonNull)
                            .findFirst()
                            .orElseThrow());
                }
            }
        }
        assertThat(named).hasSizeGreaterThan(6).isEqualTo(new TreeSet<>(Problem.KINDS));
    }

    @Test
    void the_stream_is_measured_in_seconds_and_its_ends_by_class() {
        inbox.position = new PositionEntry("/data/ContactChangeEvent", new byte[] {1}, now, null, null);
        stream = stream(State.CONNECTED, 2, 1);
        metrics.look();
        now = now.plus(Duration.ofHours(70));

        assertThat(registry.scrape())
                .contains(
                        "recordsync_stream_silence_seconds 252000.0",
                        "recordsync_position_expiry_seconds 7200.0",
                        "recordsync_stream_reconnects_total{class=\"transient\"} 2.0",
                        "recordsync_stream_reconnects_total{class=\"credentials\"} 1.0");

        stream = stream(State.STANDBY, 2, 1);
        assertThat(registry.scrape()).contains("recordsync_stream_silence_seconds NaN");
    }

    @Test
    void the_inbox_is_read_by_a_look_and_never_by_a_scrape() {
        inbox.counts.put(DeletionState.PARKED, 4L);
        inbox.oldestPending = now.minusSeconds(30);
        assertThat(registry.scrape()).contains("recordsync_inbox_deletions{state=\"parked\"} NaN");
        assertThat(inbox.counted).isZero();

        metrics.look();

        assertThat(registry.scrape())
                .contains("recordsync_inbox_deletions{state=\"parked\"} 4.0", "recordsync_oldest_pending_seconds 30.0");
        assertThat(inbox.counted).isEqualTo(1);
    }

    @Test
    void while_the_database_fails_the_gauges_say_nothing_rather_than_zero() {
        metrics.look();
        inbox.broken = true;

        metrics.look();

        assertThat(registry.scrape())
                .contains(
                        "recordsync_inbox_deletions{state=\"parked\"} NaN",
                        "recordsync_oldest_pending_seconds NaN",
                        "recordsync_position_expiry_seconds NaN");
    }
}
