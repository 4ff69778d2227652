package io.recordsync.ops.health;

import io.recordsync.inbox.Ledger;
import java.time.Clock;
import java.time.Duration;

/** Whether every deletion was sent within {@code health.oldest-pending}. */
public final class PendingCheck extends ReadinessCheck {

    private final Ledger ledger;
    private final Duration maxAge;
    private final Clock clock;

    public PendingCheck(Ledger ledger, Duration maxAge, Clock clock) {
        super("pending");
        this.ledger = ledger;
        this.maxAge = maxAge;
        this.clock = clock;
    }

    @Override
    String trouble() {
        return ledger.oldestPending()
                .filter(oldest -> oldest.plus(maxAge).isBefore(clock.instant()))
                .map(oldest ->
                        ("A deletion is to be sent since %s, longer than health.oldest-pending: see delivery, lists"
                                        + " and the log, and GET /api/deletions?state=pending or state=checking")
                                .formatted(oldest))
                .orElse(null);
    }
}
