package io.recordsync.ops.health;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheck.Result;
import org.apache.camel.health.HealthCheckHelper;
import org.apache.camel.health.HealthCheckRegistry;

/**
 * What {@code /observe} answers to probes and agents: health as JSON by Camel's health checks, and the metrics in Prometheus' text
 * format. Thread-safe.
 */
public final class Observation {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String OPENMETRICS = "application/openmetrics-text";
    /** Not with q=0, which refuses it. */
    private static final Pattern WANTS_OPENMETRICS = Pattern.compile(
            Pattern.quote(OPENMETRICS) + "(?![^,]*;\\s*q=0(\\.0*)?\\s*(,|;|$))", Pattern.CASE_INSENSITIVE);

    private static final String FULL = "full";

    private final CamelContext context;
    private final PrometheusMeterRegistry registry;

    public Observation(CamelContext context, PrometheusMeterRegistry registry) {
        this.context = context;
        this.registry = registry;
    }

    /** Which checks are asked. */
    public enum Probe {
        ALL,
        /** Whether only a restart can help. */
        LIVE,
        /** Whether it does its work. */
        READY
    }

    /** What goes to the caller. */
    public record Answer(int status, String contentType, String body) {}

    /**
     * 200 when up, 503 when not.
     *
     * @param level Camel's exposure level: {@code full} shows every check, {@code oneline} none, else those that are down; null: the
     *     context's own
     */
    public Answer health(Probe probe, String level) {
        String exposed = level == null ? HealthCheckRegistry.get(context).getExposureLevel() : level;
        Collection<Result> results =
                switch (probe) {
                    case ALL -> HealthCheckHelper.invoke(context, exposed);
                    case LIVE -> HealthCheckHelper.invokeLiveness(context, exposed);
                    case READY -> HealthCheckHelper.invokeReadiness(context, exposed);
                };
        boolean up = HealthCheckHelper.isResultsUp(results, probe == Probe.READY);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("status", up ? "UP" : "DOWN");
        List<Map<String, String>> checks = results.stream()
                .filter(result -> shown(result, exposed))
                .map(Observation::check)
                .toList();
        if (!checks.isEmpty()) {
            answer.put("checks", checks);
        }
        try {
            return new Answer(up ? 200 : 503, "application/json", JSON.writeValueAsString(answer));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A health check could not be written", e);
        }
    }

    private static boolean shown(Result result, String level) {
        return switch (level) {
            case FULL -> true;
            case "oneline" -> false;
            default -> result.getState() == HealthCheck.State.DOWN;
        };
    }

    private static Map<String, String> check(Result result) {
        Map<String, String> check = new LinkedHashMap<>();
        check.put("name", result.getCheck().getId());
        check.put("status", result.getState().name());
        result.getMessage().ifPresent(message -> check.put("message", message));
        return check;
    }

    /** Every agent gets a format that it can read, whatever else it names in {@code Accept}. */
    public Answer metrics(String accept) {
        String type = accept != null && WANTS_OPENMETRICS.matcher(accept).find()
                ? OPENMETRICS + "; version=1.0.0; charset=utf-8"
                : "text/plain; version=0.0.4; charset=utf-8";
        return new Answer(200, type, registry.scrape(type));
    }
}
