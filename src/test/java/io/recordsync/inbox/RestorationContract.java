package io.recordsync.inbox;

import static io.recordsync.inbox.database.Parameters.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.recordsync.deletion.Batch;
import io.recordsync.deletion.Commit;
import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.DeletionRequest;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.HeldReason;
import io.recordsync.deletion.Identifier;
import io.recordsync.deletion.Intake;
import io.recordsync.deletion.Origin;
import io.recordsync.deletion.Restoration;
import io.recordsync.deletion.Word;
import io.recordsync.inbox.Decisions.Selection;
import io.recordsync.inbox.Doubts.GapCheck;
import io.recordsync.inbox.Ledger.Entry;
import io.recordsync.inbox.Ledger.Filter;
import io.recordsync.inbox.Queue.Postponement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a contact's coming back, and Salesforce's word on a gap event, do to its deletions, whatever the database. */
abstract class RestorationContract extends OnEitherDatabase {

    static final Instant DELETED = START.minus(Duration.ofHours(2));
    static final Instant RESTORED = DELETED.plusSeconds(60);

    // ---- UNDELETE

    @ParameterizedTest
    @EnumSource(names = {"CHECKING", "PENDING", "HELD", "PARKED", "REHEARSED"})
    void an_undelete_cancels_what_was_not_delivered(DeletionState state) {
        accept(deletion("L1", "003A", DELETED), deletion("L2", "003A", DELETED), deletion("L1", "003B", DELETED));
        put(state);

        restore("003A", RESTORED, true);

        assertThat(entries("003A")).hasSize(2).allSatisfy(row -> {
            assertThat(row.state()).isEqualTo(DeletionState.CANCELLED);
            assertThat(row.failureCode()).isEqualTo("restored");
            assertThat(row.message()).contains("UNDELETE back-003A/1");
            assertThat(row.settledAt()).isEqualTo(START);
            assertThat(row.settledBy()).isEmpty();
        });
        assertThat(entries("003B")).extracting(Entry::state).containsExactly(state);
        assertThat(ledger.problems(10)).isEmpty();
    }

    /** Else what the first transaction brought would be claimed before the last one cancels it. */
    @Test
    void of_what_needs_several_transactions_restorations_come_first_with_the_deletions_of_their_contacts() {
        List<DeletionRequest> deletions = new ArrayList<>();
        for (int i = 0; i < JdbcIntakes.CHUNK + 10; i++) {
            deletions.add(deletion("L1", "003-" + i, DELETED));
        }
        Restoration last = new Restoration(
                Identifier.external("salesforce", "003-" + (JdbcIntakes.CHUNK + 9)), "back/1", RESTORED, true);
        Restoration first = new Restoration(Identifier.external("salesforce", "003-0"), "back/2", RESTORED, true);

        inbox.intakes().accept(new Intake(deletions, List.of(last, first), List.of(), null, null));

        assertThat(state("003-0")).isEqualTo(DeletionState.CANCELLED);
        assertThat(state("003-" + (JdbcIntakes.CHUNK + 9))).isEqualTo(DeletionState.CANCELLED);
        assertThat(state("003-1")).isEqualTo(DeletionState.PENDING);
        assertThat(entries("003-0").get(0).id())
                .isLessThan(entries("003-1").get(0).id());
        assertThat(entries("003-" + (JdbcIntakes.CHUNK + 9)).get(0).id())
                .isLessThan(entries("003-1").get(0).id());
    }

    @Test
    void an_undelete_cancels_nothing_that_was_committed_after_it() {
        accept(deletion("L1", "003A", RESTORED.plusSeconds(1)));

        restore("003A", RESTORED, true);

        assertThat(state("003A")).isEqualTo(DeletionState.PENDING);
    }

    @Test
    void within_one_response_commit_times_decide() {
        inbox.intakes()
                .accept(new Intake(
                        List.of(deletion("L1", "003A", DELETED), deletion("L1", "003A", RESTORED.plusSeconds(1))),
                        List.of(restoration("003A", RESTORED, true)),
                        List.of(),
                        null,
                        null));

        assertThat(entries("003A"))
                .extracting(Entry::state)
                .containsExactly(DeletionState.PENDING, DeletionState.CANCELLED);
    }

    @Test
    void a_replayed_undelete_changes_nothing() {
        accept(deletion("L1", "003A", DELETED));
        restore("003A", RESTORED, true);
        accept(deletion("L1", "003A", RESTORED.plusSeconds(1)));

        restore("003A", RESTORED, true);

        assertThat(state("003A")).isEqualTo(DeletionState.PENDING);
    }

    // ---- the order of commits

    /** Recorded commit times have whole seconds: in one second only the numbers tell. */
    @Test
    void within_one_second_the_commit_number_decides() {
        accept(numbered("L1", "003A", 1), numbered("L1", "003B", 3));

        restore(numbered("003A", 2), numbered("003B", 2));

        assertThat(state("003A")).isEqualTo(DeletionState.CANCELLED);
        assertThat(state("003B")).isEqualTo(DeletionState.PENDING);
        assertThat(ledger.problems(10)).isEmpty();
    }

    @Test
    void the_commit_number_decides_against_the_clock() {
        accept(request("L1", "003A", RESTORED.plusSeconds(5), new Commit(1, 1)));
        accept(request("L1", "003B", RESTORED.minusSeconds(5), new Commit(3, 1)));

        restore(numbered("003A", 2), numbered("003B", 2));

        assertThat(state("003A")).isEqualTo(DeletionState.CANCELLED);
        assertThat(state("003B")).isEqualTo(DeletionState.PENDING);
    }

    /** An older release wrote the place of a commit into a table of its own. */
    @Test
    void a_row_of_an_older_release_has_the_number_of_its_commit_beside_it() {
        accept(request("L1", "003A", RESTORED.plusSeconds(5), new Commit(1, 1)));
        accept(request("L1", "003B", RESTORED.minusSeconds(5), new Commit(3, 1)));
        store.write("test", transaction -> {
            transaction.change("insert into deletion_commit (deletion, commit_number, sequence)"
                    + " select id, commit_number, sequence from deletion_row");
            return transaction.change("update deletion_row set commit_number = null, sequence = null");
        });

        restore(numbered("003A", 2), numbered("003B", 2));

        assertThat(state("003A")).isEqualTo(DeletionState.CANCELLED);
        assertThat(state("003B")).isEqualTo(DeletionState.PENDING);
    }

    @Test
    void commit_numbers_of_nineteen_digits_differ_by_one() {
        long number = 1_721_136_551_405_445_123L;
        accept(request("L1", "003A", RESTORED, new Commit(number, 1)));
        accept(request("L1", "003B", RESTORED, new Commit(number + 1, 1)));

        restore(
                new Restoration(contact("003A"), "back-a/1", RESTORED, true, new Commit(number + 1, 1)),
                new Restoration(contact("003B"), "back-b/1", RESTORED, true, new Commit(number, 1)));

        assertThat(state("003A")).isEqualTo(DeletionState.CANCELLED);
        assertThat(state("003B")).isEqualTo(DeletionState.PENDING);
    }

    @Test
    void within_one_commit_the_sequence_number_decides() {
        accept(request("L1", "003A", RESTORED, new Commit(7, 1)), request("L1", "003B", RESTORED, new Commit(7, 2)));

        restore(
                new Restoration(contact("003A"), "back-a/2", RESTORED, true, new Commit(7, 2)),
                new Restoration(contact("003B"), "back-b/1", RESTORED, true, new Commit(7, 1)));

        assertThat(state("003A")).isEqualTo(DeletionState.CANCELLED);
        assertThat(state("003B")).isEqualTo(DeletionState.PENDING);
    }

    @Test
    void an_undelete_that_is_replayed_cancels_no_deletion_that_followed_it_in_the_same_second() {
        accept(numbered("L1", "003A", 1));
        restore(numbered("003A", 2));
        accept(numbered("L1", "003A", 3));

        accept(numbered("L1", "003A", 1));
        restore(numbered("003A", 2));

        assertThat(entries("003A"))
                .extracting(Entry::state)
                .containsExactly(DeletionState.PENDING, DeletionState.CANCELLED);
        assertThat(inbox.doubts().gapChecks(10)).isEmpty();
        assertThat(ledger.problems(10)).isEmpty();
    }

    @Test
    void what_was_delivered_before_an_undelete_of_the_same_second_is_a_problem() {
        accept(numbered("L1", "003A", 1), numbered("L1", "003B", 3));
        inbox.queue().settle(claimed(claim()), Confirmation.EXACT, Duration.ZERO);

        restore(numbered("003A", 2), numbered("003B", 2));

        assertThat(ledger.problems(10)).singleElement().satisfies(problem -> assertThat(problem.message())
                .contains("003A"));
    }

    /** A row from before, or what a sweep found: nobody knows which of the two came first. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void within_one_second_without_a_number_salesforce_is_asked(boolean living) {
        accept(deletion("L1", "003A", RESTORED), found("003B", RESTORED));

        restore(numbered("003A", 2), numbered("003B", 2));

        assertThat(claim()).isEmpty();
        answer(living);
        DeletionState expected = living ? DeletionState.CANCELLED : DeletionState.PENDING;
        assertThat(List.of(state("003A"), state("003B"))).containsOnly(expected);
        assertThat(inbox.doubts().gapChecks(10)).isEmpty();
        assertThat(claim()).hasSize(living ? 0 : 2);
    }

    @Test
    void what_was_delivered_within_one_second_of_an_undelete_is_a_problem() {
        accept(deletion("L1", "003A", RESTORED));
        inbox.queue().settle(claimed(claim()), Confirmation.EXACT, Duration.ZERO);

        restore("003A", RESTORED, true);

        assertThat(ledger.problems(10)).extracting(Ledger.ProblemEntry::kind).containsExactly("restored_after_delete");
    }

    @Test
    void a_call_that_succeeds_while_an_undelete_of_the_same_second_comes_is_a_problem() {
        accept(deletion("L1", "003A", RESTORED), deletion("L1", "003B", RESTORED));
        List<Long> claimed = claim();
        restore("003A", RESTORED, true);

        inbox.queue().settle(claimed(claimed), Confirmation.EXACT, Duration.ZERO);

        assertThat(ledger.problems(10)).singleElement().satisfies(problem -> assertThat(problem.message())
                .contains("003A"));
    }

    @Test
    void what_a_sweep_finds_within_one_second_of_a_restoration_is_asked_about() {
        restore("003A", RESTORED, true);

        accept(found("003A", RESTORED));

        assertThat(state("003A")).isEqualTo(DeletionState.CHECKING);
    }

    /** Deleted, restored and deleted again within one second, and the second deletion was in a hole. */
    @Test
    void a_sweep_finds_what_was_deleted_again_within_the_second_of_its_restoration() {
        accept(numbered("L1", "003A", 1));
        restore(numbered("003A", 2));

        accept(found("003A", RESTORED));

        assertThat(entries("003A"))
                .extracting(Entry::state)
                .containsExactly(DeletionState.CHECKING, DeletionState.CANCELLED);
    }

    @Test
    void an_event_that_adopts_what_a_sweep_found_brings_its_number() {
        accept(found("003A", RESTORED));
        accept(numbered("L1", "003A", 3));

        restore(numbered("003A", 2));

        assertThat(entries("003A")).extracting(Entry::state).containsExactly(DeletionState.PENDING);
    }

    // ---- the last look

    @Test
    void what_is_restored_while_it_waits_for_its_call_is_not_sent_and_its_neighbours_are() {
        accept(deletion("L1", "003A", DELETED), deletion("L1", "003B", DELETED));
        Batch batch = inbox.queue().claim(1, 10).get(0);
        assertThat(inbox.queue().overtaken(batch)).isFalse();

        restore("003A", RESTORED, true);

        assertThat(inbox.queue().overtaken(batch)).isTrue();
        inbox.queue().release(claimed(batch.ids()));
        assertThat(state("003A")).isEqualTo(DeletionState.CANCELLED);
        Batch rest = inbox.queue().claim(1, 10).get(0);
        assertThat(rest.identifiers()).containsExactly(contact("003B"));
        assertThat(inbox.queue().overtaken(rest)).isFalse();
    }

    @Test
    void what_comes_into_doubt_while_it_waits_for_its_call_is_asked_about() {
        accept(deletion("L1", "003A", DELETED), deletion("L1", "003B", RESTORED));
        Batch batch = inbox.queue().claim(1, 10).get(0);

        restore("003A", RESTORED, false);
        restore("003B", RESTORED, true);

        assertThat(inbox.queue().overtaken(batch)).isTrue();
        inbox.queue().release(claimed(batch.ids()));
        assertThat(List.of(state("003A"), state("003B"))).containsOnly(DeletionState.CHECKING);
    }

    @Test
    void a_restoration_of_somebody_else_stops_no_batch() {
        accept(deletion("L1", "003A", DELETED));
        Batch batch = inbox.queue().claim(1, 10).get(0);

        restore("003B", RESTORED, true);

        assertThat(inbox.queue().overtaken(batch)).isFalse();
    }

    // ---- a hole in the stream

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void after_a_hole_salesforce_is_asked_about_what_is_pending(boolean living) {
        accept(numbered("L1", "003A", 1), found("003B", DELETED), reconciled("003C"));

        hole();

        assertThat(claim()).isEmpty();
        answer(living);
        assertThat(List.of(state("003A"), state("003B"), state("003C")))
                .containsOnly(living ? DeletionState.CANCELLED : DeletionState.PENDING);
        assertThat(claim()).hasSize(living ? 0 : 3);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void what_is_parked_still_needs_its_redrive_and_is_asked_about_then(boolean living) {
        accept(deletion("L1", "003A", DELETED));
        inbox.queue().park(claimed(claim()), REFUSED);

        hole();

        assertThat(state("003A")).isEqualTo(DeletionState.PARKED);
        assertThat(inbox.doubts().gapChecks(10)).isEmpty();
        inbox.decisions().redrive(new Selection(List.of(), "L1", null), "kim");
        assertThat(state("003A")).isEqualTo(DeletionState.CHECKING);
        answer(living);
        assertThat(state("003A")).isEqualTo(living ? DeletionState.CANCELLED : DeletionState.PENDING);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void what_is_rehearsed_still_needs_its_go_live_and_is_asked_about_then(boolean living) {
        accept(deletion("L1", "003A", DELETED));
        inbox.queue().rehearse(claimed(claim()));

        hole();

        assertThat(state("003A")).isEqualTo(DeletionState.REHEARSED);
        inbox.decisions().goLive(new Selection(List.of(), "L1", null), Set.of(), "ada");
        assertThat(state("003A")).isEqualTo(DeletionState.CHECKING);
        answer(living);
        assertThat(state("003A")).isEqualTo(living ? DeletionState.CANCELLED : DeletionState.PENDING);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void what_is_held_still_needs_its_approval_and_is_asked_about_then(boolean living) {
        accept(deletion("L1", "003A", DELETED));
        put(DeletionState.HELD);

        hole();

        assertThat(state("003A")).isEqualTo(DeletionState.HELD);
        inbox.decisions().approve(new Selection(List.of(), "L1", null), "kim");
        assertThat(state("003A")).isEqualTo(DeletionState.CHECKING);
        answer(living);
        assertThat(state("003A")).isEqualTo(living ? DeletionState.CANCELLED : DeletionState.PENDING);
    }

    @ParameterizedTest
    @EnumSource(Postponement.class)
    void what_was_on_its_way_is_asked_about_before_it_is_sent_again(Postponement why) {
        accept(deletion("L1", "003A", DELETED));
        Batch batch = inbox.queue().claim(1, 10).get(0);

        hole();

        assertThat(inbox.queue().overtaken(batch)).isTrue();
        inbox.queue().postpone(claimed(batch.ids()), Duration.ZERO, UNAVAILABLE, why);
        assertThat(state("003A")).isEqualTo(DeletionState.CHECKING);
        answer(false);
        assertThat(state("003A")).isEqualTo(DeletionState.PENDING);
    }

    @Test
    void what_a_person_ordered_is_never_in_doubt() {
        accept(
                new DeletionRequest("L1", contact("003A"), "api:1", Origin.API, DELETED, DeletionState.PENDING),
                new DeletionRequest(
                        "L1", Identifier.record("r-1"), "api:1", Origin.API, DELETED, DeletionState.PENDING));

        hole();

        assertThat(claim()).hasSize(2);
    }

    @Test
    void what_comes_after_the_hole_is_not_in_doubt() {
        hole();

        accept(deletion("L1", "003A", DELETED));

        assertThat(claim()).hasSize(1);
    }

    /** It was asked before the second hole: its answer says nothing of what that may hide. */
    @Test
    void an_answer_from_before_another_hole_ends_no_doubt() {
        accept(deletion("L1", "003A", DELETED));
        hole();
        List<GapCheck> asked = inbox.doubts().gapChecks(10);
        hole();

        assertThat(inbox.doubts().gone(asked)).isZero();

        assertThat(state("003A")).isEqualTo(DeletionState.CHECKING);
        answer(false);
        assertThat(state("003A")).isEqualTo(DeletionState.PENDING);
    }

    @Test
    void what_is_answered_is_asked_about_once() {
        accept(deletion("L1", "003A", DELETED));
        hole();
        answer(false);

        inbox.queue().postpone(claimed(claim()), Duration.ZERO, UNAVAILABLE, Postponement.FAILED);

        assertThat(state("003A")).isEqualTo(DeletionState.PENDING);
    }

    @Test
    void a_gap_undelete_that_is_not_confirmed_puts_in_doubt_what_is_parked() {
        accept(deletion("L1", "003A", DELETED));
        inbox.queue().park(claimed(claim()), REFUSED);
        restore("003A", RESTORED, false);

        inbox.decisions().redrive(new Selection(List.of(), "L1", null), "kim");

        assertThat(state("003A")).isEqualTo(DeletionState.CHECKING);
    }

    // ---- orders

    @Test
    void what_a_person_ordered_stands() {
        accept(new DeletionRequest("L1", contact("003A"), "api:1", Origin.API, DELETED, DeletionState.PENDING));

        restore("003A", RESTORED, true);

        assertThat(state("003A")).isEqualTo(DeletionState.PENDING);
    }

    @Test
    void another_provider_with_the_same_id_is_another_contact() {
        accept(new DeletionRequest(
                "L1", Identifier.external("hubspot", "003A"), "tx/1", Origin.STREAM, DELETED, DeletionState.PENDING));

        restore("003A", RESTORED, true);

        assertThat(state("003A")).isEqualTo(DeletionState.PENDING);
    }

    @Test
    void what_was_delivered_already_is_a_problem_told_once() {
        accept(deletion("L1", "003A", DELETED), deletion("L2", "003A", DELETED));
        inbox.queue().settle(claimed(claim()), Confirmation.EXACT, Duration.ZERO);

        restore("003A", RESTORED, true);
        restore("003A", RESTORED, true);

        assertThat(entries("003A")).extracting(Entry::state).containsOnly(DeletionState.DELETED);
        assertThat(ledger.problems(10)).singleElement().satisfies(problem -> {
            assertThat(problem.kind()).isEqualTo("restored_after_delete");
            assertThat(problem.message()).contains("Contact 003A was restored in Salesforce");
        });
    }

    // ---- while a call is on its way

    @Test
    void a_call_that_succeeds_after_the_undelete_is_a_problem() {
        accept(deletion("L1", "003A", DELETED), deletion("L1", "003B", DELETED));
        List<Long> claimed = claim();
        restore("003A", RESTORED, true);

        assertThat(inbox.queue().settle(claimed(claimed), Confirmation.EXACT, Duration.ZERO))
                .isEqualTo(2);

        assertThat(state("003A")).isEqualTo(DeletionState.DELETED);
        assertThat(ledger.problems(10)).singleElement().satisfies(problem -> assertThat(problem.message())
                .contains("003A")
                .doesNotContain("003B"));
    }

    @Test
    void a_call_that_fails_after_the_undelete_cancels() {
        accept(deletion("L1", "003A", DELETED), deletion("L1", "003B", DELETED));
        List<Long> claimed = claim();
        restore("003A", RESTORED, true);

        inbox.queue().postpone(claimed(claimed), Duration.ZERO, UNAVAILABLE, Postponement.FAILED);

        assertThat(state("003A")).isEqualTo(DeletionState.CANCELLED);
        assertThat(state("003B")).isEqualTo(DeletionState.PENDING);
        assertThat(ledger.attempts(claimed.get(0))).hasSize(1);
        assertThat(ledger.problems(10)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"ANSWER_LOST", "UNCONFIRMED"})
    void a_call_whose_end_is_not_known_cancels_and_is_a_problem(Postponement why) {
        accept(deletion("L1", "003A", DELETED));
        List<Long> claimed = claim();
        restore("003A", RESTORED, true);

        inbox.queue().postpone(claimed(claimed), Duration.ZERO, UNAVAILABLE, why);

        assertThat(state("003A")).isEqualTo(DeletionState.CANCELLED);
        assertThat(ledger.problems(10)).hasSize(1);
    }

    /** It was cancelled without a word, and the record may be gone. */
    @ParameterizedTest
    @EnumSource(names = {"ANSWER_LOST", "UNCONFIRMED"})
    void an_undelete_after_a_call_whose_end_is_not_known_is_a_problem(Postponement why) {
        accept(deletion("L1", "003A", DELETED), deletion("L1", "003B", DELETED));
        inbox.queue().postpone(claimed(claim()), Duration.ZERO, UNAVAILABLE, why);

        restore("003A", RESTORED, true);
        restore("003B", RESTORED, false);
        inbox.doubts().living(inbox.doubts().gapChecks(10));

        assertThat(state("003A")).isEqualTo(DeletionState.CANCELLED);
        assertThat(state("003B")).isEqualTo(DeletionState.CANCELLED);
        assertThat(ledger.problems(10))
                .extracting(Ledger.ProblemEntry::message)
                .satisfiesExactlyInAnyOrder(a -> assertThat(a).contains("Contact 003A"), b -> assertThat(b)
                        .contains("Contact 003B"));
    }

    @Test
    void a_refusal_after_the_undelete_cancels() {
        accept(deletion("L1", "003A", DELETED));
        List<Long> claimed = claim();
        restore("003A", RESTORED, true);

        inbox.queue().park(claimed(claimed), REFUSED);

        assertThat(state("003A")).isEqualTo(DeletionState.CANCELLED);
    }

    @Test
    void what_is_given_back_after_the_undelete_is_cancelled() {
        accept(deletion("L1", "003A", DELETED));
        List<Long> claimed = claim();
        restore("003A", RESTORED, true);

        inbox.queue().release(claimed(claimed));

        assertThat(state("003A")).isEqualTo(DeletionState.CANCELLED);
        assertThat(ledger.problems(10)).isEmpty();
    }

    @Test
    void what_a_dead_process_had_on_its_way_is_cancelled_and_a_problem() {
        accept(deletion("L1", "003A", DELETED));
        claim();
        restore("003A", RESTORED, true);
        inbox.session().close();

        Inbox.open(store, SETTINGS);

        assertThat(state("003A")).isEqualTo(DeletionState.CANCELLED);
        assertThat(ledger.problems(10)).hasSize(1);
    }

    // ---- gap events

    @Test
    void a_gap_event_s_deletion_waits_for_salesforce_s_word() {
        accept(
                gapDeletion("L1", "003A", DELETED),
                gapDeletion("L2", "003A", DELETED),
                gapDeletion("L1", "003B", DELETED));

        assertThat(inbox.queue().claim(10, 10)).isEmpty();
        List<GapCheck> checks = inbox.doubts().gapChecks(10);
        assertThat(checks).extracting(GapCheck::contactId).containsExactly("003A", "003B");
        assertThat(checks.get(0).deletions()).hasSize(2);
        assertThat(inbox.doubts().living(checks.subList(0, 1))).isEqualTo(2);
        assertThat(inbox.doubts().gone(checks.subList(1, 2))).isEqualTo(1);

        assertThat(entries("003A")).allSatisfy(row -> {
            assertThat(row.state()).isEqualTo(DeletionState.CANCELLED);
            assertThat(row.failureCode()).isEqualTo("living");
        });
        assertThat(state("003B")).isEqualTo(DeletionState.PENDING);
        assertThat(inbox.doubts().gapChecks(10)).isEmpty();
        assertThat(claim()).hasSize(1);
    }

    /** A user who does not see a contact is told of it what is told of one that was purged. */
    @Test
    void of_what_is_not_shown_only_what_is_in_doubt_waits_for_a_person_who_decides_it() {
        accept(deletion("L1", "003A", DELETED), deletion("L1", "003C", DELETED));
        hole();
        accept(gapDeletion("L1", "003B", DELETED));
        List<GapCheck> asked = inbox.doubts().gapChecks(10);
        assertThat(asked).extracting(GapCheck::contactId).containsExactly("003A", "003C", "003B");

        assertThat(inbox.doubts().notShown(asked)).isEqualTo(1);

        assertThat(state("003B")).as("an event has told its deletion").isEqualTo(DeletionState.PENDING);
        assertThat(entries("003A")).singleElement().satisfies(row -> {
            assertThat(row.state()).isEqualTo(DeletionState.HELD);
            assertThat(row.heldReason()).isEqualTo(HeldReason.NOT_VISIBLE);
        });
        assertThat(inbox.doubts().gapChecks(10)).isEmpty();
        assertThat(claim()).hasSize(1);

        long id = entries("003A").get(0).id();
        assertThat(inbox.decisions()
                        .approve(new Selection(List.of(id), null, null, null, null, HeldReason.NOT_VISIBLE), "ada"))
                .isEqualTo(1);
        assertThat(claim()).as("nobody is asked again").hasSize(1);
        restore("003C", RESTORED, true);
        assertThat(state("003C")).isEqualTo(DeletionState.CANCELLED);
    }

    @Test
    void what_a_later_event_brings_is_not_touched_by_an_old_answer() {
        accept(gapDeletion("L1", "003A", DELETED));
        List<GapCheck> asked = inbox.doubts().gapChecks(10);
        accept(gapDeletion("L1", "003A", RESTORED), deletion("L1", "003A", RESTORED.plusSeconds(1)));

        inbox.doubts().living(asked);

        assertThat(entries("003A"))
                .extracting(Entry::state)
                .containsExactly(DeletionState.PENDING, DeletionState.CHECKING, DeletionState.CANCELLED);
    }

    @Test
    void an_undelete_in_the_meantime_stands_against_the_answer() {
        accept(gapDeletion("L1", "003A", DELETED));
        List<GapCheck> asked = inbox.doubts().gapChecks(10);
        restore("003A", RESTORED, true);

        assertThat(inbox.doubts().gone(asked)).isZero();
        assertThat(state("003A")).isEqualTo(DeletionState.CANCELLED);
    }

    @Test
    void a_gap_undelete_holds_pending_deletions_until_salesforce_confirms_it() {
        accept(deletion("L1", "003A", DELETED));

        restore("003A", RESTORED, false);

        assertThat(state("003A")).isEqualTo(DeletionState.CHECKING);
        List<GapCheck> checks = inbox.doubts().gapChecks(10);
        assertThat(checks).singleElement().satisfies(check -> {
            assertThat(check.deletions()).hasSize(1);
            assertThat(check.restorations()).hasSize(1);
        });
        inbox.doubts().living(checks);
        assertThat(state("003A")).isEqualTo(DeletionState.CANCELLED);
        assertThat(inbox.doubts().gapChecks(10)).isEmpty();
    }

    @Test
    void a_gap_undelete_that_is_not_confirmed_lets_the_deletion_go_on() {
        accept(deletion("L1", "003A", DELETED));
        restore("003A", RESTORED, false);

        inbox.doubts().gone(inbox.doubts().gapChecks(10));

        assertThat(claim()).hasSize(1);
        assertThat(inbox.doubts().gapChecks(10)).isEmpty();
    }

    @Test
    void a_gap_undelete_that_is_confirmed_cancels_what_is_parked_too() {
        accept(deletion("L1", "003A", DELETED));
        inbox.queue().park(claimed(claim()), REFUSED);
        restore("003A", RESTORED, false);
        assertThat(state("003A")).as("not yet").isEqualTo(DeletionState.PARKED);

        inbox.doubts().living(inbox.doubts().gapChecks(10));

        assertThat(state("003A")).isEqualTo(DeletionState.CANCELLED);
    }

    /** Skipped, as where the restoration is certain, it would have been lost: the sweep's stretch counts as covered. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void what_a_sweep_finds_before_a_doubtful_restoration_waits_for_the_answer(boolean living) {
        restore("003A", RESTORED, false);

        accept(found("003A", DELETED));

        assertThat(state("003A")).isEqualTo(DeletionState.CHECKING);
        if (living) {
            inbox.doubts().living(inbox.doubts().gapChecks(10));
        } else {
            inbox.doubts().gone(inbox.doubts().gapChecks(10));
        }
        assertThat(state("003A")).isEqualTo(living ? DeletionState.CANCELLED : DeletionState.PENDING);
        assertThat(inbox.doubts().gapChecks(10)).isEmpty();
    }

    @Test
    void a_gap_event_adopts_nothing_that_a_sweep_found() {
        accept(found("003A", DELETED));

        accept(gapDeletion("L1", "003A", RESTORED));

        assertThat(entries("003A"))
                .extracting(Entry::state, Entry::committedAt)
                .containsExactly(tuple(DeletionState.CHECKING, RESTORED), tuple(DeletionState.PENDING, DELETED));
    }

    @Test
    void a_thousand_gap_events_are_asked_about_in_portions() {
        for (int i = 0; i < 30; i++) {
            accept(gapDeletion("L1", "003-" + i, DELETED), gapDeletion("L2", "003-" + i, DELETED));
        }
        int asked = 0;
        for (List<GapCheck> checks = inbox.doubts().gapChecks(7);
                !checks.isEmpty();
                checks = inbox.doubts().gapChecks(7)) {
            assertThat(checks).hasSizeLessThanOrEqualTo(7);
            asked += inbox.doubts().gone(checks);
        }
        assertThat(asked).isEqualTo(60);
    }

    /** A new org knows none of the old one's contacts: to ask it would be to delete those that live. */
    @Test
    void when_the_org_is_another_what_only_the_old_one_could_tell_is_left_to_a_person() {
        inbox.intakes().pinOrg("00D000000000001AAA");
        accept(gapDeletion("L1", "003A", DELETED), deletion("L1", "003B", DELETED));
        restore("003B", RESTORED, false);
        List<GapCheck> asked = inbox.doubts().gapChecks(10);

        inbox.decisions().confirmOrg("00D000000000002AAA");

        assertThat(inbox.doubts().gapChecks(10)).isEmpty();
        assertThat(inbox.doubts().gone(asked)).isZero();
        assertThat(List.of(entries("003A").get(0), entries("003B").get(0))).allSatisfy(row -> {
            assertThat(row.state()).isEqualTo(DeletionState.PARKED);
            assertThat(row.failureCode()).isEqualTo("other_org");
        });
    }

    // ---- words

    void accept(DeletionRequest... requests) {
        inbox.intakes().accept(new Intake(List.of(requests), List.of(), null));
    }

    void restore(String contactId, Instant at, boolean confirmed) {
        inbox.intakes()
                .accept(new Intake(List.of(), List.of(restoration(contactId, at, confirmed)), List.of(), null, null));
    }

    private void restore(Restoration... restorations) {
        inbox.intakes().accept(new Intake(List.of(), List.of(restorations), List.of(), null, null));
    }

    private void hole() {
        inbox.intakes().accept(new Intake(List.of(), List.of(), List.of(), null, true, null));
    }

    /** Salesforce's answer about all that it is to be asked about. */
    private void answer(boolean living) {
        List<GapCheck> checks = inbox.doubts().gapChecks(100);
        assertThat(checks).isNotEmpty();
        if (living) {
            inbox.doubts().living(checks);
        } else {
            inbox.doubts().gone(checks);
        }
    }

    /** Of the second of {@link #RESTORED}. */
    private static Restoration numbered(String contactId, long number) {
        return new Restoration(
                contact(contactId), "back-" + contactId + "/" + number, RESTORED, true, new Commit(number, 1));
    }

    /** Likewise. */
    private static DeletionRequest numbered(String list, String id, long number) {
        return request(list, id, RESTORED, new Commit(number, 1));
    }

    private static DeletionRequest request(String list, String id, Instant at, Commit commit) {
        return new DeletionRequest(
                list,
                contact(id),
                "tx-" + id + "/" + commit.number() + "-" + commit.sequence(),
                Origin.STREAM,
                at,
                DeletionState.PENDING,
                "",
                commit);
    }

    private static DeletionRequest reconciled(String id) {
        return new DeletionRequest(
                "L1", contact(id), "reconcile:" + DELETED, Origin.RECONCILE, DELETED, DeletionState.PENDING);
    }

    private static Restoration restoration(String contactId, Instant at, boolean confirmed) {
        return new Restoration(contact(contactId), "back-" + contactId + "/1", at, confirmed);
    }

    private void put(DeletionState state) {
        store.write(
                "test",
                transaction -> transaction.change(
                        "update deletion set state = :state", with("state", Word.underscored(state))));
    }

    List<Long> claim() {
        return inbox.queue().claim(10, 10).stream()
                .flatMap(batch -> batch.ids().stream())
                .toList();
    }

    DeletionState state(String contactId) {
        return entries(contactId).get(0).state();
    }

    /** Newest first. */
    private List<Entry> entries(String contactId) {
        return ledger.find(new Filter(null, null, contactId, 10, null));
    }

    private static Identifier contact(String id) {
        return Identifier.external("salesforce", id);
    }

    static DeletionRequest deletion(String list, String id, Instant commit) {
        return request(list, id, commit, DeletionState.PENDING);
    }

    static DeletionRequest found(String id, Instant at) {
        return new DeletionRequest("L1", contact(id), "sweep:" + at, Origin.SWEEP, at, DeletionState.PENDING);
    }

    private static DeletionRequest gapDeletion(String list, String id, Instant commit) {
        return request(list, id, commit, DeletionState.CHECKING);
    }

    private static DeletionRequest request(String list, String id, Instant commit, DeletionState state) {
        return new DeletionRequest(
                list, contact(id), "tx-" + id + "/" + commit.toEpochMilli() + state, Origin.STREAM, commit, state);
    }
}
