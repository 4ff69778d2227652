package io.recordsync.routes;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.builder.RouteConfigurationBuilder;
import org.apache.camel.main.Main;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The route that forgets, on an inbox that only counts. */
class ForgetDeletionsRouteTest {

    private final FullInbox inbox = new FullInbox();

    @Test
    void it_goes_on_while_something_is_forgotten_and_then_waits() throws Exception {
        inbox.steps.addAll(List.of(1_000, 1_000, 3, 0));

        startAndAwaitSteps(4);
    }

    /** Whatever failed will fail again: in an hour, not at once. */
    @Test
    void after_a_failure_it_waits() throws Exception {
        inbox.steps.addAll(List.of(1_000, -1, 1_000));

        startAndAwaitSteps(2);
    }

    private void startAndAwaitSteps(int steps) throws Exception {
        Main main = new Main();
        main.addOverrideProperty("recordsync.enabled", "false");
        main.configure().withRoutesIncludePattern("file:routes/forget-deletions.camel.yaml");
        main.configure().addRoutesBuilder(new RouteConfigurationBuilder() {
            @Override
            public void configuration() {
                routeConfiguration("error-handling")
                        .onException(Exception.class)
                        .handled(true);
            }
        });
        main.bind("recordsyncRetention", inbox);
        main.start();
        try {
            // The steps follow each other at once: half a second is a long silence.
            Awaitility.await()
                    .atMost(Duration.ofSeconds(10))
                    .during(Duration.ofMillis(500))
                    .until(() -> inbox.asked.get() == steps);
        } finally {
            main.stop();
        }
    }

    /** Public for Camel. */
    public static final class FullInbox {

        final Deque<Integer> steps = new ArrayDeque<>();
        final AtomicInteger asked = new AtomicInteger();

        public synchronized int forget() {
            asked.incrementAndGet();
            int step = steps.remove();
            if (step < 0) {
                throw new IllegalStateException("the database is away");
            }
            return step;
        }
    }
}
