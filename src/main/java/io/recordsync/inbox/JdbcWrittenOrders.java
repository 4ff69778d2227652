package io.recordsync.inbox;

import static io.recordsync.inbox.database.Parameters.with;

import io.recordsync.deletion.Word;
import io.recordsync.inbox.Decisions.Act;
import io.recordsync.inbox.Decisions.Selection;
import io.recordsync.inbox.Decisions.Shown;
import io.recordsync.inbox.Decisions.UnexpectedCountException;
import io.recordsync.inbox.GuardedStore.Guarded;
import io.recordsync.inbox.database.Parameters;
import io.recordsync.inbox.database.Transaction;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The orders on JDBC: a row each, which bears the session of the process that is at it.
 *
 * <p>A step is one transaction: it changes deletions, moves on and counts. What it has changed is no longer in the state that the order is
 * for, so that nothing is done twice wherever it is cut off. To go live is one step, because the guard counts all of it.
 */
public final class JdbcWrittenOrders implements WrittenOrders {

    private static final Logger LOG = LoggerFactory.getLogger(JdbcWrittenOrders.class);

    private final GuardedStore guarded;
    private final Store store;
    private final JdbcSession session;
    private final JdbcDecisions decisions;
    /** The keys that this process is at. */
    private final Set<String> inHand = ConcurrentHashMap.newKeySet();
    /** The order that this thread is at, where it bears a key. */
    private final ThreadLocal<Mine> mine = new ThreadLocal<>();

    private record Mine(String id, String key, EffectAnswer answer) {}

    JdbcWrittenOrders(GuardedStore guarded, JdbcSession session, JdbcDecisions decisions) {
        this.guarded = guarded;
        this.store = guarded.store();
        this.session = session;
        this.decisions = decisions;
    }

    // ---- keys

    private static final String FORGET =
            """
            delete from person_order where at < {now} - 86400000 and (act = '' or done_at < {now} - 86400000)""";

    private static final String INSERT =
            """
            insert into person_order (id, client_key, request, path, ordered_by, at, session)
            values (:id, :key, :request, :path, :user, {now}, :session) on conflict (client_key) do nothing""";

    @Override
    public Begun begin(Request request) {
        store.alongside(null);
        if (!inHand.add(request.key())) {
            return beingCarriedOut(request);
        }
        Begun begun = null;
        try {
            begun = store.write("begin an order", transaction -> begin(transaction, request));
        } finally {
            if (!(begun instanceof Begun.Now)) {
                inHand.remove(request.key());
            }
        }
        if (begun instanceof Begun.Now now) {
            String owner = session.id();
            mine.set(new Mine(now.id(), request.key(), EffectAnswer.UNKNOWN));
            store.alongside((transaction, result) -> happened(transaction, now.id(), owner, result));
        }
        return begun;
    }

    private Begun beingCarriedOut(Request request) {
        OrderRow row = store.read("look for an order", transaction -> find(transaction, request.key()))
                .orElse(null);
        if (row != null && !row.request().equals(request.digest())) {
            return new Begun.Another();
        }
        return new Begun.Before(
                row == null
                        ? new WrittenOrder(
                                request.key(), request.path(), request.user(), null, true, false, false, 0, "", 0, null)
                        : view(row));
    }

    private Begun begin(Transaction transaction, Request request) throws SQLException {
        transaction.change(FORGET);
        String id = UUID.randomUUID().toString();
        boolean fresh = transaction.change(
                        INSERT,
                        with("id", id)
                                .and("key", request.key())
                                .and("request", request.digest())
                                .and("path", request.path())
                                .and("user", request.user())
                                .and("session", session.id()))
                > 0;
        if (fresh) {
            return new Begun.Now(id);
        }
        OrderRow row = find(transaction, request.key()).orElseThrow();
        if (!row.request().equals(request.digest())) {
            return new Begun.Another();
        }
        boolean abandoned = row.status() == 0 && !row.happened() && row.act().isEmpty() && !row.elsewhere();
        return abandoned && takeOver(transaction, row.id(), row.session())
                ? new Begun.Now(row.id())
                : new Begun.Before(view(row));
    }

    private static final String TAKE_OVER =
            """
            update person_order set session = :session
            where id = :id and session = :before and happened = 0 and status = 0 and act = ''""";

    private boolean takeOver(Transaction transaction, String id, String before) throws SQLException {
        return transaction.change(
                        TAKE_OVER, with("id", id).and("before", before).and("session", session.id()))
                > 0;
    }

    @Override
    public <T> void answering(int status, Function<T, String> answer) {
        answering(EffectAnswer.of(status, answer));
    }

    @Override
    public void answering(Act act, Selection selection, Set<String> dryRun, BiFunction<Integer, Long, String> answer) {
        answering(EffectAnswer.of(act, selection, dryRun, answer));
    }

    private void answering(EffectAnswer answer) {
        Mine order = mine.get();
        if (order != null) {
            mine.set(new Mine(order.id(), order.key(), answer));
        }
    }

    private static final String HAPPENED =
            """
            update person_order set happened = 1, status = :status, answer = :answer
            where id = :id and session = :session""";

    private void happened(Transaction transaction, String id, String owner, Object result) throws SQLException {
        Object brought = result instanceof Guarded<?> counted ? counted.result() : result;
        Optional<EffectAnswer.Text> text = mine.get().answer().of(transaction, brought);
        if (text.isEmpty()) {
            return;
        }
        if (transaction.change(
                        HAPPENED,
                        with("id", id)
                                .and("session", owner)
                                .and("status", text.get().status())
                                .and("answer", text.get().answer()))
                == 0) {
            throw new InboxException(
                    "Another process has taken this order over, because this one was silent for too long; nothing was changed",
                    null);
        }
    }

    private static final String ANSWER =
            "update person_order set status = :status, answer = :answer, happened = 1 where id = :id";

    private static final String DROP = "delete from person_order where id = :id and happened = 0 and act = ''";

    @Override
    public void end(String id, int status, String answer) {
        store.alongside(null);
        try {
            if (status < 400) {
                store.write(
                        "answer an order",
                        transaction -> transaction.change(
                                ANSWER, with("id", id).and("status", status).and("answer", answer)));
            } else if (status < 500) {
                store.write("forget an order", transaction -> transaction.change(DROP, with("id", id)));
            }
            // After another failure it may have happened: its row says so.
        } catch (InboxException e) {
            LOG.warn("The answer to order {} was not written down: {}", id, e.getMessage());
        } finally {
            Mine order = mine.get();
            mine.remove();
            if (order != null) {
                inHand.remove(order.key());
            }
        }
    }

    // ---- orders over many deletions

    private static final String MARK = "select number from entering";

    private static final String INSERT_STEPS =
            """
            insert into person_order (id, request, path, ordered_by, at, session)
            values (:id, '', :path, :user, {now}, :session)""";

    private static final String WORK =
            """
            update person_order set act = :act, record_list = :list, failure_code = :code, origin = :origin,
                   held_reason = :reason, mark = :mark, from_id = :from, below_id = :below
            where id = :id""";

    @Override
    public Optional<WrittenOrder> accept(Act act, Selection selection, String path, String user) {
        // A look first: a write would say that the order has happened.
        if (!selection.ids().isEmpty() || !many(act, selection)) {
            return Optional.empty();
        }
        return store.write("write an order down", transaction -> {
            transaction.takeTime();
            Shown shown = selection.shown() != null
                    ? selection.shown()
                    : new Shown(transaction
                            .first(MARK, row -> row.getLong("number"))
                            .orElseThrow());
            Selection meant = selection.of(shown);
            requireExpected(transaction, act, meant);
            String id = mine.get() == null
                    ? insert(transaction, path, user)
                    : mine.get().id();
            transaction.change(
                    WORK,
                    with("id", id)
                            .and("act", Word.underscored(act))
                            .and("list", text(meant.recordList()))
                            .and("code", text(meant.failureCode()))
                            .and("origin", meant.origin() == null ? "" : Word.underscored(meant.origin()))
                            .and("reason", meant.heldReason() == null ? "" : Word.underscored(meant.heldReason()))
                            .and("mark", shown.mark())
                            .and("from", shown.fromId())
                            .and("below", shown.belowId()));
            return find(transaction, id).map(this::view);
        });
    }

    private boolean many(Act act, Selection selection) {
        return decisions.matching(act, selection, Set.of(), STEP + 1L) > STEP;
    }

    private static void requireExpected(Transaction transaction, Act act, Selection meant) throws SQLException {
        if (meant.expected() == null) {
            return;
        }
        long count = JdbcDecisions.matching(transaction, act, meant, Set.of(), Integer.MAX_VALUE);
        if (count != meant.expected()) {
            throw new UnexpectedCountException(meant.expected(), (int) count);
        }
    }

    private String insert(Transaction transaction, String path, String user) throws SQLException {
        String id = UUID.randomUUID().toString();
        transaction.change(FORGET);
        transaction.change(
                INSERT_STEPS, with("id", id).and("path", path).and("user", user).and("session", session.id()));
        return id;
    }

    private static String text(String text) {
        return text == null ? "" : text;
    }

    private static final String DUE =
            """
            select id from person_order
            where act <> '' and done_at is null and (session = :session or not\s"""
                    + OrderRow.LIVING + ") order by at limit 1";

    @Override
    public boolean workOff(Set<String> dryRun) {
        String owner = session.id();
        Optional<String> due = store.read(
                "look for orders",
                transaction -> transaction.first(DUE, with("session", owner), row -> row.getString("id")));
        return due.isPresent()
                && guarded.write("work an order off", transaction -> step(transaction, due.get(), owner, dryRun));
    }

    /** First, so that two processes take no step of one order at the same time. */
    private static final String TAKE =
            """
            update person_order set session = :session
            where id = :id and done_at is null and (session = :session or not\s"""
                    + OrderRow.LIVING + ")";

    private Guarded<Boolean> step(Transaction transaction, String id, String owner, Set<String> dryRun)
            throws SQLException {
        transaction.takeTime();
        if (transaction.change(TAKE, with("id", id).and("session", owner)) == 0) {
            return new Guarded<>(true, -1);
        }
        OrderRow order = find(transaction, id).orElseThrow();
        Act act = Word.fromUnderscored(Act.class, order.act());
        if (act == Act.GO_LIVE) {
            Guarded<Integer> live = decisions.goLive(transaction, order.selection(), dryRun, order.user());
            finish(transaction, order, live.result(), act, dryRun);
            return new Guarded<>(true, live.held());
        }
        List<Long> ids = JdbcDecisions.next(transaction, act, order.selection(), order.after(), STEP);
        int changed = ids.isEmpty()
                ? 0
                : decisions.decide(
                        transaction,
                        act,
                        new Selection(
                                ids, null, null, null, null, order.selection().heldReason()),
                        order.user());
        if (ids.size() < STEP) {
            finish(transaction, order, changed, act, Set.of());
        } else {
            transaction.change(
                    MOVE, with("id", id).and("after", ids.get(ids.size() - 1)).and("changed", changed));
        }
        return new Guarded<>(true, -1);
    }

    private static final String MOVE =
            "update person_order set after_id = :after, changed = changed + :changed, happened = 1 where id = :id";

    private static final String FINISH =
            """
            update person_order set changed = changed + :changed, happened = 1, remaining = :left, done_at = {now}
            where id = :id""";

    private void finish(Transaction transaction, OrderRow order, int changed, Act act, Set<String> dryRun)
            throws SQLException {
        long left = JdbcDecisions.matching(transaction, act, order.selection().of(null), dryRun, Integer.MAX_VALUE);
        transaction.change(
                FINISH, with("id", order.id()).and("changed", changed).and("left", left));
        LOG.info(
                "The order of {} is worked off: {} deletions are {}, {} stay as they are",
                order.user(),
                order.changed() + changed,
                act.word(),
                left);
    }

    // ---- how one stands

    private Optional<OrderRow> find(Transaction transaction, String name) throws SQLException {
        Parameters parameters = with("name", name).and("session", session.id());
        return transaction.first(OrderRow.FIND, parameters, OrderRow::of);
    }

    @Override
    public Optional<WrittenOrder> find(String idOrKey) {
        Optional<WrittenOrder> found = store.read("look for an order", transaction -> find(transaction, idOrKey))
                .map(this::view);
        return found.isPresent() || !inHand.contains(idOrKey)
                ? found
                : Optional.of(new WrittenOrder(idOrKey, null, null, null, true, false, false, 0, "", 0, null));
    }

    /** One that nobody is at any more is over: where it has not happened, the same key may be sent again. */
    private WrittenOrder view(OrderRow row) {
        WrittenOrder order = row.view();
        boolean inHands = order.steps() || row.elsewhere() || row.key() != null && inHand.contains(row.key());
        return inHands
                ? order
                : new WrittenOrder(
                        order.id(),
                        order.path(),
                        order.user(),
                        order.at(),
                        false,
                        order.happened(),
                        false,
                        order.status(),
                        order.answer(),
                        0,
                        null);
    }
}
