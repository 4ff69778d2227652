package io.recordsync.inbox;

import static io.recordsync.inbox.database.Parameters.with;

import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.HeldReason;
import io.recordsync.deletion.Word;
import io.recordsync.inbox.Guard.Arrival;
import io.recordsync.inbox.GuardedStore.Guarded;
import io.recordsync.inbox.database.JsonRows;
import io.recordsync.inbox.database.Numbers;
import io.recordsync.inbox.database.Parameters;
import io.recordsync.inbox.database.Transaction;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** The decisions on JDBC: one statement for however many rows a person means. */
public final class JdbcDecisions implements Decisions {

    private final GuardedStore guarded;
    private final Store store;
    private final Guard guard;

    JdbcDecisions(GuardedStore guarded) {
        this.guarded = guarded;
        this.store = guarded.store();
        this.guard = guarded.guard();
    }

    /** An answer that confirmed nothing is counted anew, but not forgotten: the record may be gone. */
    private static final String REDRIVE = "update deletion_row set state = " + DoubtMarks.unlessDoubted("{pending}")
            + """
            , due_at = {now}, pending_since = {now}, attempts = 0, unconfirmed = 0, approved_by = :user,
            answer_lost = answer_lost or unconfirmed > 0 or failure_code = 'unconfirmed'
            where state = {parked} and state <> {deleted}""";

    @Override
    public int redrive(Selection selection, String user) {
        return write("redrive", Act.REDRIVE, selection, user);
    }

    private static final String DISCARD =
            """
            update deletion_row set state = {cancelled}, settled_by = :user, settled_at = {now},
                   identifier = coalesce(hmac, identifier)
            where state = {%s} and state <> {deleted}""";

    private static final String DISCARD_PARKED = DISCARD.formatted("parked");
    private static final String DISCARD_REHEARSED = DISCARD.formatted("rehearsed");

    @Override
    public int discard(Selection selection, String user) {
        return write("discard", Act.DISCARD, selection, user);
    }

    @Override
    public int discardRehearsed(Selection selection, String user) {
        return write("discard", Act.DISCARD_REHEARSED, selection, user);
    }

    /** What is left of its hold window it still waits. */
    private static final String APPROVE = "update deletion_row set state = " + DoubtMarks.unlessDoubted("{pending}")
            + """
            , pending_since = case when due_at > {now} then due_at else {now} end, approved_by = :user
            where state = {held} and state <> {deleted}""";

    @Override
    public int approve(Selection selection, String user) {
        return write("approve", Act.APPROVE, selection, user);
    }

    private static final String REJECT =
            """
            update deletion_row set state = {cancelled}, settled_by = :user, settled_at = {now}, failure_code = 'rejected',
                   message = :message, identifier = coalesce(hmac, identifier)
            where state = {held} and state <> {deleted}""";

    @Override
    public int reject(Selection selection, String user) {
        return write("reject", Act.REJECT, selection, user);
    }

    @Override
    public Instant openGuard(Duration length, String user) {
        return store.write("open the guard", transaction -> guard.open(transaction, length, user));
    }

    private int write(String words, Act act, Selection selection, String user) {
        return store.write(words, transaction -> {
            transaction.takeTime();
            return decide(transaction, act, selection, user);
        });
    }

    /** All but to go live, which may trip the guard. */
    int decide(Transaction transaction, Act act, Selection selection, String user) throws SQLException {
        return switch (act) {
            case REDRIVE -> change(transaction, REDRIVE, selection, with("user", user), act, user);
            case DISCARD -> change(transaction, DISCARD_PARKED, selection, with("user", user), act, user);
            case DISCARD_REHEARSED -> change(transaction, DISCARD_REHEARSED, selection, with("user", user), act, user);
            case APPROVE -> ofHeld(transaction, APPROVE, selection, with("user", user), act, user);
            case REJECT -> ofHeld(
                    transaction, REJECT, selection, with("user", user).and("message", rejected(selection)), act, user);
            case GO_LIVE -> throw new IllegalArgumentException("To go live may trip the guard");
        };
    }

    private static String rejected(Selection selection) {
        String holder = isGuards(selection) ? "by the guard" : "(" + Word.underscored(selection.heldReason()) + ")";
        return "Held " + holder + ", and rejected by a person";
    }

    private static final String NOT_THE_GUARDS =
            " and exists (select 1 from held where held.deletion = deletion_row.id and held.reason = :reason)";
    private static final String FORGET_REASONS =
            """
            delete from held where reason = :reason
              and not exists (select 1 from deletion_row where deletion_row.id = held.deletion and state = {held})""";

    private int ofHeld(
            Transaction transaction, String sql, Selection selection, Parameters parameters, Act act, String user)
            throws SQLException {
        guard.lock(transaction);
        if (isGuards(selection)) {
            int decided = change(transaction, sql + " and " + Guard.HOLDS, selection, parameters, act, user);
            guard.reopen(transaction);
            return decided;
        }
        String reason = Word.underscored(selection.heldReason());
        int decided = change(transaction, sql + NOT_THE_GUARDS, selection, parameters.and("reason", reason), act, user);
        transaction.change(FORGET_REASONS, with("reason", reason));
        return decided;
    }

    private static boolean isGuards(Selection selection) {
        return selection.heldReason() == null || selection.heldReason() == HeldReason.GUARD;
    }

    private static final String IDS = " returning id";

    private static int change(
            Transaction transaction, String sql, Selection selection, Parameters parameters, Act act, String user)
            throws SQLException {
        List<Long> changed = transaction.list(
                sql + condition(selection) + IDS, narrowed(parameters, selection), row -> row.getLong("id"));
        checkExpected(selection, changed.size());
        People.decided(transaction, changed, user, act.word());
        return changed.size();
    }

    private static final String IN_STATE = "state = :in_state and state <> {deleted}";
    private static final String NOT_DRY =
            " and not exists (select 1 from {rows :dry} dry where dry.value ->> 0 = " + LaneNumbers.RECORD_LIST + ")";

    /** A condition for those that the act is for, and its parameters. */
    private record Matching(String condition, Parameters parameters) {}

    private static Matching matching(Act act, Selection selection, Set<String> except) {
        String condition = IN_STATE + condition(selection);
        Parameters parameters = narrowed(with("in_state", Numbers.of(act.state())), selection);
        if (act == Act.APPROVE || act == Act.REJECT) {
            boolean guards = isGuards(selection);
            return new Matching(
                    condition + (guards ? " and " + Guard.HOLDS : NOT_THE_GUARDS),
                    guards ? parameters : parameters.and("reason", Word.underscored(selection.heldReason())));
        }
        return act == Act.GO_LIVE
                ? new Matching(condition + NOT_DRY, parameters.and("dry", dry(except)))
                : new Matching(condition, parameters);
    }

    @Override
    public long matching(Act act, Selection selection, Set<String> except, long most) {
        return store.read("count", transaction -> matching(transaction, act, selection, except, most));
    }

    static long matching(Transaction transaction, Act act, Selection selection, Set<String> except, long most)
            throws SQLException {
        Matching matching = matching(act, selection, except);
        return transaction
                .first(
                        "select count(*) as total from (select 1 from deletion_row where " + matching.condition()
                                + " limit :most) matching",
                        matching.parameters().and("most", most),
                        row -> row.getLong("total"))
                .orElseThrow();
    }

    /** The next ones, in the order of ids. */
    static List<Long> next(Transaction transaction, Act act, Selection selection, long after, int most)
            throws SQLException {
        Matching matching = matching(act, selection, Set.of());
        return transaction.list(
                "select id from deletion_row where " + matching.condition()
                        + " and id > :after order by id limit :most",
                matching.parameters().and("after", after).and("most", most),
                row -> row.getLong("id"));
    }

    private static JsonRows dry(Set<String> lists) {
        JsonRows rows = new JsonRows();
        lists.stream().sorted().forEach(rows::add);
        return rows;
    }

    private static final String GO_LIVE = "update deletion_row set state = " + DoubtMarks.unlessDoubted(":state")
            + """
            , due_at = {now}, pending_since = {now}, attempts = 0, unconfirmed = 0,
            answer_lost = answer_lost or unconfirmed > 0,
            approved_by = case when approved_by = '' then :opened_by else approved_by end
            where state = {rehearsed} and state <> {deleted}"""
            + NOT_DRY;

    private static final String ARRIVING = " returning id, " + Arrival.COLUMNS;

    private record GoneLive(long id, Arrival arrival) {}

    @Override
    public int goLive(Selection selection, Set<String> except, String user) {
        return guarded.write("go live", transaction -> {
            transaction.takeTime();
            return goLive(transaction, selection, except, user);
        });
    }

    Guarded<Integer> goLive(Transaction transaction, Selection selection, Set<String> except, String user)
            throws SQLException {
        Guard.Look before = guard.enter(transaction, 1);
        List<GoneLive> live = transaction.list(
                GO_LIVE + condition(selection) + ARRIVING,
                narrowed(
                        with("state", Numbers.of(before.tripped() ? DeletionState.HELD : DeletionState.PENDING))
                                .and("opened_by", before.openedBy())
                                .and("dry", dry(except)),
                        selection),
                row -> new GoneLive(row.getLong("id"), Arrival.of(row)));
        List<Arrival> arrivals = live.stream().map(GoneLive::arrival).toList();
        checkExpected(selection, arrivals.size());
        People.decided(transaction, live.stream().map(GoneLive::id).toList(), user, Act.GO_LIVE.word());
        Guard.Look look = before.openedBy().isEmpty() ? guard.enter(transaction, arrivals.size()) : before;
        return new Guarded<>(arrivals.size(), guard.count(transaction, look, arrivals));
    }

    private static void checkExpected(Selection selection, int count) {
        if (selection.expected() != null && selection.expected() != count) {
            throw new UnexpectedCountException(selection.expected(), count);
        }
    }

    private static final String SHOWN =
            " and not exists (select 1 from entered where entered.deletion = deletion_row.id and entered.number > :mark)";

    /** One of a few dozen, so that few statements have to be kept. */
    private static String condition(Selection selection) {
        return shown(selection)
                + (selection.ids().isEmpty() ? "" : " and id {in :ids}")
                // An expression, so that no index leads through the whole past of the list.
                + (selection.recordList() == null ? "" : " and " + LaneNumbers.OF_LIST)
                + (selection.failureCode() == null ? "" : " and failure_code = :code")
                + (selection.origin() == null ? "" : " and origin = :origin");
    }

    private static String shown(Selection selection) {
        if (selection.shown() == null) {
            return "";
        }
        return SHOWN
                + (selection.shown().fromId() == 0 ? "" : " and id >= :from")
                + (selection.shown().belowId() == 0 ? "" : " and id < :below");
    }

    private static Parameters narrowed(Parameters parameters, Selection selection) {
        Parameters narrowed = parameters;
        if (selection.shown() != null) {
            narrowed = narrowed.and("mark", selection.shown().mark());
            narrowed = selection.shown().fromId() == 0
                    ? narrowed
                    : narrowed.and("from", selection.shown().fromId());
            narrowed = selection.shown().belowId() == 0
                    ? narrowed
                    : narrowed.and("below", selection.shown().belowId());
        }
        if (!selection.ids().isEmpty()) {
            narrowed = narrowed.and("ids", selection.ids());
        }
        if (selection.recordList() != null) {
            narrowed = narrowed.and("list", selection.recordList());
        }
        if (selection.failureCode() != null) {
            narrowed = narrowed.and("code", selection.failureCode());
        }
        if (selection.origin() != null) {
            narrowed = narrowed.and("origin", Numbers.of(selection.origin()));
        }
        return narrowed;
    }

    private static final String RETRY_NOW =
            """
            update deletion_row set due_at = {now}
            where state = {pending} and due_at > {now} and failure_code not in ('', 'unconfirmed')""";

    @Override
    public int retryNow() {
        return store.write("try again", transaction -> {
            transaction.takeTime();
            return transaction.change(RETRY_NOW);
        });
    }

    private static final String MOVE_PIN =
            """
            insert into pinned_org (one, org_id) values (1, :org)
            on conflict (one) do update set org_id = excluded.org_id where pinned_org.org_id <> excluded.org_id""";

    /**
     * The epoch goes on: to start it anew would let an old subscriber of the other org meet its own number again. When the first
     * start is, the next subscription says.
     */
    private static final String FORGET_POSITIONS =
            "update stream_position set replay_id = null, saved_at = null, first_start = 0, epoch = epoch + 1";

    private static final String PINNED = "select org_id from pinned_org";

    @Override
    public void confirmOrg(String orgId, String pinned) {
        store.write("confirm org", transaction -> {
            transaction.takeRoom();
            String now =
                    transaction.first(PINNED, row -> row.getString("org_id")).orElse("");
            if (pinned != null && !pinned.equals(now)) {
                throw new NotAsShownException("The inbox belongs to org %s by now (%s was shown)"
                        .formatted(now.isEmpty() ? "none" : now, pinned.isEmpty() ? "none" : pinned));
            }
            if (transaction.change(MOVE_PIN, with("org", orgId)) > 0) {
                transaction.change(FORGET_POSITIONS);
                JdbcCoverage.forget(transaction);
                JdbcSights.forget(transaction);
                JdbcUntold.forget(transaction);
                JdbcDoubts.orgMoved(transaction);
            }
            return null;
        });
    }
}
