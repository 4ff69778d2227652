package io.recordsync.ops.health;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * Whether this process can work at all: what only a restart mends, as a Camel health check for liveness.
 *
 * <p>It is down when threads wait for each other for ever, when the thread that reads the stream is gone though nobody
 * stopped it, or when the session's clock has not ticked for five minutes. What others do to us (a database, Salesforce or
 * Talkdesk that is away) is never a reason: a restart would not help.
 */
public final class ProcessCheck extends AbstractHealthCheck {

    /** Longer than a database that does not answer holds up a heartbeat. */
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

    private final Supplier<Map<String, Object>> stream;
    private final long longestPause;
    private final LongSupplier nanoTime;
    private volatile long tickedAt;

    /** @param heartbeat how often {@link #tick} is called */
    public ProcessCheck(Supplier<Map<String, Object>> stream, Duration heartbeat) {
        this(stream, heartbeat, System::nanoTime);
    }

    ProcessCheck(Supplier<Map<String, Object>> stream, Duration heartbeat, LongSupplier nanoTime) {
        super("recordsync", "process");
        this.stream = stream;
        this.longestPause = LONGEST_PAUSE.plus(heartbeat.multipliedBy(2)).toNanos();
        this.nanoTime = nanoTime;
        tick();
    }

    @Override
    public void setCamelContext(CamelContext context) {
        super.setCamelContext(context);
        ReadinessCheck.tell(context, this, check -> check.trouble() == null ? 1 : 0);
    }

    /** The session's clock goes on, whatever becomes of the heartbeat. */
    public void tick() {
        tickedAt = nanoTime.getAsLong();
    }

    @Override
    public boolean isLiveness() {
        return true;
    }

    @Override
    public boolean isReadiness() {
        return false;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        String trouble = trouble();
        if (trouble == null) {
            builder.up();
        } else {
            builder.message(trouble).down();
        }
    }

    private String trouble() {
        if (ManagementFactory.getThreadMXBean().findDeadlockedThreads() != null) {
            return "Threads wait for each other for ever";
        }
        Map<String, Object> now = stream.get();
        if ("stopped".equals(now.get("state")) && now.get("lastError") != null) {
            return String.valueOf(now.get("lastError"));
        }
        if (nanoTime.getAsLong() - tickedAt > longestPause) {
            return "The heartbeat of the session has not been tried for " + LONGEST_PAUSE.toMinutes() + " minutes";
        }
        return null;
    }
}
