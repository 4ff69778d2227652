package io.recordsync.inbox;

import static io.recordsync.inbox.database.Parameters.with;

import io.recordsync.deletion.Batch;
import io.recordsync.deletion.ClaimedDeletion;
import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.Failure;
import io.recordsync.inbox.Lanes.Lane;
import io.recordsync.inbox.database.GroupCommit;
import io.recordsync.inbox.database.JsonRows;
import io.recordsync.inbox.database.Parameters;
import io.recordsync.inbox.database.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/** The queue on JDBC: rows that bear their claim until their fate is written, and no longer. */
public final class JdbcQueue implements Queue {

    private final Store store;
    private final GuardedStore guarded;
    private final JdbcSession session;
    private final InboxSettings settings;
    private final Tally tally;
    private final JdbcRecordLists recordLists;
    /** Guarded by this, but for a look at what waits. */
    private final Lanes lanes;
    /** Rows of claims whose commit was not answered: perhaps ours, and in nobody's hands. */
    private volatile List<ClaimedDeletion> unanswered = List.of();
    /** Whether a claim has left rows to be looked at first, and nobody was told yet. */
    private volatile boolean diverted;

    private volatile Runnable onDiverted = () -> {};
    /** By claim, the rows whose fate is not written yet. */
    private final Map<String, Map<Long, ClaimedDeletion>> inHand = new ConcurrentHashMap<>();
    /** Verdicts that have come in at the same moment are one transaction. */
    private final GroupCommit<Settlement, List<Settlement.Row>, InboxException> settlements =
            new GroupCommit<>(this::settle, JdbcQueue::isOfAll);

    JdbcQueue(
            GuardedStore guarded,
            JdbcSession session,
            JdbcRecordLists recordLists,
            InboxSettings settings,
            Tally tally) {
        this.store = guarded.store();
        this.guarded = guarded;
        this.session = session;
        this.settings = settings;
        this.tally = tally;
        this.recordLists = recordLists;
        this.lanes = new Lanes(recordLists::serves, recordLists::leftAloneMillis);
        session.claims(inHand::keySet);
    }

    // ---- claim

    @Override
    public Optional<Duration> nextDue(ToIntFunction<String> room) {
        if (!unanswered.isEmpty()) {
            return Optional.of(Duration.ZERO);
        }
        return store.read("look for what is due", lanes::waiting).stream()
                .filter(lane -> room.applyAsInt(lane.recordList()) > 0)
                .map(lane -> Duration.ofMillis(Math.max(0, lane.millisToWait())))
                .min(Comparator.naturalOrder());
    }

    @Override
    public synchronized List<Batch> claim(int batches, int size, ToIntFunction<String> room) {
        String name = session.newClaim();
        // Known before it is committed: a heartbeat frees the claims that nobody knows.
        inHand.put(name, new ConcurrentHashMap<>());
        List<ClaimedDeletion> taken = new ArrayList<>(unanswered);
        try {
            // Perhaps done by the thread of another act, while this one waits and has the lock.
            Claim claim = store.writeTogether("claim", transaction -> {
                if (!unanswered.isEmpty()) {
                    each(transaction, unanswered, JdbcQueue::release);
                }
                List<Lane> next = lanes.next(transaction, batches, list -> room.applyAsInt(list) > 0);
                // Nearly always all of them have the same limit.
                Map<Long, List<Lane>> byLimit = next.stream()
                        .collect(Collectors.groupingBy(
                                lane -> limit(lane, next, batches, room) * size,
                                LinkedHashMap::new,
                                Collectors.toList()));
                Claim mine = Claim.NOTHING;
                for (Map.Entry<Long, List<Lane>> part : byLimit.entrySet()) {
                    mine = mine.and(take(transaction, part.getValue(), part.getKey(), name));
                }
                taken.addAll(mine.deletions());
                return mine.inOrderOf(next);
            });
            unanswered.forEach(this::dropped);
            unanswered = List.of();
            holdInHand(name, claim.deletions());
            lanes.taken(claim.lanes());
            if (diverted) {
                diverted = false;
                onDiverted.run();
            }
            return claim.batches(size);
        } catch (InboxException e) {
            // Perhaps committed all the same. Nobody would ever settle these: the next claim gives them back first.
            holdInHand(name, taken);
            unanswered = List.copyOf(taken);
            throw e;
        }
    }

    /** In batches: its share, and where its list has little room, its share of that, but at least one. */
    private static long limit(Lane lane, List<Lane> next, int batches, ToIntFunction<String> room) {
        long ofItsList = next.stream()
                .filter(other -> other.recordList().equals(lane.recordList()))
                .count();
        return Math.min(batches / next.size(), Math.max(1, room.applyAsInt(lane.recordList()) / ofItsList));
    }

    private Claim take(Transaction transaction, List<Lane> next, long limit, String name) throws SQLException {
        List<Lane> lookedAt = next.stream().filter(Lane::lookFirst).toList();
        if (!lookedAt.isEmpty() && CatchUps.divert(transaction, lookedAt, limit)) {
            diverted = true;
        }
        return Claim.take(transaction, next, limit, session.id(), name, settings.sessionTtl());
    }

    @Override
    public void onDiverted(Runnable told) {
        onDiverted = told;
    }

    private void holdInHand(String name, List<ClaimedDeletion> deletions) {
        Map<Long, ClaimedDeletion> rows = inHand.get(name);
        deletions.stream()
                .filter(deletion -> deletion.claim().equals(name))
                .forEach(deletion -> rows.put(deletion.id(), deletion));
        if (rows.isEmpty()) {
            inHand.remove(name);
        }
    }

    /** Of these rows, those that this process has claimed and whose fate is not written yet. */
    public List<ClaimedDeletion> inHand(List<Long> ids) {
        return inHand.values().stream()
                .flatMap(rows -> rows.values().stream())
                .filter(deletion -> ids.contains(deletion.id()))
                .toList();
    }

    private void dropped(ClaimedDeletion deletion) {
        inHand.computeIfPresent(deletion.claim(), (claim, rows) -> {
            rows.remove(deletion.id());
            return rows.isEmpty() ? null : rows;
        });
    }

    /** What becomes of rows that bear one claim. */
    private interface Ending<T> {
        List<T> of(Transaction transaction, List<Long> ids, Parameters claimed) throws SQLException;
    }

    /** An act that ends claims: it changes the rows that still bear the claim they were taken by. */
    private <T> List<T> end(String act, List<ClaimedDeletion> deletions, Ending<T> ending) {
        List<T> ended = store.write(act, transaction -> each(transaction, deletions, ending));
        deletions.forEach(this::dropped);
        return ended;
    }

    private <T> List<T> each(Transaction transaction, List<ClaimedDeletion> deletions, Ending<T> ending)
            throws SQLException {
        Map<String, List<Long>> byClaim = new LinkedHashMap<>();
        for (ClaimedDeletion deletion : deletions) {
            // Of a session that is over nothing is held.
            if (!session.made(deletion)) {
                continue;
            }
            byClaim.computeIfAbsent(deletion.claim(), claim -> new ArrayList<>())
                    .add(deletion.id());
        }
        List<T> all = new ArrayList<>();
        for (Map.Entry<String, List<Long>> claim : byClaim.entrySet()) {
            List<Long> ids = claim.getValue();
            all.addAll(ending.of(transaction, ids, with("ids", ids).and("claim", claim.getKey())));
        }
        return all;
    }

    @Override
    public boolean holds(Batch batch) {
        return session.holds(batch);
    }

    @Override
    public boolean stopped(Batch batch) {
        return guarded.stopped(batch) || recordLists.isStopped(batch.recordList());
    }

    @Override
    public boolean overtaken(Batch batch) {
        return guarded.overtaken(batch);
    }

    // ---- the ends of a claim

    @Override
    public int settle(List<ClaimedDeletion> deletions, Confirmation confirmation, Duration sinceCall) {
        List<Settlement.Row> settled = settlements.commit(new Settlement(deletions, confirmation, sinceCall));
        tally.settled(confirmation, settled.stream().map(Settlement.Row::told).toList());
        return settled.size();
    }

    /** Each of them alone would wait for a database that is away, and what may have been committed is not made again. */
    private static boolean isOfAll(Exception e) {
        return e instanceof StoreAwayException || e instanceof InboxException failed && failed.outcomeUnknown();
    }

    private List<List<Settlement.Row>> settle(List<Settlement> together) {
        List<List<Settlement.Row>> settled = store.writeTogether("settle", transaction -> {
            List<List<Settlement.Row>> rows = new ArrayList<>();
            for (Settlement settlement : together) {
                rows.add(each(transaction, settlement.deletions(), settlement::write));
            }
            Settlement.count(transaction, together, rows);
            return rows;
        });
        together.forEach(settlement -> settlement.deletions().forEach(this::dropped));
        return settled;
    }

    private static final String POSTPONE =
            """
            update deletion_row set claim = null, due_at = {now} + :delay, attempts = attempts + :failed,
                   unconfirmed = unconfirmed + :unconfirmed, answer_lost = answer_lost or :answer_lost, message = :message,
                   state = case when pending_since <= {now} - :give_up_after then {parked} else\s"""
                    + Guard.PENDING_OR_HELD
                    + """
             end,
                   failure_code = case when pending_since <= {now} - :give_up_after then 'gave_up' else :code end
            where\s"""
                    + Claim.BORNE
                    + """

            returning id, state""";

    private record PostponedRow(long id, DeletionState state) {

        static PostponedRow of(ResultSet row) throws SQLException {
            return new PostponedRow(row.getLong("id"), EntryRow.state(row));
        }

        boolean parked() {
            return state == DeletionState.PARKED;
        }

        boolean held() {
            return state == DeletionState.HELD;
        }
    }

    @Override
    public int postpone(List<ClaimedDeletion> deletions, Duration delay, Failure failure, Postponement why) {
        boolean unconfirmed = why == Postponement.UNCONFIRMED;
        List<PostponedRow> postponed = end("postpone", deletions, (transaction, ids, claimed) -> {
            List<PostponedRow> rows = transaction.list(
                    POSTPONE,
                    claimed.and("delay", delay)
                            .and("failed", unconfirmed ? 0 : 1)
                            .and("unconfirmed", unconfirmed ? 1 : 0)
                            .and("answer_lost", why == Postponement.ANSWER_LOST)
                            .and("message", JsonRows.shortened(failure.message()))
                            .and("give_up_after", settings.giveUpAfter())
                            .and("code", failure.code()),
                    PostponedRow::of);
            remember(transaction, rows.stream().map(PostponedRow::id).toList(), failure);
            return rows;
        });
        Guard.heldOnReturn(postponed.stream().filter(PostponedRow::held).count());
        tally.parked((int) postponed.stream().filter(PostponedRow::parked).count());
        return postponed.size();
    }

    private static final String PARK =
            """
            update deletion_row set state = {parked}, claim = null, attempts = attempts + 1, failure_code = :code, message = :message
            where\s"""
                    + Claim.BORNE
                    + " returning id";

    @Override
    public int park(List<ClaimedDeletion> deletions, Failure failure) {
        List<Long> parked = end("park", deletions, (transaction, ids, claimed) -> {
            List<Long> rows = transaction.list(
                    PARK,
                    claimed.and("code", failure.code()).and("message", JsonRows.shortened(failure.message())),
                    row -> row.getLong("id"));
            remember(transaction, rows, failure);
            return rows;
        });
        tally.parked(parked.size());
        return parked.size();
    }

    private static final String INSERT_ATTEMPTS =
            """
            insert into attempt (deletion, at, call_id, status, code, message)
            select id, {now}, :call, :status, :code, :message from deletion_row where id {in :ids}""";

    private static void remember(Transaction transaction, List<Long> ids, Failure failure) throws SQLException {
        if (ids.isEmpty()) {
            return;
        }
        transaction.change(
                INSERT_ATTEMPTS,
                with("ids", ids)
                        .and("call", failure.callId())
                        .and("status", failure.status())
                        .and("code", failure.code())
                        .and("message", JsonRows.shortened(failure.message())));
        Restorations.cancelMarked(transaction, ids);
    }

    private static final String REHEARSE =
            """
            update deletion_row set state = {rehearsed}, claim = null, failure_code = '', message = ''
            where\s"""
                    + Claim.BORNE;

    @Override
    public int rehearse(List<ClaimedDeletion> deletions) {
        return sum(end("rehearse", deletions, (transaction, ids, claimed) -> {
            int rehearsed = transaction.change(REHEARSE, claimed);
            Restorations.cancelMarked(transaction, ids);
            return List.of(rehearsed);
        }));
    }

    private static int sum(List<Integer> numbers) {
        return numbers.stream().mapToInt(Integer::intValue).sum();
    }

    private static final String RELEASE = "update deletion_row set claim = null, state = " + Guard.PENDING_OR_HELD
            + " where " + Claim.BORNE + " returning state";

    @Override
    public int release(List<ClaimedDeletion> deletions) {
        List<DeletionState> states = end("release", deletions, JdbcQueue::release);
        Guard.heldOnReturn(states.stream().filter(DeletionState.HELD::equals).count());
        return states.size();
    }

    /** @return the states that they are in now */
    private static List<DeletionState> release(Transaction transaction, List<Long> ids, Parameters claimed)
            throws SQLException {
        List<DeletionState> states = transaction.list(RELEASE, claimed, EntryRow::state);
        Restorations.cancelMarked(transaction, ids);
        return states;
    }

    private static final String PERHAPS_DONE = "update deletion_row set answer_lost = true where " + Claim.BORNE;

    @Override
    public void perhapsDone(List<ClaimedDeletion> deletions) {
        store.write(
                "remember a call",
                transaction -> each(
                        transaction, deletions, (same, ids, claimed) -> List.of(same.change(PERHAPS_DONE, claimed))));
    }
}
