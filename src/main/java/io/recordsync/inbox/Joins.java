package io.recordsync.inbox;

import static io.recordsync.inbox.EntryRow.time;
import static io.recordsync.inbox.database.Parameters.with;

import io.recordsync.deletion.SweepDemand;
import io.recordsync.inbox.JdbcNodes.Served;
import io.recordsync.inbox.database.JsonRows;
import io.recordsync.inbox.database.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How record lists join and leave, and how far the proof reaches for each: the statements, each run in a transaction of the role
 * that calls.
 *
 * <p>A list that is there at the first start begins with it. One that joins later, comes back, or is to get more than before was
 * not covered until then: its row bears {@code covered_until}, from where it is swept, until a sweep has caught up with what is
 * proven for all.
 */
final class Joins {

    private static final Logger LOG = LoggerFactory.getLogger(Joins.class);

    private Joins() {}

    // ---- the configuration of a start

    private static final String BEGUN =
            """
            select case when covered_until is not null or exists (select 1 from stream_position)
                        or exists (select 1 from deletion) then 1 else 0 end as begun
            from sweep""";

    private static final String KNOWN = "select id, fingerprint, left_at is not null as gone from record_list";

    private record Known(String id, String fingerprint, boolean gone) {

        static Known of(ResultSet row) throws SQLException {
            return new Known(row.getString("id"), row.getString("fingerprint"), row.getBoolean("gone"));
        }
    }

    private static final String BEGIN =
            "insert into record_list (id, fingerprint) values (:list, :fingerprint) on conflict do nothing";

    private static final String REMEMBER =
            "update record_list set fingerprint = :fingerprint where id = :list and fingerprint <> :fingerprint";

    private static final String JOIN =
            """
            insert into record_list (id, joined_at, covered_until, fingerprint)
            values (:list, {now}, {now} - :back, :fingerprint)
            on conflict (id) do update set joined_at = excluded.joined_at, covered_until = excluded.covered_until,
                   fingerprint = excluded.fingerprint, left_at = null, looked_at = null, history_skipped_by = ''""";

    private static final String LEAVE =
            """
            update record_list set left_at = {now},
                   covered_until = coalesce(covered_until, (select covered_until from sweep), {now})
            where id = :list and left_at is null""";

    private static final String LAG =
            """
            update record_list set covered_until = coalesce(covered_until, (select covered_until from sweep), {now})
            where id = :list and left_at is null""";

    /**
     * Lets lists join and leave as the configuration says.
     *
     * <p>While another process serves other lists, what it reads from the stream is not for all of them: those do not count as
     * covered until a sweep has caught up, once the processes agree.
     *
     * @param served the configured lists
     * @return those that joined, though it was not the first start
     */
    static List<String> serve(Transaction transaction, Collection<String> served, ListScope scope, Served others)
            throws SQLException {
        // Two processes that start together agree on what is new.
        JdbcCoverage.lock(transaction);
        boolean begun =
                transaction.first(BEGUN, row -> row.getInt("begun") == 1).orElse(false);
        Map<String, Known> known = new TreeMap<>();
        transaction.list(KNOWN, Known::of).forEach(list -> known.put(list.id(), list));
        List<String> joined = new ArrayList<>();
        for (String list : new TreeSet<>(served)) {
            Known before = known.get(list);
            boolean joins = before == null ? begun : before.gone() || scope.widens(before.fingerprint());
            if (joins) {
                joined.add(list);
                transaction.change(
                        JOIN,
                        with("list", list).and("back", ListCoverage.LOOK_BACK).and("fingerprint", scope.fingerprint()));
            } else {
                transaction.change(
                        before == null ? BEGIN : REMEMBER, with("list", list).and("fingerprint", scope.fingerprint()));
            }
        }
        for (String list : known.keySet()) {
            if (!served.contains(list)) {
                transaction.change(others.somewhere(list) ? LAG : LEAVE, with("list", list));
            }
        }
        for (String list : served) {
            if (!others.everywhere(list)) {
                transaction.change(LAG, with("list", list));
            }
        }
        if (!joined.isEmpty()) {
            JdbcCoverage.demand(
                    transaction,
                    new SweepDemand("joined after the first start: " + String.join(", ", joined), null, false));
        }
        return joined;
    }

    static void say(List<String> joined) {
        joined.forEach(list -> LOG.info(
                "Record list {} has joined, or gets more than before: it is swept for what was deleted in the {} days"
                        + " before, and checked for presence",
                list,
                ListCoverage.LOOK_BACK.toDays()));
    }

    // ---- what sweeps do for them

    private static final String LAGGING =
            """
            select id, covered_until, case when covered_until < joined_at then 1 else 0 end as unswept
            from record_list where covered_until is not null and left_at is null""";

    /**
     * The served lists that a sweep has to catch up for, and from where.
     *
     * @param due whether a sweep is to begin because of them: for one that joined at once, for the rest where the processes
     *     agree
     */
    record Lagging(Map<String, Instant> from, boolean due) {}

    static Lagging lagging(Transaction transaction, Set<String> served, Served others) throws SQLException {
        Map<String, Instant> from = new TreeMap<>();
        boolean[] due = new boolean[1];
        transaction.list(LAGGING, row -> {
            String list = row.getString("id");
            if (served.contains(list)) {
                from.put(list, time(row, "covered_until"));
                due[0] |= row.getInt("unswept") == 1 || others.everywhere(list);
            }
            return null;
        });
        return new Lagging(from, due[0]);
    }

    private static final String CAUGHT_UP =
            """
            update record_list set covered_until = case
                     when :until >= (select covered_until from sweep) then null else :until end
            where covered_until is not null and left_at is null
              and id in (select caught.value ->> 0 from {rows :lists} caught)""";

    private static final String ADVANCED =
            """
            update record_list set covered_until = :until
            where covered_until < :until and left_at is null
              and id in (select advanced.value ->> 0 from {rows :lists} advanced)""";

    /** A sweep has found all that there is of these until then; to be called once it is written what is proven for all. */
    static void caughtUp(Transaction transaction, Set<String> lists, Instant until, Served others) throws SQLException {
        if (lists.isEmpty()) {
            return;
        }
        transaction.change(ADVANCED, with("lists", rows(lists)).and("until", until));
        Set<String> agreed = others.everywhere(lists);
        transaction.change(CAUGHT_UP, with("lists", rows(agreed)).and("until", until));
    }

    private static final String FORGET = "update record_list set covered_until = null where left_at is null";

    /** Of another org all of them begin anew. */
    static void forget(Transaction transaction) throws SQLException {
        transaction.change(FORGET);
    }

    // ---- what lies before they joined

    private static final String ALL =
            """
            select id, joined_at, covered_until, looked_at, history_skipped_by, left_at is null as served
            from record_list order by id""";

    static List<ListCoverage> all(Transaction transaction) throws SQLException {
        return transaction.list(
                ALL,
                row -> new ListCoverage(
                        row.getString("id"),
                        time(row, "joined_at"),
                        time(row, "covered_until"),
                        time(row, "looked_at"),
                        row.getString("history_skipped_by"),
                        row.getBoolean("served")));
    }

    private static final String LOOKED = "update record_list set looked_at = {now} where id = :list";

    static int looked(Transaction transaction, String list) throws SQLException {
        return transaction.change(LOOKED, with("list", list));
    }

    private static final String SKIP =
            """
            update record_list set history_skipped_by = :user
            where left_at is null and looked_at is null and history_skipped_by = ''
              and id in (select skipped.value ->> 0 from {rows :lists} skipped)""";

    static int skip(Transaction transaction, Collection<String> lists, String user) throws SQLException {
        return transaction.change(SKIP, with("lists", rows(lists)).and("user", user));
    }

    private static JsonRows rows(Collection<String> lists) {
        JsonRows rows = new JsonRows();
        lists.stream().sorted().forEach(rows::add);
        return rows;
    }
}
