package io.recordsync.inbox;

import io.recordsync.deletion.IdentifierKind;
import io.recordsync.deletion.Word;
import io.recordsync.inbox.database.JsonRows;
import io.recordsync.inbox.database.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
     * @param providers by the numbers of the lane in this transaction, the one with the oldest row first: nearly always one
     * @param lookFirst whether Salesforce is asked first about what is due, because a stream catches up
     */
    record Lane(
            String recordList, IdentifierKind kind, List<Provider> providers, long millisToWait, boolean lookFirst) {

        String name() {
            return recordList + '/' + Word.underscored(kind);
        }

        /** The same list and kind with the numbers of both. */
        private Lane and(Lane other) {
            List<Provider> both = Stream.concat(providers.stream(), other.providers.stream())
                    .sorted(Comparator.comparingLong(Provider::millisToWait))
                    .toList();
            return new Lane(recordList, kind, both, Math.min(millisToWait, other.millisToWait), lookFirst);
        }
    }

    /** A number of a lane, and in how many milliseconds its oldest pending row is due. */
    record Provider(int number, String name, long millisToWait) {}

    /**
     * The numbers of these lanes as {@code {due}} takes them, by how many rows may be taken of each: the providers of one lane
     * share what may be taken of it, and where there are more of them than rows, those with the oldest rows come first.
     *
     * @param limit rows of each lane
     */
    static Map<Long, JsonRows> shares(List<Lane> lanes, long limit) {
        Map<Long, JsonRows> shares = new TreeMap<>();
        for (Lane lane : lanes) {
            List<Provider> due = lane.providers().stream()
                    .filter(provider -> provider.millisToWait() <= 0)
                    .limit(limit)
                    .toList();
            JsonRows rows = shares.computeIfAbsent(limit / Math.max(1, due.size()), share -> new JsonRows());
            due.forEach(provider -> rows.add(provider.number()));
        }
        return shares;
    }

    /** Every lane with something pending, and from when it may be claimed: one probe of the index for each lane. */
    private static final String LANES =
            """
            select lane.id, lane.record_list, lane.kind, lane.provider, list.suspended_until, {now} as now,\s"""
                    + CatchUps.ANY
                    + """
             as catching_up,
                   (select due_at from deletion_row
                    where state = {pending} and deletion_row.lane = lane.id
                    order by due_at, id limit 1) as due_at
            from lane join record_list list on list.id = lane.record_list
            where list.state <> 'stopped' and list.vanished_at is null""";

    /** Those of served lists with something pending, due or not. */
    List<Lane> waiting(Transaction transaction) throws SQLException {
        Map<String, Lane> byName = new LinkedHashMap<>();
        transaction.list(LANES, this::lane).stream()
                .filter(lane -> lane.millisToWait() != Long.MAX_VALUE)
                .filter(lane -> served.test(lane.recordList()))
                .forEach(lane -> byName.merge(lane.name(), lane, Lane::and));
        return List.copyOf(byName.values());
    }

    private Lane lane(ResultSet row) throws SQLException {
        long from = Math.max(row.getLong("suspended_until"), row.getLong("due_at"));
        boolean empty = row.getObject("due_at") == null;
        String list = row.getString("record_list");
        IdentifierKind kind = Word.fromUnderscored(IdentifierKind.class, row.getString("kind"));
        return new Lane(
                list,
                kind,
                List.of(new Provider(
                        row.getInt("id"), row.getString("provider"), row.getLong("due_at") - row.getLong("now"))),
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
