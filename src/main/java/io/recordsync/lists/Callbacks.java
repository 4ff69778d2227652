package io.recordsync.lists;

import io.recordsync.deletion.Batch;
import io.recordsync.deletion.CallbackPage;
import io.recordsync.deletion.CallbackRow;
import io.recordsync.deletion.CallbackState;
import io.recordsync.deletion.DeliveryMode;
import io.recordsync.deletion.Presence;
import io.recordsync.deletion.ScheduledCallback;
import io.recordsync.inbox.CallbackBook;
import io.recordsync.inbox.CallbackBook.Deleted;
import io.recordsync.inbox.CallbackBook.Seen;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of callbacks that are still to be made once their records are gone.
 *
 * <p>A callback names a record, and only that leads to an external id: so each record is looked at while it lives, before a
 * deletion is sent, and remembered. A callback is cancelled only where its record is gone (a 404 of the dialler's own form, in
 * the same run, the list being there), its external id is known, and the deletion of that id was carried out here; all others
 * are reported. Thread-safe.
 */
public final class Callbacks {

    private static final Logger LOG = LoggerFactory.getLogger(Callbacks.class);

    /** Records that left for reasons of others are looked for in so many steps: they must not use up the rate of calls. */
    private static final int MAX_ASKED_AGAIN = 200;

    private final CallbackBook book;
    private final Supplier<? extends Collection<String>> served;
    private final Policy policy;
    private final DeliveryMode mode;
    private final LongConsumer cancelled;
    private final CallbackLooks looks;

    /** What the last run would have cancelled, had they not been too many. */
    private volatile int tooMany;

    /**
     * What the settings say.
     *
     * @param on false: nothing is ever looked at
     * @param cancels false: callbacks are reported only
     * @param most as many are cancelled in one run
     */
    public record Policy(boolean on, boolean cancels, Duration period, int most) {}

    /**
     * @param served the record lists whose callbacks count
     * @param mode of the delivery: in a dry run nothing is cancelled
     * @param cancelled is told how many were cancelled
     */
    public Callbacks(
            CallbackBook book,
            Supplier<? extends Collection<String>> served,
            Policy policy,
            DeliveryMode mode,
            LongConsumer cancelled) {
        this(book, served, policy, mode, cancelled, LookPatience.usual());
    }

    Callbacks(
            CallbackBook book,
            Supplier<? extends Collection<String>> served,
            Policy policy,
            DeliveryMode mode,
            LongConsumer cancelled,
            LookPatience patience) {
        this.book = book;
        this.served = served;
        this.policy = policy;
        this.mode = mode;
        this.cancelled = cancelled;
        this.looks = new CallbackLooks(book, policy.on(), policy.period(), patience);
    }

    // ---- when: see CallbackLooks

    /** The run that is due; null when none is. */
    public CallbackWalk begin() {
        return looks.begin();
    }

    /**
     * The look that is needed before these deletions are sent; null when none is, or none is waited for any more.
     *
     * @param last the look that was made before them already; null at first
     */
    public CallbackWalk before(Batch batch, CallbackWalk last) throws InterruptedException {
        return looks.before(batch, last);
    }

    // ---- what to ask

    /** A page was answered; behind the last it is decided which records are asked for. */
    public void page(CallbackWalk walk, CallbackPage page) throws IOException {
        walk.page(page, served.get());
        if (walk.reading()) {
            return;
        }
        Map<String, CallbackRow> known = known();
        walk.askForNew(walk.listed().values().stream()
                .filter(callback -> !known.containsKey(callback.id()))
                .sorted(Comparator.comparing(callback -> looks.wasUnclear(callback.id())))
                .toList());
        if (!walk.beforeDeletion()) {
            walk.askAgain(again(walk, known));
        }
        looks.answered(walk);
    }

    private Map<String, CallbackRow> known() {
        return book.open().stream().collect(Collectors.toMap(CallbackRow::id, Function.identity()));
    }

    /** First those whose deletion was carried out here, then others, those that were asked for longest ago. */
    private Collection<ScheduledCallback> again(CallbackWalk walk, Map<String, CallbackRow> known) {
        List<CallbackRow> rows = walk.listed().keySet().stream()
                .filter(known::containsKey)
                .map(known::get)
                .filter(row -> row.state() != CallbackState.UNSEEN)
                .sorted(Comparator.comparing((CallbackRow row) -> looks.wasUnclear(row.id()))
                        .thenComparing(CallbackRow::askedAt))
                .toList();
        Map<String, Deleted> deleted = book.deleted(rows);
        long overdue = rows.stream().filter(row -> isOverdue(row, deleted)).count();
        Set<ScheduledCallback> again = rows.stream()
                .filter(row -> deleted.get(row.id()) == Deleted.CARRIED_OUT)
                // What is reported only, or more than one run may cancel, waits for its turn.
                .filter(row -> row.goneAt() == null || isOverdue(row, deleted) && overdue <= policy.most())
                .map(Callbacks::scheduled)
                .collect(Collectors.toCollection(LinkedHashSet::new));
        Instant before = walk.began().minus(policy.period());
        again.addAll(rows.stream()
                .filter(row -> !row.askedAt().isAfter(before))
                .map(Callbacks::scheduled)
                .filter(callback -> !again.contains(callback))
                .limit(MAX_ASKED_AGAIN)
                .toList());
        return again;
    }

    /** Whether it is to be cancelled, should its record still be gone. */
    private boolean isOverdue(CallbackRow row, Map<String, Deleted> deleted) {
        return policy.cancels()
                && row.goneAt() != null
                && deleted.get(row.id()) == Deleted.CARRIED_OUT
                && !mode.rehearses(row.recordList());
    }

    private static ScheduledCallback scheduled(CallbackRow row) {
        return new ScheduledCallback(row.id(), row.recordList(), row.recordId());
    }

    /** A record was answered; whose a new callback is, is written down at once, so that no later failure loses it. */
    public void record(CallbackWalk walk, Presence answer) throws IOException {
        if (answer.isThere() && walk.askingForNew()) {
            book.remember(List.of(new Seen(
                    walk.record(), answer.provider(), answer.externalId(), CallbackState.LIVING, false, true)));
        }
        walk.recordAnswered(answer);
        looks.answered(walk);
    }

    public void list(CallbackWalk walk, Presence answer) throws IOException {
        walk.listAnswered(answer);
    }

    // ---- what it means

    /** All was asked: what was seen is written down, and a run decides which callbacks are cancelled. */
    public void decide(CallbackWalk walk) {
        remember(walk);
        if (walk.beforeDeletion()) {
            return;
        }
        List<CallbackRow> rows = book.open();
        endOthers(walk, rows);
        Map<String, Deleted> deleted = book.deleted(rows);
        List<Seen> judged = new ArrayList<>();
        List<String> candidates = new ArrayList<>();
        int overdue = 0;
        for (CallbackRow row : rows) {
            if (!walk.listed().containsKey(row.id()) || row.state() == CallbackState.UNSEEN) {
                continue;
            }
            if (isOverdue(row, deleted)) {
                overdue++;
                Presence seen = walk.seen(scheduled(row));
                if (seen != null && seen.isGone()) {
                    candidates.add(row.id());
                }
            }
            CallbackState state = state(row, deleted.get(row.id()));
            boolean ours = deleted.get(row.id()) == Deleted.CARRIED_OUT;
            if (state != row.state() || ours != row.ours()) {
                judged.add(new Seen(scheduled(row), "", "", state, ours, false));
            }
        }
        book.remember(judged);
        guard(walk, candidates, overdue);
    }

    private void guard(CallbackWalk walk, List<String> candidates, int overdue) {
        if (overdue <= policy.most()) {
            tooMany = 0;
            walk.cancel(candidates);
            return;
        }
        if (tooMany != overdue) {
            LOG.error(
                    "{} callbacks of deleted people would be cancelled, more than talkdesk.callbacks.most = {} allows: none is."
                            + " Look at them (GET /api/callbacks), and raise the limit where that is right",
                    overdue,
                    policy.most());
        }
        tooMany = overdue;
    }

    private CallbackState state(CallbackRow row, Deleted how) {
        boolean rehearsed = how == Deleted.REHEARSED
                || row.goneAt() != null && how == Deleted.CARRIED_OUT && mode.rehearses(row.recordList());
        if (policy.cancels() && rehearsed) {
            return CallbackState.REHEARSED;
        }
        if (row.goneAt() == null) {
            return CallbackState.LIVING;
        }
        // Listed again: pages move while they are read.
        boolean neverSeen =
                row.state() == CallbackState.ENDED && row.externalId().isEmpty();
        return neverSeen ? CallbackState.UNSEEN : CallbackState.GONE;
    }

    private void remember(CallbackWalk walk) {
        Map<String, CallbackRow> known = known();
        List<Seen> seen = new ArrayList<>();
        for (ScheduledCallback callback : walk.listed().values()) {
            Presence presence = walk.seen(callback);
            CallbackRow before = known.get(callback.id());
            if (presence == null || presence.kind() == Presence.Kind.UNCLEAR) {
                continue;
            }
            CallbackState state;
            if (before == null) {
                state = presence.isGone() ? CallbackState.UNSEEN : CallbackState.LIVING;
            } else if (presence.isGone()) {
                state = before.goneAt() == null ? CallbackState.GONE : before.state();
            } else {
                state = before.goneAt() == null && before.endedAt() == null ? before.state() : CallbackState.LIVING;
            }
            seen.add(new Seen(
                    callback,
                    presence.provider(),
                    presence.externalId(),
                    state,
                    before != null && before.ours(),
                    true));
        }
        book.remember(seen);
    }

    /** They were made meanwhile, or somebody else cancelled them. */
    private void endOthers(CallbackWalk walk, List<CallbackRow> rows) {
        Collection<String> lists = served.get();
        book.remember(rows.stream()
                .filter(row -> row.state() != CallbackState.ENDED)
                .filter(row ->
                        lists.contains(row.recordList()) && !walk.listed().containsKey(row.id()))
                .map(row -> new Seen(scheduled(row), "", "", CallbackState.ENDED, row.ours(), false))
                .toList());
    }

    /** A callback was to be cancelled; written down at once, so that nothing is forgotten where the next one fails. */
    public void cancelled(CallbackWalk walk, Presence answer) throws IOException {
        if (answer.isThere() || answer.isGone()) {
            ScheduledCallback callback = walk.listed().get(walk.callback());
            // Nobody may be told that this service has cancelled what somebody has made meanwhile.
            CallbackState state = answer.isThere() ? CallbackState.CANCELLED : CallbackState.ENDED;
            book.remember(List.of(new Seen(callback, "", "", state, true, false)));
            cancelled.accept(answer.isThere() ? 1 : 0);
        }
        walk.cancelAnswered(answer);
    }

    // ---- its end

    /** The walk has come to its end. */
    public void finish(CallbackWalk walk) {
        if (!walk.cancelled().isEmpty()) {
            LOG.info(
                    "Cancelled {} callbacks of people whose records were deleted",
                    walk.cancelled().size());
        }
        looks.finished(walk, tooMany);
    }

    /** The walk ended half way. */
    public void fail(CallbackWalk walk, Throwable e) {
        looks.failed(walk, e);
    }
}
