package io.recordsync.inbox;

import static io.recordsync.inbox.EntryRow.time;
import static io.recordsync.inbox.database.Parameters.with;

import io.recordsync.deletion.ListRules;
import io.recordsync.inbox.database.JsonRows;
import io.recordsync.inbox.database.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The found lists on JDBC: what is known of each stands in its row among the record lists. */
public final class JdbcFoundLists implements FoundLists {

    private static final Logger LOG = LoggerFactory.getLogger(JdbcFoundLists.class);
    private static final Duration ONCE_A_DAY = Duration.ofDays(1);

    private final Store store;
    private final Guard guard;
    private final JdbcSession session;
    private final JdbcRecordLists recordLists;
    private final JdbcNodes nodes;
    private final InboxSettings settings;
    private volatile ListRules rules = ListRules.of(List.of());
    private volatile ListScope scope;
    private volatile Duration goneAfter = Duration.ofDays(7);
    private volatile List<ServedList> served = List.of();
    /** Of every list that is known, served or not. */
    private volatile Map<String, String> names = Map.of();

    JdbcFoundLists(
            GuardedStore guarded,
            JdbcSession session,
            JdbcRecordLists recordLists,
            JdbcNodes nodes,
            InboxSettings settings) {
        this.store = guarded.store();
        this.guard = guarded.guard();
        this.session = session;
        this.recordLists = recordLists;
        this.nodes = nodes;
        this.settings = settings;
    }

    // ---- which are served

    @Override
    public void serve(ListRules configured, ListScope ofEach, Duration retiredAfter) {
        rules = configured;
        scope = ofEach;
        goneAfter = retiredAfter;
        List<String> joined =
                store.write("join", transaction -> Joins.serve(transaction, rules, scope, nodes.served(transaction)));
        look();
        Joins.say(joined.stream().map(this::named).toList());
        recordLists.serveOnly(ids());
    }

    @Override
    public List<ServedList> served() {
        return served;
    }

    @Override
    public String named(String id) {
        return names.getOrDefault(id, id);
    }

    @Override
    public synchronized void reload() {
        if (!store.isShared() || scope == null) {
            return;
        }
        List<String> before = ids();
        look();
        List<String> learned =
                ids().stream().filter(list -> !before.contains(list)).toList();
        if (!learned.isEmpty()) {
            store.write("learn which lists have joined", transaction -> {
                for (String list : learned) {
                    Joins.learn(transaction, list);
                }
                Joins.demandFor(transaction, learned);
                return learned;
            });
        }
    }

    /** What is served is as the inbox says. */
    private synchronized void look() {
        show(all());
    }

    private void show(List<FoundList> all) {
        List<ServedList> now =
                all.stream().filter(FoundList::served).map(FoundList::asServed).toList();
        recordLists.committed(now.stream().map(ServedList::id).toList());
        if (!now.equals(served)) {
            served = now;
        }
        names = all.stream().collect(Collectors.toUnmodifiableMap(FoundList::id, FoundList::named));
        recordLists.serving(this);
    }

    private static final String ALL =
            """
            select id, name, membership, state, left_at is not null as has_left, dry_run, entities, identifier_type, status,
                   records_count, joined_at, covered_until, vanished_at, presence_error,
                   case when vanished_at <= {now} - :gone_after then 1 else 0 end as retired,
                   case when asked_at > {now} - :once_a_day then 1 else 0 end as asked_today
            from record_list order by id""";

    @Override
    public List<FoundList> all() {
        Set<String> configured = Set.copyOf(rules.ids());
        return store.read(
                "look for record lists",
                transaction -> transaction.list(
                        ALL,
                        with("gone_after", goneAfter).and("once_a_day", ONCE_A_DAY),
                        row -> found(row, configured::contains)));
    }

    private static FoundList found(ResultSet row, Predicate<String> configured) throws SQLException {
        String id = row.getString("id");
        long records = row.getLong("records_count");
        return new FoundList(
                id,
                row.getString("name"),
                Membership.of(row.getString("membership")),
                row.getString("state"),
                configured.test(id),
                row.getBoolean("has_left"),
                row.getInt("dry_run") == 1,
                FoundList.words(row.getString("entities")),
                row.getString("identifier_type"),
                row.getString("status"),
                row.getObject("records_count") == null ? null : records,
                time(row, "joined_at"),
                time(row, "covered_until"),
                time(row, "vanished_at"),
                row.getInt("retired") == 1,
                row.getInt("asked_today") == 1,
                row.getString("presence_error"));
    }

    // ---- looking up

    private static final String IS_DUE = "select 1 as one from list_look_up where due_at <= {now}";
    private static final String BEGIN =
            """
            update list_look_up set session = :session
            where due_at <= {now} and (session in ('', :session)
              or not exists (
                select 1 from session other where other.id = list_look_up.session and other.seen_at > {now} - :ttl))""";

    @Override
    public boolean begin() {
        return store.read(
                        "look whether lists are to be looked up",
                        transaction -> transaction.first(IS_DUE, row -> true).isPresent())
                && store.write(
                                "begin a look-up",
                                transaction -> transaction.change(
                                        BEGIN, with("session", session.id()).and("ttl", settings.sessionTtl())))
                        > 0;
    }

    private static final String ORDER = "update list_look_up set due_at = {now}";

    @Override
    public void order() {
        store.write("order a look-up", transaction -> transaction.change(ORDER));
    }

    private static final String FAIL =
            "update list_look_up set session = '', error = :error, due_at = {now} + :again where session = :session";

    @Override
    public void fail(String error, Duration again) {
        store.write(
                "note a failed look-up",
                transaction -> transaction.change(
                        FAIL,
                        with("error", JsonRows.shortened(error))
                                .and("again", again)
                                .and("session", session.id())));
    }

    private static final String FINISH =
            """
            update list_look_up set session = '', error = '', trouble = :trouble, notice = :notice, ended_at = {now},
                   due_at = {now} + cast(:again as bigint)
            where session = :session""";

    @Override
    public void finish(Found found, Duration again) {
        List<String> joined = new ArrayList<>();
        store.write("finish a look-up", transaction -> {
            joined.clear();
            if (!found.back().isEmpty()) {
                transaction.takeTime();
            }
            JdbcCoverage.lock(transaction);
            int finished = transaction.change(
                    FINISH,
                    with("trouble", JsonRows.shortened(found.trouble()))
                            .and("notice", JsonRows.shortened(found.notice()))
                            .and("again", again == null ? null : again.toMillis())
                            .and("session", session.id()));
            if (finished == 0) {
                throw new InboxException("The look-up is no longer this session's: it was silent for too long", null);
            }
            joined.addAll(new LookUpOutcome(transaction, rules, scope).write(found));
            Joins.demandFor(transaction, new TreeSet<>(joined));
            return finished;
        });
        look();
        Joins.say(joined.stream().distinct().map(this::named).toList());
    }

    private static final String STATE = "select ended_at, error, trouble, notice from list_look_up";

    @Override
    public LookUpState state() {
        return store.read(
                        "look at the look-ups",
                        transaction -> transaction.first(
                                STATE,
                                row -> new LookUpState(
                                        time(row, "ended_at"),
                                        row.getString("error"),
                                        row.getString("trouble"),
                                        row.getString("notice"))))
                .orElseThrow();
    }

    // ---- what persons decide

    @Override
    public int join(Collection<String> lists, boolean dryRun) {
        return decide("join record lists", lists, (transaction, list) -> {
            boolean asked = Set.of(Membership.ASKS, Membership.DISMISSED, Membership.FILLING)
                    .contains(list.membership());
            if (asked) {
                Joins.join(
                        transaction,
                        list.id(),
                        scope,
                        rules.entities(list.id(), list.name()),
                        Membership.JOINED,
                        dryRun);
                Joins.demandFor(transaction, List.of(list.id()));
            }
            return asked;
        });
    }

    private static final String DISMISS =
            """
            update record_list set membership = 'dismissed', left_at = coalesce(left_at, {now}),
                   covered_until = coalesce(covered_until, (select covered_until from sweep), {now})
            where id = :list""";

    @Override
    public int dismiss(Collection<String> lists) {
        int dismissed = decide("dismiss record lists", lists, (transaction, list) -> {
            boolean byName = Set.of(Membership.ASKS, Membership.JOINED, Membership.FILLING)
                    .contains(list.membership());
            return byName && transaction.change(DISMISS, with("list", list.id())) > 0;
        });
        recordLists.serveOnly(ids());
        return dismissed;
    }

    private static final String LIVE = "update record_list set dry_run = 0 where id = :list and dry_run = 1";

    @Override
    public int goLive(Collection<String> lists) {
        return decide(
                "let record lists go live",
                lists,
                (transaction, list) -> list.served() && transaction.change(LIVE, with("list", list.id())) > 0);
    }

    private static final String FORGET =
            "update record_list set membership = 'forgotten', left_at = coalesce(left_at, {now}) where id = :list";

    private static final String CANCEL =
            """
            update deletion_row set state = {cancelled}, settled_by = :user, settled_at = {now}, failure_code = 'list_gone',
                   message = 'Its record list had vanished from Talkdesk, and was given up by a person',
                   identifier = coalesce(hmac, identifier)
            where state in ({checking}, {pending}, {held}, {parked}, {rehearsed}) and state <> {deleted} and\s"""
                    + LaneNumbers.OF_LIST;

    /** Of those that wait for a person no more. */
    private static final String FORGET_HELD =
            """
            delete from held
            where (select 1 from deletion_row where deletion_row.id = held.deletion and state = {held}) is null""";

    @Override
    public Forgotten forget(Collection<String> lists, String user) {
        // By list: the transaction may be tried again.
        Map<String, Integer> cancelled = new HashMap<>();
        int forgotten = decide(
                "forget record lists",
                lists,
                (transaction, list) -> {
                    if (list.vanishedAt() == null || list.membership() == Membership.FORGOTTEN) {
                        return false;
                    }
                    transaction.change(FORGET, with("list", list.id()));
                    cancelled.put(
                            list.id(),
                            transaction.change(CANCEL, with("list", list.id()).and("user", user)));
                    return true;
                },
                transaction -> {
                    transaction.change(FORGET_HELD);
                    guard.reopen(transaction);
                });
        return new Forgotten(
                forgotten,
                cancelled.values().stream().mapToInt(Integer::intValue).sum());
    }

    /** What becomes of one list. */
    private interface Act {
        boolean on(Transaction transaction, FoundList list) throws SQLException;
    }

    /** What follows from all of them. */
    private interface Consequence {
        void in(Transaction transaction) throws SQLException;
    }

    private int decide(String words, Collection<String> lists, Act act) {
        return decide(words, lists, act, transaction -> {});
    }

    private int decide(String words, Collection<String> lists, Act act, Consequence consequence) {
        Set<String> configured = Set.copyOf(rules.ids());
        int decided = store.write(words, transaction -> {
            transaction.takeTime();
            JdbcCoverage.lock(transaction);
            guard.lock(transaction);
            Map<String, FoundList> known = transaction
                    .list(
                            ALL,
                            with("gone_after", goneAfter).and("once_a_day", ONCE_A_DAY),
                            row -> found(row, configured::contains))
                    .stream()
                    .collect(Collectors.toMap(FoundList::id, list -> list));
            int count = 0;
            for (String list : new TreeSet<>(lists)) {
                if (known.containsKey(list) && act.on(transaction, known.get(list))) {
                    count++;
                }
            }
            consequence.in(transaction);
            return count;
        });
        look();
        LOG.debug("{} {}: {}", words, lists, decided);
        return decided;
    }
}
