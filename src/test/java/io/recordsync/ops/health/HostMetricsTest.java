package io.recordsync.ops.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HostMetricsTest {

    private static final String NAME = "recordsync.of.this.test";

    private final MeterRegistry ours = new SimpleMeterRegistry();
    private final MeterRegistry hosts = new SimpleMeterRegistry();

    @BeforeEach
    void aHostShowsWhatIsInTheGlobalRegistry() {
        hosts.config().commonTags("application", "of-the-host");
        Metrics.addRegistry(hosts);
    }

    @AfterEach
    void noHost() {
        Metrics.removeRegistry(hosts);
    }

    @Test
    void what_is_counted_appears_in_our_registry_and_in_the_hosts_by_itself() {
        try (HostMetrics metrics = new HostMetrics(ours)) {
            metrics.registry().counter(NAME).increment(3);

            assertThat(ours.counter(NAME).count()).isEqualTo(3);
            assertThat(hosts.get(NAME).counter().count()).isEqualTo(3);
        }
    }

    /** Else a context that is started anew would show what the one before it had counted. */
    @Test
    void it_leaves_the_hosts_registry_as_it_was() {
        hosts.counter("of.the.host").increment();
        try (HostMetrics metrics = new HostMetrics(ours)) {
            metrics.registry().counter(NAME).increment();
        }

        assertThat(hosts.find(NAME).counter()).isNull();
        assertThat(hosts.get("of.the.host").counter().count()).isEqualTo(1);
        assertThat(ours.get(NAME).counter().count()).isEqualTo(1);
    }
}
