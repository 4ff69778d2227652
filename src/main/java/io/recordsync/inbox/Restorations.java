package io.recordsync.inbox;

import static io.recordsync.inbox.database.Parameters.with;

import io.recordsync.deletion.Commit;
import io.recordsync.deletion.IdentifierKind;
import io.recordsync.deletion.Restoration;
import io.recordsync.inbox.Order.Restored;
import io.recordsync.inbox.database.JsonRows;
import io.recordsync.inbox.database.Parameters;
import io.recordsync.inbox.database.Transaction;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * What UNDELETEs do to the rows of the inbox: the statements, each run in a transaction of the act that brings or meets them.
 *
 * <p>What is cancelled was not delivered and was committed before the restoration; where their {@link Order} is not known, the
 * deletion is in doubt. What a person ordered is left alone.
 */
final class Restorations {

    private Restorations() {}

    private static final String REMEMBER =
            """
            insert into restoration (provider, identifier, event_key, committed_at, state, commit_number, sequence, at)
            select value ->> 0, value ->> 1, value ->> 2, cast(value ->> 3 as bigint), value ->> 4,
                   cast(value ->> 5 as bigint), cast(value ->> 6 as integer), {now}
            from {rows :restorations} where true
            on conflict do nothing""";

    /** {@code back} is the restoration. */
    static final Restored BACK = new Restored(
            "cast(back.value ->> 3 as bigint)",
            "cast(back.value ->> 5 as bigint)",
            "cast(back.value ->> 6 as integer)");

    /** Rows of the restored contact. */
    static final String OF_CONTACT =
            """
            deletion_row.identifier = back.value ->> 1 and deletion_row.origin <> {api}
              and (
                select lane.provider from lane where lane.id = deletion_row.lane and lane.kind = 'external') = back.value ->> 0""";

    /** The contact of a row that is cancelled although a call of it may have been carried out. */
    static final String PERHAPS_GONE =
            "case when state = {cancelled} and (answer_lost or unconfirmed > 0) then identifier end as perhaps_gone";

    /** The contact of a row whose call succeeded although it was restored meanwhile, or perhaps. */
    static final String RESTORED = """
            case when restored <> '' or\s"""
            + DoubtMarks.DOUBTED
            + " and "
            + """
            (
              select 1 from restoration
              where restoration.identifier = deletion_row.identifier and restoration.provider = (
                  select lane.provider from lane where lane.id = deletion_row.lane)
                and restoration.state = 'confirmed' and\s"""
            + Order.tie(Restored.ROW)
            + " limit 1) is not null then identifier end as restored";

    private record Cancelled(boolean cancelled, String perhapsGone) {}

    /** What waits is cancelled, what is claimed is marked: at once, for between two statements a row could be given back. */
    private static final String CANCEL =
            """
            update deletion_row set restored = back.value ->> 2,
                   state = case deletion_row.state when {claimed} then {claimed} else {cancelled} end,
                   settled_at = case deletion_row.state when {claimed} then null else {now} end,
                   failure_code = case deletion_row.state when {claimed} then deletion_row.failure_code else 'restored' end,
                   message = case deletion_row.state when {claimed} then deletion_row.message
                             else 'Restored in Salesforce (UNDELETE ' || (back.value ->> 2) || ')' end
            from {rows :restorations} back
            where deletion_row.state in ({checking}, {pending}, {held}, {parked}, {rehearsed}, {claimed}) and\s"""
                    + OF_CONTACT
                    + " and "
                    + Order.before(BACK)
                    + " returning case when state = {cancelled} then 1 else 0 end as cancelled, "
                    + PERHAPS_GONE;

    private static final String TOO_LATE =
            "insert into problem (kind, message, at) select distinct 'restored_after_delete', "
                    + late("deletion_row.identifier")
                    + ", {now} from {rows :restorations} back, deletion_row where deletion_row.state = {deleted} and "
                    + OF_CONTACT
                    + " and "
                    + Order.perhapsBefore(BACK)
                    + " on conflict (kind, message) do update set at = excluded.at";

    static void apply(Transaction transaction, List<Restoration> restorations) throws SQLException {
        List<Restoration> sorted = restorations.stream()
                .sorted(Comparator.comparing(Restoration::eventKey)
                        .thenComparing(back -> back.identifier().value()))
                .toList();
        Parameters all = rows(sorted);
        transaction.change(REMEMBER, all);
        cancel(transaction, sorted.stream().filter(Restoration::confirmed).toList());
        DoubtMarks.mark(transaction, all);
    }

    /** These were in doubt so far. @return how many deletions are cancelled by them */
    static int confirm(Transaction transaction, List<Restoration> confirmed) throws SQLException {
        int cancelled = cancel(transaction, confirmed);
        if (!confirmed.isEmpty()) {
            DoubtMarks.mark(transaction, rows(confirmed));
        }
        return cancelled;
    }

    private static int cancel(Transaction transaction, List<Restoration> confirmed) throws SQLException {
        if (confirmed.isEmpty()) {
            return 0;
        }
        Parameters rows = rows(confirmed);
        List<Cancelled> changed = transaction.list(
                CANCEL, rows, row -> new Cancelled(row.getInt("cancelled") == 1, row.getString("perhaps_gone")));
        transaction.change(TOO_LATE, rows);
        tooLate(transaction, changed.stream().map(Cancelled::perhapsGone).toList());
        return (int) changed.stream().filter(Cancelled::cancelled).count();
    }

    private static Parameters rows(List<Restoration> restorations) {
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
                    back.confirmed() ? "confirmed" : "checking",
                    Commit.number(back.commit()),
                    Commit.sequence(back.commit()));
        }
        return with("restorations", rows);
    }

    // ---- what was on its way

    private static final String CANCEL_MARKED =
            """
            update deletion_row set state = {cancelled}, settled_at = {now}, failure_code = 'restored',
                   message = 'Restored in Salesforce (UNDELETE ' || restored || ') while a call was on its way'
            where id {in :ids} and restored <> '' and state in ({checking}, {pending}, {held}, {parked}, {rehearsed})
            returning\s"""
                    + PERHAPS_GONE;

    /** Their calls failed, and an UNDELETE had come meanwhile. */
    static void cancelMarked(Transaction transaction, List<Long> ids) throws SQLException {
        tooLate(transaction, transaction.list(CANCEL_MARKED, with("ids", ids), row -> row.getString("perhaps_gone")));
    }

    private static final String NOTE_TOO_LATE =
            "insert into problem (kind, message, at) select 'restored_after_delete', "
                    + late("value ->> 0")
                    + ", {now} from {rows :contacts} where true on conflict (kind, message) do update set at = excluded.at";

    /** These are gone from Talkdesk, or may be; nulls are passed over. */
    static void tooLate(Transaction transaction, List<String> contactIds) throws SQLException {
        JsonRows rows = new JsonRows();
        contactIds.stream().filter(Objects::nonNull).sorted().distinct().forEach(rows::add);
        if (!rows.isEmpty()) {
            transaction.change(NOTE_TOO_LATE, with("contacts", rows));
        }
    }

    private static String late(String contactId) {
        return "case substr(" + contactId
                + ", 1, 3) when '00Q' then 'Lead ' when '001' then 'Account ' else 'Contact ' end || ("
                + contactId
                + ") || ' was restored in Salesforce after its record was, or may have been,"
                + " removed from a record list (a record cannot be brought back from an event); import it again'";
    }
}
