package io.recordsync.inbox;

import static io.recordsync.inbox.database.Parameters.with;

import io.recordsync.deletion.DeletionRequest;
import io.recordsync.deletion.Identifier;
import io.recordsync.deletion.Word;
import io.recordsync.inbox.database.JsonRows;
import io.recordsync.inbox.database.Parameters;
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
 * <p>What a process remembers of them lives no longer than its session, and is proven by each statement that uses it: after a
 * failover a number may stand for another list.
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

    /** Lanes that had a number when this session looked, or gave it to them. */
    private final Map<Name, Integer> known = new ConcurrentHashMap<>();

    LaneNumbers(Store store) {
        store.onNewSession(known::clear);
    }

    /** What a number stands for. */
    record Name(String recordList, String kind, String provider) {

        private static final Comparator<Name> ORDER =
                Comparator.comparing(Name::recordList).thenComparing(Name::kind).thenComparing(Name::provider);

        static Name of(DeletionRequest request) {
            Identifier identifier = request.identifier();
            return new Name(request.recordList(), Word.underscored(identifier.kind()), identifier.provider());
        }

        /** As the database holds it. */
        Name stored() {
            return new Name(JsonRows.storable(recordList), kind, JsonRows.storable(provider));
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
        return requests.stream().map(Name::of).distinct().map(Name::stored).collect(Collectors.toSet());
    }

    /** Forgets these until {@link #committed}: a transaction may fail because the database has gone back to when they had none. */
    Numbered take(Set<Name> names) {
        Map<Name, Integer> taken = new HashMap<>();
        for (Name name : names) {
            Integer number = known.remove(name);
            if (number != null) {
                taken.put(name, number);
            }
        }
        return new Numbered(names, taken);
    }

    /** After the commit of the transaction that used them. */
    void committed(Numbered lanes) {
        known.putAll(lanes.numbers);
    }

    /** The lanes that a transaction needs. */
    static final class Numbered {

        private final Set<Name> names;
        private final Map<Name, Integer> known;
        private Map<Name, Integer> numbers;
        /** Nearly all requests of an intake are of one lane: the one that was asked about last. */
        private Name last;

        private int lastNumber;

        private Numbered(Set<Name> names, Map<Name, Integer> known) {
            this.names = names;
            this.known = known;
        }

        /** First in a transaction: gives those a number that have none yet; nearly always all of them have. */
        void complete(Transaction transaction) throws SQLException {
            // Not what an attempt has read that was rolled back.
            numbers = new HashMap<>(known);
            last = null;
            if (!numbers.keySet().containsAll(names)) {
                transaction.change(ADD, with("names", rows(names)));
                numbers.putAll(read(transaction, names));
            }
        }

        int of(DeletionRequest request) {
            Name name = Name.of(request);
            if (!name.equals(last)) {
                lastNumber = numbers.get(name.stored());
                last = name;
            }
            return lastNumber;
        }

        /** What {@link #PROVEN} asks about. */
        Parameters proof() {
            JsonRows rows = new JsonRows();
            numbers.forEach((name, number) -> rows.add(name.recordList(), name.kind(), name.provider(), number));
            return with("lanes", rows).and("lanes_named", numbers.size());
        }
    }

    /** Whether each of the lanes that {@link Numbered#proof} names has its number in the database too; once for a statement. */
    static final String PROVEN = "(select count(*) from {rows :lanes} named where " + of("named.value")
            + " = cast(named.value ->> 3 as integer)) = :lanes_named";

    private static final String ADD =
            """
            insert into lane (record_list, kind, provider)
            select value ->> 0, value ->> 1, value ->> 2 from {rows :names} where true
            on conflict do nothing""";

    /** Sorted: two transactions that insert the same keys in opposite order would deadlock. */
    private static JsonRows rows(Set<Name> names) {
        JsonRows rows = new JsonRows();
        names.stream().sorted(Name.ORDER).forEach(name -> rows.add(name.recordList(), name.kind(), name.provider()));
        return rows;
    }

    private static final String NUMBERS =
            """
            select value ->> 0 as record_list, value ->> 1 as kind, value ->> 2 as provider,\s"""
                    + of("value")
                    + " as id from {rows :names}";

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
