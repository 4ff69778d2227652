package io.recordsync.lists;

import io.recordsync.deletion.Batch;
import io.recordsync.deletion.Presence;
import io.recordsync.delivery.NotAllowedException;
import io.recordsync.delivery.NotNowException;
import io.recordsync.inbox.CallbackBook;
import io.recordsync.oauth.TokenUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When callbacks are looked at: by runs of their own, and before deletions are sent.
 *
 * <p>One look serves all deletions that were accepted before it began. One that fails is repeated while the {@link LookPatience}
 * lasts; then deletions go on, for none may be lost or wait for ever because of callbacks. Thread-safe.
 */
final class CallbackLooks {

    private static final Logger LOG = LoggerFactory.getLogger(CallbackLooks.class);

    /** A look at very many callbacks takes no longer before a deletion; the next run goes on with them. */
    private static final Duration LONGEST_LOOK = Duration.ofMinutes(5);
    /** For how long one look serves deletions. */
    private static final Duration LOOK_SERVES = Duration.ofSeconds(60);
    /** A run follows deletions no sooner than this after the last run, or the period where that is shorter. */
    private static final Duration AFTER_DELETIONS = Duration.ofSeconds(10);

    private final CallbackBook book;
    private final boolean on;
    private final Duration period;
    private final LookPatience patience;

    /** Whoever holds it asks for the records of callbacks that are new, so that each is asked for once. */
    private final Semaphore looking = new Semaphore(1);
    /** By the database's clock: all callbacks that there were then are remembered. */
    private volatile Instant lookedAt = Instant.MIN;

    private volatile long noRunBefore = System.nanoTime();
    /** Callbacks whose records gave no clear answer last time. */
    private volatile Set<String> unclear = Set.of();
    /** Those that gave none for so long that deletions do not wait for them any more. */
    private volatile Set<String> stubborn = Set.of();
    /** What the log says of the last failure; empty once there is none. */
    private volatile String told = "";

    CallbackLooks(CallbackBook book, boolean on, Duration period, LookPatience patience) {
        this.book = book;
        this.on = on;
        this.period = period;
        this.patience = patience;
    }

    CallbackWalk begin() {
        if (!on || System.nanoTime() - noRunBefore < 0 || !looking.tryAcquire()) {
            return null;
        }
        CallbackWalk walk = null;
        try {
            if (book.begin(period, shorter(period, AFTER_DELETIONS))) {
                walk = new CallbackWalk(book.now(), false, LONGEST_LOOK);
            }
            return walk;
        } finally {
            if (walk == null) {
                looking.release();
            }
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    CallbackWalk before(Batch batch, CallbackWalk last) throws InterruptedException {
        boolean paused = last != null && last.endedByPause();
        if (!on || paused || patience.goesWithout() || looked(batch)) {
            return null;
        }
        if (!looking.tryAcquire(LONGEST_LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
            outOfTime();
            return null;
        }
        CallbackWalk walk = null;
        try {
            if (!patience.goesWithout() && !looked(batch)) {
                TimeUnit.NANOSECONDS.sleep(patience.beforeLook().toNanos());
                walk = new CallbackWalk(book.now(), true, LONGEST_LOOK);
            }
            return walk;
        } finally {
            if (walk == null) {
                looking.release();
            }
        }
    }

    private boolean looked(Batch batch) {
        Instant at = lookedAt;
        return !at.equals(Instant.MIN)
                && !at.isBefore(book.acceptedAt(batch.ids()))
                && at.isAfter(book.now().minus(shorter(period, LOOK_SERVES)));
    }

    private void outOfTime() {
        patience.gaveUp(period);
        LOG.warn("There are more callbacks than can be looked at before deletions; the next run goes on with them");
    }

    /** Whether its record is to be asked for after others. */
    boolean wasUnclear(String callback) {
        return unclear.contains(callback);
    }

    /** Once the records of all that are new were asked for, deletions go on; what was unclear is asked again first, for a while. */
    void answered(CallbackWalk walk) {
        if (!walk.newOnesSeen()) {
            return;
        }
        unclear = walk.unclearRecords();
        if (!stubborn.containsAll(unclear)) {
            patience.failed(walk.beganAt());
        }
        if (stubborn.containsAll(unclear) || patience.isUsedUp()) {
            stubborn = unclear;
            patience.succeeded();
            lookedAt = walk.began();
        }
        if (!walk.beforeDeletion()) {
            looking.release();
        }
    }

    void finished(CallbackWalk walk, int tooMany) {
        String words = walk.unclear().stream().map(Presence::words).findFirst().orElse("");
        if (!walk.beforeDeletion()) {
            book.ended(words, walk.forbidden(), tooMany);
        } else {
            if (!walk.sawNewOnes()) {
                outOfTime();
            }
            looking.release();
        }
        tell(words);
    }

    void failed(CallbackWalk walk, Throwable failure) {
        Throwable e = root(failure);
        boolean paused = e instanceof NotNowException;
        boolean serious =
                e instanceof NotAllowedException || e instanceof TokenUnavailableException refused && refused.refused();
        if (paused) {
            walk.endByPause();
        } else if (!walk.sawNewOnes()) {
            unclear = walk.unclearRecords();
            patience.failed(walk.beganAt());
            if (serious) {
                patience.gaveUp();
            }
        }
        if (walk.beforeDeletion() || !walk.sawNewOnes()) {
            looking.release();
        }
        if (!walk.beforeDeletion()) {
            noRunBefore = System.nanoTime() + shorter(period, AFTER_DELETIONS).toNanos();
            if (paused) {
                book.postponed();
            } else {
                book.failed(words(e), serious);
            }
        }
        if (!paused) {
            tell(words(e));
        }
    }

    /** Once, not at each failure in a row. */
    private void tell(String failure) {
        if (failure.equals(told)) {
            return;
        }
        if (failure.isEmpty()) {
            LOG.info("Callbacks can be looked at again");
        } else {
            LOG.warn("Callbacks cannot be looked at: {}; deletions go on", failure);
        }
        told = failure;
    }

    /** Camel wraps what an expression throws. */
    private static Throwable root(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof NotAllowedException
                    || cause instanceof NotNowException
                    || cause instanceof TokenUnavailableException) {
                return cause;
            }
        }
        return e;
    }

    private static String words(Throwable e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
