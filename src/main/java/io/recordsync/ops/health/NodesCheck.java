package io.recordsync.ops.health;

import io.recordsync.inbox.Fingerprint.Difference;
import io.recordsync.inbox.Nodes;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether every process of the database is configured alike where that decides what is deleted; it is again once the other is gone.
 *
 * <p>Not asked by readiness probes: a change of configuration that is rolled out process by process would wait for itself.
 */
public final class NodesCheck extends ReadinessCheck {

    private static final Logger LOG = LoggerFactory.getLogger(NodesCheck.class);

    private final Nodes nodes;
    private String reported;

    public NodesCheck(Nodes nodes) {
        super("nodes");
        this.nodes = nodes;
    }

    @Override
    public boolean isReadiness() {
        return false;
    }

    @Override
    String trouble() {
        List<Difference> differences = nodes.differences();
        return report(
                differences.isEmpty()
                        ? null
                        : "Another process of this database is configured differently: "
                                + differences.stream().map(NodesCheck::words).collect(Collectors.joining("; "))
                                + ". Give each the same values, and restart those that were wrong");
    }

    private static String words(Difference difference) {
        return difference.here() == null
                ? difference.key() + " (a secret, not shown)"
                : "%s (here %s; there %s)"
                        .formatted(difference.key(), shown(difference.here()), shown(difference.there()));
    }

    private static String shown(String value) {
        return value.isEmpty() ? "nothing" : value;
    }

    /** In the log too, once: a change of configuration that is rolled out passes through this. */
    private synchronized String report(String trouble) {
        if (trouble != null && !trouble.equals(reported)) {
            LOG.warn(trouble);
        }
        if (trouble == null && reported != null) {
            LOG.info("Every process of this database is configured alike again");
        }
        reported = trouble;
        return trouble;
    }
}
