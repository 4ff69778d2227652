package io.recordsync.ops.health;

import io.recordsync.inbox.Ledger;
import io.recordsync.inbox.Ledger.RecordListEntry;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Whether no record list is stopped, nor suspended while deletions wait for it; a suspended one that nothing waits for is asked by
 * the next.
 */
public final class ListsCheck extends ReadinessCheck {

    private final Ledger ledger;

    public ListsCheck(Ledger ledger) {
        super("lists");
        this.ledger = ledger;
    }

    @Override
    String trouble() {
        List<RecordListEntry> lists = ledger.recordLists();
        String stopped = lists.stream()
                .filter(list -> list.state().equals("stopped"))
                .map(ListsCheck::words)
                .collect(Collectors.joining(", "));
        String suspended = lists.stream()
                .filter(list -> list.state().equals("suspended") && list.pending() > 0)
                .map(ListsCheck::words)
                .collect(Collectors.joining(", "));
        if (stopped.isEmpty()) {
            return suspended.isEmpty() ? null : "Record lists are suspended, their deletions wait: " + suspended;
        }
        return "Record lists are stopped until a person goes on (on the page, or POST /api/record-lists/go-on): "
                + stopped + (suspended.isEmpty() ? "" : "; suspended: " + suspended);
    }

    private static String words(RecordListEntry list) {
        return list.id() + " (" + list.lastError() + ")";
    }
}
