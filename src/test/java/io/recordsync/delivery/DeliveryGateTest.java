package io.recordsync.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.deletion.Failure;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DeliveryGateTest {

    private static final Failure BUSY = new Failure("rate_limited", 429, "Too many", "");

    private Instant wall = Instant.parse("2026-03-01T12:00:00Z");
    private long now = Long.MAX_VALUE - 1;
    private final InMemoryPauses pauses = new InMemoryPauses();
    private final DeliveryGate gate = gate();

    private DeliveryGate gate() {
        return new DeliveryGate(
                Duration.ofSeconds(1),
                Duration.ofMinutes(5),
                ((InstantSource) () -> wall).withZone(ZoneOffset.UTC),
                pauses,
                () -> now);
    }

    @Test
    void it_is_shut_as_long_as_retry_after_says_and_then_lets_a_probe_through() {
        assertThat(gate.shut(BUSY, Duration.ofSeconds(30))).hasSeconds(30);

        pass(Duration.ofMillis(29_999));
        assertThat(gate.isShut()).isTrue();
        assertThat(gate.get().state()).isEqualTo("waiting");
        pass(Duration.ofMillis(1));
        assertThat(gate.isShut()).isFalse();
        assertThat(gate.probing()).isTrue();
        assertThat(gate.get()).isEqualTo(new GateReport("probing", "rate_limited: Too many", null));
        gate.succeeded();
        assertThat(gate.probing()).isFalse();
        assertThat(gate.get().isOpen()).isTrue();
    }

    @Test
    void without_retry_after_each_failed_probe_doubles_the_pause() {
        for (int seconds : new int[] {1, 2, 4, 8}) {
            Duration pause = gate.shut(BUSY, null);
            assertThat(pause).isBetween(Duration.ofMillis(seconds * 500L), Duration.ofSeconds(seconds));
            pass(pause);
        }
        gate.succeeded();
        assertThat(gate.shut(BUSY, null)).isLessThanOrEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void a_retry_after_of_zero_is_no_pause_so_the_backoff_applies() {
        assertThat(gate.shut(BUSY, Duration.ZERO)).isGreaterThanOrEqualTo(Duration.ofMillis(500));
    }

    @Test
    void calls_that_fail_together_are_one_failure_and_the_longest_pause_counts() {
        gate.shut(BUSY, Duration.ofSeconds(30));
        assertThat(gate.shut(BUSY, null)).hasSeconds(30);
        assertThat(gate.shut(BUSY, Duration.ofSeconds(60))).hasSeconds(60);
        pass(Duration.ofSeconds(60));
        assertThat(gate.shut(BUSY, null)).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(2));
    }

    @Test
    void a_person_who_resumes_ends_the_wait_and_the_next_batch_is_a_probe() {
        AtomicInteger changes = new AtomicInteger();
        gate.onChange(changes::incrementAndGet);
        gate.shut(BUSY, Duration.ofHours(1));

        gate.resume();

        assertThat(gate.isShut()).isFalse();
        assertThat(gate.probing()).isTrue();
        assertThat(changes).hasValueGreaterThan(0);
        assertThat(gate.shut(BUSY, Duration.ofSeconds(30))).hasSeconds(30);
    }

    /** It opened the gate against Retry-After. */
    @Test
    void the_success_of_a_call_that_was_made_before_does_not_open_it() {
        gate.shut(BUSY, Duration.ofSeconds(30));

        gate.succeeded();

        assertThat(gate.isShut()).isTrue();
        assertThat(gate.probing()).isTrue();
    }

    @Test
    void what_a_person_has_to_allow_stays_shut_whatever_succeeds() {
        AtomicInteger changes = new AtomicInteger();
        gate.onChange(changes::incrementAndGet);
        gate.pause("kim");
        gate.forbid(DeliveryGate.OTHER_ORG, "another org");
        gate.succeeded();
        pass(Duration.ofDays(30));
        assertThat(gate.isShut()).isTrue();

        gate.resume();
        assertThat(gate.isShut()).isTrue();
        assertThat(gate.get()).isEqualTo(new GateReport("other_org", "another org", null));
        gate.allow(DeliveryGate.OTHER_ORG);
        assertThat(gate.isShut()).isFalse();
        assertThat(changes).hasValue(2);
        gate.allow(DeliveryGate.OTHER_ORG);
        assertThat(changes).hasValue(2);
    }

    @Test
    void a_pause_is_of_every_process_and_goes_on_after_a_start() {
        DeliveryGate another = gate();
        gate.pause("kim");

        another.lookForPause();

        assertThat(another.isShut()).isTrue();
        assertThat(another.get().state()).isEqualTo(DeliveryGate.PAUSED);
        assertThat(another.get().reason()).contains("by kim since 2026-03-01T11:00:00Z", "every process");
        DeliveryGate started = gate();
        assertThat(started.isForbidden()).isTrue();
        another.resume();
        gate.lookForPause();
        assertThat(gate.isShut()).isFalse();
    }

    /** An hour back, and nothing was sent for an hour. */
    @Test
    void setting_the_wall_clock_neither_opens_nor_keeps_it_shut_and_shows_when_it_opens() {
        gate.shut(BUSY, Duration.ofSeconds(30));

        wall = wall.minus(Duration.ofHours(1));
        assertThat(gate.get().until()).isEqualTo(wall.plusSeconds(30));
        assertThat(gate.shutFor()).hasSeconds(30);
        now += Duration.ofSeconds(30).toNanos();
        assertThat(gate.isShut()).isFalse();

        gate.shut(BUSY, Duration.ofSeconds(30));
        wall = wall.plus(Duration.ofHours(2));
        assertThat(gate.isShut()).isTrue();
    }

    private void pass(Duration time) {
        now += time.toNanos();
        wall = wall.plus(time);
    }
}
