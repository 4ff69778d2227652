package io.recordsync.ops.health;

import io.recordsync.inbox.Ledger;
import io.recordsync.inbox.Ledger.RecordListEntry;
import io.recordsync.inbox.ServedLists;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Whether no record list is stopped, nor suspended while deletions wait for it; a suspended one that nothing waits for is asked by
 * the next, and one that has vanished is nobody's fault.
 */
public final class ListsCheck extends ReadinessCheck {

    private final Ledger ledger;
    private final ServedLists served;

    public ListsCheck(Ledger ledger, ServedLists served) {
        super("lists");
        this.ledger = ledger;
        this.served = served;
    }

    @Override
    String trouble() {
        List<RecordListEntry> lists = ledger.recordLists();
        String stopped = lists.stream()
                .filter(list -> list.state().equals("stopped"))
                .map(this::words)
                .collect(Collectors.joining(", "));
        String suspended = lists.stream()
                .filter(list -> list.state().equals("suspended") && list.pending() > 0)
                .map(this::words)
                .collect(Collectors.joining(", "));
        if (stopped.isEmpty()) {
            return suspended.isEmpty() ? null : "Record lists are suspended, their deletions wait: " + suspended;
        }
        return "Record lists are stopped until a person goes on (on the page, or POST /api/record-lists/go-on): "
                + stopped + (suspended.isEmpty() ? "" : "; suspended: " + suspended);
    }

    private String words(RecordListEntry list) {
        return served.named(list.id()) + " (" + list.lastError() + ")";
    }
}
