package io.recordsync.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.deletion.CallbackRow;
import io.recordsync.deletion.CallbackState;
import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.Identifier;
import io.recordsync.deletion.Intake;
import io.recordsync.deletion.Restoration;
import io.recordsync.deletion.ScheduledCallback;
import io.recordsync.inbox.CallbackBook.Deleted;
import io.recordsync.inbox.CallbackBook.Seen;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is remembered of callbacks, and which of their contacts were deleted. */
abstract class CallbackBookContract extends OnEitherDatabase {

    private static final String ANN = "003DL0000212DetYAE";
    private static final Duration PERIOD = Duration.ofMinutes(15);
    private static final Duration AFTER = Duration.ofSeconds(20);

    @Test
    void whose_a_callback_is_stays_known_once_its_record_is_gone() {
        remember("c1", ANN, CallbackState.LIVING);
        advance(Duration.ofSeconds(5));
        remember("c1", "", CallbackState.GONE);

        assertThat(book().open()).singleElement().satisfies(row -> {
            assertThat(row.externalId()).isEqualTo(ANN);
            assertThat(row.provider()).isEqualTo("salesforce");
            assertThat(row.state()).isEqualTo(CallbackState.GONE);
            assertThat(row.foundAt()).isEqualTo(START);
            assertThat(row.goneAt()).isEqualTo(START.plusSeconds(5));
        });
        remember("c1", ANN, CallbackState.LIVING);
        assertThat(book().open().get(0).goneAt())
                .as("it was there all the same")
                .isNull();
        assertThat(book().of("L1", "salesforce", ANN))
                .extracting(CallbackRow::id)
                .containsExactly("c1");
        assertThat(book().of("L2", "salesforce", ANN)).isEmpty();
        assertThat(book().of("L1", "salesforce", "")).isEmpty();
    }

    @Test
    void an_id_of_15_characters_is_kept_in_the_form_that_deletions_have() {
        remember("c1", ANN.substring(0, 15), CallbackState.LIVING);

        assertThat(book().open()).extracting(CallbackRow::externalId).containsExactly(ANN);
    }

    @Test
    void what_was_cancelled_stays_so_and_what_ended_goes_on_when_it_is_listed_again() {
        remember("c1", ANN, CallbackState.LIVING);
        remember("c2", ANN, CallbackState.LIVING);
        remember("c1", "", CallbackState.CANCELLED);
        remember("c1", "", CallbackState.GONE);
        remember("c2", "", CallbackState.ENDED);

        assertThat(book().open())
                .extracting(CallbackRow::id)
                .as("it may be listed again")
                .containsExactly("c2");
        remember("c2", "", CallbackState.GONE);
        assertThat(book().open())
                .extracting(CallbackRow::externalId, CallbackRow::endedAt)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(ANN, null));
        assertThat(book().counts())
                .containsEntry(CallbackState.CANCELLED, 1L)
                .containsEntry(CallbackState.GONE, 1L)
                .containsEntry(CallbackState.LIVING, 0L);
        assertThat(book().latest(1)).hasSize(1);
    }

    @Test
    void only_a_deletion_that_was_carried_out_here_makes_a_callback_ours() {
        remember("c1", ANN, CallbackState.LIVING);
        assertThat(book().deleted(book().open())).isEmpty();

        inbox.intakes().accept(intake(request("L1", ANN), request("L2", ANN)));
        assertThat(book().deleted(book().open())).as("not sent yet").isEmpty();
        inbox.queue().settle(deletions(inbox.queue().claim(10, 100)), Confirmation.EXACT, Duration.ZERO);
        assertThat(book().deleted(book().open())).isEqualTo(Map.of("c1", Deleted.CARRIED_OUT));

        inbox.intakes()
                .accept(new Intake(
                        List.of(),
                        List.of(new Restoration(Identifier.external("salesforce", ANN), "back/1", Instant.now(), true)),
                        List.of(),
                        null,
                        null));
        assertThat(book().deleted(book().open())).as("restored since").isEmpty();
    }

    @Test
    void a_deletion_from_another_list_or_of_another_provider_or_a_rehearsal_is_none_of_it() {
        remember("c1", ANN, CallbackState.LIVING);
        inbox.intakes()
                .accept(intake(
                        request("L2", ANN),
                        request("L1", Identifier.external("crm", ANN), "tx-crm/1"),
                        request("L1", ANN)));
        store.write(
                "test",
                transaction -> transaction.change(
                        "update deletion set state = case when record_list = 'L1' and provider = 'salesforce' then 'rehearsed' else 'deleted' end"));

        assertThat(book().deleted(book().open())).isEqualTo(Map.of("c1", Deleted.REHEARSED));
    }

    @Test
    void a_run_is_due_by_the_period_and_sooner_after_deletions_and_one_session_runs_at_a_time() {
        assertThat(book().begin(PERIOD, AFTER)).as("the first").isTrue();
        Inbox other = Inbox.open(store, SETTINGS);
        assertThat(other.callbacks().begin(PERIOD, AFTER))
                .as("while another runs")
                .isFalse();
        book().ended("", false, 0);
        assertThat(other.callbacks().begin(PERIOD, AFTER)).as("not due").isFalse();

        advance(AFTER);
        assertThat(book().begin(PERIOD, AFTER)).as("nothing was deleted").isFalse();
        inbox.intakes().accept(intake(request("L1", ANN)));
        inbox.queue().settle(deletions(inbox.queue().claim(10, 100)), Confirmation.EXACT, Duration.ZERO);
        assertThat(other.callbacks().begin(PERIOD, AFTER))
                .as("after a deletion")
                .isTrue();
        other.callbacks().ended("", false, 7);
        assertThat(book().lastRun().tooMany()).isEqualTo(7);
        advance(AFTER);
        assertThat(book().begin(PERIOD, AFTER)).isFalse();
        advance(PERIOD);
        assertThat(book().begin(PERIOD, AFTER)).as("by the period").isTrue();
    }

    @Test
    void failures_are_counted_until_a_run_comes_to_its_end_and_a_missing_right_is_told_at_once() {
        for (int i = 1; i <= 2; i++) {
            advance(PERIOD);
            assertThat(book().begin(PERIOD, AFTER)).isTrue();
            book().ended("Talkdesk answered 503", false, 0);
            assertThat(book().lastRun().failures()).isEqualTo(i);
        }
        advance(AFTER);
        assertThat(book().begin(PERIOD, AFTER)).as("not at once").isFalse();
        advance(Duration.ofMinutes(1));
        assertThat(book().begin(PERIOD, AFTER)).as("sooner than by the period").isTrue();
        book().ended("", false, 0);
        assertThat(book().lastRun().failures()).isZero();
        advance(PERIOD);
        book().begin(PERIOD, AFTER);
        book().ended("forbidden", true, 0);
        assertThat(book().lastRun().failures()).isEqualTo(CallbackBook.TROUBLE);
        assertThat(book().lastRun().error()).isEqualTo("forbidden");
    }

    @Test
    void a_run_that_fails_half_way_does_not_take_back_that_there_are_too_many() {
        book().begin(PERIOD, AFTER);
        book().ended("", false, 7);
        advance(PERIOD);
        book().begin(PERIOD, AFTER);
        book().failed("Talkdesk answered 503", false);

        assertThat(book().lastRun().tooMany()).isEqualTo(7);
        assertThat(book().lastRun().failures()).isEqualTo(1);
    }

    @Test
    void a_run_that_may_make_no_call_is_due_again_and_is_no_failure() {
        book().begin(PERIOD, AFTER);
        book().ended("", false, 0);
        advance(PERIOD);
        book().begin(PERIOD, AFTER);
        book().postponed();

        assertThat(book().begin(PERIOD, AFTER)).isTrue();
        assertThat(book().lastRun().failures()).isZero();
        assertThat(book().lastRun().at()).isEqualTo(START);
    }

    @Test
    void what_ended_long_ago_is_forgotten_and_what_is_still_to_be_made_is_not() {
        remember("c1", ANN, CallbackState.LIVING);
        remember("c2", ANN, CallbackState.LIVING);
        remember("c2", "", CallbackState.CANCELLED);
        advance(SETTINGS.retention().plusDays(1));
        inbox.retention().forget();

        assertThat(book().latest(10)).extracting(CallbackRow::id).containsExactly("c1");
    }

    private CallbackBook book() {
        return inbox.callbacks();
    }

    private void remember(String id, String externalId, CallbackState state) {
        book().remember(List.of(new Seen(
                new ScheduledCallback(id, "L1", "record-" + id),
                externalId.isEmpty() ? "" : "salesforce",
                externalId,
                state,
                false,
                true)));
    }
}
