package io.recordsync.ops.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.recordsync.deletion.StreamReport;
import io.recordsync.deletion.StreamReport.State;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.impl.DefaultCamelContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class ProcessCheckTest {

    private final AtomicLong nanos = new AtomicLong();
    private final ProcessCheck check = new ProcessCheck(
            () -> new StreamReport(null, State.WAITING, null, null, "503", Instant.EPOCH, Map.of()),
            Duration.ofSeconds(5),
            nanos::get);

    @Test
    void a_heartbeat_that_is_not_even_tried_is_noticed_and_one_that_only_fails_is_none_of_its_business() {
        nanos.addAndGet(Duration.ofSeconds(310).toNanos());
        assertThat(state()).isEqualTo(HealthCheck.State.UP);

        nanos.addAndGet(1);
        assertThat(state()).isEqualTo(HealthCheck.State.DOWN);

        check.tick();
        assertThat(state()).isEqualTo(HealthCheck.State.UP);
    }

    @Test
    void threads_that_wait_for_each_other_are_noticed() throws Exception {
        Lock one = new ReentrantLock();
        Lock other = new ReentrantLock();
        CountDownLatch bothHold = new CountDownLatch(2);
        Thread first = holding(one, other, bothHold);
        Thread second = holding(other, one, bothHold);

        Awaitility.await().until(() -> state() == HealthCheck.State.DOWN);

        first.interrupt();
        second.interrupt();
        first.join();
        second.join();
        assertThat(state()).isEqualTo(HealthCheck.State.UP);
    }

    private static Thread holding(Lock first, Lock second, CountDownLatch bothHold) {
        Thread thread = new Thread(() -> {
            first.lock();
            try {
                bothHold.countDown();
                bothHold.await();
                second.lockInterruptibly();
                second.unlock();
            } catch (InterruptedException e) {
                // The end of the test.
            } finally {
                first.unlock();
            }
        });
        thread.start();
        return thread;
    }

    private HealthCheck.State state() {
        DefaultCamelContext context = new DefaultCamelContext();
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        context.getPropertiesComponent().addOverrideProperty("recordsync.enabled", "false");
        context.getRegistry().bind("recordsyncMetricsRegistry", registry);
        check.setCamelContext(context);
        HealthCheck.State state = check.call().getState();
        assertThat(registry.get("recordsync.check.up")
                        .tag("check", "process")
                        .gauge()
                        .value())
                .isEqualTo(state == HealthCheck.State.UP ? 1 : 0);
        return state;
    }
}
