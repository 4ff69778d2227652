package io.recordsync.lists;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recordsync.deletion.CallbackPage;
import io.recordsync.deletion.Presence;
import io.recordsync.deletion.ScheduledCallback;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** One walk through callbacks: its pages, and when a record is taken for gone. */
class CallbackWalkTest {

    private static final ScheduledCallback ONE = new ScheduledCallback("c1", "L1", "r1");
    private static final ScheduledCallback TWO = new ScheduledCallback("c2", "L2", "r2");
    private static final ScheduledCallback ELSEWHERE = new ScheduledCallback("c3", "L9", "r3");

    private final CallbackWalk walk = new CallbackWalk(Instant.EPOCH, false, Duration.ofMinutes(1));

    @Test
    void pages_are_asked_for_by_number_until_the_last_and_only_lists_that_are_served_count() throws IOException {
        assertThat(walk.query()).isEqualTo("status=UNATTEMPTED&page=1&per_page=200");
        walk.page(page(3, List.of(ELSEWHERE), false), Set.of("L1", "L2"));
        assertThat(walk.query()).contains("page=2");
        walk.page(page(3, List.of(ONE, TWO), true), Set.of("L1", "L2"));

        assertThat(walk.reading()).isFalse();
        assertThat(walk.listed().values()).containsExactly(ONE, TWO);
    }

    /** The configuration had the id in capitals, so that no callback of the list ever counted. */
    @Test
    void case_does_not_count_in_the_id_of_a_list() throws IOException {
        walk.page(page(List.of(new ScheduledCallback("c1", "5f1c", "r1")), true), Set.of("5F1C"));

        assertThat(walk.listed().values()).containsExactly(new ScheduledCallback("c1", "5F1C", "r1"));
    }

    /** A server that passes over the number of the page. */
    @Test
    void a_page_that_was_read_already_ends_the_walk() throws IOException {
        walk.page(page(List.of(ONE), false), Set.of("L1"));

        assertThatThrownBy(() -> walk.page(page(List.of(ONE), false), Set.of("L1")))
                .isInstanceOf(IOException.class);
    }

    /** It was made meanwhile, and the first of page 2 became the last of page 1: nobody saw whose it was before its record was deleted. */
    @Test
    void a_pass_that_saw_fewer_than_there_were_is_made_again() throws IOException {
        walk.page(page(3, List.of(ELSEWHERE, ONE), false), Set.of("L1", "L2"));
        walk.page(page(2, List.of(), true), Set.of("L1", "L2"));
        assertThat(walk.reading()).as("one of three was not shown").isTrue();
        assertThat(walk.pageNumber()).isOne();

        walk.page(page(2, List.of(ONE, TWO), true), Set.of("L1", "L2"));
        assertThat(walk.reading()).isFalse();
        assertThat(walk.listed().values()).containsExactly(ONE, TWO);
    }

    @Test
    void where_nobody_says_how_many_there_are_pages_are_read_again_until_they_show_nothing_new() throws IOException {
        walk.page(page(List.of(ELSEWHERE), false), Set.of("L1", "L2"));
        walk.page(page(List.of(ONE), true), Set.of("L1", "L2"));
        assertThat(walk.reading()).isTrue();
        walk.page(page(List.of(ONE), false), Set.of("L1", "L2"));
        walk.page(page(List.of(TWO), true), Set.of("L1", "L2"));
        assertThat(walk.reading()).isTrue();
        walk.page(page(List.of(ONE), false), Set.of("L1", "L2"));
        walk.page(page(List.of(TWO), true), Set.of("L1", "L2"));
        assertThat(walk.reading()).isFalse();
    }

    /** Where they come and go all the time, what any of the passes saw counts. */
    @Test
    void callbacks_that_never_stand_still_are_read_three_times_at_most() throws IOException {
        for (int pass = 0; pass < 3; pass++) {
            assertThat(walk.reading()).isTrue();
            walk.page(page(9, List.of(new ScheduledCallback("a" + pass, "L1", "r")), false), Set.of("L1"));
            walk.page(page(9, List.of(new ScheduledCallback("b" + pass, "L1", "r")), true), Set.of("L1"));
        }
        assertThat(walk.reading()).isFalse();
        assertThat(walk.listed()).hasSize(6);
    }

    private static CallbackPage page(List<ScheduledCallback> callbacks, boolean last) {
        return page(-1, callbacks, last);
    }

    private static CallbackPage page(long total, List<ScheduledCallback> callbacks, boolean last) {
        return new CallbackPage(callbacks.stream().map(ScheduledCallback::id).toList(), callbacks, total, last);
    }

    @Test
    void a_record_is_gone_only_where_its_list_is_there() throws IOException {
        walk.page(page(List.of(ONE, TWO), true), Set.of("L1", "L2"));
        walk.askForNew(List.of(ONE, TWO));
        walk.recordAnswered(Presence.gone());
        walk.recordAnswered(Presence.gone());
        assertThat(walk.checking()).isTrue();
        assertThat(walk.list()).isEqualTo("L1");
        walk.listAnswered(Presence.there("", ""));
        walk.listAnswered(Presence.gone());

        assertThat(walk.checking()).isFalse();
        assertThat(walk.seen(ONE).isGone()).isTrue();
        assertThat(walk.seen(TWO).kind()).isEqualTo(Presence.Kind.UNCLEAR);
    }

    @Test
    void what_is_forbidden_ends_the_cancelling() throws IOException {
        walk.page(page(List.of(ONE, TWO), true), Set.of("L1", "L2"));
        walk.cancel(List.of("c1", "c2"));
        walk.cancelAnswered(Presence.unclear("forbidden", true));

        assertThat(walk.cancelling()).isFalse();
        assertThat(walk.cancelled()).isEmpty();
        assertThat(walk.unclear()).hasSize(1);
    }

    /** Deletions must not wait for all of many. */
    @Test
    void before_a_deletion_the_asking_ends_after_a_while() throws IOException {
        CallbackWalk late = new CallbackWalk(Instant.EPOCH, true, Duration.ofMillis(-1));
        late.page(page(List.of(ONE), true), Set.of("L1"));
        late.askForNew(List.of(ONE));

        assertThat(late.asking()).isFalse();
        assertThat(late.newOnesSeen()).isFalse();
    }

    @Test
    void the_records_of_new_callbacks_come_first() throws IOException {
        walk.page(page(List.of(ONE, TWO), true), Set.of("L1", "L2"));
        walk.askForNew(List.of(TWO));
        walk.askAgain(List.of(ONE));
        assertThat(walk.record()).isEqualTo(TWO);
        walk.recordAnswered(Presence.there("", ""));

        assertThat(walk.newOnesSeen()).isTrue();
        assertThat(walk.newOnesSeen()).as("once").isFalse();
        assertThat(walk.record()).isEqualTo(ONE);
    }

    @Test
    void where_one_record_of_a_list_is_forbidden_the_others_are_not_asked_for() throws IOException {
        ScheduledCallback other = new ScheduledCallback("c4", "L1", "r4");
        walk.page(page(List.of(ONE, TWO, other), true), Set.of("L1", "L2"));
        walk.askForNew(List.of(ONE, other, TWO));
        walk.recordAnswered(Presence.unclear("forbidden", true));

        assertThat(walk.record()).isEqualTo(TWO);
        assertThat(walk.forbidden()).isTrue();
    }

    /** There is no use in asking for thousands of others. */
    @Test
    void many_unclear_answers_in_a_row_end_the_walk() throws IOException {
        List<ScheduledCallback> many = IntStream.range(0, 20)
                .mapToObj(i -> new ScheduledCallback("c" + i, "L1", "r" + i))
                .toList();
        walk.page(page(many, true), Set.of("L1"));
        walk.askForNew(many);
        for (int i = 0; i < 9; i++) {
            walk.recordAnswered(Presence.unclear("Talkdesk answered 503", false));
        }

        assertThatThrownBy(() -> walk.recordAnswered(Presence.unclear("Talkdesk answered 503", false)))
                .isInstanceOf(IOException.class)
                .hasMessage("Talkdesk answered 503");
    }
}
