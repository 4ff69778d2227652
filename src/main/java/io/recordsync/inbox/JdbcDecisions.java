package io.recordsync.inbox;

import static io.recordsync.inbox.database.Parameters.with;

import io.recordsync.deletion.HeldReason;
import io.recordsync.deletion.Word;
import io.recordsync.inbox.Guard.Arrival;
import io.recordsync.inbox.GuardedStore.Guarded;
import io.recordsync.inbox.database.JsonRows;
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
    private static final String REDRIVE = "update deletion set state = " + DoubtMarks.unlessDoubted("'pending'")
            + """
            , due_at = {now}, pending_since = {now}, attempts = 0, unconfirmed = 0, approved_by = :user,
            answer_lost = answer_lost or unconfirmed > 0 or failure_code = 'unconfirmed'
            where state = 'parked' and state <> 'deleted'""";

    @Override
    public int redrive(Selection selection, String user) {
        return changeMany("redrive", REDRIVE, selection, user, "redriven");
    }

    private static final String DISCARD =
            """
            update deletion set state = 'cancelled', settled_by = :user, settled_at = {now},
                   identifier = coalesce(hmac, identifier)
            where state = '%s' and state <> 'deleted'""";

    private static final String DISCARD_PARKED = DISCARD.formatted("parked");
    private static final String DISCARD_REHEARSED = DISCARD.formatted("rehearsed");

    @Override
    public int discard(Selection selection, String user) {
        return changeMany("discard", DISCARD_PARKED, selection, user, "discarded");
    }

    @Override
    public int discardRehearsed(Selection selection, String user) {
        return changeMany("discard", DISCARD_REHEARSED, selection, user, "discarded");
    }

    /** What is left of its hold window it still waits. */
    private static final String APPROVE = "update deletion set state = " + DoubtMarks.unlessDoubted("'pending'")
            + """
            , pending_since = case when due_at > {now} then due_at else {now} end, approved_by = :user
            where state = 'held' and state <> 'deleted'""";

    @Override
    public int approve(Selection selection, String user) {
        return decide("approve", APPROVE, selection, with("user", user), new Decision(user, "approved"));
    }

    private static final String REJECT =
            """
            update deletion set state = 'cancelled', settled_by = :user, settled_at = {now}, failure_code = 'rejected',
                   message = :message, identifier = coalesce(hmac, identifier)
            where state = 'held' and state <> 'deleted'""";

    @Override
    public int reject(Selection selection, String user) {
        String holder = isGuards(selection) ? "by the guard" : "(" + Word.underscored(selection.heldReason()) + ")";
        String message = "Held " + holder + ", and rejected by a person";
        return decide(
                "reject",
                REJECT,
                selection,
                with("user", user).and("message", message),
                new Decision(user, "rejected"));
    }

    @Override
    public Instant openGuard(Duration length, String user) {
        return store.write("open the guard", transaction -> guard.open(transaction, length, user));
    }

    /** As {@link People} keep it. */
    private record Decision(String user, String word) {}

    private int changeMany(String act, String sql, Selection selection, String user, String word) {
        return store.write(act, transaction -> {
            transaction.takeTime();
            return change(transaction, sql, selection, with("user", user), new Decision(user, word));
        });
    }

    private static final String NOT_THE_GUARDS =
            " and exists (select 1 from held where held.deletion = deletion.id and held.reason = :reason)";
    private static final String FORGET_REASONS =
            """
            delete from held where reason = :reason
              and not exists (select 1 from deletion where deletion.id = held.deletion and state = 'held')""";

    private int decide(String act, String sql, Selection selection, Parameters parameters, Decision decision) {
        return store.write(act, transaction -> {
            transaction.takeTime();
            guard.lock(transaction);
            if (isGuards(selection)) {
                int decided = change(transaction, sql + " and " + Guard.HOLDS, selection, parameters, decision);
                guard.reopen(transaction);
                return decided;
            }
            String reason = Word.underscored(selection.heldReason());
            int decided =
                    change(transaction, sql + NOT_THE_GUARDS, selection, parameters.and("reason", reason), decision);
            transaction.change(FORGET_REASONS, with("reason", reason));
            return decided;
        });
    }

    private static boolean isGuards(Selection selection) {
        return selection.heldReason() == null || selection.heldReason() == HeldReason.GUARD;
    }

    private static final String IDS = " returning id";

    private static int change(
            Transaction transaction, String sql, Selection selection, Parameters parameters, Decision decision)
            throws SQLException {
        List<Long> changed = transaction.list(
                sql + condition(selection) + IDS, narrowed(parameters, selection), row -> row.getLong("id"));
        checkExpected(selection, changed.size());
        People.decided(transaction, changed, decision.user(), decision.word());
        return changed.size();
    }

    private static final String GO_LIVE = "update deletion set state = " + DoubtMarks.unlessDoubted(":state")
            + """
            , due_at = {now}, pending_since = {now}, attempts = 0, unconfirmed = 0,
            answer_lost = answer_lost or unconfirmed > 0,
            approved_by = case when approved_by = '' then :opened_by else approved_by end
            where state = 'rehearsed' and state <> 'deleted'
              and not exists (select 1 from {rows :dry} dry where dry.value ->> 0 = deletion.record_list)""";

    private static final String ARRIVING = " returning id, " + Arrival.COLUMNS;

    private record GoneLive(long id, Arrival arrival) {}

    @Override
    public int goLive(Selection selection, Set<String> except, String user) {
        return guarded.write("go live", transaction -> {
            transaction.takeTime();
            Guard.Look before = guard.enter(transaction, 1);
            JsonRows lists = new JsonRows();
            except.stream().sorted().forEach(lists::add);
            List<GoneLive> live = transaction.list(
                    GO_LIVE + condition(selection) + ARRIVING,
                    narrowed(
                            with("state", before.tripped() ? "held" : "pending")
                                    .and("opened_by", before.openedBy())
                                    .and("dry", lists),
                            selection),
                    row -> new GoneLive(row.getLong("id"), Arrival.of(row)));
            List<Arrival> arrivals = live.stream().map(GoneLive::arrival).toList();
            checkExpected(selection, arrivals.size());
            People.decided(transaction, live.stream().map(GoneLive::id).toList(), user, "went_live");
            Guard.Look look = before.openedBy().isEmpty() ? guard.enter(transaction, arrivals.size()) : before;
            return new Guarded<>(arrivals.size(), guard.count(transaction, look, arrivals));
        });
    }

    private static void checkExpected(Selection selection, int count) {
        if (selection.expected() != null && selection.expected() != count) {
            throw new UnexpectedCountException(selection.expected(), count);
        }
    }

    /** One of sixteen, so that few statements have to be kept. */
    private static String condition(Selection selection) {
        return (selection.ids().isEmpty() ? "" : " and id {in :ids}")
                // An expression, so that no index leads through the whole past of the list.
                + (selection.recordList() == null ? "" : " and record_list || '' = :list")
                + (selection.failureCode() == null ? "" : " and failure_code = :code")
                + (selection.origin() == null ? "" : " and origin = :origin");
    }

    private static Parameters narrowed(Parameters parameters, Selection selection) {
        Parameters narrowed = parameters;
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
            narrowed = narrowed.and("origin", Word.underscored(selection.origin()));
        }
        return narrowed;
    }

    private static final String RETRY_NOW =
            """
            update deletion set due_at = {now}
            where state = 'pending' and due_at > {now} and failure_code not in ('', 'unconfirmed')""";

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

    @Override
    public void confirmOrg(String orgId) {
        store.write("confirm org", transaction -> {
            transaction.takeRoom();
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
