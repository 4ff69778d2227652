package io.recordsync.ops.health;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToDoubleFunction;
import org.apache.camel.CamelContext;
import org.apache.camel.health.HealthCheck;

/** The metric {@code recordsync_check_up} of a check: 1, 0, or NaN for unknown. */
final class CheckMetric {

    private static final String NAME = "recordsync.check.up";

    private CheckMetric() {}

    static <T extends HealthCheck> void register(CamelContext context, T check, ToDoubleFunction<T> up) {
        MeterRegistry registry =
                context.getRegistry().lookupByNameAndType("recordsyncMetricsRegistry", MeterRegistry.class);
        // Camel gives a check its context more than once.
        if (registry.find(NAME).tag("check", check.getId()).gauge() != null) {
            return;
        }
        Gauge.builder(NAME, check, up)
                .tag("check", check.getId())
                .strongReference(true)
                .register(registry);
    }
}
