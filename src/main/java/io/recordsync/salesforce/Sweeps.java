package io.recordsync.salesforce;

import io.recordsync.deletion.Intake;
import io.recordsync.deletion.Problem;
import io.recordsync.deletion.SweepReport;
import io.recordsync.delivery.Backoff;
import io.recordsync.inbox.Coverage;
import io.recordsync.inbox.Coverage.Stretch;
import io.recordsync.inbox.Coverage.Sweep;
import io.recordsync.inbox.InboxException;
import io.recordsync.inbox.Intakes;
import io.recordsync.network.NetworkException;
import io.recordsync.oauth.TokenUnavailableException;
import io.recordsync.salesforce.SalesforceAccess.RefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * When Salesforce is asked what was deleted, and what a sweep has proven.
 *
 * <p>A sweep begins when one is due, but not within {@code sweep.retry} after the last one, and later with each failure;
 * {@link #wake} ends that wait. Salesforce's delete log lags behind: a demand is answered once the log covers the instant
 * at which the first sweep after it began, and until then the log is asked again, ever less often. Thread-safe; one sweep at a time.
 */
public final class Sweeps implements Supplier<SweepReport> {

    private static final Logger LOG = LoggerFactory.getLogger(Sweeps.class);
    /** The longest wait after failures, in multiples of {@code sweep.retry}. */
    private static final int MAX_BACKOFF = 15;
    /** The longest wait for the log, likewise. */
    private static final int MAX_WAIT = 60;

    private final Coverage coverage;
    private final Intakes intakes;
    private final SyncedRecords records;
    private final List<String> entities;
    private final String apiVersion;
    private final Duration period;
    private final Duration overlap;
    private final Duration retry;
    private final Backoff backoff;
    private final Backoff waitForLog;
    private final Sightings sightings;
    private final MissedEvents missed;

    /** When the first sweep after a demand began, by Salesforce's clock: what the log has to cover to answer it. */
    private final TreeMap<Long, Instant> toBeCovered = new TreeMap<>();

    /** The stretch that was reported already for the demand at hand. */
    private Stretch reported;

    /** The last sweep, when it found all but what the log did not cover yet: the bin need not be read again. */
    private Sweeping waiting;

    private int waits;
    /** Of each entity whose bin is too much for one answer: what a range of it may be wide. */
    private final Map<String, Duration> widths = new HashMap<>();

    private volatile Sweeping latest;
    /** Whether the user was known to be blind when it began: what it has read proves nothing, even where the user sees again. */
    private boolean blind;

    private long notBefore = System.nanoTime();
    private int failures;

    public Sweeps(
            Coverage coverage,
            Intakes intakes,
            SyncedRecords records,
            List<String> entities,
            String apiVersion,
            Duration period,
            Duration overlap,
            Duration retry,
            Sightings sightings,
            MissedEvents missed) {
        this.sightings = sightings;
        this.missed = missed;
        this.coverage = coverage;
        this.intakes = intakes;
        this.records = records;
        this.entities = List.copyOf(entities);
        this.apiVersion = apiVersion;
        this.period = period;
        this.overlap = overlap;
        this.retry = retry;
        this.backoff = new Backoff(retry, retry.multipliedBy(MAX_BACKOFF));
        this.waitForLog = new Backoff(retry, retry.multipliedBy(MAX_WAIT));
    }

    /** The sweep that is due now; null when none is. */
    public synchronized Sweeping begin() {
        missed.look();
        if (System.nanoTime() - notBefore < 0) {
            return null;
        }
        // A database that fails is not asked again at once.
        pause(retry);
        Sweep sweep = coverage.begin(period).orElse(null);
        if (sweep == null) {
            wake();
            return null;
        }
        blind = sightings.anyLost();
        missed.begun();
        boolean goesOn = waiting != null && waiting.sweep().answersSame(sweep);
        latest = goesOn
                ? waiting.goOn(sweep, entities, intakes.holes())
                : new Sweeping(sweep, records, entities, apiVersion, overlap, widths, intakes.holes());
        return latest;
    }

    /** Takes no lock. */
    @Override
    public SweepReport get() {
        Sweeping sweeping = latest;
        return sweeping == null
                ? SweepReport.NONE
                : new SweepReport(sweeping.inBin() + sweeping.inLog(), sweeping.added());
    }

    /** What a person ordered is taken back: if that is running here, it ends after the question at hand. */
    public void withdraw() {
        Sweeping running = latest;
        if (running != null && running.sweep().isOrdered()) {
            running.withdraw();
        }
    }

    /** The next one need not wait. */
    public synchronized void wake() {
        notBefore = System.nanoTime();
    }

    /** What an answer brings, to be accepted one after the other. */
    public Iterator<Intake> read(Sweeping sweeping, InputStream answer, String date, String instanceUrl)
            throws IOException {
        return sweeping.read(answer, date, instanceUrl);
    }

    /** Salesforce refused what was asked. @param date the refusal's Date header */
    public void refused(Sweeping sweeping, RefusedException refusal, String date) throws IOException {
        sweeping.refused(refusal, date);
    }

    /** There was no whole answer in time; thrown again unless less can be asked for. */
    public void timedOut(Sweeping sweeping, SocketTimeoutException timeout) throws IOException {
        if (timeout instanceof ConnectTimeoutException) {
            throw timeout;
        }
        sweeping.timedOut(timeout);
    }

    public void accepted(Sweeping sweeping, Intakes.Accepted accepted) {
        sweeping.accepted(accepted.ids().size());
    }

    /**
     * All that Salesforce reports is in the inbox, and the user still sees what must be there.
     *
     * @throws RefusedException when something could not be asked: then nothing is proven
     */
    public synchronized void finish(Sweeping sweeping) throws RefusedException {
        if (sweeping.refusal() != null) {
            throw sweeping.refusal();
        }
        failures = 0;
        pause(retry);
        if (blind) {
            LOG.info("Salesforce shows the user its records again; what was read before is swept again");
            coverage.fail(sweeping.sweep(), "it began while Salesforce did not show the user its records; swept again");
            wake();
            return;
        }
        // Tried wider the next time, since what made it too much may be over.
        widths.replaceAll((entity, width) -> width.multipliedBy(2));
        Sweep sweep = sweeping.sweep();
        if (sweeping.withdrawn()) {
            LOG.info("The sweep ({}) was withdrawn; what it found is in the inbox", sweep.reason());
            coverage.fail(sweep, "");
            return;
        }
        if (toBeCovered.tailMap(sweep.demand()).isEmpty()) {
            toBeCovered.put(sweep.demand(), sweeping.end());
        }
        long answered = toBeCovered.entrySet().stream()
                .filter(demand -> !demand.getValue().isAfter(sweeping.coveredUntil()))
                .mapToLong(Map.Entry::getKey)
                .max()
                .orElse(-1);
        Stretch unproven = report(sweeping.unproven());
        coverage.finish(
                new Sweep(sweep.since(), sweep.floor(), Math.max(answered, 0), sweep.reason(), sweep.lagging()),
                sweeping.coveredUntil(),
                answered >= 0,
                unproven);
        missed.swept(sweeping);
        reported = unproven == null ? reported : unproven;
        toBeCovered.headMap(answered, true).clear();
        boolean proven = toBeCovered.isEmpty();
        if (proven) {
            reported = null;
            waits = 0;
            waiting = null;
        } else if (sweep.demanded()) {
            // The log may stand still for hours: only what it covers since is asked for, and ever less often.
            waits++;
            pause(waitForLog.after(waits));
            waiting = sweeping;
        }
        // Silent while it only waits for a log that lags behind.
        if (proven || sweeping.added() > 0 || sweeping.coveredUntil().isAfter(sweep.since())) {
            LOG.info(
                    "Swept ({}): deletions from {} to {} are proven to be in the inbox; {} found in the Recycle Bin, {} in"
                            + " the delete log, {} new{}",
                    sweep.reason(),
                    sweeping.provenFrom(),
                    sweeping.coveredUntil(),
                    sweeping.inBin(),
                    sweeping.inLog(),
                    sweeping.added(),
                    proven ? "" : "; the log lags behind, so it is swept again");
        }
    }

    /** What was accepted stays; what was demanded is still due. */
    public synchronized void fail(Sweeping sweeping, Throwable e) {
        failures++;
        Duration delay = backoff.after(failures);
        pause(delay);
        String words = words(e);
        // Salesforce would refuse it again: a person is needed, and one ERROR is enough.
        boolean alarm = failures == 1 && (root(e) instanceof RefusedException || root(e) instanceof SightLostException);
        LOG.atLevel(alarm ? Level.ERROR : Level.WARN)
                .log(
                        "Sweep ({}) failed: {}; what it found is in the inbox, tried again in {} ms",
                        sweeping.sweep().reason(),
                        words,
                        delay.toMillis());
        coverage.fail(sweeping.sweep(), words);
    }

    /** @return the stretch that is to be noted as unproven; null when there is none, or it is known */
    private Stretch report(Stretch unproven) {
        if (unproven == null
                || reported != null
                        && !unproven.from().isBefore(reported.from())
                        && !unproven.until().isAfter(reported.until())) {
            return null;
        }
        String message = "Salesforce can no longer report what was deleted from " + unproven.from() + " to "
                + unproven.until() + ": deletions in that time may have been missed; compare Talkdesk's lists with"
                + " Salesforce, then confirm (POST /api/sweep/confirm-unproven)";
        LOG.error(message);
        intakes.accept(new Intake(List.of(), List.of(new Problem("sweep_unproven", message)), null));
        return unproven;
    }

    private void pause(Duration time) {
        notBefore = System.nanoTime() + time.toNanos();
    }

    /** Ours are for people; of what the network or a library says, only the kind. */
    static String words(Throwable e) {
        Throwable root = root(e);
        if (root instanceof NetworkException) {
            return "Salesforce was not reached: " + root.getMessage();
        }
        boolean spoken = root instanceof TokenUnavailableException
                || root instanceof InboxException
                || root instanceof IllegalStateException
                || root.getClass() == IOException.class
                || root instanceof SightLostException
                || root instanceof RefusedException;
        return spoken
                ? root.getMessage()
                : "Salesforce was not reached (" + root.getClass().getSimpleName() + ")";
    }

    private static Throwable root(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null
                && !(root instanceof TokenUnavailableException || root instanceof InboxException)) {
            root = root.getCause();
        }
        return root;
    }
}
