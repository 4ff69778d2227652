package io.recordsync.ops.api;

import io.recordsync.inbox.Ledger;
import io.recordsync.inbox.Ledger.GuardEntry;
import java.time.Duration;

/** How the mass-deletion guard stands, and by which limit, as the API shows it. Read anew each time. */
public final class GuardView {

    private final Ledger ledger;
    private final int maxDeletions;
    private final Duration window;

    /**
     * @param maxDeletions {@code guard.max-deletions}
     * @param window {@code guard.window}
     */
    public GuardView(Ledger ledger, int maxDeletions, Duration window) {
        this.ledger = ledger;
        this.maxDeletions = maxDeletions;
        this.window = window;
    }

    StatusAnswer.Guard show() {
        GuardEntry guard = ledger.guard();
        return new StatusAnswer.Guard(
                guard.trippedAt() != null,
                guard.trippedAt(),
                guard.held(),
                maxDeletions,
                window.toMillis(),
                guard.openUntil(),
                guard.openedBy());
    }
}
