package io.recordsync.ops.alerts;

import io.recordsync.config.Secret;
import io.recordsync.network.Outbound;
import io.recordsync.network.SingleCalls;
import io.recordsync.network.Target;
import io.recordsync.network.UnreadableAnswerException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A ping for a service that alarms when it stays out, while the process is alive: a dead one tells nobody.
 *
 * <p>One that was not taken is sent once more, and then no more: an old one tells nothing. The URL is a secret. Thread-safe.
 */
public final class Heartbeat {

    private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int MAX_RESPONSE_BYTES = 65_536;

    private final URI url;
    private final BooleanSupplier alive;
    private final Outbound outbound;
    private final SingleCalls calls;
    private volatile boolean failed;

    /** @param url nothing is pinged where it is empty */
    public Heartbeat(Secret url, BooleanSupplier alive, Outbound outbound) {
        this.url = url.isEmpty() ? null : URI.create(url.value());
        this.alive = alive;
        this.outbound = outbound;
        this.calls = new SingleCalls(outbound, TIMEOUT, MAX_RESPONSE_BYTES);
    }

    public void beat() {
        if (url == null) {
            return;
        }
        if (!alive.getAsBoolean()) {
            LOG.warn("No heartbeat is sent: this process only lives again after a restart");
            return;
        }
        String why = ping();
        if (why != null) {
            why = ping();
        }
        if (why != null && !failed) {
            LOG.warn("The heartbeat ({}) was not taken: {}", url.getHost(), why);
        } else if (why == null && failed) {
            LOG.info("The heartbeat is taken again");
        }
        failed = why != null;
    }

    /** Why it was not taken; null when it was. */
    private String ping() {
        try {
            int status = calls.send("POST", url, Map.of(), null).status();
            return status / 100 == 2 ? null : "answered " + status;
        } catch (UnreadableAnswerException e) {
            return e.status() / 100 == 2 ? null : "answered " + e.status();
        } catch (IOException e) {
            return outbound.explain(Target.of(url), e).orElse(e.getClass().getSimpleName());
        }
    }
}
