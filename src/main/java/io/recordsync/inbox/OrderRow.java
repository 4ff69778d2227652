package io.recordsync.inbox;

import static io.recordsync.inbox.EntryRow.time;

import io.recordsync.deletion.HeldReason;
import io.recordsync.deletion.Origin;
import io.recordsync.deletion.Word;
import io.recordsync.inbox.Decisions.Selection;
import io.recordsync.inbox.Decisions.Shown;
import io.recordsync.inbox.WrittenOrders.WrittenOrder;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/**
 * A row of an order that is written down, as it was read.
 *
 * @param key that it bears; null where it bears none
 * @param request the digest of what was sent
 * @param act of one over many deletions; empty of another one
 * @param after the id up to which it is worked off
 * @param elsewhere whether another living process is at it
 */
record OrderRow(
        String id,
        String key,
        String request,
        WrittenOrder view,
        String session,
        boolean happened,
        int status,
        String act,
        Selection selection,
        long after,
        long changed,
        boolean elsewhere) {

    /** Of an order: its process lives. */
    static final String LIVING = "exists (select 1 from session where session.id = person_order.session)";

    /** By its id or its key, both {@code :name}, as {@code :session} sees it. */
    static final String FIND =
            """
            select id, client_key, request, path, ordered_by, at, session, happened, status, answer, act, record_list,
                   failure_code, origin, held_reason, mark, from_id, below_id, after_id, changed, remaining,
                   case when session <> :session and\s"""
                    + LIVING
                    + " then 1 else 0 end as elsewhere, case when done_at is null then 0 else 1 end as done"
                    + " from person_order where id = :name or client_key = :name";

    String user() {
        return view.user();
    }

    static OrderRow of(ResultSet row) throws SQLException {
        String act = row.getString("act");
        boolean happened = row.getInt("happened") == 1;
        int status = row.getInt("status");
        return new OrderRow(
                row.getString("id"),
                row.getString("client_key"),
                row.getString("request"),
                view(row, !act.isEmpty(), happened, status),
                row.getString("session"),
                happened,
                status,
                act,
                selection(row),
                row.getLong("after_id"),
                row.getLong("changed"),
                row.getInt("elsewhere") == 1);
    }

    private static WrittenOrder view(ResultSet row, boolean steps, boolean happened, int status) throws SQLException {
        long left = row.getLong("remaining");
        boolean unknown = row.wasNull();
        return new WrittenOrder(
                row.getString("id"),
                row.getString("path"),
                row.getString("ordered_by"),
                time(row, "at"),
                steps ? row.getInt("done") == 0 : status == 0 && !happened,
                happened,
                steps,
                status,
                row.getString("answer"),
                row.getLong("changed"),
                unknown ? null : left);
    }

    private static Selection selection(ResultSet row) throws SQLException {
        return new Selection(
                List.of(),
                given(row, "record_list"),
                given(row, "failure_code"),
                given(row, "origin") == null ? null : Word.fromUnderscored(Origin.class, given(row, "origin")),
                null,
                given(row, "held_reason") == null
                        ? null
                        : Word.fromUnderscored(HeldReason.class, given(row, "held_reason")),
                new Shown(row.getLong("mark"), row.getLong("from_id"), row.getLong("below_id")));
    }

    private static String given(ResultSet row, String column) throws SQLException {
        String text = row.getString(column);
        return text.isEmpty() ? null : text;
    }
}
