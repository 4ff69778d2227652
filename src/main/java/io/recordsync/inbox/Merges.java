package io.recordsync.inbox;

import static io.recordsync.inbox.database.Parameters.with;

import io.recordsync.deletion.Merge;
import io.recordsync.inbox.Doubts.GapCheck;
import io.recordsync.inbox.database.JsonRows;
import io.recordsync.inbox.database.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * What Salesforce has said of merges: the statements, each run in the transaction of the answer.
 *
 * <p>The loser of a merge is held once: what a person approved and Salesforce is asked about again goes on.
 */
final class Merges {

    private Merges() {}

    /** A column: the words of a merge, null where none is known. */
    static final String WORDS = "(select words from merged where merged.deletion = deletion_row.id) as merged_words";

    /**
     * Of {@code known}: the loser's time in the Recycle Bin when Salesforce was asked. What bears no later time is the same
     * deletion, whichever clock its event was stamped by. 0 where that is not known, or the contact lived again.
     */
    static final String SEEN_AT =
            """
            case when known.failure_code in ('restored', 'living') then 0 else coalesce(
              (select merged.seen_at from merged where merged.deletion = known.id), 0) end""";

    private static final String REMEMBER =
            """
            insert into merged (deletion, words, seen_at)
            select cast(value ->> 0 as bigint), value ->> 1, cast(value ->> 2 as bigint) from {rows :merges} where true
            on conflict (deletion) do update set words = excluded.words, seen_at = excluded.seen_at""";

    /** @param words of those that have no merge, because nobody can tell any more; empty: nothing is noted of them */
    static void remember(Transaction transaction, Collection<GapCheck> checks, Map<String, Merge> merges, String words)
            throws SQLException {
        JsonRows rows = new JsonRows();
        for (GapCheck check : checks) {
            Merge merge = merges.get(check.contactId());
            String told = merge == null ? words : merge.words();
            long at = merge == null || merge.at() == null ? 0 : merge.at().toEpochMilli();
            if (!told.isEmpty()) {
                check.deletions().forEach(id -> rows.add(id, told, at));
            }
        }
        if (!rows.isEmpty()) {
            transaction.change(REMEMBER, with("merges", rows));
        }
    }

    private static final String NOTE =
            """
            insert into merged (deletion, words, seen_at)
            select known.id, value ->> 9, cast(value ->> 6 as bigint) from {rows :finds}, deletion_row known
            where value ->> 9 <> '' and known.identifier = value ->> 3 and known.lane + 0 =\s"""
                    + LaneNumbers.of("value")
                    + """

              and known.committed_at >= cast(value ->> 6 as bigint) - 1000
            on conflict (deletion) do nothing""";

    /** A sweep has found losers with their masters: what the stream told before is the same deletion. */
    static void note(Transaction transaction, JsonRows finds) throws SQLException {
        transaction.change(NOTE, with("finds", finds));
    }

    private static final String HOLD =
            """
            update deletion_row set state = {held}
            where id {in :ids} and state = {checking}
              and (select 1 from merged where merged.deletion = deletion_row.id and not merged.was_held) is not null
            returning id""";

    private static final String REASON =
            """
            insert into held (deletion, reason) select id, 'merge' from deletion_row where id {in :ids}
            on conflict (deletion) do update set reason = excluded.reason""";

    private static final String WAS_HELD = "update merged set was_held = true where deletion {in :ids}";

    /** Those of them whose master perhaps lives; after {@link #remember}. */
    static void hold(Transaction transaction, Collection<GapCheck> checks, Map<String, Merge> merges)
            throws SQLException {
        List<Long> ids = new ArrayList<>();
        checks.stream()
                .filter(check -> merges.get(check.contactId()).perhapsLives())
                .forEach(check -> ids.addAll(check.deletions()));
        List<Long> held =
                ids.isEmpty() ? List.of() : transaction.list(HOLD, with("ids", ids), row -> row.getLong("id"));
        if (!held.isEmpty()) {
            transaction.change(REASON, with("ids", held));
            transaction.change(WAS_HELD, with("ids", held));
        }
    }
}
