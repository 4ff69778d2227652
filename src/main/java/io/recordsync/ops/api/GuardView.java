package io.recordsync.ops.api;

import io.recordsync.inbox.Ledger;
import io.recordsync.inbox.Ledger.GuardEntry;
import io.recordsync.inbox.Ledger.Marked;
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

    /** And the number of the last entry when it stood so. */
    Marked<StatusAnswer.Guard> show() {
        Marked<GuardEntry> marked = ledger.markedGuard();
        return new Marked<>(show(marked.shown()), marked.mark());
    }

    private StatusAnswer.Guard show(GuardEntry guard) {
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
