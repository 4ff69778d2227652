package io.recordsync.ops.health;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.core.metrics.Info;
import io.recordsync.config.Version;
import io.recordsync.ops.health.Checks.Checked;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheck.Result;
import org.apache.camel.health.HealthCheckHelper;
import org.apache.camel.health.HealthCheckRegistry;

/**
 * What {@code /observe} answers to probes and agents: health as JSON by Camel's health checks, and the metrics in Prometheus' text
 * format; both from what is known, whatever hangs. Thread-safe.
 */
public final class Observation {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String OPENMETRICS = "application/openmetrics-text";
    /** Not with q=0, which refuses it. */
    private static final Pattern WANTS_OPENMETRICS = Pattern.compile(
            Pattern.quote(OPENMETRICS) + "(?![^,]*;\\s*q=0(\\.0*)?\\s*(,|;|$))", Pattern.CASE_INSENSITIVE);

    private static final String FULL = "full";

    private final Health health;
    private final PrometheusMeterRegistry registry;

    public Observation(Health health, PrometheusMeterRegistry registry) {
        this.health = health;
        this.registry = registry;
        buildInfo();
    }

    /** Micrometer takes the ending {@code _info} off the name of a gauge. */
    private void buildInfo() {
        Info.builder()
                .name("recordsync_build_info")
                .labelNames("version")
                .register(registry.getPrometheusRegistry())
                .addLabelValues(Version.text());
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

    private static Predicate<HealthCheck> checks(Probe probe) {
        return switch (probe) {
            case ALL -> check -> true;
            case LIVE -> HealthCheck::isLiveness;
            case READY -> HealthCheck::isReadiness;
        };
    }

    /**
     * 200 when up, 503 when not.
     *
     * @param level Camel's exposure level: {@code full} shows every check, {@code oneline} none, else those that are down; null: the
     *     context's own
     */
    public Answer health(Probe probe, String level) {
        String exposed = level == null
                ? HealthCheckRegistry.get(health.getCamelContext()).getExposureLevel()
                : level;
        Collection<Checked> checked = health.ask(checks(probe));
        boolean up = HealthCheckHelper.isResultsUp(
                checked.stream().map(Checked::result).toList(), probe == Probe.READY);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("status", up ? "UP" : "DOWN");
        checked.stream()
                .map(Checked::at)
                .min(Comparator.naturalOrder())
                .ifPresent(oldest -> answer.put("knownAt", oldest.toString()));
        List<Map<String, String>> checks = checked.stream()
                .filter(each -> shown(each.result(), exposed))
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

    private static Map<String, String> check(Checked checked) {
        Result result = checked.result();
        Map<String, String> check = new LinkedHashMap<>();
        check.put("name", result.getCheck().getId());
        check.put("status", result.getState().name());
        result.getMessage().ifPresent(message -> check.put("message", message));
        if (checked.isOld()) {
            check.put("knownAt", checked.at().toString());
        }
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
