package io.recordsync.inbox;

import static io.recordsync.inbox.database.Parameters.with;

import io.recordsync.deletion.Batch;
import io.recordsync.deletion.ClaimedDeletion;
import io.recordsync.deletion.SweepDemand;
import io.recordsync.inbox.LooseClaims.Freed;
import io.recordsync.inbox.database.JsonRows;
import io.recordsync.inbox.database.Parameters;
import io.recordsync.inbox.database.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The session on JDBC: a row that is seen now and then, by the database's clock.
 *
 * <p>The row bears a number that rises with each heartbeat, and with what is accepted outside the stream. A database that holds
 * less than what was written there last is not the one that was written: then another session begins, which owns nothing of what
 * this one had.
 */
public final class JdbcSession implements Session {

    private static final Logger LOG = LoggerFactory.getLogger(JdbcSession.class);

    private final Store store;
    private final Guard guard;
    private final DatabaseClock clock;
    private final Duration ttl;
    private final String fingerprint;
    private final HostProcess process;

    private final Object heart = new Object();
    /** What the row holds, by what this process wrote there. */
    private volatile Known known = new Known(newId(), 0);
    /** When the session was last seen, by {@link System#nanoTime()}, which goes on while the process is frozen. */
    private volatile long seenAt;

    private volatile boolean ended;
    /** Guarded by {@code heart}. */
    private boolean opening;

    private volatile Supplier<Set<String>> inHand = Set::of;

    /** A session, and the number that its row bears: at least what was committed, at most what was tried. */
    private static final class Known {

        private final String id;
        private final AtomicLong turn;
        private final AtomicLong triedTurn;
        /** When it was last seen, by the database's clock. */
        private volatile long seenMillis;

        Known(String id, long turn) {
            this.id = id;
            this.turn = new AtomicLong(turn);
            this.triedTurn = new AtomicLong(turn);
        }

        void committed(long reached) {
            turn.accumulateAndGet(reached, Math::max);
        }
    }

    /** Opens a session, and frees the claims of those that are over. */
    JdbcSession(Store store, InboxSettings settings, Guard guard, Fingerprint fingerprint, HostProcess process) {
        this.process = process;
        this.store = store;
        this.guard = guard;
        this.clock = new DatabaseClock(guard);
        this.ttl = settings.sessionTtl();
        store.beforeFirstUse(this::look);
        this.fingerprint = fingerprint.text();
        heartbeat();
    }

    /** Of this process, as it stands now: it changes when it was taken for dead, and when the database has gone back. */
    String id() {
        return known.id;
    }

    /** @param claims are those in hand, asked for anew each time */
    void claims(Supplier<Set<String>> claims) {
        inHand = claims;
    }

    /** What a claim's rows bear: the session, and 64 random bits, so that nothing but this claim settles them. */
    String newClaim() {
        return id()
                + '/'
                + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    }

    // ---- heartbeats

    private static final String OURS = " where id = :session and turn >= :least returning turn, seen_at";
    private static final String BEAT = "update session set turn = turn + 1, seen_at = {now}, process = :process" + OURS;
    private static final String STEP = "update session set turn = turn + 1" + OURS;
    private static final String TURN = "select turn from session where id = :session";
    private static final String NOW = "select {now} as now";
    private static final String END_EXPIRED = "delete from session where seen_at <= {now} - :ttl";

    /** What the row holds after a step. */
    private record Step(long turn, long seenMillis) {

        static Step of(ResultSet row) throws SQLException {
            return new Step(row.getLong("turn"), row.getLong("seen_at"));
        }
    }

    /** @param wentBack how it showed that this is not the database that was written; null when it did not */
    private record Beat(Step step, String wentBack, Freed freed) {}

    @Override
    public void heartbeat() {
        synchronized (heart) {
            beat();
        }
    }

    private void beat() {
        long now = System.nanoTime();
        Known mine = known;
        // What is locked here first is locked first where something is accepted.
        Optional<Beat> beat = store.write("heartbeat", transaction -> {
            Optional<Step> step = step(transaction, BEAT, ours(mine).and("process", process.text()));
            if (step.isEmpty()) {
                return wentBack(transaction, mine).map(how -> new Beat(null, how, Freed.NONE));
            }
            Freed freed = keepHouse(transaction).and(LooseClaims.freeStrays(transaction, mine.id, inHand.get()));
            return Optional.of(new Beat(step.get(), null, freed));
        });
        if (beat.isEmpty() || beat.get().wentBack() != null) {
            open(mine, beat.map(Beat::wentBack).orElse(null));
            return;
        }
        mine.committed(beat.get().step().turn());
        mine.seenMillis = beat.get().step().seenMillis();
        seenAt = now;
        beat.get().freed().report();
    }

    /** What a live session does for all: the expired are ended and their claims freed, and the clock is followed. */
    private Freed keepHouse(Transaction transaction) throws SQLException {
        transaction.change(END_EXPIRED, with("ttl", ttl));
        clock.follow(transaction);
        guard.reopen(transaction);
        return LooseClaims.freeOfEnded(transaction);
    }

    /** @return empty when the row does not hold what was written last */
    private static Optional<Step> step(Transaction transaction, String step, Parameters ours) throws SQLException {
        return transaction.first(step, ours, Step::of);
    }

    /** For a step, which is tried now. */
    private static Parameters ours(Known mine) {
        mine.triedTurn.incrementAndGet();
        return with("session", mine.id).and("least", mine.turn.get());
    }

    /** How it shows; empty where it does not. */
    private Optional<String> wentBack(Transaction transaction, Known mine) throws SQLException {
        long least = mine.turn.get();
        Optional<Long> found = transaction.first(TURN, with("session", mine.id), row -> row.getLong("turn"));
        if (found.isEmpty()) {
            return least == 0 || takenForDead(transaction, mine)
                    ? Optional.empty()
                    : Optional.of("the database has gone back in time: it does not know the session of this process");
        }
        return found.get() >= least && found.get() <= mine.triedTurn.get()
                ? Optional.empty()
                : Optional.of("the database has gone back in time: it has seen step " + found.get()
                        + " of this process, which has made " + least);
    }

    /** By the database's clock: others would have ended it rightly. */
    private boolean takenForDead(Transaction transaction, Known mine) throws SQLException {
        long now = transaction.first(NOW, row -> row.getLong("now")).orElseThrow();
        return now - mine.seenMillis >= ttl.toMillis();
    }

    // ---- a database that goes back in time

    /**
     * To be called in a transaction that accepts something outside the stream: that it was lost shows then.
     *
     * @return to be run after the commit
     * @throws WentBackException when the row is not what this session wrote last
     */
    Runnable prove(Transaction transaction) throws SQLException {
        Known mine = known;
        Optional<Step> step = step(transaction, STEP, ours(mine));
        if (step.isPresent()) {
            return () -> mine.committed(step.get().turn());
        }
        wentBack(transaction, mine).ifPresent(how -> {
            throw new WentBackException(this, mine.id, how);
        });
        // Others took it for dead: the next heartbeat opens another one.
        return () -> {};
    }

    /** Whether this thread is about to open another session: it has nothing to look for. */
    boolean begins() {
        return ended || Thread.holdsLock(heart) && opening;
    }

    /** On a connection that was not used before, which may lead to another server. */
    private Void look(Transaction transaction) throws SQLException {
        if (!begins()) {
            Known mine = known;
            Optional<String> wentBack = wentBack(transaction, mine);
            if (wentBack.isPresent() && mine == known) {
                throw new WentBackException(this, mine.id, wentBack.get());
            }
        }
        return null;
    }

    /**
     * Another session begins in place of one whose database has gone back in time, unless that has happened meanwhile: what it
     * had claimed is due again, and Salesforce is to be asked for what was deleted.
     */
    void beginAnew(String session, String because) {
        synchronized (heart) {
            if (session.equals(id())) {
                open(known, because);
            }
        }
    }

    /** @param wentBack how that showed; null when the session had only been silent for too long */
    private void open(Known before, String wentBack) {
        long now = System.nanoTime();
        Known opened = new Known(newId(), 1);
        Freed freed;
        opening = true;
        try {
            freed = store.write("open a session", transaction -> begin(transaction, opened, before, wentBack));
        } finally {
            opening = false;
        }
        known = opened;
        seenAt = now;
        store.sessionBegan();
        freed.report();
        if (wentBack != null) {
            LOG.error(
                    "{}; a new session begins: the stream is resumed from the position that the database holds, and a sweep is"
                            + " due. It is connected to {}",
                    wentBack,
                    store.server());
        }
    }

    private static final String OPEN = "insert into session (id, seen_at, turn, fingerprint, process)"
            + " values (:session, {now}, :turn, :fingerprint, :process)"
            + " returning turn, seen_at";
    private static final String CLOSE = "delete from session where id = :session";
    private static final String REPORT =
            """
            insert into problem (kind, message, at) values ('database_went_back', :message, {now})
            on conflict (kind, message) do update set at = excluded.at""";

    private Freed begin(Transaction transaction, Known opened, Known before, String wentBack) throws SQLException {
        Step first = transaction
                .first(
                        OPEN,
                        with("session", opened.id)
                                .and("turn", opened.turn.get())
                                .and("fingerprint", fingerprint)
                                .and("process", process.text()),
                        Step::of)
                .orElseThrow();
        opened.seenMillis = first.seenMillis();
        if (wentBack != null) {
            transaction.change(CLOSE, with("session", before.id));
            transaction.change(REPORT, with("message", JsonRows.shortened(wentBack)));
            JdbcCoverage.demandAfterLoss(transaction, new SweepDemand(wentBack, null, false));
            // What was restored meanwhile may be among what is lost. In the order of those that accept a hole.
            guard.lock(transaction);
            DoubtMarks.markAll(transaction);
        }
        DeadNeighbours.end(transaction, process);
        return keepHouse(transaction);
    }

    // ---- what is claimed

    /** Whether all of the batch is still ours; a session that was silent for half of its time says first that it lives. */
    boolean holds(Batch batch) {
        if (silent()) {
            synchronized (heart) {
                if (silent()) {
                    heartbeat();
                }
            }
        }
        return batch.deletions().stream().allMatch(this::made);
    }

    /** Whether this session, as it stands now, made the claim. */
    boolean made(ClaimedDeletion deletion) {
        return deletion.claim().startsWith(id());
    }

    private boolean silent() {
        return System.nanoTime() - seenAt > ttl.toNanos() / 2;
    }

    @Override
    public void close() {
        ended = true;
        store.write("end session", transaction -> {
            clock.look(transaction);
            return transaction.change(CLOSE, with("session", id()));
        });
    }

    private static String newId() {
        return UUID.randomUUID().toString();
    }
}
