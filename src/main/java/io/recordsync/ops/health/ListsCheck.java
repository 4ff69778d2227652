package io.recordsync.ops.health;

import io.recordsync.inbox.Ledger;
import java.util.stream.Collectors;

/** Whether no record list is suspended that deletions wait for; one that nothing waits for is asked by the next. */
public final class ListsCheck extends ReadinessCheck {

    private final Ledger ledger;

    public ListsCheck(Ledger ledger) {
        super("lists");
        this.ledger = ledger;
    }

    @Override
    String trouble() {
        String suspended = ledger.recordLists().stream()
                .filter(list -> list.state().equals("suspended") && list.pending() > 0)
                .map(list -> list.id() + " (" + list.lastError() + ")")
                .collect(Collectors.joining(", "));
        return suspended.isEmpty() ? null : "Record lists are suspended, their deletions wait: " + suspended;
    }
}
