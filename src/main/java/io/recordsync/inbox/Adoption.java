package io.recordsync.inbox;

import static io.recordsync.inbox.database.Parameters.with;

import io.recordsync.inbox.database.JsonRows;
import io.recordsync.inbox.database.Transaction;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * An event that comes later than the sweep that found its deletion: the row becomes the event's, so that a replay of the event
 * meets it.
 */
record Adoption(long id, String eventDigits, String committedAt, String commitNumber, String sequence) {

    /**
     * Of the rows it may adopt, the newest for each event. Not one statement with {@link #ADOPT}, because a planner without
     * statistics would walk through all that sweeps found, and look at each event from there; an expression keeps it from that,
     * and added to, the id is not looked for along the primary key, through the whole past.
     */
    private static final String FIND =
            """
            select event.value ->> 4 as event_digits, event.value ->> 6 as committed_at,
                   event.value ->> 14 as commit_number, event.value ->> 15 as sequence, (
                select max(swept.id + 0) from deletion_row swept
                where swept.origin = {sweep} and swept.state in ({pending}, {held})
                  and swept.identifier = event.value ->> 3 and swept.lane + 0 =\s"""
                    + LaneNumbers.of("event.value")
                    + """

                  and swept.committed_at <= cast(event.value ->> 6 as bigint)) as id
            from {rows :events} event
            where case when exists (
              select 1 from deletion_row known
              where known.identifier = event.value ->> 3 and known.lane + 0 =\s"""
                    + LaneNumbers.of("event.value")
                    + """

                and known.event_key = {bytes event.value ->> 4}) then false else true end""";

    private static final String ADOPT =
            """
            update deletion_row set origin = {stream},
                   event_key = (
                     select {bytes event.value ->> 1} from {rows :adopted} event where cast(event.value ->> 0 as bigint) = deletion_row.id),
                   committed_at = (
                     select cast(event.value ->> 2 as bigint) from {rows :adopted} event
                     where cast(event.value ->> 0 as bigint) = deletion_row.id),
                   commit_number = (
                     select cast(event.value ->> 3 as bigint) from {rows :adopted} event
                     where cast(event.value ->> 0 as bigint) = deletion_row.id),
                   sequence = (
                     select cast(event.value ->> 4 as integer) from {rows :adopted} event
                     where cast(event.value ->> 0 as bigint) = deletion_row.id)
            where id {in :ids} and origin + 0 = {sweep} and state in ({pending}, {held})""";

    /**
     * @param events those that are known adopt nothing
     */
    static void adopt(Transaction transaction, JsonRows events) throws SQLException {
        Map<Long, Adoption> byId = new TreeMap<>();
        List<Adoption> all = transaction.list(
                FIND,
                with("events", events),
                row -> new Adoption(
                        row.getLong("id"),
                        row.getString("event_digits"),
                        row.getString("committed_at"),
                        row.getString("commit_number"),
                        row.getString("sequence")));
        all.stream()
                .filter(adoption -> adoption.id() > 0) // none is null, and that is 0
                .forEach(adoption -> byId.put(adoption.id(), adoption));
        if (byId.isEmpty()) {
            return;
        }
        JsonRows adopted = new JsonRows();
        byId.values()
                .forEach(each -> adopted.add(
                        each.id(), each.eventDigits(), each.committedAt(), each.commitNumber(), each.sequence()));
        transaction.change(ADOPT, with("adopted", adopted).and("ids", List.copyOf(byId.keySet())));
    }
}
