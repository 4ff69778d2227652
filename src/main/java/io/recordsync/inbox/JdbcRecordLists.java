package io.recordsync.inbox;

import static io.recordsync.inbox.database.Parameters.with;

import io.recordsync.deletion.Failure;
import io.recordsync.deletion.ListRules;
import io.recordsync.deletion.NothingFound;
import io.recordsync.inbox.JdbcNodes.Served;
import io.recordsync.inbox.database.JsonRows;
import io.recordsync.inbox.database.Transaction;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The record lists on JDBC: a row for each, which is never deleted. */
public final class JdbcRecordLists implements RecordLists {

    private static final Logger LOG = LoggerFactory.getLogger(JdbcRecordLists.class);

    private final Store store;
    private final Tally tally;
    private final JdbcNodes nodes;
    /** Those that certainly have their row. */
    private final Set<String> known = ConcurrentHashMap.newKeySet();
    /** Those that may be claimed of; null = all. */
    private volatile Set<String> served;

    private volatile ServedLists names = ServedLists.of(List.of());
    /** Until when this process leaves lists alone, by {@link System#nanoTime()}. */
    private final Map<String, Long> leftAlone = new ConcurrentHashMap<>();
    /** Whether this process has stopped a list. */
    private volatile boolean stoppedSome;

    JdbcRecordLists(Store store, Tally tally, JdbcNodes nodes) {
        this.store = store;
        this.tally = tally;
        this.nodes = nodes;
        store.onNewSession(() -> {
            known.clear();
            stoppedSome = true;
        });
    }

    private static final String REGISTER =
            """
            insert into record_list (id)
            select value ->> 0 from {rows :lists} where true
            on conflict do nothing""";

    @Override
    public void register(Collection<String> recordLists) {
        if (!known.containsAll(recordLists)) {
            store.write("register", transaction -> register(transaction, new HashSet<>(recordLists)));
            committed(recordLists);
        }
    }

    /** In the transaction that names them first; {@link #committed} is to be called after its commit. */
    int register(Transaction transaction, Set<String> recordLists) throws SQLException {
        JsonRows rows = new JsonRows();
        // Sorted: two transactions that insert the same keys in opposite order would deadlock.
        recordLists.stream().sorted().forEach(rows::add);
        return transaction.change(REGISTER, with("lists", rows));
    }

    void committed(Collection<String> recordLists) {
        known.addAll(recordLists);
    }

    /** Of these, those that may not have their row yet. */
    Set<String> unknown(Collection<String> recordLists) {
        Set<String> unknown = new HashSet<>(recordLists);
        unknown.removeAll(known);
        return unknown;
    }

    @Override
    public void serve(Collection<String> recordLists, ListScope scope) {
        List<String> joined = store.write(
                "join",
                transaction -> Joins.serve(transaction, ListRules.of(recordLists), scope, nodes.served(transaction)));
        committed(recordLists);
        Joins.say(joined);
        serveOnly(recordLists);
    }

    private static final String ALL = "select id from record_list";

    private static final String PARK_REMOVED =
            """
            update deletion_row set state = {parked}, failure_code = 'list_removed',
                   message = 'Its record list is not in talkdesk.record-lists any more (discard it; or add the list, and redrive)'
            where state = {pending} and lane in (select id from lane where record_list = :list)""";

    @Override
    public void serveOnly(Collection<String> recordLists) {
        served = Set.copyOf(recordLists);
        List<String> unserved = store.read("look for lists", transaction -> {
            Served others = nodes.served(transaction);
            return transaction.list(ALL, row -> row.getString("id")).stream()
                    .filter(list -> !serves(list) && !others.somewhere(list))
                    .toList();
        });
        unserved.forEach(this::parkRemoved);
    }

    private void parkRemoved(String list) {
        int parked = store.write("park what is not served", transaction -> {
            transaction.takeTime();
            return transaction.change(PARK_REMOVED, with("list", list));
        });
        if (parked > 0) {
            tally.parked(parked);
            LOG.error(
                    "{} deletions wait for record list {}, which is not in talkdesk.record-lists any more: parked,"
                            + " discard them, or add the list and redrive them",
                    parked,
                    named(list));
        }
    }

    /** From now on these. */
    void serving(ServedLists lists) {
        names = lists;
        served = Set.copyOf(lists.ids());
    }

    @Override
    public String named(String recordList) {
        return names.named(recordList);
    }

    /** The lists that are served; empty before they are known. */
    Set<String> served() {
        Set<String> only = served;
        return only == null ? Set.of() : only;
    }

    /** Whether it may be claimed of. */
    boolean serves(String recordList) {
        Set<String> only = served;
        return only == null || only.contains(recordList);
    }

    private static final String SUSPEND =
            """
            insert into record_list (id, state, suspended_until, failure_code, message)
            values (:list, 'suspended', {now} + :pause, :code, :message)
            on conflict (id) do update set state = excluded.state, suspended_until = excluded.suspended_until,
                   failure_code = excluded.failure_code, message = excluded.message
            where record_list.state <> 'stopped'""";

    @Override
    public void suspend(String recordList, Duration pause, Failure failure) {
        store.write(
                "suspend",
                transaction -> transaction.change(
                        SUSPEND,
                        with("list", recordList)
                                .and("pause", pause)
                                .and("code", failure.code())
                                .and("message", JsonRows.shortened(failure.message()))));
    }

    private static final String RESUME =
            """
            update record_list set state = 'active', suspended_until = 0, failure_code = '', message = ''
            where id = :list and state <> 'stopped'""";

    @Override
    public void resume(String recordList) {
        store.write("resume", transaction -> transaction.change(RESUME, with("list", recordList)));
    }

    @Override
    public void leaveAlone(String recordList, Duration pause) {
        if (pause.isZero()) {
            leftAlone.remove(recordList);
        } else {
            leftAlone.put(recordList, System.nanoTime() + pause.toNanos());
        }
    }

    @Override
    public void tryAll() {
        leftAlone.clear();
    }

    /** In how many milliseconds this process claims of it again. */
    long leftAloneMillis(String recordList) {
        Long until = leftAlone.get(recordList);
        return until == null
                ? 0
                : Math.max(0, Duration.ofNanos(until - System.nanoTime()).toMillis());
    }

    private static final String STOP =
            """
            insert into record_list (id, state, failure_code, message) values (:list, 'stopped', :code, :message)
            on conflict (id) do update set state = 'stopped', suspended_until = 0,
                   failure_code = excluded.failure_code, message = excluded.message""";

    @Override
    public void stop(String recordList, Failure failure) {
        // Before: it may be committed although nobody says so.
        stoppedSome = true;
        store.write(
                "stop a list",
                transaction -> transaction.change(
                        STOP,
                        with("list", recordList)
                                .and("code", failure.code())
                                .and("message", JsonRows.shortened(failure.message()))));
    }

    private static final String IS_STOPPED = "select id from record_list where id = :list and state = 'stopped'";

    /** Whether somebody has stopped the list; what is claimed of one that was stopped before is none. */
    boolean isStopped(String recordList) {
        if (!stoppedSome && !store.isShared()) {
            return false;
        }
        return store.read(
                        "ask whether a list is stopped",
                        transaction ->
                                transaction.first(IS_STOPPED, with("list", recordList), row -> row.getString("id")))
                .isPresent();
    }

    private static final String GO_ON =
            """
            update record_list set state = 'active', suspended_until = 0, failure_code = '', message = ''
            where id = :list and state = 'stopped'""";

    private static final String STOPPED_WITH = "select message from record_list where id = :list and state = 'stopped'";

    @Override
    public int goOn(Collection<String> recordLists, BiPredicate<String, String> shown) {
        return store.write("let lists go on", transaction -> {
            if (shown != null) {
                requireStopped(transaction, recordLists, shown);
            }
            int stopped = 0;
            for (String list : new TreeSet<>(recordLists)) {
                stopped += transaction.change(GO_ON, with("list", list));
            }
            return stopped;
        });
    }

    private static void requireStopped(
            Transaction transaction, Collection<String> recordLists, BiPredicate<String, String> shown)
            throws SQLException {
        for (String list : recordLists) {
            String message = transaction
                    .first(STOPPED_WITH, with("list", list), row -> row.getString("message"))
                    .orElse(null);
            if (message == null || !shown.test(list, message)) {
                throw new NotAsShownException("Record list %s is %s by now"
                        .formatted(
                                list,
                                message == null
                                        ? "not stopped"
                                        : "stopped for another reason than was shown: " + message));
            }
        }
    }

    private static final String FOUND = "update record_list set found_at = {now} where id = :list and found_at is null";

    @Override
    public void found(String recordList) {
        store.write("remember what was found", transaction -> transaction.change(FOUND, with("list", recordList)));
    }

    private static final String NEVER_FOUND = "select id from record_list where found_at is null";

    @Override
    public List<NothingFound> nothingFound() {
        return store.read("look for lists of which nothing was found", transaction -> {
            List<NothingFound> lists = new ArrayList<>();
            for (String list : transaction.list(NEVER_FOUND, row -> row.getString("id"))) {
                if (serves(list)) {
                    lists.add(NewestCalls.of(transaction, list));
                }
            }
            return lists;
        });
    }

    private static final String SUSPENDED = "select id from record_list where suspended_until > {now}";

    @Override
    public Set<String> suspended() {
        return Set.copyOf(store.read(
                "look for suspended lists", transaction -> transaction.list(SUSPENDED, row -> row.getString("id"))));
    }

    @Override
    public List<String> presenceUnchecked(Collection<String> recordLists, Duration period) {
        List<String> notDue = store.read("look for checks", transaction -> PresenceNotes.notDue(transaction, period));
        return recordLists.stream().filter(list -> !notDue.contains(list)).toList();
    }

    @Override
    public void presenceChecked(String recordList) {
        register(Set.of(recordList));
        store.write("note a presence check", transaction -> PresenceNotes.checked(transaction, recordList));
    }

    @Override
    public boolean presenceFailed(String recordList, String words, Duration again) {
        return store.write(
                "note a failed presence check",
                transaction -> PresenceNotes.failed(transaction, recordList, words, again));
    }

    @Override
    public List<String> presenceAgain(Collection<String> recordLists, Duration pause) {
        return store.read("look for failed presence checks", PresenceNotes::areDue)
                ? store.write("check again", transaction -> PresenceNotes.take(transaction, recordLists, pause))
                : List.of();
    }

    @Override
    public List<ListCoverage> coverage() {
        return store.read("look how far lists are covered", Joins::all);
    }

    @Override
    public void looked(String recordList) {
        store.write("note what was looked at", transaction -> Joins.looked(transaction, recordList));
    }

    @Override
    public int skipHistory(Collection<String> recordLists, String user, Predicate<String> shown) {
        return store.write("skip what lies before", transaction -> {
            int skipped = Joins.skip(transaction, recordLists, user);
            if (shown != null
                    && (skipped < Set.copyOf(recordLists).size()
                            || !recordLists.stream().allMatch(shown))) {
                throw new NotAsShownException(
                        "Not each of the record lists is one that was shown, and that nobody has looked at since");
            }
            return skipped;
        });
    }

    /** Those of a purge; a presence check holds no more. */
    private static final int MAX_UNDERWAY = 100_000;

    private static final String UNDERWAY =
            """
            select coalesce(
                (select listed_as from presence_find find where find.deletion = deletion_row.id and find.listed_as <> ''),
                identifier) as identifier
            from deletion_row
            where state in ({checking}, {pending}, {claimed}, {held}, {parked}, {rehearsed}) and state <> {deleted}
              and lane + 0 in (select lane.id from lane where lane.kind = 'external' and lane.record_list = :list)
              and (select 1 from held where held.deletion = deletion_row.id and held.reason = 'not_visible') is null
            limit :most""";

    @Override
    public Set<String> underway(String recordList) {
        return new HashSet<>(store.read(
                "look for what is under way",
                transaction -> transaction.list(
                        UNDERWAY,
                        with("list", recordList).and("most", MAX_UNDERWAY),
                        row -> row.getString("identifier"))));
    }
}
