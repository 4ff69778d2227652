package io.recordsync.inbox;

import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.HeldReason;
import io.recordsync.deletion.Identifier;
import io.recordsync.deletion.IdentifierKind;
import io.recordsync.deletion.Origin;
import io.recordsync.deletion.Word;
import io.recordsync.inbox.Ledger.Entry;
import io.recordsync.inbox.database.Numbers;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;

/** A row of the table of deletions, as the ledger reads it. */
final class EntryRow {

    private EntryRow() {}

    /** What {@link #read} reads. */
    static final String COLUMNS =
            "deletion_row.*, " + LaneNumbers.RECORD_LIST + " as record_list, " + LaneNumbers.KIND + " as kind, "
                    + LaneNumbers.PROVIDER
                    + " as provider, (select reason from held where held.deletion = deletion_row.id) as held_reason, "
                    + "deletion_row.state not in ({deleted}, {cancelled}) and "
                    + "(select 1 from deletion_doubt doubt where doubt.deletion = deletion_row.id) is not null as doubted, "
                    + Merges.WORDS + ", " + find("sign") + ", " + find("listed_as") + ", " + person("ordered_by") + ", "
                    + person("decided_by") + ", " + person("decision") + ", " + list("name", "list_name") + ", "
                    + list("joined_at", "list_joined_at");

    private static String person(String column) {
        return "(select " + column + " from deletion_person where deletion_person.deletion = deletion_row.id) as "
                + column;
    }

    private static String list(String column, String as) {
        return "(select list." + column + " from lane join record_list list on list.id = lane.record_list"
                + " where lane.id = deletion_row.lane) as " + as;
    }

    private static String find(String column) {
        return "(select " + column + " from presence_find where presence_find.deletion = deletion_row.id) as " + column;
    }

    /** Of {@link #COLUMNS}. */
    static Entry read(ResultSet row) throws SQLException {
        IdentifierKind kind = Word.fromUnderscored(IdentifierKind.class, row.getString("kind"));
        Identifier identifier = new Identifier(kind, row.getString("provider"), row.getString("identifier"));
        return new Entry(
                row.getLong("id"),
                row.getString("record_list"),
                kind,
                identifier.provider(),
                identifier.value().startsWith(PhoneSeal.PREFIX) ? identifier.value() : identifier.masked(),
                state(row),
                Word.underscored(Numbers.read(Origin.class, row.getInt("origin"))),
                EventKey.text(row.getBytes("event_key")),
                time(row, "committed_at"),
                time(row, "accepted_at"),
                due(row),
                row.getInt("attempts"),
                row.getInt("unconfirmed"),
                row.getBoolean("answer_lost"),
                time(row, "settled_at"),
                row.getString("settled_by"),
                confirmation(row.getInt("confirmation")),
                row.getString("failure_code"),
                row.getString("message"),
                note(row),
                row.getString("approved_by"),
                time(row, "called_at"),
                heldReason(row),
                row.getBoolean("doubted"),
                text(row, "ordered_by"),
                text(row, "decided_by"),
                text(row, "decision"),
                text(row, "sign"),
                text(row, "listed_as"),
                text(row, "list_name"),
                time(row, "list_joined_at"));
    }

    /** What Salesforce said last of a merge; else what came with the deletion. */
    private static String note(ResultSet row) throws SQLException {
        String merged = text(row, "merged_words");
        return merged.isEmpty() ? row.getString("note") : merged;
    }

    /** The word; empty where there is none. */
    static String confirmation(int number) {
        return number == Numbers.NONE ? "" : Word.underscored(Numbers.read(Confirmation.class, number));
    }

    private static String text(ResultSet row, String column) throws SQLException {
        String text = row.getString(column);
        return text == null ? "" : text;
    }

    static DeletionState state(ResultSet row) throws SQLException {
        return Numbers.read(DeletionState.class, row.getInt("state"));
    }

    /** What is held and has no reason of its own, the guard holds. */
    private static HeldReason heldReason(ResultSet row) throws SQLException {
        if (state(row) != DeletionState.HELD) {
            return null;
        }
        String reason = row.getString("held_reason");
        return reason == null ? HeldReason.GUARD : Word.fromUnderscored(HeldReason.class, reason);
    }

    /** Of what is settled it is not kept where it was due at once. */
    private static Instant due(ResultSet row) throws SQLException {
        Instant due = time(row, "due_at");
        return due == null ? time(row, "accepted_at") : due;
    }

    /** Null where the column is. */
    static Instant time(ResultSet row, String column) throws SQLException {
        long millis = row.getLong(column);
        return row.wasNull() ? null : Instant.ofEpochMilli(millis);
    }
}
