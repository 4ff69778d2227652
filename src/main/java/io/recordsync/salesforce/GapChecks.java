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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks Salesforce which of the contacts that only a gap event named still live.
 *
 * <p>Nothing is concluded from an answer that could also mean that the user lost its permission. While Salesforce fails,
 * the rows stay in checking and are asked about less and less often. Thread-safe; one inquiry at a time.
 */
public final class GapChecks {

    private static final Logger LOG = LoggerFactory.getLogger(GapChecks.class);
    /** 200 ids make a URL of 6 kB; Salesforce takes 16. */
    private static final int MAX_IDS = 200;

    private final Doubts doubts;
    private final List<String> entities;
    private final String apiVersion;
    private final Backoff backoff;

    private long notBefore = System.nanoTime();
    private int failures;
    private boolean blind;

    public GapChecks(Doubts doubts, List<String> entities, String apiVersion, Duration backoff, Duration backoffMax) {
        this.doubts = doubts;
        this.entities = List.copyOf(entities);
        this.apiVersion = apiVersion;
        this.backoff = new Backoff(backoff, backoffMax);
    }

    /** What to ask now; null when nothing is to be checked. */
    public synchronized GapInquiry next() {
        if (System.nanoTime() - notBefore < 0) {
            return null;
        }
        List<GapCheck> checks = doubts.gapChecks(MAX_IDS);
        return checks.isEmpty() ? null : new GapInquiry(checks, entities, apiVersion);
    }

    public void read(GapInquiry inquiry, InputStream answer) throws IOException {
        inquiry.read(answer);
    }

    /** All was answered. @return what to report */
    public synchronized Intake conclude(GapInquiry inquiry) {
        doubts.living(inquiry.living());
        doubts.gone(inquiry.gone());
        if (inquiry.invisible().isEmpty()) {
            failures = 0;
            blind = false;
            return new Intake(List.of(), List.of(), null);
        }
        pause();
        String message = "Salesforce shows the user no record of " + String.join(", ", inquiry.invisible())
                + ", so nobody knows whether those that gap events named were deleted; they are asked about again (give the"
                + " user View All on the entity)";
        if (!blind) {
            LOG.error(message);
            blind = true;
        }
        return new Intake(List.of(), List.of(new Problem("gap_unanswered", message)), null);
    }

    public synchronized void fail(Throwable e) {
        Duration delay = pause();
        LOG.warn(
                "Salesforce could not be asked about what gap events named: {}; asked again in {} ms",
                Sweeps.words(e),
                delay.toMillis());
    }

    private Duration pause() {
        failures++;
        Duration delay = backoff.after(failures);
        notBefore = System.nanoTime() + delay.toNanos();
        return delay;
    }
}
