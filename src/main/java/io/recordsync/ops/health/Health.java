package io.recordsync.ops.health;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckHelper;

/** Green, amber or red, with the reasons in words: by the very checks that {@code /observe/health/ready} answers by. */
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

    /** Asks every check, for the metrics that tell what came of it. */
    public void look() {
        HealthCheckHelper.invokeReadiness(context, "full");
    }

    /**
     * Red when a check is down, with what they say; else amber when there is something to look at.
     *
     * @param toLookAt what is no reason to be not ready
     * @return {@code level} and {@code reasons}
     */
    public Map<String, Object> show(List<String> toLookAt) {
        List<String> down = HealthCheckHelper.invokeReadiness(context, "full").stream()
                .filter(result -> result.getState() == HealthCheck.State.DOWN)
                .map(result -> result.getMessage().orElse(result.getCheck().getId() + " is down"))
                .toList();
        String level = !down.isEmpty() ? "red" : toLookAt.isEmpty() ? "green" : "amber";
        return Map.of(
                "level",
                level,
                "reasons",
                Stream.concat(down.stream(), toLookAt.stream()).toList());
    }
}
