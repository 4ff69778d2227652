package io.recordsync.ops.health;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.recordsync.inbox.Ledger;
import io.recordsync.inbox.Ledger.GuardEntry;

/** Whether the mass-deletion guard lets deletions pass; also the metric {@code recordsync_guard_tripped}. */
public final class GuardCheck extends ReadinessCheck {

    private final Ledger ledger;

    public GuardCheck(Ledger ledger, MeterRegistry registry) {
        super("guard");
        this.ledger = ledger;
        Gauge.builder("recordsync.guard.tripped", this, check -> 1 - check.up())
                .strongReference(true)
                .register(registry);
    }

    @Override
    String trouble() {
        GuardEntry now = ledger.guard();
        if (now.trippedAt() != null && now.held() == 0) {
            return ("The mass-deletion guard is tripped since %s: it holds nothing now, but all that comes, until no more"
                            + " than guard.max-deletions contacts count in guard.window, or a person opens it (POST"
                            + " /api/guard/open)")
                    .formatted(now.trippedAt());
        }
        if (now.trippedAt() != null) {
            return ("The mass-deletion guard is tripped since %s, %s deletions are held: a person has to decide (POST"
                            + " /api/guard/approve or /api/guard/reject)")
                    .formatted(now.trippedAt(), now.held());
        }
        if (now.held() > 0) {
            return ("The mass-deletion guard is not tripped any more, but %s deletions are still held: a person has to"
                            + " decide (POST /api/guard/approve or /api/guard/reject)")
                    .formatted(now.held());
        }
        return null;
    }
}
