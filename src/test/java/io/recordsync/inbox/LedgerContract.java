package io.recordsync.inbox;

import static io.recordsync.inbox.Queue.Postponement.FAILED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recordsync.deletion.Batch;
import io.recordsync.deletion.ClaimedDeletion;
import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.Intake;
import io.recordsync.inbox.Decisions.Selection;
import io.recordsync.inbox.Ledger.RecordListEntry;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the inbox shows of what it holds, whatever database it is on. */
abstract class LedgerContract extends OnEitherDatabase {

    @Test
    void every_state_is_counted() {
        assertThat(ledger.counts())
                .containsOnlyKeys(DeletionState.values())
                .allSatisfy((state, count) -> assertThat(count).isZero());
        park("L1", 2, REFUSED);
        inbox.decisions()
                .discard(new Selection(List.of(ledger.find(all()).get(0).id()), null, null), "kim");
        acceptMany("L1", "more", 3);

        assertThat(ledger.counts())
                .containsEntry(DeletionState.PENDING, 3L)
                .containsEntry(DeletionState.PARKED, 1L)
                .containsEntry(DeletionState.CANCELLED, 1L);
    }

    @Test
    void the_oldest_pending_is_known_by_when_it_became_pending_also_while_it_is_tried_again() {
        assertThat(ledger.oldestPending()).isEmpty();
        List<Long> first = acceptMany("L1", 1);
        advance(Duration.ofMinutes(5));
        acceptMany("L2", 1);
        inbox.queue().claim(1, 1);
        inbox.queue().postpone(claimed(first), Duration.ofHours(1), UNAVAILABLE, FAILED);
        assertThat(ledger.oldestPending()).contains(START);

        advance(Duration.ofHours(1));
        inbox.session().heartbeat();
        List<Batch> both = inbox.queue().claim(2, 1);
        assertThat(ledger.oldestPending()).contains(START);
        inbox.queue().settle(claimed(first), Confirmation.EXACT, Duration.ZERO);
        inbox.queue().release(claimed(ids(both)));
        assertThat(ledger.oldestPending()).contains(START.plus(Duration.ofMinutes(5)));

        inbox.queue().park(claimed(ids(inbox.queue().claim(2, 1))), REFUSED);
        assertThat(ledger.oldestPending()).isEmpty();
        inbox.decisions().redrive(new Selection(List.of(), null, null), "kim");
        assertThat(ledger.oldestPending()).contains(START.plus(Duration.ofMinutes(65)));
    }

    @Test
    void filters_narrow_and_the_newest_is_first() {
        List<Long> one = acceptMany("L1", 3);
        List<Long> two = acceptMany("L2", 2);
        inbox.queue().claim(1, 1);

        assertThat(found(null, null, null, 100, null))
                .containsExactly(two.get(1), two.get(0), one.get(2), one.get(1), one.get(0));
        assertThat(found(null, null, null, 2, null)).containsExactly(two.get(1), two.get(0));
        assertThat(found(null, null, null, 2, two.get(0))).containsExactly(one.get(2), one.get(1));
        assertThat(found(DeletionState.CLAIMED, null, null, 9, null)).containsExactly(one.get(0));
        assertThat(found(null, "L2", null, 9, null)).containsExactly(two.get(1), two.get(0));
        assertThat(found(DeletionState.PENDING, "L1", null, 9, null)).containsExactly(one.get(2), one.get(1));
        assertThat(found(null, null, "L1-1", 9, null)).containsExactly(one.get(1));
        assertThat(found(null, null, "nobody", 9, null)).isEmpty();
        assertThat(ledger.get(-1)).isEmpty();
    }

    @Test
    void lists_show_what_is_pending_and_parked() {
        park("L1", 2, REFUSED);
        acceptMany("L1", "more", 3);
        inbox.recordLists().register(List.of("L0"));

        assertThat(ledger.recordLists())
                .containsExactly(
                        new RecordListEntry("L0", "active", 0, 0, null, ""),
                        new RecordListEntry("L1", "active", 3, 2, null, ""));
    }

    // ---- a database that fails

    /** On a full disk a small act may go through where a large one does not. */
    @Test
    void an_act_that_fails_is_trouble_until_that_very_act_succeeds() {
        Intake intake = intake(request("L1", "003A"));
        assertThat(ledger.trouble()).isEmpty();
        faults.failOn("insert into deletion");
        assertThatThrownBy(() -> inbox.intakes().accept(intake)).isInstanceOf(InboxException.class);

        inbox.session().heartbeat();

        assertThat(ledger.trouble().orElseThrow()).startsWith("accept failed: ");
        faults.heal();
        inbox.intakes().accept(intake);
        assertThat(ledger.trouble()).isEmpty();
    }

    @Test
    void an_act_that_the_database_fails_names_itself() {
        acceptMany("L1", 1);
        List<Long> ids = ids(inbox.queue().claim(1, 1));
        List<ClaimedDeletion> claimed = claimed(ids);
        faults.failOn("update deletion");

        assertThatThrownBy(() -> inbox.queue().settle(claimed, Confirmation.EXACT, Duration.ZERO))
                .isInstanceOf(InboxException.class)
                .hasMessage("settle failed: the database is away; nothing was changed, may be tried again");
        faults.heal();
        assertThatCode(() -> inbox.queue().settle(claimed, Confirmation.EXACT, Duration.ZERO))
                .doesNotThrowAnyException();
    }
}
