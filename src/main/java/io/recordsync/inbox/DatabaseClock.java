package io.recordsync.inbox;

import static io.recordsync.inbox.database.Parameters.with;

import io.recordsync.inbox.database.Transaction;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The database's clock as the inbox knows it: when it was last looked at, and what follows it when it was set back.
 *
 * <p>The last look is kept in the database, so that a clock that is set back while no service runs delays nothing either.
 * Each is a statement in a transaction of the session.
 */
final class DatabaseClock {

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseClock.class);

    /** A smaller step delays by as much, and no more. */
    private static final long MAX_STEP = TimeUnit.MINUTES.toMillis(1);

    /** Nobody is seen in the future, unless the clock was ahead then. */
    private static final String WENT_BACK =
            "select max(seen_at) - {now} as by_millis from (select seen_at from session union all select seen_at from clock) seen";
    /** Of several nodes the first one follows the clock: to the others nobody is ahead any more. */
    private static final String FOLLOW = "update clock set seen_at = {now} where seen_at > {now} + :step";

    private static final String FOLLOW_SESSIONS = "update session set seen_at = {now} where seen_at > {now} + :step";
    private static final String LOOK = "update clock set seen_at = {now} where seen_at < {now}";

    private static final String FOLLOW_SUBSCRIBER =
            "update stream_position set seen_at = seen_at - :by where seen_at > {now}";
    private static final String FOLLOW_LISTS =
            "update record_list set suspended_until = suspended_until - :by where suspended_until > {now}";
    private static final String FOLLOW_DELETIONS =
            "update deletion_row set due_at = due_at - :by, pending_since = pending_since - :by"
                    + " where state in ({pending}, {claimed}, {held}, {checking}) and state <> {deleted}";

    private final Guard guard;

    DatabaseClock(Guard guard) {
        this.guard = guard;
    }

    /** Remembers what it says now. */
    void look(Transaction transaction) throws SQLException {
        transaction.change(LOOK);
    }

    /** What was due, or would have been in a minute, must not wait for as long as the clock was set back by. */
    void follow(Transaction transaction) throws SQLException {
        long by = transaction.first(WENT_BACK, row -> row.getLong("by_millis")).orElse(0L);
        if (by <= MAX_STEP) {
            look(transaction);
            return;
        }
        transaction.takeRoom();
        int followed = transaction.change(FOLLOW, with("step", MAX_STEP))
                + transaction.change(FOLLOW_SESSIONS, with("step", MAX_STEP));
        if (followed > 0) {
            transaction.change(FOLLOW_SUBSCRIBER, with("by", by));
            transaction.change(FOLLOW_LISTS, with("by", by));
            guard.followClock(transaction, by);
            CatchUps.followClock(transaction, by);
            int deletions = transaction.change(FOLLOW_DELETIONS, with("by", by));
            LOG.warn(
                    "The clock of the database was set back by {} s; {} deletions that are not sent yet follow it",
                    by / 1000,
                    deletions);
        }
    }
}
