package io.recordsync.delivery;

import io.recordsync.deletion.Failure;
import io.recordsync.inbox.Pauses;
import io.recordsync.inbox.Pauses.Pause;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gate in front of the delivery: shut while the dialler as a whole cannot be used, or while a person is needed.
 *
 * <p>A failure of the service shuts it for a while: for what {@code Retry-After} says, else exponentially longer with
 * jitter, capped. After that one batch goes as a probe; what becomes of it opens or shuts the gate. It goes by the monotonic clock:
 * setting the wall clock neither opens it nor keeps it shut. Thread-safe.
 */
public final class DeliveryGate implements Supplier<GateReport> {

    /** Shut because the Salesforce credentials lead to an org that is not ours. */
    public static final String OTHER_ORG = "other_org";
    /** Shut because it is not known yet whether they do: until the first login has worked or failed. */
    public static final String ORG_UNCHECKED = "org_unchecked";
    /** Shut because a person paused the delivery. */
    public static final String PAUSED = "paused";

    private static final Logger LOG = LoggerFactory.getLogger(DeliveryGate.class);

    private final Backoff backoff;
    private final Clock clock;
    private final Pauses pauses;
    private final LongSupplier nanos;
    private final Map<String, String> forbidden = new TreeMap<>();
    private int failures;
    /** By the monotonic clock; of no meaning unless {@link #timed}. */
    private long shutUntil;

    private boolean timed;
    private String reason;
    private Runnable onChange = () -> {};

    /**
     * Looks for a pause first: one that was ordered before a restart goes on.
     *
     * @param clock says when the wait ends, for people
     */
    public DeliveryGate(Duration backoff, Duration backoffMax, Clock clock, Pauses pauses) {
        this(backoff, backoffMax, clock, pauses, System::nanoTime);
    }

    /** @param nanos {@link System#nanoTime} */
    DeliveryGate(Duration backoff, Duration backoffMax, Clock clock, Pauses pauses, LongSupplier nanos) {
        this.backoff = new Backoff(backoff, backoffMax);
        this.clock = clock;
        this.pauses = pauses;
        this.nanos = nanos;
        lookForPause();
    }

    /** Called whenever it might have opened. */
    synchronized void onChange(Runnable listener) {
        onChange = listener;
    }

    /**
     * The service failed: shut for a while.
     *
     * @param retryAfter the wait that the dialler asked for; null or zero when it did not
     * @return how long nothing is sent
     */
    public synchronized Duration shut(Failure failure, Duration retryAfter) {
        Duration rest = rest();
        // Calls that were in flight together fail together: that is one failure, not four.
        if (rest.isZero()) {
            failures++;
        }
        // Zero is no wait: calls would fail in turn, as fast as they can be made.
        Duration pause = retryAfter == null || retryAfter.isZero() ? backoff.after(failures) : retryAfter;
        if (pause.compareTo(rest) > 0) {
            shutUntil = nanos.getAsLong() + pause.toNanos();
            timed = true;
        }
        if (reason == null) {
            LOG.warn(
                    "Delivery paused for {} ms: {} (status {}): {}; the deletions wait in the inbox",
                    pause.toMillis(),
                    failure.code(),
                    failure.status(),
                    failure.message());
        }
        reason = failure.code() + ": " + failure.message();
        return rest();
    }

    /** What remains of the wait; zero when there is none. */
    private Duration rest() {
        long rest = timed ? shutUntil - nanos.getAsLong() : 0;
        return rest > 0 ? Duration.ofNanos(rest) : Duration.ZERO;
    }

    /** The service answered as it should. While the gate is shut that says nothing: the call was made before. */
    public void succeeded() {
        synchronized (this) {
            if (reason == null || !rest().isZero()) {
                return;
            }
            failures = 0;
            reason = null;
            timed = false;
            LOG.info("Delivery resumed: the service answers again");
        }
        onChange.run();
    }

    /** Shuts it until {@link #allow} is called with the same cause. */
    public synchronized void forbid(String cause, String why) {
        forbidden.put(cause, why);
    }

    public void allow(String cause) {
        synchronized (this) {
            if (forbidden.remove(cause) == null) {
                return;
            }
        }
        onChange.run();
    }

    /** A person stops the delivery of every process of the database until {@link #resume}. */
    public void pause(String user) {
        pauses.pause(user);
        lookForPause();
    }

    /** Also ends the wait that the dialler asked for; the next batch is a probe then. Only a person may do so. */
    public void resume() {
        pauses.resume();
        boolean waited;
        synchronized (this) {
            waited = timed;
            timed = false;
        }
        lookForPause();
        if (waited) {
            onChange.run();
        }
    }

    /** Follows what any process of the database was told: to be called now and then, and right before a call. */
    public void lookForPause() {
        Optional<Pause> pause = pauses.look();
        if (pause.isEmpty()) {
            allow(PAUSED);
            return;
        }
        forbid(
                PAUSED,
                "Paused by %s since %s, in every process of the database, until a person resumes (POST /api/resume)"
                        .formatted(pause.get().user(), pause.get().since()));
    }

    /** Whether it is shut until a person opens it. */
    synchronized boolean isForbidden() {
        return !forbidden.isEmpty();
    }

    /** How long it stays shut: zero when it is open; more than a day where a person is needed. */
    public synchronized Duration shutFor() {
        if (!forbidden.isEmpty()) {
            return Duration.ofDays(365);
        }
        return rest();
    }

    public boolean isShut() {
        return !shutFor().isZero();
    }

    /** Whether the next call is a probe: only one batch may go. */
    synchronized boolean probing() {
        return reason != null;
    }

    @Override
    public synchronized GateReport get() {
        Duration rest = rest();
        boolean waiting = !rest.isZero();
        Instant until = waiting ? clock.instant().plus(rest) : null;
        if (!forbidden.isEmpty()) {
            Map.Entry<String, String> first = forbidden.entrySet().iterator().next();
            return new GateReport(first.getKey(), first.getValue(), until);
        }
        return new GateReport(waiting ? "waiting" : reason == null ? GateReport.OPEN : "probing", reason, until);
    }
}
