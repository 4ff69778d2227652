package io.recordsync.ops.health;

import io.recordsync.deletion.StreamReport;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether this process can work at all: what only a restart fixes, as a Camel health check for liveness.
 *
 * <p>It is down when threads are deadlocked or stand still for five minutes, when the thread that reads the stream is gone though nobody
 * stopped it, when a thread of a route that begins with a clock or a queue has died, or when the session's clock has not ticked for
 * five minutes. What others do to us (a database, Salesforce or
 * Talkdesk that is away) is never a reason: a restart would not help.
 */
public final class ProcessCheck extends AbstractHealthCheck {

    private static final Logger LOG = LoggerFactory.getLogger(ProcessCheck.class);
    /** Longer than a database that does not answer holds up a heartbeat. */
    private static final Duration MAX_PAUSE = Duration.ofMinutes(5);

    private final Supplier<StreamReport> stream;
    private final long maxPause;
    private final LongSupplier nanoTime;
    private final Workers workers = new Workers();
    private final Standstills standstills;
    private volatile long tickedAt;
    private volatile String reported;

    /** @param heartbeat how often {@link #tick} is called */
    public ProcessCheck(Supplier<StreamReport> stream, Duration heartbeat) {
        this(stream, heartbeat, System::nanoTime);
    }

    ProcessCheck(Supplier<StreamReport> stream, Duration heartbeat, LongSupplier nanoTime) {
        super("recordsync", "process");
        this.stream = stream;
        this.maxPause = MAX_PAUSE.plus(heartbeat.multipliedBy(2)).toNanos();
        this.nanoTime = nanoTime;
        this.standstills = new Standstills(MAX_PAUSE, nanoTime);
        tick();
    }

    @Override
    public void setCamelContext(CamelContext context) {
        super.setCamelContext(context);
        context.addLifecycleStrategy(workers);
        CheckMetric.register(context, this, check -> check.trouble() == null ? 1 : 0);
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
            return "Threads are deadlocked";
        }
        Optional<String> standing = standstills.look();
        if (standing.isPresent()) {
            return report(standing.get());
        }
        StreamReport now = stream.get();
        if (now.state() == StreamReport.State.STOPPED && now.lastError() != null) {
            return now.lastError();
        }
        String dead = getCamelContext().getStatus().isStarted() ? workers.dead().orElse(null) : null;
        if (dead != null) {
            return report("A thread of " + dead
                    + " has died of an error, which is in the log or on the console: only a restart"
                    + " brings it back; what it had in hand is freed then");
        }
        if (nanoTime.getAsLong() - tickedAt > maxPause) {
            return "The heartbeat of the session has not been tried for " + MAX_PAUSE.toMinutes() + " minutes";
        }
        return null;
    }

    /** In the log too, once: not everybody watches liveness. */
    private String report(String trouble) {
        if (!trouble.equals(reported)) {
            reported = trouble;
            LOG.error(trouble);
        }
        return trouble;
    }
}
