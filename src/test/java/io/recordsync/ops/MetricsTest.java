package io.recordsync.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.recordsync.deletion.Batch;
import io.recordsync.deletion.ClaimedDeletion;
import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.Identifier;
import io.recordsync.deletion.Intake;
import io.recordsync.deletion.Problem;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
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
    private final PrometheusMeterRegistry registry = (PrometheusMeterRegistry) Metrics.registry();
    private final Metrics metrics = new Metrics(registry, inbox, clock);

    @Test
    void what_happened_is_counted_under_the_names_of_the_contract() {
        Batch batch =
                new Batch(List.of(new ClaimedDeletion(1, "list-a", Identifier.phone("+188888888"), 0, 0, "session")));

        metrics.problems(
                new Intake(List.of(), List.of(new Problem("refused_id", "x"), new Problem("refused_id", "y")), null));
        metrics.called(batch, 200);
        metrics.called(batch, 0);
        metrics.settled(98, Confirmation.EXACT);

        assertThat(registry.scrape())
                .contains(
                        "recordsync_problems_total{kind=\"refused_id\"} 2.0",
                        "recordsync_delete_calls_total{status=\"200\"} 1.0",
                        "recordsync_delete_calls_total{status=\"none\"} 1.0",
                        "recordsync_deletions_total{confirmation=\"exact\"} 98.0");
        assertThat(metrics.lastCall("list-a")).contains(OpsServer.NOW);
        assertThat(metrics.lastCall("list-b")).isEmpty();
    }

    @Test
    void the_inbox_is_counted_at_most_every_five_seconds() {
        inbox.counts.put(DeletionState.PARKED, 4L);
        inbox.oldestPending = now.minusSeconds(30);
        assertThat(registry.scrape())
                .contains("recordsync_inbox_deletions{state=\"parked\"} 4.0", "recordsync_oldest_pending_seconds 30.0");

        inbox.counts.put(DeletionState.PARKED, 5L);
        now = now.plusMillis(4999);
        assertThat(registry.scrape()).contains("recordsync_inbox_deletions{state=\"parked\"} 4.0");
        assertThat(inbox.counted).isEqualTo(1);

        now = now.plusMillis(1);
        assertThat(registry.scrape()).contains("recordsync_inbox_deletions{state=\"parked\"} 5.0");
        assertThat(inbox.counted).isEqualTo(2);
    }

    @Test
    void while_the_database_fails_the_gauges_say_nothing_rather_than_zero() {
        inbox.broken = true;

        assertThat(registry.scrape())
                .contains("recordsync_inbox_deletions{state=\"parked\"} NaN", "recordsync_oldest_pending_seconds NaN");
    }
}
