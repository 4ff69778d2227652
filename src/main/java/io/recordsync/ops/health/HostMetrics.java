package io.recordsync.ops.health;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.util.List;

/**
 * The registry that our meters are registered in: what goes into it is in ours, and in Micrometer's global one, by which a host shows
 * it among its own. Closing it takes them out of the global one.
 */
public final class HostMetrics implements AutoCloseable {

    private final CompositeMeterRegistry both = new CompositeMeterRegistry();

    /** @param ours the one that we serve ourselves */
    public HostMetrics(MeterRegistry ours) {
        both.add(ours);
        both.add(Metrics.globalRegistry);
    }

    public MeterRegistry registry() {
        return both;
    }

    @Override
    public void close() {
        List<Meter> meters = List.copyOf(both.getMeters());
        both.remove(Metrics.globalRegistry);
        remove(meters, Metrics.globalRegistry);
    }

    /** A composite of composites registers in the innermost ones, each of which may have given a meter tags of its own. */
    private static void remove(List<Meter> meters, MeterRegistry from) {
        if (from instanceof CompositeMeterRegistry composite) {
            composite.getRegistries().forEach(registry -> remove(meters, registry));
        }
        meters.forEach(meter -> from.removeByPreFilterId(meter.getId()));
    }
}
