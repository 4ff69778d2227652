package io.recordsync.salesforce;

import io.recordsync.deletion.Intake;
import io.recordsync.deletion.Problem;
import io.recordsync.delivery.Backoff;
import io.recordsync.inbox.Doubts;
import io.recordsync.inbox.Doubts.GapCheck;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks Salesforce which of the contacts live that only a gap event or the delete log named, that are in doubt, or that are due
 * while a stream catches up.
 *
 * <p>Nothing is concluded from an answer that could also mean that the user lost its permission. While Salesforce fails,
 * the rows stay in checking and are asked about less and less often; what waits only because of a stream that catches up goes
 * unasked after {@code stream.catch-up}. Thread-safe; one inquiry at a time.
 */
public final class GapChecks {

    private static final Logger LOG = LoggerFactory.getLogger(GapChecks.class);
    /** 200 ids make a URL of 6 kB; Salesforce takes 16. */
    private static final int MAX_IDS = 200;
    /** Failures in a row from which on a person is told. */
    private static final int TROUBLE = 3;
    /** Reads on after "In Salesforce the contact was". */
    private static final String NOBODY_CAN_TELL =
            "purged, or is not shown, so that nobody can tell whether it was merged into another one";
    /** An inquiry that goes on for longer has no answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Doubts doubts;
    private final List<String> entities;
    private final String apiVersion;
    private final Backoff backoff;
    private final Duration catchUp;
    private final Sight sight;
    private final boolean holdMerged;
    private final Semaphore woken = new Semaphore(0);

    private long notBefore = System.nanoTime();
    private int failures;
    /** What a person is to do about it; null while the user sees what must be there. */
    private volatile String blind;

    /** By {@link System#nanoTime()}; 0 while nobody is asked. */
    private volatile long askingSince;

    private volatile boolean unanswered;

    /**
     * @param catchUp {@code stream.catch-up}
     * @param holdMerged whether a person decides about those that were merged into others that live
     */
    public GapChecks(
            Doubts doubts,
            List<String> entities,
            String apiVersion,
            Duration backoff,
            Duration backoffMax,
            Duration catchUp,
            Sight sight,
            boolean holdMerged) {
        this.holdMerged = holdMerged;
        this.doubts = doubts;
        this.entities = List.copyOf(entities);
        this.apiVersion = apiVersion;
        this.backoff = new Backoff(backoff, backoffMax);
        this.catchUp = catchUp;
        this.sight = sight;
    }

    /** Something is there to be checked. */
    public void wake() {
        woken.release();
    }

    /**
     * Waits until something is there to be checked, a second at most: not all of it wakes us, and what failed is asked about again.
     *
     * @return whether it was woken
     */
    public boolean await() throws InterruptedException {
        boolean inTime = woken.tryAcquire(1, TimeUnit.SECONDS);
        woken.drainPermits();
        return inTime;
    }

    /** What to ask now; null when nothing is to be checked. */
    public synchronized GapInquiry next() {
        if (System.nanoTime() - notBefore < 0) {
            letGo();
            return null;
        }
        List<GapCheck> checks = doubts.gapChecks(MAX_IDS);
        if (checks.isEmpty()) {
            // What nobody waits for any more need not be seen.
            blind = null;
            return null;
        }
        askingSince = System.nanoTime();
        return new GapInquiry(checks, entities, apiVersion, sight);
    }

    public void read(GapInquiry inquiry, InputStream answer) throws IOException {
        inquiry.read(answer);
    }

    /** All was answered. @return what to report */
    public synchronized Intake conclude(GapInquiry inquiry) {
        askingSince = 0;
        // The next 200 follow at once: a purge that a sweep found may be of many thousands.
        wake();
        doubts.living(inquiry.living());
        doubts.gone(inquiry.gone());
        doubts.merged(inquiry.merged(), inquiry.merges(), holdMerged);
        doubts.notShown(inquiry.notShown(), holdMerged ? NOBODY_CAN_TELL : "");
        if (inquiry.invisible().isEmpty()) {
            failures = 0;
            blind = null;
            unanswered = false;
            return new Intake(List.of(), List.of(), null);
        }
        unanswered = true;
        pause();
        String message = "Salesforce shows the user no record of " + String.join(", ", inquiry.invisible())
                + ", so nobody knows whether those that are to be checked were deleted; they are asked about again (give the"
                + " user View All on the entity, "
                + EntitySight.GRANTED.formatted(String.join(" or ", inquiry.invisible())) + ")";
        if (blind == null) {
            LOG.error(message);
        }
        blind = message;
        return new Intake(List.of(), List.of(new Problem("gap_unanswered", message)), null);
    }

    /** That the user did not see what must be there, at the last look; empty where it did. */
    public Optional<String> blind() {
        return Optional.ofNullable(blind);
    }

    public synchronized void fail(Throwable e) {
        askingSince = 0;
        unanswered = true;
        Duration delay = pause();
        if (holdMerged && failures >= TROUBLE) {
            // Every deletion waits for it.
            blind = "Salesforce cannot be asked which deletions are merges (" + Sweeps.words(e)
                    + "); with salesforce.merged = hold they wait in checking";
        }
        LOG.warn(
                "Salesforce could not be asked which contacts live: {}; asked again in {} ms",
                Sweeps.words(e),
                delay.toMillis());
    }

    /**
     * To be called now and then, from another thread than the one that asks: where Salesforce does not answer, what waits only
     * because of a stream that catches up is not to wait for ever.
     */
    public void letGo() {
        long since = askingSince;
        boolean silent = since != 0 && System.nanoTime() - since > PATIENCE.toNanos();
        if (!unanswered && !silent) {
            return;
        }
        int gone = doubts.letGo(catchUp);
        if (gone > 0) {
            LOG.warn(
                    "Salesforce has not said which contacts live: {} deletions that were due while the stream caught up go unasked",
                    gone);
        }
    }

    private Duration pause() {
        failures++;
        Duration delay = backoff.after(failures);
        notBefore = System.nanoTime() + delay.toNanos();
        return delay;
    }
}
