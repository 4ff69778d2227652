package io.recordsync.ops.health;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToDoubleFunction;
import org.apache.camel.CamelContext;
import org.apache.camel.health.HealthCheck;

/** The metric {@code recordsync_check_up} of a check: 1, 0, or NaN for unknown. */
final class CheckMetric {

    private CheckMetric() {}

    static <T extends HealthCheck> void register(CamelContext context, T check, ToDoubleFunction<T> up) {
        MeterRegistry registry =
                context.getRegistry().lookupByNameAndType("recordsyncMetricsRegistry", MeterRegistry.class);
        Gauge.builder("recordsync.check.up", check, up)
                .tag("check", check.getId())
                .strongReference(true)
                .register(registry);
    }
}
