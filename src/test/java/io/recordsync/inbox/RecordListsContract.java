package io.recordsync.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.deletion.Batch;
import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.Failure;
import io.recordsync.deletion.NothingFound;
import io.recordsync.inbox.Decisions.Selection;
import io.recordsync.inbox.Ledger.RecordListEntry;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which lists are known, served and suspended, whatever database it is on. */
abstract class RecordListsContract extends OnEitherDatabase {

    @Test
    void a_suspended_list_is_not_claimed_until_its_pause_is_over() {
        acceptMany("L1", 1);
        acceptMany("L2", 1);
        inbox.recordLists().suspend("L1", Duration.ofSeconds(10), new Failure("list_gone", 404, "no such list", "c"));

        assertThat(inbox.recordLists().suspended()).containsExactly("L1");
        assertThat(inbox.queue().claim(10, 100)).extracting(Batch::recordList).containsExactly("L2");
        assertThat(inbox.queue().nextDue()).contains(Duration.ofSeconds(10));
        assertThat(ledger.recordLists())
                .containsExactly(
                        new RecordListEntry("L1", "suspended", 1, 0, START.plusSeconds(10), "no such list"),
                        new RecordListEntry("L2", "active", 0, 0, null, ""));

        advance(Duration.ofSeconds(10));
        assertThat(inbox.recordLists().suspended()).isEmpty();
        assertThat(inbox.queue().nextDue()).contains(Duration.ZERO);
        assertThat(inbox.queue().claim(10, 100)).extracting(Batch::recordList).containsExactly("L1");
    }

    @Test
    void a_list_that_answers_again_is_active() {
        acceptMany("L1", 1);
        inbox.recordLists().suspend("L1", Duration.ofHours(1), REFUSED);
        inbox.recordLists().suspend("L1", Duration.ofHours(2), REFUSED);
        assertThat(inbox.queue().nextDue()).contains(Duration.ofHours(2));

        inbox.recordLists().resume("L1");

        assertThat(inbox.recordLists().suspended()).isEmpty();
        assertThat(inbox.queue().claim(1, 1)).hasSize(1);
        assertThat(ledger.recordLists()).containsExactly(new RecordListEntry("L1", "active", 0, 0, null, ""));
    }

    @Test
    void a_suspended_list_with_nothing_pending_wakes_nobody() {
        inbox.recordLists().register(List.of("L1"));
        inbox.recordLists().suspend("L1", Duration.ofHours(1), REFUSED);

        assertThat(inbox.queue().nextDue()).isEmpty();
    }

    @Test
    void registered_lists_are_known_before_their_first_deletion() {
        inbox.recordLists().register(List.of("L2", "L1"));
        inbox.recordLists().register(List.of("L1", "L2", "L3"));

        assertThat(ledger.recordLists()).extracting(RecordListEntry::id).containsExactly("L1", "L2", "L3");
    }

    /** A list that was taken out, because it was the wrong one, went on losing its records. */
    @Test
    void of_a_list_that_is_not_served_nothing_is_claimed_and_what_waits_is_parked() {
        acceptMany("L1", 2);
        List<Long> removed = acceptMany("L2", 3);

        inbox.recordLists().serveOnly(List.of("L1"));

        assertThat(removed).allSatisfy(id -> {
            assertThat(ledger.get(id).orElseThrow().state()).isEqualTo(DeletionState.PARKED);
            assertThat(ledger.get(id).orElseThrow().failureCode()).isEqualTo("list_removed");
        });
        inbox.decisions().redrive(new Selection(removed, null, null), "kim");
        assertThat(inbox.queue().nextDue()).contains(Duration.ZERO);
        assertThat(ids(inbox.queue().claim(10, 10))).hasSize(2).doesNotContainAnyElementsOf(removed);
        assertThat(inbox.queue().nextDue()).isEmpty();
        inbox.recordLists().serveOnly(List.of("L1", "L2"));
        assertThat(ids(inbox.queue().claim(10, 10))).containsExactlyInAnyOrderElementsOf(removed);
    }

    @Test
    void of_a_stopped_list_nothing_is_claimed_until_a_person_goes_on() {
        acceptMany("L1", 3);
        acceptMany("L2", 1);
        List<Batch> claimed = inbox.queue().claim(1, 1);
        assertThat(claimed).extracting(Batch::recordList).containsExactly("L1");
        assertThat(inbox.queue().stopped(claimed.get(0))).isFalse();

        inbox.recordLists().stop("L1", new Failure("more_than_asked", 200, "5000 for 3", "c"));

        assertThat(inbox.queue().stopped(claimed.get(0))).isTrue();
        inbox.queue().release(claimed(claimed.get(0).ids()));
        inbox.recordLists().suspend("L1", Duration.ofSeconds(1), REFUSED);
        inbox.recordLists().resume("L1");
        assertThat(inbox.queue().claim(10, 100)).extracting(Batch::recordList).containsExactly("L2");
        assertThat(inbox.queue().nextDue()).isEmpty();
        assertThat(ledger.recordLists())
                .containsExactly(
                        new RecordListEntry("L1", "stopped", 3, 0, null, "5000 for 3"),
                        new RecordListEntry("L2", "active", 0, 0, null, ""));

        assertThat(inbox.recordLists().goOn(List.of("L1", "L2", "L3"))).isEqualTo(1);
        List<Batch> again = inbox.queue().claim(10, 100);
        assertThat(ids(again)).hasSize(3);
        assertThat(inbox.queue().stopped(again.get(0))).isFalse();
    }

    @Test
    void a_list_that_this_process_leaves_alone_is_not_claimed_and_not_suspended() {
        acceptMany("L1", 1);
        inbox.recordLists().leaveAlone("L1", Duration.ofHours(1));

        assertThat(inbox.queue().claim(1, 1)).isEmpty();
        assertThat(inbox.queue().nextDue().orElseThrow()).isBetween(Duration.ofMinutes(59), Duration.ofHours(1));
        assertThat(inbox.recordLists().suspended()).isEmpty();

        inbox.recordLists().leaveAlone("L1", Duration.ZERO);
        assertThat(inbox.queue().claim(1, 1)).hasSize(1);
    }

    @Test
    void that_something_was_found_in_a_list_is_remembered() {
        inbox.recordLists().register(List.of("L1", "L2"));

        inbox.recordLists().found("L2");
        inbox.recordLists().found("L2");

        assertThat(inbox.recordLists().nothingFound()).containsExactly(new NothingFound("L1", 0, 0));
    }

    /** They were counted by the process, which forgot them when it was restarted. */
    @Test
    void of_a_list_of_which_nothing_was_found_the_calls_are_those_of_all_processes() {
        acceptMany("L1", 7);
        settleAll(inbox.queue().claim(1, 3), Confirmation.BATCH);
        settleAll(inbox.queue().claim(1, 1), Confirmation.ABSENT);
        settleAll(inbox.queue().claim(1, 3), Confirmation.BATCH);
        acceptMany("L2", 3);
        settleAll(inbox.queue().claim(1, 3), Confirmation.ACCEPTED);

        assertThat(inbox.recordLists().nothingFound())
                .containsExactlyInAnyOrder(new NothingFound("L1", 2, 1), new NothingFound("L2", 0, 0));

        inbox.recordLists().found("L1");
        inbox.recordLists().serveOnly(List.of("L1"));
        assertThat(inbox.recordLists().nothingFound()).isEmpty();
    }

    /** One process was refused, and the others showed nothing; it stayed until a restart. */
    @Test
    void why_a_presence_check_failed_is_known_to_every_process_until_one_is_believed() {
        RecordLists lists = inbox.recordLists();
        lists.serve(List.of("L1", "L2"), SCOPE);

        assertThat(lists.presenceFailed("L1", "add the scope", Duration.ofMinutes(10)))
                .isTrue();
        assertThat(lists.presenceFailed("L1", "add the scope", Duration.ofMinutes(10)))
                .as("news once")
                .isFalse();
        assertThat(errors()).containsExactly("add the scope", "");
        assertThat(lists.presenceUnchecked(List.of("L1", "L2"), Duration.ofDays(7)))
                .as("by the schedule it would be made at once, and again at once")
                .containsExactly("L2");

        lists.presenceChecked("L1");
        lists.looked("L1");
        assertThat(errors()).containsExactly("", "");
        assertThat(lists.presenceFailed("L1", "add the scope", null))
                .as("news again")
                .isTrue();
        assertThat(lists.presenceUnchecked(List.of("L1", "L2"), Duration.ofDays(7)))
                .containsExactly("L2");
    }

    @Test
    void a_presence_check_that_failed_is_made_again_by_one_process_once_its_pause_is_over() {
        RecordLists lists = inbox.recordLists();
        lists.serve(List.of("L1", "L2"), SCOPE);
        Duration pause = Duration.ofMinutes(10);
        lists.presenceFailed("L1", "add the scope", pause);
        lists.presenceFailed("L2", "not whole", null);

        assertThat(lists.presenceAgain(List.of("L1", "L2"), pause)).isEmpty();
        advance(pause);
        assertThat(lists.presenceAgain(List.of("L2"), pause))
                .as("not one that cannot be read")
                .isEmpty();
        assertThat(lists.presenceAgain(List.of("L1", "L2"), pause)).containsExactly("L1");
        assertThat(lists.presenceAgain(List.of("L1", "L2"), pause))
                .as("it was given")
                .isEmpty();
        advance(pause);
        assertThat(lists.presenceAgain(List.of("L1", "L2"), pause))
                .as("the process died before it came to the end of it")
                .containsExactly("L1");
    }

    private static final ListScope SCOPE = new ListScope("salesforce", List.of("Contact"), List.of("003"));

    private List<String> errors() {
        return inbox.foundLists().all().stream().map(FoundList::presenceError).toList();
    }

    private void settleAll(List<Batch> claimed, Confirmation confirmation) {
        advance(Duration.ofSeconds(1));
        claimed.forEach(batch -> inbox.queue().settle(batch.deletions(), confirmation, Duration.ZERO));
    }
}
