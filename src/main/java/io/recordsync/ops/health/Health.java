package io.recordsync.ops.health;

import java.util.List;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckHelper;

/** Green, amber or red, with the reasons in words: by the checks that {@code /observe/health} answers by, but for liveness. */
public final class Health implements CamelContextAware {

    private CamelContext context;

    @Override
    public void setCamelContext(CamelContext context) {
        this.context = context;
    }

    @Override
    public CamelContext getCamelContext() {
        return context;
    }

    /** Asks every check, for the metrics that report the results. */
    public void look() {
        results();
    }

    private List<HealthCheck.Result> results() {
        return HealthCheckHelper.invoke(context, "full").stream()
                .filter(result ->
                        result.getCheck().isReadiness() || !result.getCheck().isLiveness())
                .toList();
    }

    /**
     * Red when a check is down, with what they say; else amber when there is something to look at.
     *
     * @param toLookAt what is no reason to be not ready
     */
    public HealthReport report(List<String> toLookAt) {
        List<String> down = results().stream()
                .filter(result -> result.getState() == HealthCheck.State.DOWN)
                .map(result -> result.getMessage().orElse(result.getCheck().getId() + " is down"))
                .toList();
        String level = !down.isEmpty() ? "red" : toLookAt.isEmpty() ? "green" : "amber";
        return new HealthReport(
                level, Stream.concat(down.stream(), toLookAt.stream()).toList());
    }
}
