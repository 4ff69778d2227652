package io.recordsync.ops.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recordsync.inbox.InboxException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class TimelyTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    private final AtomicInteger looks = new AtomicInteger();
    private final CountDownLatch hanging = new CountDownLatch(1);
    private volatile Supplier<String> look = () -> "look " + looks.incrementAndGet();
    private final Timely<String> timely = new Timely<>(() -> look.get(), Clock.fixed(NOW, ZoneOffset.UTC));

    private String hang() {
        try {
            hanging.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return "look " + looks.incrementAndGet();
    }

    @Test
    void each_question_is_answered_by_a_look_that_began_after_it() {
        for (int i = 1; i < 20; i++) {
            assertThat(timely.ask().await().value()).isEqualTo("look " + i);
        }
        assertThat(timely.ask().await().at()).isEqualTo(NOW);
    }

    @Test
    void a_look_that_hangs_is_answered_in_time_by_the_last_one_and_nobody_looks_twice_at_once() {
        assertThat(timely.ask().await().value()).isEqualTo("look 1");
        look = this::hang;

        for (int i = 0; i < 3; i++) {
            long asked = System.nanoTime();
            Timely<String>.Asked first = timely.ask();
            Timely<String>.Asked second = timely.ask();
            assertThat(first.await().value()).isEqualTo("look 1");
            assertThat(second.await().value()).isEqualTo("look 1");
            assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofMillis(1_950));
        }
        assertThat(looks).hasValue(1);
        assertThat(timely.ask().await().age()).isGreaterThan(Timely.PATIENCE);

        hanging.countDown();
        Awaitility.await().until(() -> timely.ask().await().value().equals("look " + looks.get()));
    }

    @Test
    void nothing_is_known_while_the_first_look_hangs() {
        look = this::hang;

        assertThat(timely.ask().await()).isNull();
        hanging.countDown();
        assertThat(timely.ask().await().value()).startsWith("look ");
    }

    @Test
    void a_database_that_fails_leaves_what_was_known_and_a_mistake_of_ours_does_not() {
        look = () -> {
            throw new InboxException("away", null);
        };
        assertThatThrownBy(() -> timely.ask().await()).hasMessage("away");
        look = () -> "known";
        timely.ask().await();

        look = () -> {
            throw new InboxException("away", null);
        };
        assertThat(timely.ask().await().value()).isEqualTo("known");
        look = () -> {
            throw new IllegalStateException("a bug");
        };
        assertThatThrownBy(() -> timely.ask().await()).hasMessage("a bug");
    }
}
