package io.recordsync.inbox;

import static io.recordsync.inbox.EntryRow.time;
import static io.recordsync.inbox.database.Parameters.with;

import io.recordsync.deletion.ListRules;
import io.recordsync.deletion.SweepDemand;
import io.recordsync.inbox.JdbcNodes.Served;
import io.recordsync.inbox.database.JsonRows;
import io.recordsync.inbox.database.Parameters;
import io.recordsync.inbox.database.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
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
                        or exists (select 1 from deletion_row) then 1 else 0 end as begun
            from sweep""";

    private static final String KNOWN =
            "select id, name, fingerprint, entities, membership, dry_run, left_at is not null as gone from record_list";

    private record Known(
            String id,
            String name,
            String fingerprint,
            Set<String> entities,
            Membership membership,
            boolean dryRun,
            boolean gone) {

        static Known of(ResultSet row) throws SQLException {
            return new Known(
                    row.getString("id"),
                    row.getString("name"),
                    row.getString("fingerprint"),
                    FoundList.words(row.getString("entities")),
                    Membership.of(row.getString("membership")),
                    row.getInt("dry_run") == 1,
                    row.getBoolean("gone"));
        }

        boolean joined() {
            return membership == Membership.JOINED;
        }
    }

    private static final String BEGIN =
            """
            insert into record_list (id, fingerprint, entities) values (:list, :fingerprint, :entities)
            on conflict do nothing""";

    private static final String REMEMBER =
            """
            update record_list set fingerprint = :fingerprint, entities = :entities
            where id = :list and (fingerprint <> :fingerprint or entities <> :entities)""";

    private static final String JOIN =
            """
            insert into record_list (id, joined_at, covered_until, fingerprint, entities, membership, dry_run)
            values (:list, {now}, {now} - :back, :fingerprint, :entities, :membership, :dry_run)
            on conflict (id) do update set joined_at = excluded.joined_at, covered_until = excluded.covered_until,
                   fingerprint = excluded.fingerprint, entities = excluded.entities, membership = excluded.membership,
                   dry_run = excluded.dry_run, left_at = null, looked_at = null, history_skipped_by = '',
                   vanished_at = null, presence_error = '', presence_again_at = null""";

    private static Parameters scoped(String list, ListScope scope, Set<String> entities) {
        return with("list", list)
                .and("fingerprint", scope.of(entities).fingerprint())
                .and("entities", String.join(",", new TreeSet<>(entities)));
    }

    /** The list is served from now on, and was not. */
    static void join(
            Transaction transaction, String list, ListScope scope, Set<String> entities, Membership as, boolean dryRun)
            throws SQLException {
        transaction.change(
                JOIN,
                scoped(list, scope, entities)
                        .and("back", ListCoverage.LOOK_BACK)
                        .and("membership", as.column())
                        .and("dry_run", dryRun ? 1 : 0));
    }

    /** What a list is bound to may have changed with its name. @return whether it gets more than before */
    static boolean rescope(Transaction transaction, String list, ListScope scope, Set<String> entities, String before)
            throws SQLException {
        transaction.change(REMEMBER, scoped(list, scope, entities));
        return scope.of(entities).widens(before);
    }

    static void demandFor(Transaction transaction, Collection<String> joined) throws SQLException {
        if (!joined.isEmpty()) {
            JdbcCoverage.demand(
                    transaction,
                    new SweepDemand("joined after the first start: " + String.join(", ", joined), null, false));
        }
    }

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
     * <p>Those that joined by their names go on; they get what the configuration says now.
     *
     * @return those that joined, though it was not the first start
     */
    static List<String> serve(Transaction transaction, ListRules rules, ListScope scope, Served others)
            throws SQLException {
        Collection<String> configured = rules.ids();
        // Two processes that start together agree on what is new.
        JdbcCoverage.lock(transaction);
        boolean begun =
                transaction.first(BEGUN, row -> row.getInt("begun") == 1).orElse(false);
        Map<String, Known> known = new TreeMap<>();
        transaction.list(KNOWN, Known::of).forEach(list -> known.put(list.id(), list));
        List<String> joined = new ArrayList<>();
        Set<String> served = new TreeSet<>(configured);
        served.removeIf(list -> known.containsKey(list) && known.get(list).membership() == Membership.FORGOTTEN);
        known.values().stream().filter(Known::joined).map(Known::id).forEach(served::add);
        for (String list : served) {
            Known before = known.get(list);
            Set<String> entities =
                    before == null ? rules.entities(list, "") : rules.entities(list, before.name(), before.entities());
            ListScope own = scope.of(entities);
            boolean byName = before != null && before.joined();
            boolean joins = before == null ? begun : before.gone() || own.widens(before.fingerprint());
            if (joins) {
                joined.add(list);
                join(
                        transaction,
                        list,
                        scope,
                        entities,
                        byName ? Membership.JOINED : Membership.CONFIGURED,
                        byName && before.dryRun());
            } else {
                transaction.change(before == null ? BEGIN : REMEMBER, scoped(list, scope, entities));
            }
        }
        for (String list : known.keySet()) {
            if (!served.contains(list)) {
                transaction.change(others.somewhere(list) ? LAG : LEAVE, with("list", list));
            }
        }
        for (String list : configured) {
            if (!others.everywhere(list)) {
                transaction.change(LAG, with("list", list));
            }
        }
        demandFor(transaction, joined);
        return joined;
    }

    static void say(Collection<String> joined) {
        joined.forEach(list -> LOG.info(
                "Record list {} has joined, or gets more than before: it is swept for what was deleted in the {} days"
                        + " before, and checked for presence",
                list,
                ListCoverage.LOOK_BACK.toDays()));
    }

    // ---- what sweeps do for them

    private static final String LAGGING =
            """
            select id, covered_until, membership, case when covered_until < joined_at then 1 else 0 end as unswept
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
                due[0] |= row.getInt("unswept") == 1
                        || isEverywhere(row.getString("membership"))
                        || others.everywhere(list);
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
              and (id in (select caught.value ->> 0 from {rows :agreed} caught)
                or membership = 'joined' and id in (select caught.value ->> 0 from {rows :lists} caught))""";

    /** Every process serves what joined by its name. */
    private static boolean isEverywhere(String membership) {
        return Membership.of(membership) == Membership.JOINED;
    }

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
        transaction.change(
                CAUGHT_UP,
                with("agreed", rows(agreed)).and("lists", rows(lists)).and("until", until));
    }

    private static final String FORGET = "update record_list set covered_until = null where left_at is null";

    /** What a process accepts from the stream before it knows of a list is younger than that. */
    private static final Duration MAX_UNKNOWN = Duration.ofMinutes(10);

    private static final String LEARN =
            """
            update record_list set covered_until = coalesce(covered_until, (select covered_until from sweep), {now}) - :unknown
            where id = :list and left_at is null""";

    /** Served by this process from now on, though others serve it already: what it accepted so far was not for this list. */
    static void learn(Transaction transaction, String list) throws SQLException {
        transaction.change(LEARN, with("list", list).and("unknown", MAX_UNKNOWN));
    }

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

    private static final String LOOKED =
            "update record_list set looked_at = {now}, presence_error = '', presence_again_at = null where id = :list";

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
