package io.recordsync.ops.health;

import io.recordsync.inbox.InboxException;
import java.time.Duration;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * One reason for which the service is not ready, as a Camel health check; the process itself may still be well.
 *
 * <p>The message of a check that is down says what is wrong in the words of the part that knows, and what to look at. A
 * check that needs the database is unknown while that does not answer: {@link StoreCheck} says so, once. The last result is
 * also the metric {@code recordsync_check_up}.
 */
public abstract class ReadinessCheck extends AbstractHealthCheck {

    /** So old is no last result while checks are asked every few seconds, unless this one hangs. */
    private static final long MAX_AGE = Duration.ofSeconds(30).toNanos();

    private volatile double up = Double.NaN;
    private volatile long seenAt = System.nanoTime();

    ReadinessCheck(String id) {
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
        CheckMetric.register(context, this, ReadinessCheck::up);
    }

    /** The last result; a scrape must not wait for a database. */
    final double up() {
        return System.nanoTime() - seenAt < MAX_AGE ? up : isDownWhenSilent() ? 0 : Double.NaN;
    }

    /** Whether it is down, and not unknown, while it hangs. */
    boolean isDownWhenSilent() {
        return false;
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
        seenAt = System.nanoTime();
    }

    /** {@code other_org: pinned is another org}; without a reason the state alone. */
    static String why(String state, String reason) {
        return reason == null ? state : state + ": " + reason;
    }
}
