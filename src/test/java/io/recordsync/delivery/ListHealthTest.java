package io.recordsync.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.delivery.ListHealth.Success;
import io.recordsync.delivery.ListHealth.Suspension;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ListHealthTest {

    private long now = Long.MAX_VALUE - 1;
    private final Backoff backoff = new Backoff(Duration.ofSeconds(10), Duration.ofMinutes(5));
    private final ListHealth lists = new ListHealth(3, () -> now);

    @Test
    void so_many_refusals_in_a_row_with_one_code_are_the_lists() {
        assertThat(lists.refused("a", "invalid")).isFalse();
        assertThat(lists.refused("a", "invalid")).isFalse();
        assertThat(lists.refused("b", "invalid")).isFalse();
        assertThat(lists.refused("a", "invalid")).isTrue();
        assertThat(lists.refused("a", "invalid")).isTrue();
    }

    @Test
    void another_code_or_a_success_begins_the_row_anew() {
        lists.refused("a", "invalid");
        lists.refused("a", "invalid");
        assertThat(lists.refused("a", "too_long")).isFalse();
        lists.refused("a", "too_long");
        lists.succeeded("a");
        assertThat(lists.refused("a", "too_long")).isFalse();
    }

    @Test
    void a_suspended_list_is_left_alone_until_its_pause_is_over() {
        Suspension suspension = lists.suspension("a", backoff);
        assertThat(lists.suspend("a", suspension)).isTrue();

        assertThat(lists.suspended("a")).isTrue();
        assertThat(lists.suspended("b")).isFalse();
        now += suspension.pause().toNanos();
        assertThat(lists.suspended("a")).isFalse();
    }

    /** Four calls in flight that were all forbidden once made the pause eight times longer. */
    @Test
    void calls_that_fail_together_are_one_suspension_and_a_probe_that_fails_the_next() {
        Suspension first = lists.suspension("a", backoff);
        Suspension second = lists.suspension("a", backoff);
        lists.suspend("a", first);
        assertThat(lists.suspend("a", second)).isFalse();
        assertThat(lists.suspension("a", backoff).inARow()).isEqualTo(1);

        now += Duration.ofSeconds(10).toNanos();
        assertThat(lists.suspension("a", backoff).inARow()).isEqualTo(2);
        assertThat(lists.suspension("a", backoff).pause()).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(20));
    }

    @Test
    void a_success_tells_whether_the_inbox_must_hear_of_it() {
        assertThat(lists.succeeded("a")).isEqualTo(Success.FIRST);
        assertThat(lists.succeeded("a")).isEqualTo(Success.USUAL);
        lists.suspend("a", lists.suspension("a", backoff));
        assertThat(lists.succeeded("a")).isEqualTo(Success.AFTER_SUSPENSION);
        assertThat(lists.suspended("a")).isFalse();
        assertThat(lists.succeeded("a")).isEqualTo(Success.USUAL);
    }

    @Test
    void a_list_ails_alone_where_another_one_was_answered_about_since_it_was_itself() {
        assertThat(lists.ailsAlone("a")).isFalse();
        lists.answered("b");
        assertThat(lists.ailsAlone("a")).isTrue();
        lists.answered("a");
        assertThat(lists.ailsAlone("a")).isFalse();
        assertThat(lists.ailsAlone("b")).isTrue();
    }

    /** Of calls that were in flight together the second found that no other list had been answered about, and paused all. */
    @Test
    void a_list_that_is_held_up_ails_alone_and_its_hold_grows_until_it_is_let_go() {
        Suspension hold = lists.hold("a", backoff);
        assertThat(lists.holdUp("a", hold)).isTrue();
        assertThat(lists.ailsAlone("a")).isTrue();
        assertThat(lists.heldUp("a")).isEqualTo(hold.pause());
        assertThat(lists.suspended("a")).isFalse();
        assertThat(lists.hold("a", backoff).inARow()).isEqualTo(1);

        now += hold.pause().toNanos();
        assertThat(lists.heldUp("a")).isZero();
        assertThat(lists.hold("a", backoff).inARow()).isEqualTo(2);
        assertThat(lists.letGo("a")).isTrue();
        assertThat(lists.letGo("a")).isFalse();
        assertThat(lists.hold("a", backoff).inARow()).isEqualTo(1);
    }
}
