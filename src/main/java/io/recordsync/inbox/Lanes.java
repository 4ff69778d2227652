package io.recordsync.inbox;

import io.recordsync.deletion.IdentifierKind;
import io.recordsync.deletion.Word;
import io.recordsync.inbox.database.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * The lanes that deletions wait in, one for each record list and kind of identifier, and whose turn it is.
 *
 * <p>Not thread-safe, but for {@link #waiting}.
 */
final class Lanes {

    private final Predicate<String> served;
    private final ToLongFunction<String> leftAloneMillis;
    /** The lane that came last in the last claim: the next one starts behind it. */
    private String last = "";

    /**
     * @param served whether a record list may be claimed of
     * @param leftAloneMillis in how many milliseconds this process may claim of it
     */
    Lanes(Predicate<String> served, ToLongFunction<String> leftAloneMillis) {
        this.served = served;
        this.leftAloneMillis = leftAloneMillis;
    }

    /**
     * A lane with something pending, and in how many milliseconds it may be claimed.
     *
     * @param lookFirst whether Salesforce is asked first about what is due, because a stream catches up
     */
    record Lane(String recordList, IdentifierKind kind, long millisToWait, boolean lookFirst) {

        String name() {
            return recordList + '/' + Word.underscored(kind);
        }
    }

    /** Every lane with something pending, and from when it may be claimed: one probe of the index for each lane. */
    private static final String LANES =
            """
            select list.id as record_list, kinds.kind, list.suspended_until, {now} as now,\s"""
                    + CatchUps.ANY
                    + """
             as catching_up,
                   (select due_at from deletion
                    where state = 'pending' and record_list = list.id and kind = kinds.kind
                    order by due_at, id limit 1) as due_at
            from record_list list
            cross join (select 'external' as kind union all select 'record' union all select 'phone') kinds
            where list.state <> 'stopped' and list.vanished_at is null""";

    /** Those of served lists with something pending, due or not. */
    List<Lane> waiting(Transaction transaction) throws SQLException {
        return transaction.list(LANES, this::lane).stream()
                .filter(lane -> lane.millisToWait() != Long.MAX_VALUE)
                .filter(lane -> served.test(lane.recordList()))
                .toList();
    }

    private Lane lane(ResultSet row) throws SQLException {
        long from = Math.max(row.getLong("suspended_until"), row.getLong("due_at"));
        boolean empty = row.getObject("due_at") == null;
        String list = row.getString("record_list");
        IdentifierKind kind = Word.fromUnderscored(IdentifierKind.class, row.getString("kind"));
        return new Lane(
                list,
                kind,
                empty ? Long.MAX_VALUE : Math.max(from - row.getLong("now"), leftAloneMillis.applyAsLong(list)),
                kind == IdentifierKind.EXTERNAL && row.getBoolean("catching_up"));
    }

    /**
     * The due lanes whose turn it is: those behind the lane that came last, then round again.
     *
     * @param room whether anything may be claimed of a record list
     */
    List<Lane> next(Transaction transaction, int limit, Predicate<String> room) throws SQLException {
        List<Lane> due = waiting(transaction).stream()
                .filter(lane -> lane.millisToWait() <= 0)
                .filter(lane -> room.test(lane.recordList()))
                .sorted(Comparator.comparing(Lane::name))
                .collect(Collectors.toCollection(ArrayList::new));
        long before =
                due.stream().filter(lane -> lane.name().compareTo(last) <= 0).count();
        Collections.rotate(due, (int) -before);
        return due.subList(0, Math.min(limit, due.size()));
    }

    /** The turn of these is over. */
    void taken(List<Lane> lanes) {
        if (!lanes.isEmpty()) {
            last = lanes.get(lanes.size() - 1).name();
        }
    }
}
