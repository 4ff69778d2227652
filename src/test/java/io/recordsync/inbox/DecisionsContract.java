package io.recordsync.inbox;

import static io.recordsync.inbox.Queue.Postponement.FAILED;
import static io.recordsync.inbox.Queue.Postponement.UNCONFIRMED;
import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.Failure;
import io.recordsync.inbox.Decisions.Selection;
import io.recordsync.inbox.Ledger.Entry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a person decides about what is parked, whatever database it is on. */
abstract class DecisionsContract extends OnEitherDatabase {

    @Test
    void a_redriven_row_starts_anew_and_keeps_its_failure_until_it_succeeds() {
        List<Long> ids = acceptMany("L1", 1);
        inbox.queue().claim(1, 1);
        inbox.queue()
                .postpone(claimed(ids), Duration.ZERO, new Failure("unconfirmed", 202, "accepted", "c"), UNCONFIRMED);
        inbox.queue().claim(1, 1);
        inbox.queue().park(claimed(ids), REFUSED);
        advance(GIVE_UP_AFTER.plusDays(1));
        inbox.session().heartbeat();

        assertThat(inbox.decisions().redrive(new Selection(ids, null, null), "kim"))
                .isEqualTo(1);

        Entry entry = ledger.get(ids.get(0)).orElseThrow();
        assertThat(entry.state()).isEqualTo(DeletionState.PENDING);
        assertThat(entry.attempts()).isZero();
        assertThat(entry.unconfirmed()).isZero();
        assertThat(entry.failureCode()).isEqualTo("refused");
        assertThat(inbox.queue().claim(1, 1)).hasSize(1);
        inbox.queue().postpone(claimed(ids), Duration.ZERO, UNAVAILABLE, FAILED);
        assertThat(ledger.get(ids.get(0)).orElseThrow().state()).isEqualTo(DeletionState.PENDING);
    }

    @Test
    void a_selection_narrows_by_list_and_by_failure() {
        park("L1", 3, REFUSED);
        park("L2", 2, REFUSED);
        park("L1", 1, new Failure("list_gone", 404, "gone", "c"));

        assertThat(inbox.decisions().redrive(new Selection(List.of(), "L1", "refused"), "kim"))
                .isEqualTo(3);
        assertThat(inbox.decisions().discard(new Selection(List.of(), null, "list_gone"), "kim"))
                .isEqualTo(1);
        assertThat(inbox.decisions().redrive(new Selection(List.of(), null, null), "kim"))
                .isEqualTo(2);
    }

    @Test
    void thousands_are_redriven_at_once() {
        park("L1", 5_000, REFUSED);
        faults.executed.clear();

        assertThat(inbox.decisions().redrive(new Selection(List.of(), "L1", null), "kim"))
                .isEqualTo(5_000);

        assertThat(faults.executed).hasSize(2);
    }

    @Test
    void what_waits_after_a_failure_is_tried_now_and_what_waits_for_another_reason_is_not() {
        List<Long> failed = acceptMany("L1", 1);
        inbox.queue().claim(1, 1);
        inbox.queue().postpone(claimed(failed), Duration.ofHours(1), UNAVAILABLE, FAILED);
        List<Long> unconfirmed = acceptMany("L2", 1);
        inbox.queue().claim(1, 1);
        inbox.queue()
                .postpone(
                        claimed(unconfirmed),
                        Duration.ofHours(1),
                        new Failure("unconfirmed", 202, "accepted", "c"),
                        UNCONFIRMED);

        assertThat(inbox.decisions().retryNow()).isEqualTo(1);

        assertThat(ids(inbox.queue().claim(9, 9))).isEqualTo(failed);
    }

    @Test
    void only_what_waits_for_a_person_is_redriven_or_discarded() {
        acceptMany("L1", 2);
        List<Long> claimed = ids(inbox.queue().claim(1, 1));
        List<Long> settled = ids(inbox.queue().claim(1, 1));
        inbox.queue().settle(claimed(settled), Confirmation.EXACT, Duration.ZERO);
        List<Long> pending = acceptMany("L1", "more", 1);
        List<Long> everything = new ArrayList<>(claimed);
        everything.addAll(settled);
        everything.addAll(pending);

        assertThat(inbox.decisions().redrive(new Selection(everything, null, null), "kim"))
                .isZero();
        assertThat(inbox.decisions().discard(new Selection(everything, null, null), "kim"))
                .isZero();
    }

    @Test
    void a_discarded_row_says_who_did_it() {
        List<Long> ids = park("L1", 1, REFUSED);
        advance(Duration.ofSeconds(9));

        inbox.decisions().discard(new Selection(ids, null, null), "kim");

        Entry entry = ledger.get(ids.get(0)).orElseThrow();
        assertThat(entry.state()).isEqualTo(DeletionState.CANCELLED);
        assertThat(entry.settledBy()).isEqualTo("kim");
        assertThat(entry.settledAt()).isEqualTo(START.plusSeconds(9));
        assertThat(entry.failureCode()).isEqualTo("refused");
        assertThat(inbox.decisions().redrive(new Selection(ids, null, null), "kim"))
                .isZero();
    }
}
