package io.recordsync.inbox;

import static io.recordsync.inbox.database.Parameters.with;

import io.recordsync.deletion.DeletionRequest;
import io.recordsync.deletion.Identifier;
import io.recordsync.deletion.Word;
import io.recordsync.inbox.database.JsonRows;
import io.recordsync.inbox.database.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * The numbers that the table of deletions holds for record list, kind and provider.
 *
 * <p>No number outlives its transaction: after a failover it may stand for another list. A process remembers only which lanes have
 * one, and that no longer than its session.
 */
final class LaneNumbers {

    /** Of a row. */
    static final String RECORD_LIST = "(select lane.record_list from lane where lane.id = deletion_row.lane)";

    static final String KIND = "(select lane.kind from lane where lane.id = deletion_row.lane)";
    static final String PROVIDER = "(select lane.provider from lane where lane.id = deletion_row.lane)";

    /** Of a row: its identifier is that of a contact. An expression, so that no index leads through a lane. */
    static final String EXTERNAL = KIND + " = 'external'";

    /** Of a row: it is of the list {@code :list}. An expression, so that no index leads through the whole past of the list. */
    static final String OF_LIST = RECORD_LIST + " = :list";

    /** Those of the lists that have vanished from Talkdesk. */
    static final String OF_VANISHED =
            """
            select lane.id from lane join record_list vanished on vanished.id = lane.record_list
            where vanished.vanished_at is not null""";

    /** Lanes that certainly have a number, whichever it is. */
    private final Set<Name> known = ConcurrentHashMap.newKeySet();

    LaneNumbers(Store store) {
        store.onNewSession(known::clear);
    }

    /** What a number stands for. */
    record Name(String recordList, String kind, String provider) {

        private static final Comparator<Name> ORDER =
                Comparator.comparing(Name::recordList).thenComparing(Name::kind).thenComparing(Name::provider);

        static Name of(DeletionRequest request) {
            Identifier identifier = request.identifier();
            return new Name(
                    JsonRows.storable(request.recordList()),
                    Word.underscored(identifier.kind()),
                    JsonRows.storable(identifier.provider()));
        }

        private static Name of(ResultSet row) throws SQLException {
            return new Name(row.getString("record_list"), row.getString("kind"), row.getString("provider"));
        }
    }

    /**
     * The number that stands for list, kind and provider, the first three values of a row of JSON. Null where there is none, and that
     * no deletion may bear.
     */
    static String of(String row) {
        return """
               (
                select lane.id from lane
                where lane.record_list = %1$s ->> 0 and lane.kind = %1$s ->> 1 and lane.provider = %1$s ->> 2)"""
                .formatted(row);
    }

    static Set<Name> names(Collection<DeletionRequest> requests) {
        return requests.stream().map(Name::of).collect(Collectors.toSet());
    }

    /**
     * Of these, those that may not have a number yet. None of them counts as known until {@link #committed}: a transaction may fail
     * because the database has gone back to when they had none.
     */
    Set<Name> unknown(Set<Name> names) {
        return names.stream().filter(name -> !known.remove(name)).collect(Collectors.toSet());
    }

    private static final String ADD =
            """
            insert into lane (record_list, kind, provider)
            select value ->> 0, value ->> 1, value ->> 2 from {rows :names} where true
            on conflict do nothing""";

    /** In the transaction that names them first. */
    static void add(Transaction transaction, Set<Name> names) throws SQLException {
        transaction.change(ADD, with("names", rows(names)));
    }

    /** After the commit of the transaction that named them. */
    void committed(Set<Name> names) {
        known.addAll(names);
    }

    /** Sorted: two transactions that insert the same keys in opposite order would deadlock. */
    private static JsonRows rows(Set<Name> names) {
        JsonRows rows = new JsonRows();
        names.stream().sorted(Name.ORDER).forEach(name -> rows.add(name.recordList(), name.kind(), name.provider()));
        return rows;
    }

    private static final String NUMBERS =
            """
            select lane.id, lane.record_list, lane.kind, lane.provider from {rows :names} name
            join lane on lane.record_list = name.value ->> 0 and lane.kind = name.value ->> 1
              and lane.provider = name.value ->> 2""";

    /** The numbers of these lanes. */
    static Map<Name, Integer> read(Transaction transaction, Set<Name> names) throws SQLException {
        Map<Name, Integer> numbers = new HashMap<>();
        transaction.list(NUMBERS, with("names", rows(names)), row -> numbers.put(Name.of(row), row.getInt("id")));
        return numbers;
    }

    private static final String OF_ONE_LIST = "select id from lane where record_list = :list";

    /** Those of a record list. */
    static List<Integer> ofList(Transaction transaction, String recordList) throws SQLException {
        return transaction.list(OF_ONE_LIST, with("list", recordList), row -> row.getInt("id"));
    }
}
