package io.recordsync.inbox;

import static io.recordsync.inbox.database.Parameters.with;

import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.HeldReason;
import io.recordsync.deletion.SalesforceId;
import io.recordsync.deletion.Word;
import io.recordsync.inbox.Ledger.Entry;
import io.recordsync.inbox.Ledger.Filter;
import io.recordsync.inbox.database.Numbers;
import io.recordsync.inbox.database.Parameters;
import io.recordsync.inbox.database.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The statement for a filter of the ledger: of the indexes, it names the one that a long past does not slow. */
final class Search {

    private static final String HELD_FOR =
            """
             and state = {held}
             and exists (select 1 from held where held.deletion = deletion_row.id and held.reason = :reason)""";

    private final StringBuilder sql = new StringBuilder("select " + EntryRow.COLUMNS + " from deletion_row where true");
    private final Filter filter;
    private final boolean open;
    private Parameters parameters;

    Search(Filter filter) {
        this.filter = filter;
        this.open = filter.heldReason() != null || filter.state() != null && filter.state() != DeletionState.DELETED;
        this.parameters = with("limit", filter.limit());
        ofState();
        ofList();
        ofContact();
        if (filter.before() != null) {
            sql.append(" and id < :before");
            parameters = parameters.and("before", filter.before());
        }
        // Added to, the id is not looked for along the primary key, through the whole past: one contact has few rows.
        sql.append(
                filter.externalId() == null ? " order by id desc limit :limit" : " order by id + 0 desc limit :limit");
    }

    private void ofState() {
        if (filter.state() != null) {
            sql.append(" and state = :state");
            parameters = parameters.and("state", Numbers.of(filter.state()));
        }
        if (open) {
            sql.append(" and state <> {deleted}");
        }
        if (filter.heldReason() == HeldReason.GUARD) {
            sql.append(" and ").append(Guard.HOLDS);
        } else if (filter.heldReason() != null) {
            sql.append(HELD_FOR);
            parameters = parameters.and("reason", Word.underscored(filter.heldReason()));
        }
    }

    /** Of what is open, the list is looked for among the rows of the state, not the state in the past of the list. */
    private void ofList() {
        if (lanes()) {
            sql.append(" and lane = :lane");
        } else if (filter.recordList() != null) {
            sql.append(" and ").append(LaneNumbers.OF_LIST);
            parameters = parameters.and("list", filter.recordList());
        }
    }

    /** Whether each lane of the list is looked through for itself. */
    private boolean lanes() {
        return filter.recordList() != null && !open;
    }

    private void ofContact() {
        if (filter.externalId() != null) {
            sql.append(" and identifier in (:identifier, :other_form) and ").append(LaneNumbers.EXTERNAL);
            List<String> forms = SalesforceId.forms(filter.externalId());
            parameters = parameters.and("identifier", forms.get(0)).and("other_form", forms.get(forms.size() - 1));
        }
    }

    List<Entry> run(Transaction transaction) throws SQLException {
        if (!lanes()) {
            return transaction.list(sql.toString(), parameters, EntryRow::read);
        }
        List<Entry> found = new ArrayList<>();
        for (int lane : LaneNumbers.ofList(transaction, filter.recordList())) {
            found.addAll(transaction.list(sql.toString(), parameters.and("lane", lane), EntryRow::read));
        }
        return found.stream()
                .sorted(Comparator.comparingLong(Entry::id).reversed())
                .limit(filter.limit())
                .toList();
    }
}
