package io.recordsync.inbox;

import static io.recordsync.inbox.database.Parameters.with;

import io.recordsync.inbox.Order.Restored;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The late restorations on JDBC: from the restorations to the rows of their contacts, each by an index. */
public final class JdbcLateRestorations implements LateRestorations {

    private final Store store;

    public JdbcLateRestorations(Store store) {
        this.store = store;
    }

    private static final String COLUMNS =
            "select deletion.provider, deletion.identifier, deletion.record_list, deletion.committed_at, deletion.called_at,"
                    + " deletion.state = 'deleted' as certain, ";

    private static final String CALLED =
            "(deletion.state = 'deleted' or deletion.state = 'cancelled' and (deletion.answer_lost or deletion.unconfirmed > 0))";

    /** The contact was deleted again, and what asked for that is not cancelled. */
    private static final String DELETED_AGAIN =
            """
            (select 1 from deletion later
             where later.identifier = deletion.identifier and later.record_list || '' = deletion.record_list
               and later.provider = deletion.provider and later.kind = 'external' and later.id + 0 > deletion.id
               and later.state <> 'cancelled' and later.committed_at > %s limit 1) is not null""";

    private static final String TOLD = COLUMNS
            + """
            restoration.committed_at as restored_at
            from restoration join deletion
              on deletion.identifier = restoration.identifier and deletion.provider = restoration.provider
            where restoration.state = 'confirmed' and deletion.kind = 'external' and deletion.origin <> 'api'
              and\s"""
            + CALLED + " and " + Order.perhapsBefore(Restored.ROW)
            + " and not " + DELETED_AGAIN.formatted("restoration.committed_at")
            + " order by restoration.committed_at desc, deletion.id desc limit :limit";

    /** No UNDELETE told it: Salesforce, asked, knew the contact as living. */
    private static final String ASKED = COLUMNS
            + """
            deletion.settled_at as restored_at
            from deletion
            where deletion.state = 'cancelled' and deletion.state <> 'deleted' and deletion.failure_code = 'living'
              and deletion.kind = 'external' and\s"""
            + CALLED + " and not " + DELETED_AGAIN.formatted("deletion.settled_at")
            + " order by deletion.id desc limit :limit";

    private record Place(String provider, String identifier, String recordList) {}

    @Override
    public List<LateRestoration> restoredTooLate(int limit) {
        Map<Place, LateRestoration> latest = new LinkedHashMap<>();
        store.read("look for late restorations", transaction -> {
            transaction
                    .list(TOLD, with("limit", limit), JdbcLateRestorations::read)
                    .forEach(late -> keep(latest, late));
            transaction
                    .list(ASKED, with("limit", limit), JdbcLateRestorations::read)
                    .forEach(late -> keep(latest, late));
            return null;
        });
        return latest.values().stream()
                .sorted((one, other) -> other.restoredAt().compareTo(one.restoredAt()))
                .limit(limit)
                .toList();
    }

    private static void keep(Map<Place, LateRestoration> latest, LateRestoration late) {
        latest.putIfAbsent(new Place(late.provider(), late.identifier(), late.recordList()), late);
    }

    private static LateRestoration read(ResultSet row) throws SQLException {
        return new LateRestoration(
                row.getString("provider"),
                row.getString("identifier"),
                row.getString("record_list"),
                EntryRow.time(row, "committed_at"),
                EntryRow.time(row, "called_at"),
                EntryRow.time(row, "restored_at"),
                row.getBoolean("certain"));
    }
}
