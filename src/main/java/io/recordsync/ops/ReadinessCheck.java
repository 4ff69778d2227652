package io.recordsync.ops;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.recordsync.inbox.Coverage;
import io.recordsync.inbox.InboxException;
import io.recordsync.inbox.Ledger;
import io.recordsync.oauth.AccessTokens;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;
import org.apache.camel.util.TimeUtils;

/**
 * One reason for which the service is not ready, as a Camel health check; the process itself may still be well.
 *
 * <p>The message of a check that is down says what is wrong in the words of the part that knows, and what to look at. A
 * check that needs the database is unknown while that does not answer: {@code store} says so, once. What came of it last is
 * also the metric {@code recordsync_check_up}: 1, 0, or NaN for unknown.
 */
public abstract class ReadinessCheck extends AbstractHealthCheck {

    private volatile double up = Double.NaN;

    private ReadinessCheck(String id) {
        super("recordsync", id);
    }

    /**
     * Null when ready.
     *
     * @throws InboxException when it cannot be known, because the database does not answer
     */
    abstract String trouble();

    @Override
    public void setCamelContext(CamelContext context) {
        super.setCamelContext(context);
        tell(context, this, ReadinessCheck::up);
    }

    /** The metric of a check. */
    static <T extends HealthCheck> void tell(CamelContext context, T check, ToDoubleFunction<T> up) {
        MeterRegistry registry =
                context.getRegistry().lookupByNameAndType("recordsyncMetricsRegistry", MeterRegistry.class);
        Gauge.builder("recordsync.check.up", check, up)
                .tag("check", check.getId())
                .strongReference(true)
                .register(registry);
    }

    /** What came of it last; a scrape must not wait for a database. */
    final double up() {
        return up;
    }

    @Override
    public final boolean isLiveness() {
        return false;
    }

    @Override
    protected final void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        try {
            String trouble = trouble();
            if (trouble == null) {
                builder.up();
                up = 1;
            } else {
                builder.message(trouble).down();
                up = 0;
            }
        } catch (InboxException e) {
            up = Double.NaN;
            builder.message("The database does not answer").unknown();
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
                    && now.get("silentSince") instanceof Instant last
                    && last.plus(longestSilence).isBefore(clock.instant())) {
                return "The stream is silent since %s, longer than stream.idle-timeout".formatted(last);
            }
            return null;
        }
    }

    /** Whether a stream that is connected has saved a position within two times {@code stream.idle-timeout}. */
    public static final class Position extends ReadinessCheck {

        private final Ledger ledger;
        private final String channel;
        private final Supplier<Map<String, Object>> stream;
        private final Duration longest;
        private final Clock clock;

        public Position(
                Ledger ledger,
                String channel,
                Supplier<Map<String, Object>> stream,
                String longestSilence,
                Clock clock) {
            super("position");
            this.ledger = ledger;
            this.channel = channel;
            this.stream = stream;
            this.longest = Duration.ofMillis(2 * TimeUtils.toMilliSeconds(longestSilence));
            this.clock = clock;
        }

        @Override
        String trouble() {
            Ledger.PositionEntry position = ledger.position(channel).orElse(null);
            if (position == null || !"connected".equals(stream.get().get("state"))) {
                return null;
            }
            boolean never = position.savedAt() == null;
            Instant since = never ? position.firstStart() : position.savedAt();
            if (since == null || !since.plus(longest).isBefore(clock.instant())) {
                return null;
            }
            return "The stream is connected, but no position was saved since %s%s, longer than two times"
                            .formatted(since, never ? " (the first start)" : "")
                    + " stream.idle-timeout: see the log for what is not accepted";
        }
    }

    /** Whether the saved position stays valid for longer than {@code health.expiry-warning}. */
    public static final class Expiry extends ReadinessCheck {

        private final Ledger ledger;
        private final String channel;
        private final Duration warning;
        private final Clock clock;

        public Expiry(Ledger ledger, String channel, Duration warning, Clock clock) {
            super("expiry");
            this.ledger = ledger;
            this.channel = channel;
            this.warning = warning;
            this.clock = clock;
        }

        @Override
        String trouble() {
            Instant savedAt =
                    ledger.position(channel).map(Ledger.PositionEntry::savedAt).orElse(null);
            if (savedAt == null) {
                return null;
            }
            Duration left = Status.timeToExpiry(savedAt, clock.instant());
            if (left.compareTo(warning) >= 0) {
                return null;
            }
            return ("The position saved at %s %s (Salesforce keeps it for 72 hours; health.expiry-warning): mend the"
                            + " stream, or a sweep has to find what it missed")
                    .formatted(savedAt, left.isZero() ? "has expired" : "expires in %d h".formatted(left.toHours()));
        }
    }

    /** Whether every deletion was sent within {@code health.oldest-pending}. */
    public static final class Pending extends ReadinessCheck {

        private final Ledger ledger;
        private final Duration longest;
        private final Clock clock;

        public Pending(Ledger ledger, Duration longest, Clock clock) {
            super("pending");
            this.ledger = ledger;
            this.longest = longest;
            this.clock = clock;
        }

        @Override
        String trouble() {
            return ledger.oldestPending()
                    .filter(oldest -> oldest.plus(longest).isBefore(clock.instant()))
                    .map(oldest ->
                            ("A deletion is to be sent since %s, longer than health.oldest-pending: see delivery, lists"
                                            + " and the log, and GET /api/deletions?state=pending or state=checking")
                                    .formatted(oldest))
                    .orElse(null);
        }
    }

    /** Whether no record list is suspended that deletions wait for; one that nothing waits for is asked by the next. */
    public static final class Lists extends ReadinessCheck {

        private final Ledger ledger;

        public Lists(Ledger ledger) {
            super("lists");
            this.ledger = ledger;
        }

        @Override
        String trouble() {
            String suspended = ledger.recordLists().stream()
                    .filter(list -> list.state().equals("suspended") && list.pending() > 0)
                    .map(list -> list.id() + " (" + list.lastError() + ")")
                    .collect(Collectors.joining(", "));
            return suspended.isEmpty() ? null : "Record lists are suspended, their deletions wait: " + suspended;
        }
    }

    /** Whether one end grants a token, as far as it was asked. */
    public static final class Token extends ReadinessCheck {

        private final String keys;
        private final AccessTokens tokens;

        /** @param end {@code salesforce} or {@code talkdesk} */
        public Token(String end, AccessTokens tokens) {
            super(end + "-token");
            this.keys = end + ".*";
            this.tokens = tokens;
        }

        @Override
        String trouble() {
            return tokens.refusal()
                    .map(refusal -> refusal + " (configured by " + keys + ")")
                    .orElse(null);
        }
    }

    /** Whether the mass-deletion guard lets deletions pass; also the metric {@code recordsync_guard_tripped}. */
    public static final class Guard extends ReadinessCheck {

        private final Supplier<Map<String, Object>> guard;

        /** @param guard gives {@code tripped, since, held, max, windowMs} */
        public Guard(Supplier<Map<String, Object>> guard, MeterRegistry registry) {
            super("guard");
            this.guard = guard;
            Gauge.builder("recordsync.guard.tripped", this, check -> 1 - check.up())
                    .strongReference(true)
                    .register(registry);
        }

        @Override
        String trouble() {
            Map<String, Object> now = guard.get();
            if (!Boolean.TRUE.equals(now.get("tripped"))) {
                return Long.valueOf(0).equals(now.get("held"))
                        ? null
                        : ("The mass-deletion guard is not tripped any more, but %s deletions are still held: a person has"
                                        + " to decide (POST /api/guard/approve or /api/guard/reject)")
                                .formatted(now.get("held"));
            }
            return ("The mass-deletion guard is tripped since %s, %s deletions are held: a person has to decide (POST"
                            + " /api/guard/approve or /api/guard/reject)")
                    .formatted(now.get("since"), now.get("held"));
        }
    }

    /** Whether deletions go out: the gate is {@code open}, neither shut by a failure nor by a person. */
    public static final class Delivery extends ReadinessCheck {

        private final Supplier<Map<String, Object>> delivery;

        public Delivery(Supplier<Map<String, Object>> delivery) {
            super("delivery");
            this.delivery = delivery;
        }

        @Override
        String trouble() {
            Map<String, Object> now = delivery.get();
            return "open".equals(now.get("state")) ? null : "Delivery is " + why(now, "reason");
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
            Coverage.State now = coverage.state();
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
