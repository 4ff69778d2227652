package io.recordsync.inbox;

import io.recordsync.deletion.Identifier;
import io.recordsync.deletion.IdentifierKind;
import io.recordsync.deletion.Restoration;
import io.recordsync.inbox.Doubts.GapCheck;
import io.recordsync.inbox.Guard.Arrival;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What UNDELETEs do to the rows of the inbox, and what Salesforce's answer to a gap event does: the statements, each run in
 * a transaction of {@link JdbcInbox}.
 *
 * <p>What is cancelled was not delivered and was committed before the restoration. What a person ordered is left alone.
 */
final class Restorations {

    private Restorations() {}

    private static final String REMEMBER =
            """
            insert into restoration (provider, identifier, event_key, committed_at, state, at)
            select value ->> 0, value ->> 1, value ->> 2, cast(value ->> 3 as bigint), value ->> 4, {now}
            from {rows ?} where true
            on conflict do nothing""";

    /** Rows of restored contacts that were committed before; {@code back} is the restoration. */
    private static final String COMMITTED_BEFORE =
            """
            deletion.identifier = back.value ->> 1 and deletion.provider = back.value ->> 0
              and deletion.kind = 'external' and deletion.origin <> 'api'
              and deletion.committed_at < cast(back.value ->> 3 as bigint)""";

    /** The contact of a row that is cancelled although a call of it may have been carried out. */
    private static final String PERHAPS_GONE =
            "case when state = 'cancelled' and (answer_lost or unconfirmed > 0) then identifier end as perhaps_gone";

    private record Cancelled(boolean cancelled, String perhapsGone) {}

    /** What waits is cancelled, what is claimed is marked: at once, for between two statements a row could be given back. */
    private static final String CANCEL =
            """
            update deletion set restored = back.value ->> 2,
                   state = case deletion.state when 'claimed' then 'claimed' else 'cancelled' end,
                   settled_at = case deletion.state when 'claimed' then null else {now} end,
                   failure_code = case deletion.state when 'claimed' then deletion.failure_code else 'restored' end,
                   message = case deletion.state when 'claimed' then deletion.message
                             else 'Restored in Salesforce (UNDELETE ' || (back.value ->> 2) || ')' end
            from {rows ?} back
            where deletion.state in ('checking', 'pending', 'held', 'parked', 'rehearsed', 'claimed') and\s"""
                    + COMMITTED_BEFORE
                    + " returning case when state = 'cancelled' then 1 else 0 end as cancelled, "
                    + PERHAPS_GONE;

    /** An expression, so that no index leads through the whole backlog. */
    private static final String ASK_FIRST =
            "update deletion set state = 'checking' from {rows ?} back where deletion.state || '' = 'pending' and "
                    + COMMITTED_BEFORE;

    /** What waits for Salesforce's answer about a restoration goes on waiting, whatever a person decides about it. */
    static String unlessDoubtful(String state) {
        return """
               case when kind = 'external' and origin <> 'api' and exists (
                 select 1 from restoration
                 where restoration.identifier = deletion.identifier and restoration.provider = deletion.provider
                   and restoration.committed_at > deletion.committed_at and restoration.state = 'checking')
               then 'checking' else %s end"""
                .formatted(state);
    }

    private static final String TOO_LATE =
            "insert into problem (kind, message, at) select distinct 'restored_after_delete', "
                    + late("deletion.identifier")
                    + ", {now} from {rows ?} back, deletion where deletion.state = 'deleted' and "
                    + COMMITTED_BEFORE
                    + " on conflict (kind, message) do update set at = excluded.at";

    static void apply(Transaction transaction, List<Restoration> restorations) throws SQLException {
        List<Restoration> sorted = restorations.stream()
                .sorted(Comparator.comparing(Restoration::eventKey)
                        .thenComparing(back -> back.identifier().value()))
                .toList();
        transaction.change(REMEMBER, rows(sorted));
        List<Restoration> confirmed =
                sorted.stream().filter(Restoration::confirmed).toList();
        if (!confirmed.isEmpty()) {
            cancel(transaction, rows(confirmed));
        }
        List<Restoration> doubtful =
                sorted.stream().filter(back -> !back.confirmed()).toList();
        if (!doubtful.isEmpty()) {
            transaction.change(ASK_FIRST, rows(doubtful));
        }
    }

    private static int cancel(Transaction transaction, String rows) throws SQLException {
        List<Cancelled> changed = transaction.list(
                CANCEL, row -> new Cancelled(row.getInt("cancelled") == 1, row.getString("perhaps_gone")), rows);
        transaction.change(TOO_LATE, rows);
        tooLate(transaction, changed.stream().map(Cancelled::perhapsGone).toList());
        return (int) changed.stream().filter(Cancelled::cancelled).count();
    }

    private static String rows(List<Restoration> restorations) {
        JsonRows rows = new JsonRows();
        for (Restoration back : restorations) {
            if (back.identifier().kind() != IdentifierKind.EXTERNAL) {
                throw new IllegalArgumentException("A restoration names a contact (expected an external identifier)");
            }
            rows.add(
                    back.identifier().provider(),
                    back.identifier().value(),
                    back.eventKey(),
                    back.committedAt().toEpochMilli(),
                    back.confirmed() ? "confirmed" : "checking");
        }
        return rows.toString();
    }

    // ---- gap events

    private static final String CHECKED_DELETIONS =
            """
            select id, identifier, 0 as restoration from deletion
            where state = 'checking' and state <> 'deleted' order by id limit ?""";

    private static final String CHECKED_RESTORATIONS =
            "select id, identifier, 1 as restoration from restoration where state = 'checking' order by id limit ?";

    private record Checked(long id, String identifier, boolean restoration) {}

    static List<GapCheck> checks(Transaction transaction, int limit) throws SQLException {
        Map<String, GapCheck> checks = new LinkedHashMap<>();
        for (String sql : List.of(CHECKED_DELETIONS, CHECKED_RESTORATIONS)) {
            List<Checked> rows = transaction.list(
                    sql,
                    row -> new Checked(row.getLong("id"), row.getString("identifier"), row.getInt("restoration") == 1),
                    limit);
            for (Checked row : rows) {
                GapCheck check = checks.computeIfAbsent(
                        row.identifier(), id -> new GapCheck(id, new ArrayList<>(), new ArrayList<>()));
                (row.restoration() ? check.restorations() : check.deletions()).add(row.id());
            }
        }
        return checks.values().stream().limit(limit).toList();
    }

    private static final String CANCEL_CHECKED =
            """
            update deletion set state = 'cancelled', settled_at = {now}, failure_code = 'living',
                   message = 'Salesforce, asked, knows the contact as living'
            where id {in ?} and state = 'checking'
            returning\s"""
                    + PERHAPS_GONE;

    private static final String CONFIRM =
            """
            update restoration set state = 'confirmed' where id {in ?} and state = 'checking'
            returning provider, identifier, event_key, committed_at""";

    static int living(Transaction transaction, List<GapCheck> checks) throws SQLException {
        List<String> perhapsGone =
                transaction.list(CANCEL_CHECKED, row -> row.getString("perhaps_gone"), deletions(checks));
        tooLate(transaction, perhapsGone);
        int cancelled = perhapsGone.size();
        List<Restoration> confirmed = transaction.list(
                CONFIRM,
                row -> new Restoration(
                        Identifier.external(row.getString("provider"), row.getString("identifier")),
                        row.getString("event_key"),
                        Instant.ofEpochMilli(row.getLong("committed_at")),
                        true),
                restorations(checks));
        return confirmed.isEmpty() ? cancelled : cancelled + cancel(transaction, rows(confirmed));
    }

    private static final String PROCEED =
            """
            update deletion set state = case when approved_by = '' then ? else 'pending' end,
                   pending_since = case when due_at > {now} then due_at else {now} end
            where id {in ?} and state = 'checking'
            returning\s"""
                    + Arrival.COLUMNS;

    private static final String DISMISS =
            "update restoration set state = 'dismissed' where id {in ?} and state = 'checking'";

    /** @param held whether what would be pending is held */
    static List<Arrival> gone(Transaction transaction, List<GapCheck> checks, boolean held) throws SQLException {
        transaction.change(DISMISS, restorations(checks));
        return transaction.list(PROCEED, Arrival::of, held ? "held" : "pending", deletions(checks));
    }

    private static final String PARK_CHECKED =
            """
            update deletion set state = 'parked', failure_code = 'other_org',
                   message = 'Only the org that was left could tell whether the contact lives (redrive deletes it)'
            where state = 'checking' and state <> 'deleted'""";

    private static final String DISMISS_ALL = "update restoration set state = 'dismissed' where state = 'checking'";

    /** The new org does not know the contacts of the old one: asked, it would say that none of them lives. */
    static void orgMoved(Transaction transaction) throws SQLException {
        transaction.change(PARK_CHECKED);
        transaction.change(DISMISS_ALL);
    }

    private static List<Long> deletions(List<GapCheck> checks) {
        return checks.stream().flatMap(check -> check.deletions().stream()).toList();
    }

    private static List<Long> restorations(List<GapCheck> checks) {
        return checks.stream().flatMap(check -> check.restorations().stream()).toList();
    }

    // ---- what was on its way

    private static final String CANCEL_MARKED =
            """
            update deletion set state = 'cancelled', settled_at = {now}, failure_code = 'restored',
                   message = 'Restored in Salesforce (UNDELETE ' || restored || ') while a call was on its way'
            where id {in ?} and restored <> '' and state in ('pending', 'held', 'parked', 'rehearsed')
            returning\s"""
                    + PERHAPS_GONE;

    /** Their calls failed, and an UNDELETE had come meanwhile. */
    static void cancelMarked(Transaction transaction, List<Long> ids) throws SQLException {
        tooLate(transaction, transaction.list(CANCEL_MARKED, row -> row.getString("perhaps_gone"), ids));
    }

    private static final String NOTE_TOO_LATE =
            "insert into problem (kind, message, at) select 'restored_after_delete', "
                    + late("value ->> 0")
                    + ", {now} from {rows ?} where true on conflict (kind, message) do update set at = excluded.at";

    /** These are gone from Talkdesk, or may be; nulls are passed over. */
    static void tooLate(Transaction transaction, List<String> contactIds) throws SQLException {
        JsonRows rows = new JsonRows();
        contactIds.stream().filter(Objects::nonNull).sorted().distinct().forEach(rows::add);
        if (!rows.isEmpty()) {
            transaction.change(NOTE_TOO_LATE, rows.toString());
        }
    }

    private static String late(String contactId) {
        return "'Contact ' || (" + contactId
                + ") || ' was restored in Salesforce after its record was, or may have been,"
                + " removed from a record list (a record cannot be brought back from an event); import it again'";
    }
}
