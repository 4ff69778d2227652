package io.recordsync.ops.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.recordsync.deletion.StreamReport;
import io.recordsync.deletion.StreamReport.State;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.processor.aggregate.GroupedBodyAggregationStrategy;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The threads of routes, and what an Error does to them. */
@Timeout(30)
class WorkersTest {

    private final ProcessCheck check = new ProcessCheck(
            () -> new StreamReport(null, State.CONNECTED, null, null, null, Instant.EPOCH, Map.of()),
            Duration.ofSeconds(5));
    private final AtomicBoolean broken = new AtomicBoolean();
    private final DefaultCamelContext context = new DefaultCamelContext();

    @BeforeEach
    void start() throws Exception {
        context.getPropertiesComponent().addOverrideProperty("recordsync.enabled", "false");
        context.getRegistry().bind("recordsyncMetricsRegistry", new SimpleMeterRegistry());
        check.setCamelContext(context);
        context.getShutdownStrategy().setTimeout(1);
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("scheduler:tick?initialDelay=1&delay=1").process(exchange -> fail("tick"));
                from("seda:work?concurrentConsumers=3").process(exchange -> fail("work"));
                from("direct:gather")
                        .aggregate(constant(true), new GroupedBodyAggregationStrategy())
                        .completionInterval(10)
                        .process(exchange -> {});
            }

            private void fail(String name) {
                if (broken.get()) {
                    throw new StackOverflowError(name);
                }
            }
        });
        context.start();
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    @Test
    void while_all_live_nothing_is_found_whether_they_work_or_not() {
        for (int i = 0; i < 300; i++) {
            context.createFluentProducerTemplate().to("seda:work").withBody(i).send();
            context.createFluentProducerTemplate()
                    .to("direct:gather")
                    .withBody(i)
                    .send();
            assertThat(check.call().getState()).isEqualTo(HealthCheck.State.UP);
        }
    }

    @Test
    void a_thread_of_a_queue_that_died_is_named() throws Exception {
        context.getRouteController().stopRoute(context.getRoutes().get(0).getId());
        broken.set(true);

        context.createFluentProducerTemplate()
                .to("seda:work")
                .withBody("poison")
                .send();

        awaitDead("seda://work");
        broken.set(false);
        assertThat(check.call().getState()).isEqualTo(HealthCheck.State.DOWN);
    }

    @Test
    void a_clock_that_is_not_called_any_more_is_named() {
        broken.set(true);

        awaitDead("scheduler://tick");
    }

    @Test
    void routes_that_were_stopped_are_not_missed() throws Exception {
        context.getRouteController().stopAllRoutes();
        check.call();

        assertThat(check.call().getState()).isEqualTo(HealthCheck.State.UP);
    }

    private void awaitDead(String name) {
        // The error that kills a thread is its uncaught exception.
        Awaitility.await().dontCatchUncaughtExceptions().until(() -> {
            HealthCheck.Result result = check.call();
            return result.getState() == HealthCheck.State.DOWN
                    && result.getMessage().orElse("").startsWith("A thread of " + name + " has died of an error");
        });
    }
}
