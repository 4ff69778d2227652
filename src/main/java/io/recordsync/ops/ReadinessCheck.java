package io.recordsync.ops;

import io.recordsync.inbox.Coverage;
import io.recordsync.inbox.InboxException;
import io.recordsync.inbox.Ledger;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;
import org.apache.camel.util.TimeUtils;

/**
 * One reason for which the service is not ready, as a Camel health check; the process itself may still be well.
 *
 * <p>The message of a check that is down says what is wrong in the words of the part that knows.
 */
public abstract class ReadinessCheck extends AbstractHealthCheck {

    private ReadinessCheck(String id) {
        super("recordsync", id);
    }

    /** Null when ready. */
    abstract String trouble();

    @Override
    public final boolean isLiveness() {
        return false;
    }

    @Override
    protected final void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        String trouble = trouble();
        if (trouble == null) {
            builder.up();
        } else {
            builder.message(trouble).down();
        }
    }

    private static String why(Map<String, Object> part, String key) {
        Object reason = part.get(key);
        return part.get("state") + (reason == null ? "" : ": " + reason);
    }

    /** Whether the database answers, and takes what is written to it. */
    public static final class Store extends ReadinessCheck {

        private final Ledger ledger;
        private final String channel;

        public Store(Ledger ledger, String channel) {
            super("store");
            this.ledger = ledger;
            this.channel = channel;
        }

        @Override
        String trouble() {
            try {
                ledger.position(channel);
                return ledger.trouble()
                        .map(trouble -> "The database fails: " + trouble)
                        .orElse(null);
            } catch (InboxException e) {
                return "The database does not answer: " + e.getMessage();
            }
        }
    }

    /**
     * Whether the stream is {@code connected}, has no error and is not silent for longer than {@code stream.idle-timeout}, or
     * another session subscribes ({@code standby}).
     */
    public static final class Stream extends ReadinessCheck {

        private static final Set<Object> READY = Set.of("connected", "standby");

        private final Supplier<Map<String, Object>> stream;
        private final Duration longestSilence;
        private final Clock clock;

        public Stream(Supplier<Map<String, Object>> stream, String longestSilence, Clock clock) {
            super("stream");
            this.stream = stream;
            this.longestSilence = Duration.ofMillis(TimeUtils.toMilliSeconds(longestSilence));
            this.clock = clock;
        }

        @Override
        String trouble() {
            Map<String, Object> now = stream.get();
            if (!READY.contains(now.get("state")) || now.get("lastError") != null) {
                return "The stream is " + why(now, "lastError");
            }
            if (now.get("state").equals("connected")
                    && now.get("lastResponseAt") instanceof Instant last
                    && last.plus(longestSilence).isBefore(clock.instant())) {
                return "The stream is silent since %s, longer than stream.idle-timeout".formatted(last);
            }
            return null;
        }
    }

    /** Whether deletions go out: the gate is {@code open}, or a person {@code paused} it. */
    public static final class Delivery extends ReadinessCheck {

        private static final Set<Object> READY = Set.of("open", "paused");

        private final Supplier<Map<String, Object>> delivery;

        public Delivery(Supplier<Map<String, Object>> delivery) {
            super("delivery");
            this.delivery = delivery;
        }

        @Override
        String trouble() {
            Map<String, Object> now = delivery.get();
            return READY.contains(now.get("state")) ? null : "Delivery is " + why(now, "reason");
        }
    }

    /**
     * Whether everything that Salesforce deleted is known: no hole in the stream, no stretch that nothing can prove, and
     * something was proven within two times {@code sweep.period}.
     */
    public static final class Sweep extends ReadinessCheck {

        private final Coverage coverage;
        private final Duration period;
        private final Clock clock;

        public Sweep(Coverage coverage, Duration period, Clock clock) {
            super("sweep");
            this.coverage = coverage;
            this.period = period;
            this.clock = clock;
        }

        @Override
        String trouble() {
            Coverage.State now;
            try {
                now = coverage.state();
            } catch (InboxException e) {
                return "The database does not answer: " + e.getMessage();
            }
            if (now.unproven() != null) {
                return ("Salesforce can no longer tell what was deleted from %s to %s: a person has to confirm (POST"
                                + " /api/sweep/confirm-unproven)")
                        .formatted(now.unproven().from(), now.unproven().until());
            }
            if (now.positionLost()) {
                return "A sweep is owed (%s): the stream has a hole%s"
                        .formatted(
                                now.owed(), now.lastError() == null ? "" : "; the last try failed: " + now.lastError());
            }
            if (now.owed() != null && now.lastError() != null) {
                return "A sweep is owed (%s), and the last try failed: %s".formatted(now.owed(), now.lastError());
            }
            // One sweep of the period that fails heals by itself; a log that stands still, or a refusal, does not.
            if (now.coveredUntil() != null
                    && now.coveredUntil().plus(period.multipliedBy(2)).isBefore(clock.instant())) {
                return "Sweeps have proven nothing after %s, longer ago than two times sweep.period (%s)"
                        .formatted(
                                now.coveredUntil(),
                                now.lastError() == null
                                        ? "Salesforce's delete log covers no more"
                                        : "the last try failed: " + now.lastError());
            }
            return null;
        }
    }
}
