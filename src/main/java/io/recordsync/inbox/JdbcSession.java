package io.recordsync.inbox;

import static io.recordsync.inbox.database.Parameters.with;

import io.recordsync.deletion.Batch;
import io.recordsync.inbox.database.Transaction;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The session on JDBC: a row that is seen now and then, by the database's clock. */
public final class JdbcSession implements Session {

    private static final Logger LOG = LoggerFactory.getLogger(JdbcSession.class);

    private final Store store;
    private final Guard guard;
    private final Duration ttl;
    private final String fingerprint;

    private final Object heart = new Object();
    private volatile String id = newId();
    /** When the session was last seen, by {@link System#nanoTime()}, which goes on while the process is frozen. */
    private volatile long seenAt;

    /** Opens a session, and frees the claims of those that are over. */
    JdbcSession(Store store, InboxSettings settings, Guard guard, Fingerprint fingerprint) {
        this.store = store;
        this.guard = guard;
        this.ttl = settings.sessionTtl();
        this.fingerprint = fingerprint.text();
        heartbeat();
    }

    /** Of this process, as it stands now: it changes when it was taken for dead. */
    String id() {
        return id;
    }

    private static final String RENEW = "update session set seen_at = {now} where id = :session";
    private static final String OPEN =
            "insert into session (id, seen_at, fingerprint) values (:session, {now}, :fingerprint)";
    private static final String END_EXPIRED = "delete from session where seen_at <= {now} - :ttl";

    /**
     * A session id that is missing once never comes back, so what this finds cannot be wrong by the time it is updated;
     * {@code not in (select id from session)} in the update itself could free a claim of a session that opened meanwhile.
     */
    private static final String FREE_CLAIMS =
            """
            update deletion set session = '', answer_lost = true, state =\s"""
                    + Guard.PENDING_OR_HELD
                    + """

            where state = 'claimed' and state <> 'deleted' and session in (
              select session from deletion
              where state = 'claimed' and state <> 'deleted' and not exists (select 1 from session where session.id = deletion.session))
            returning id, state""";

    private record Freed(long id, boolean held) {}

    @Override
    public void heartbeat() {
        synchronized (heart) {
            beat();
        }
    }

    private void beat() {
        long now = System.nanoTime();
        String mine = id;
        String opened = newId();
        boolean[] expired = new boolean[1];
        List<Freed> freed = store.write("heartbeat", transaction -> {
            guard.reopen(transaction);
            followClock(transaction);
            expired[0] = transaction.change(RENEW, with("session", mine)) == 0;
            if (expired[0]) {
                transaction.change(OPEN, with("session", opened).and("fingerprint", fingerprint));
            }
            transaction.change(END_EXPIRED, with("ttl", ttl));
            List<Freed> rows = transaction.list(
                    FREE_CLAIMS, row -> new Freed(row.getLong("id"), "held".equals(row.getString("state"))));
            if (!rows.isEmpty()) {
                Restorations.cancelMarked(
                        transaction, rows.stream().map(Freed::id).toList());
            }
            return rows;
        });
        if (expired[0]) {
            id = opened;
        }
        seenAt = now;
        if (!freed.isEmpty()) {
            LOG.warn("{} deletions were claimed by a process that is gone; they are due again", freed.size());
            Guard.heldOnReturn(freed.stream().filter(Freed::held).count());
        }
    }

    /** Whether all of the batch is still ours; a session that was silent for half of its time says first that it lives. */
    boolean holds(Batch batch) {
        if (silent()) {
            synchronized (heart) {
                if (silent()) {
                    heartbeat();
                }
            }
        }
        String mine = id;
        return batch.deletions().stream()
                .allMatch(deletion -> deletion.session().equals(mine));
    }

    private boolean silent() {
        return System.nanoTime() - seenAt > ttl.toNanos() / 2;
    }

    /** A smaller step delays by as much, and no more. */
    private static final long MAX_CLOCK_STEP = TimeUnit.MINUTES.toMillis(1);

    /** Nobody is seen in the future, unless the database's clock was ahead then. */
    private static final String CLOCK_WENT_BACK = "select max(seen_at) - {now} as by_millis from session";
    /** Of several nodes the first one follows the clock: to the others nobody is ahead any more. */
    private static final String FOLLOW_CLOCK = "update session set seen_at = {now} where seen_at > {now} + :step";

    private static final String FOLLOW_CLOCK_SUBSCRIBER =
            "update stream_position set seen_at = seen_at - :by where seen_at > {now}";
    private static final String FOLLOW_CLOCK_LISTS =
            "update record_list set suspended_until = suspended_until - :by where suspended_until > {now}";
    private static final String FOLLOW_CLOCK_DELETIONS =
            "update deletion set due_at = due_at - :by, pending_since = pending_since - :by"
                    + " where state in ('pending', 'claimed', 'held', 'checking') and state <> 'deleted'";

    /** What was due, or would have been in a minute, must not wait for as long as the clock was set back by. */
    private void followClock(Transaction transaction) throws SQLException {
        long by = transaction
                .first(CLOCK_WENT_BACK, row -> row.getLong("by_millis"))
                .orElse(0L);
        if (by <= MAX_CLOCK_STEP) {
            return;
        }
        transaction.takeRoom();
        if (transaction.change(FOLLOW_CLOCK, with("step", MAX_CLOCK_STEP)) > 0) {
            transaction.change(FOLLOW_CLOCK_SUBSCRIBER, with("by", by));
            transaction.change(FOLLOW_CLOCK_LISTS, with("by", by));
            guard.followClock(transaction, by);
            int deletions = transaction.change(FOLLOW_CLOCK_DELETIONS, with("by", by));
            LOG.warn(
                    "The clock of the database was set back by {} s; {} deletions that are not sent yet follow it",
                    by / 1000,
                    deletions);
        }
    }

    private static final String END = "delete from session where id = :session";

    @Override
    public void close() {
        store.write("end session", transaction -> transaction.change(END, with("session", id)));
    }

    private static String newId() {
        return UUID.randomUUID().toString();
    }
}
