package io.recordsync.ops.health;

import io.recordsync.ops.health.Timely.Seen;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.apache.camel.CamelContext;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheck.Result;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.health.HealthCheckResultBuilder;

/**
 * The health checks of a context, asked all at once: one that hangs delays none of the others, and is answered by what it said last.
 *
 * <p>A check that has not answered for {@link #MAX_AGE} is unknown; the one of the database is down then. Thread-safe.
 */
final class Checks {

    private static final Duration MAX_AGE = Duration.ofSeconds(10);

    private final HealthCheckRegistry registry;
    private final Clock clock;
    private final long begun = System.nanoTime();
    private final Map<HealthCheck, Timely<Result>> looks = new ConcurrentHashMap<>();

    Checks(CamelContext context, Clock clock) {
        this.registry = HealthCheckRegistry.get(context);
        this.clock = clock;
    }

    /**
     * What a check says.
     *
     * @param at when it said so
     * @param isOld whether it has been asked since, and has not answered
     */
    record Checked(Result result, Instant at, boolean isOld) {}

    List<Checked> ask(Predicate<HealthCheck> which) {
        long now = System.nanoTime();
        List<Asked> asked = registry.stream()
                .filter(which.and(check -> !registry.isExcluded(check)))
                .map(check -> new Asked(check, look(check).ask()))
                .toList();
        return asked.stream().map(each -> answer(each, now)).toList();
    }

    private record Asked(HealthCheck check, Timely<Result>.Asked question) {}

    private Timely<Result> look(HealthCheck check) {
        return looks.computeIfAbsent(check, its -> new Timely<>(() -> call(its), clock));
    }

    private static Result call(HealthCheck check) {
        try {
            return check.call();
        } catch (RuntimeException e) {
            return HealthCheckResultBuilder.on(check)
                    .message("The check failed: " + e)
                    .unknown()
                    .build();
        }
    }

    private Checked answer(Asked asked, long askedAt) {
        Seen<Result> seen = asked.question().await();
        if (seen != null && seen.nanos() - askedAt >= 0) {
            return new Checked(seen.value(), seen.at(), false);
        }
        Duration silent = Duration.ofNanos(System.nanoTime() - (seen == null ? begun : seen.nanos()));
        if (seen != null && silent.compareTo(MAX_AGE) < 0) {
            return new Checked(seen.value(), seen.at(), true);
        }
        return new Checked(silent(asked.check(), silent), seen == null ? clock.instant() : seen.at(), true);
    }

    private static Result silent(HealthCheck check, Duration silent) {
        HealthCheckResultBuilder builder = HealthCheckResultBuilder.on(check);
        if (check instanceof ReadinessCheck ours && ours.isDownWhenSilent()) {
            return builder.message("The database has not answered for %s s".formatted(silent.toSeconds()))
                    .down()
                    .build();
        }
        return builder.message("The check has not answered for %s s".formatted(silent.toSeconds()))
                .unknown()
                .build();
    }
}
