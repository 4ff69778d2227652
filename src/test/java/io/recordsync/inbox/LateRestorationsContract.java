package io.recordsync.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.DeletionRequest;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.Identifier;
import io.recordsync.deletion.Intake;
import io.recordsync.deletion.Origin;
import io.recordsync.deletion.Restoration;
import io.recordsync.inbox.LateRestorations.LateRestoration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Contacts that live again, but whose records are gone: they are listed until they are deleted again. */
abstract class LateRestorationsContract extends OnEitherDatabase {

    private static final String ANN = "003DL0000212DetYAE";
    private static final String BEN = "003DL0000214OYdYAM";
    private static final Instant DELETED = START.minusSeconds(60);
    private static final Instant RESTORED = START.minusSeconds(10);

    @Test
    void who_was_restored_after_the_call_is_listed_with_every_list() {
        delete("L1", ANN);
        delete("L2", ANN);
        delete("L1", BEN);
        restore(ANN);

        assertThat(late())
                .extracting(LateRestoration::identifier, LateRestoration::recordList)
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple(ANN, "L1"), org.assertj.core.groups.Tuple.tuple(ANN, "L2"));
        assertThat(late()).allSatisfy(each -> {
            assertThat(each.certain()).isTrue();
            assertThat(each.committedAt()).isEqualTo(DELETED);
            assertThat(each.restoredAt()).isEqualTo(RESTORED);
        });
    }

    @Test
    void who_was_restored_in_time_or_before_the_deletion_is_not_listed() {
        accept(request("L1", ANN, "tx-1/1", DELETED, Origin.STREAM));
        restore(ANN);
        restore(BEN);
        accept(request("L1", BEN, "tx-2/1", RESTORED.plusSeconds(5), Origin.STREAM));
        settle();

        assertThat(late()).isEmpty();
    }

    @Test
    void who_was_deleted_again_is_not_listed_any_more() {
        delete("L1", ANN);
        restore(ANN);
        assertThat(late()).hasSize(1);

        accept(request("L1", ANN, "tx-9/1", RESTORED.plusSeconds(5), Origin.STREAM));

        assertThat(late()).isEmpty();
    }

    @Test
    void what_a_person_ordered_is_nobodys_to_import_again() {
        accept(request("L1", ANN, "api:1", DELETED, Origin.API));
        settle();
        restore(ANN);

        assertThat(late()).isEmpty();
    }

    @Test
    void one_whose_answer_was_lost_is_listed_as_perhaps() {
        accept(request("L1", ANN, "tx-1/1", DELETED, Origin.STREAM));
        store.write("test", transaction -> transaction.change("update deletion set unconfirmed = 1"));
        restore(ANN);

        assertThat(late()).singleElement().satisfies(each -> assertThat(each.certain())
                .isFalse());
    }

    private List<LateRestoration> late() {
        return new JdbcLateRestorations(store).restoredTooLate(100);
    }

    private void delete(String list, String contact) {
        accept(request(list, contact, "tx-" + list + contact + "/1", DELETED, Origin.STREAM));
        settle();
    }

    private void settle() {
        inbox.queue().settle(deletions(inbox.queue().claim(10, 100)), Confirmation.EXACT, java.time.Duration.ZERO);
    }

    private void accept(DeletionRequest request) {
        inbox.intakes().accept(intake(request));
    }

    private void restore(String contact) {
        inbox.intakes()
                .accept(new Intake(
                        List.of(),
                        List.of(new Restoration(
                                Identifier.external("salesforce", contact), "back-" + contact, RESTORED, true)),
                        List.of(),
                        null,
                        null));
    }

    private static DeletionRequest request(String list, String contact, String key, Instant at, Origin origin) {
        return new DeletionRequest(
                list, Identifier.external("salesforce", contact), key, origin, at, DeletionState.PENDING);
    }
}
