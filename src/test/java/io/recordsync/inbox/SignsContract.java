package io.recordsync.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.DeletionRequest;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.Find;
import io.recordsync.deletion.HeldReason;
import io.recordsync.deletion.Identifier;
import io.recordsync.deletion.Intake;
import io.recordsync.deletion.Origin;
import io.recordsync.deletion.Restoration;
import io.recordsync.deletion.Sign;
import io.recordsync.inbox.Decisions.Selection;
import io.recordsync.inbox.Ledger.Entry;
import io.recordsync.inbox.Ledger.Filter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What shows that a contact was deleted, and what becomes of those whom Salesforce just does not show. */
abstract class SignsContract extends OnEitherDatabase {

    private static final String ANN = "003DL0000212DetYAE";
    private static final String BEN = "003DL0000214OYdYAM";
    private static final Instant DELETED = START.minusSeconds(5);
    private static final Selection NOT_VISIBLE =
            new Selection(List.of(), null, null, null, null, HeldReason.NOT_VISIBLE);

    // ---- what the inbox knows

    @Test
    void a_deletion_that_the_stream_or_a_sweep_told_is_a_sign_in_whichever_list() {
        accept(streamed("L2", ANN));
        accept(swept("L1", BEN));
        settle();

        assertThat(inbox.signs().deletedAt("salesforce", List.of(ANN, BEN, "003000000000001AAA")))
                .isEqualTo(Map.of(ANN, DELETED, BEN, DELETED));
        assertThat(inbox.signs().deletedAt("hubspot", List.of(ANN))).isEmpty();
    }

    @Test
    void what_a_person_ordered_is_no_sign() {
        inbox.intakes().order(List.of(in(streamed("L1", ANN), Origin.API)), "kim");
        settle();

        assertThat(known()).isEmpty();
    }

    @Test
    void what_a_restoration_followed_or_may_have_followed_is_no_sign_and_a_later_deletion_is() {
        accept(streamed("L1", ANN));
        accept(streamed("L1", BEN));
        settle();
        accept(back(ANN, DELETED.plusSeconds(2), true));
        accept(back(BEN, DELETED.plusSeconds(2), false));

        assertThat(known()).isEmpty();
        assertThat(inbox.signs().restoredSince("salesforce", Map.of(ANN, DELETED, BEN, DELETED.plusSeconds(9))))
                .containsExactly(ANN);

        accept(streamed("L1", ANN, DELETED.plusSeconds(4)));
        assertThat(known()).isEqualTo(Map.of(ANN, DELETED.plusSeconds(4)));
    }

    @Test
    void what_was_rejected_or_is_checked_is_no_sign() {
        inbox = Inbox.open(store, guarded());
        accept(streamed("L1", ANN), streamed("L1", BEN));
        assertThat(known()).hasSize(2);
        inbox.decisions().reject(new Selection(List.of(), null, null), "kim");
        assertThat(known()).isEmpty();

        accept(streamed("L1", "003000000000001AAA").in(DeletionState.CHECKING));
        assertThat(known("003000000000001AAA")).isEmpty();
    }

    @Test
    void what_may_have_been_restored_in_a_hole_is_no_sign() {
        accept(streamed("L1", ANN));
        assertThat(known()).hasSize(1);

        inbox.intakes().accept(new Intake(List.of(), List.of(), List.of(), null, true, null));

        assertThat(known()).isEmpty();
    }

    @Test
    void that_salesforce_knew_the_contact_as_living_since_contradicts_a_deletion() {
        accept(streamed("L1", ANN));
        settle();
        advance(Duration.ofSeconds(10));
        accept(streamed("L1", ANN, DELETED.plusSeconds(8)).in(DeletionState.CHECKING));
        inbox.doubts().living(inbox.doubts().gapChecks(10));

        assertThat(known()).isEmpty();
    }

    @Test
    void a_find_is_a_sign_later_if_it_had_one_and_not_because_a_person_approved_it() {
        accept(found("L1", ANN, Sign.IS_DELETED, DELETED.minusSeconds(60)), notVisible("L1", BEN));
        inbox.decisions().approve(NOT_VISIBLE, "kim");
        settle();
        assertThat(entry("L1", BEN).state()).isEqualTo(DeletionState.DELETED);

        assertThat(known()).isEqualTo(Map.of(ANN, DELETED.minusSeconds(60)));
    }

    // ---- what is held

    @Test
    void what_is_not_visible_is_held_apart_from_what_the_guard_holds() {
        inbox = Inbox.open(store, guarded());
        accept(notVisible("L1", ANN), notVisible("L1", BEN));

        assertThat(ledger.guard().held()).isZero();
        assertThat(ledger.guard().trippedAt()).isNull();
        assertThat(ledger.held()).containsEntry(HeldReason.NOT_VISIBLE, 2L).containsEntry(HeldReason.GUARD, 0L);
        assertThat(ledger.find(new Filter(null, null, null, 10, null, HeldReason.NOT_VISIBLE)))
                .extracting(Entry::sign)
                .containsExactly("none", "none");
        assertThat(inbox.signs().awaited("L1")).containsExactlyInAnyOrder(ANN, BEN);
        assertThat(inbox.signs().awaited("L2")).isEmpty();
        assertThat(inbox.recordLists().underway("L1")).isEmpty();

        assertThat(inbox.decisions().approve(new Selection(List.of(), null, null), "kim"))
                .isZero();
        inbox.decisions().openGuard(Duration.ofHours(1), "kim");
        assertThat(entry("L1", ANN).state()).isEqualTo(DeletionState.HELD);
        accept(notVisible("L2", ANN));
        assertThat(entry("L2", ANN).state()).isEqualTo(DeletionState.HELD);
        assertThat(entry("L2", ANN).approvedBy()).isEmpty();

        assertThat(inbox.decisions().approve(NOT_VISIBLE, "kim")).isEqualTo(3);
        assertThat(ledger.held()).doesNotContainKey(HeldReason.NOT_VISIBLE);
        assertThat(inbox.queue().claim(10, 100)).hasSize(2);
    }

    /** One gap event told of a restoration: asked, Salesforce would show as little as before, and that is no deletion. */
    @Test
    void what_is_not_visible_stays_held_although_a_restoration_is_in_doubt() {
        accept(back(ANN, START.plusSeconds(60), false));

        accept(notVisible("L1", ANN));

        assertThat(entry("L1", ANN).state()).isEqualTo(DeletionState.HELD);
        assertThat(entry("L1", ANN).heldReason()).isEqualTo(HeldReason.NOT_VISIBLE);
    }

    @Test
    void what_was_rejected_is_not_asked_again_until_a_newer_deletion() {
        accept(notVisible("L1", ANN));
        assertThat(inbox.decisions().reject(NOT_VISIBLE, "kim")).isOne();
        assertThat(entry("L1", ANN).message()).isEqualTo("Held (not_visible), and rejected by a person");
        advance(Duration.ofDays(1));

        accept(notVisible("L1", ANN, "later"));
        accept(back(ANN, START.minusSeconds(60), true));
        accept(notVisible("L1", ANN, "after a restoration"));
        accept(found("L1", ANN, Sign.DELETE_LOG, START.minusSeconds(1)));
        accept(found("L1", ANN, Sign.IS_DELETED, null));
        assertThat(rows("L1", ANN)).hasSize(1);

        accept(found("L1", ANN, Sign.IS_DELETED, START.plusSeconds(3600)));

        assertThat(rows("L1", ANN)).hasSize(2);
        assertThat(entry("L1", ANN).state()).isEqualTo(DeletionState.PENDING);
        assertThat(entry("L1", ANN).sign()).isEqualTo("is_deleted");
    }

    @Test
    void what_the_guard_held_and_a_person_rejected_stays_so_by_the_sign_of_the_same_deletion() {
        inbox = Inbox.open(store, guarded());
        accept(streamed("L1", ANN), streamed("L1", BEN));
        inbox.decisions().reject(new Selection(List.of(), null, null), "kim");

        accept(found("L1", ANN, Sign.IS_DELETED, DELETED));
        assertThat(rows("L1", ANN)).hasSize(1);

        accept(found("L1", ANN, Sign.IS_DELETED, DELETED.plusSeconds(1)));
        assertThat(rows("L1", ANN)).hasSize(2);
    }

    @Test
    void an_undelete_ends_what_is_held() {
        accept(notVisible("L1", ANN));

        accept(back(ANN, START.plusSeconds(60), true));

        assertThat(entry("L1", ANN).state()).isEqualTo(DeletionState.CANCELLED);
        assertThat(ledger.held()).doesNotContainKey(HeldReason.NOT_VISIBLE);
    }

    @Test
    void what_is_held_ends_once_it_is_seen_signed_or_off_the_list() {
        String cat = "003000000000001AAA";
        accept(notVisible("L1", ANN), notVisible("L1", BEN), notVisible("L1", cat), notVisible("L2", ANN));

        inbox.signs().noLongerAwaited("L1", Set.of(ANN), Set.of(BEN), Set.of(cat));
        accept(found("L1", BEN, Sign.INBOX, DELETED));

        assertThat(entry("L1", ANN).failureCode()).isEqualTo("living");
        assertThat(entry("L1", cat).failureCode()).isEqualTo("unlisted");
        assertThat(rows("L1", BEN))
                .extracting(Entry::state)
                .containsExactly(DeletionState.PENDING, DeletionState.CANCELLED);
        assertThat(entry("L2", ANN).state()).isEqualTo(DeletionState.HELD);
        assertThat(ledger.held()).containsEntry(HeldReason.NOT_VISIBLE, 1L);
        inbox.signs().noLongerAwaited("L3", Set.of(ANN), Set.of(), Set.of());
    }

    // ---- how the list holds an id

    @Test
    void what_the_list_holds_with_15_characters_is_sent_so_and_found_by_either_form() {
        String half = ANN.substring(0, 15);
        accept(listedAs(half));
        assertThat(inbox.recordLists().underway("L1")).containsExactly(half);

        assertThat(inbox.queue().claim(1, 100).get(0).deletions())
                .singleElement()
                .satisfies(deletion -> assertThat(deletion.identifier().value()).isEqualTo(half));

        for (String form : List.of(ANN, half, " " + half + "\n")) {
            assertThat(ledger.ofContact(form)).singleElement().satisfies(entry -> {
                assertThat(entry.identifier()).isEqualTo(ANN);
                assertThat(entry.listedAs()).isEqualTo(half);
            });
            assertThat(ledger.find(new Filter(null, "L1", form, 10, null))).hasSize(1);
        }
    }

    @Test
    void both_forms_in_one_list_are_two_deletions() {
        accept(found("L1", ANN, Sign.INBOX, DELETED), listedAs(ANN.substring(0, 15)));

        assertThat(deletions(inbox.queue().claim(1, 100)))
                .extracting(deletion -> deletion.identifier().value())
                .containsExactlyInAnyOrder(ANN, ANN.substring(0, 15));
    }

    @Test
    void what_is_forgotten_is_forgotten_with_its_sign() {
        accept(found("L1", ANN, Sign.INBOX, DELETED));
        settle();
        advance(Duration.ofDays(401));

        assertThat(inbox.retention().forget()).isOne();

        List<Long> left = store.read(
                "test",
                transaction ->
                        transaction.list("select count(*) as total from presence_find", row -> row.getLong("total")));
        assertThat(left).containsExactly(0L);
    }

    // ---- words

    private static InboxSettings guarded() {
        return new InboxSettings(
                GIVE_UP_AFTER, SESSION_TTL, Duration.ofDays(400), "a key", Duration.ZERO, 1, Duration.ofHours(1));
    }

    private void accept(DeletionRequest... requests) {
        inbox.intakes().accept(intake(requests));
    }

    private void accept(Restoration restoration) {
        inbox.intakes().accept(new Intake(List.of(), List.of(restoration), List.of(), null, null));
    }

    private void settle() {
        inbox.queue().settle(deletions(inbox.queue().claim(10, 100)), Confirmation.EXACT, Duration.ZERO);
    }

    private Map<String, Instant> known() {
        return known(ANN, BEN);
    }

    private Map<String, Instant> known(String... contacts) {
        return inbox.signs().deletedAt("salesforce", List.of(contacts));
    }

    /** The newest. */
    private Entry entry(String list, String contact) {
        return rows(list, contact).get(0);
    }

    private List<Entry> rows(String list, String contact) {
        return ledger.find(new Filter(null, list, contact, 10, null));
    }

    private static Restoration back(String contact, Instant at, boolean confirmed) {
        return new Restoration(
                Identifier.external("salesforce", contact), "undelete-" + contact + at, at, confirmed, null);
    }

    private static DeletionRequest streamed(String list, String contact) {
        return streamed(list, contact, DELETED);
    }

    private static DeletionRequest streamed(String list, String contact, Instant at) {
        return new DeletionRequest(
                list,
                Identifier.external("salesforce", contact),
                "tx-" + contact + at + "/1",
                Origin.STREAM,
                at,
                DeletionState.PENDING);
    }

    private static DeletionRequest swept(String list, String contact) {
        return in(streamed(list, contact), Origin.SWEEP);
    }

    private static DeletionRequest in(DeletionRequest request, Origin origin) {
        return new DeletionRequest(
                request.recordList(),
                request.identifier(),
                origin + request.eventKey(),
                origin,
                request.committedAt(),
                request.state());
    }

    private static DeletionRequest notVisible(String list, String contact) {
        return notVisible(list, contact, "first");
    }

    private static DeletionRequest notVisible(String list, String contact, String check) {
        return found(list, contact, check, DeletionState.HELD)
                .foundWith(new Find(Sign.NONE, null, "", HeldReason.NOT_VISIBLE));
    }

    private static DeletionRequest found(String list, String contact, Sign sign, Instant at) {
        return found(list, contact, sign + " at " + at, DeletionState.PENDING).foundWith(new Find(sign, at, "", null));
    }

    private static DeletionRequest listedAs(String form) {
        return found("L1", ANN, "of a form", DeletionState.PENDING)
                .foundWith(new Find(Sign.INBOX, DELETED, form, null));
    }

    private static DeletionRequest found(String list, String contact, String check, DeletionState state) {
        return new DeletionRequest(
                list, Identifier.external("salesforce", contact), "reconcile:" + check, Origin.RECONCILE, START, state);
    }
}
