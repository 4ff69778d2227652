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
            "select " + LaneNumbers.PROVIDER + " as provider, deletion_row.identifier, " + LaneNumbers.RECORD_LIST
                    + " as record_list, deletion_row.committed_at, deletion_row.called_at,"
                    + " deletion_row.state = {deleted} as certain, ";

    private static final String CALLED = "(deletion_row.state = {deleted} or deletion_row.state = {cancelled}"
            + " and (deletion_row.answer_lost or deletion_row.unconfirmed > 0))";

    /** The contact was deleted again, and what asked for that is not cancelled. */
    private static final String DELETED_AGAIN =
            """
            (select 1 from deletion_row later
             where later.identifier = deletion_row.identifier and later.lane + 0 = deletion_row.lane
               and later.id + 0 > deletion_row.id and later.state <> {cancelled} and later.committed_at > %s limit 1) is not null""";

    /** A cross join, so that SQLite goes from the restorations to the deletions, which are more. */
    private static final String TOLD = COLUMNS
            + """
            restoration.committed_at as restored_at
            from restoration cross join deletion_row
            where deletion_row.identifier = restoration.identifier
              and restoration.state = 'confirmed' and deletion_row.origin <> {api}
              and\s"""
            + LaneNumbers.EXTERNAL + " and " + LaneNumbers.PROVIDER + " = restoration.provider and " + CALLED + " and "
            + Order.perhapsBefore(Restored.ROW)
            + " and not " + DELETED_AGAIN.formatted("restoration.committed_at")
            + " order by restoration.committed_at desc, deletion_row.id desc limit :limit";

    /** No UNDELETE told it: Salesforce, asked, knew the contact as living. */
    private static final String ASKED = COLUMNS
            + """
            deletion_row.settled_at as restored_at
            from deletion_row
            where deletion_row.state = {cancelled} and deletion_row.state <> {deleted}
              and deletion_row.failure_code = 'living' and\s"""
            + LaneNumbers.EXTERNAL + " and " + CALLED + " and not "
            + DELETED_AGAIN.formatted("deletion_row.settled_at")
            + " order by deletion_row.id desc limit :limit";

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
