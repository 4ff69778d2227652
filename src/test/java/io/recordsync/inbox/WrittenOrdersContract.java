package io.recordsync.inbox;

import static io.recordsync.inbox.database.Parameters.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.HeldReason;
import io.recordsync.inbox.Decisions.Act;
import io.recordsync.inbox.Decisions.Selection;
import io.recordsync.inbox.Decisions.Shown;
import io.recordsync.inbox.Decisions.UnexpectedCountException;
import io.recordsync.inbox.WrittenOrders.Begun;
import io.recordsync.inbox.WrittenOrders.Request;
import io.recordsync.inbox.WrittenOrders.WrittenOrder;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** What a person has seen, and orders that are written down, whatever database they are on. */
abstract class WrittenOrdersContract extends OnEitherDatabase {

    private static final String PATH = "/api/deletions/discard";

    // ---- what was shown

    @Test
    void what_entered_after_it_was_shown_stays_as_it_is() {
        List<Long> shown = park("L1", 3, REFUSED);
        long mark = ledger.mark();
        List<Long> later = park("L2", 2, REFUSED);

        assertThat(inbox.decisions().discard(parkedAsOf(mark), "kim")).isEqualTo(3);

        assertThat(found(DeletionState.PARKED, null, null, 9, null)).containsExactlyInAnyOrderElementsOf(later);
        assertThat(found(DeletionState.CANCELLED, null, null, 9, null)).containsExactlyInAnyOrderElementsOf(shown);
        assertThat(inbox.decisions().matching(Act.DISCARD, parked(), Set.of(), 9))
                .isEqualTo(2);
        assertThat(inbox.decisions().discard(parkedAsOf(mark), "kim")).isZero();
    }

    /** Its id says when it was accepted, not when it entered the state. */
    @Test
    void an_older_deletion_that_entered_later_was_not_shown() {
        acceptMany("L1", "old", 1);
        List<Long> old = ids(inbox.queue().claim(1, 1));
        List<Long> shown = park("L2", 1, REFUSED);
        long mark = ledger.mark();
        inbox.queue().park(claimed(old), REFUSED);
        assertThat(old.get(0)).isLessThan(shown.get(0));

        assertThat(inbox.decisions().redrive(parkedAsOf(mark), "kim")).isEqualTo(1);

        assertThat(found(DeletionState.PARKED, null, null, 9, null)).isEqualTo(old);
    }

    @Test
    void what_left_and_came_back_was_not_shown() {
        List<Long> ids = park("L1", 2, REFUSED);
        long mark = ledger.mark();
        inbox.decisions().redrive(new Selection(ids.subList(0, 1), null, null), "ada");
        inbox.queue().park(claimed(ids(inbox.queue().claim(1, 1))), REFUSED);

        assertThat(inbox.decisions().discard(new Selection(ids, null, null).of(new Shown(mark)), "kim"))
                .isEqualTo(1);

        assertThat(found(DeletionState.PARKED, null, null, 9, null)).isEqualTo(ids.subList(0, 1));
    }

    @Test
    void a_page_that_showed_some_is_about_those() {
        List<Long> ids = park("L1", 5, REFUSED);

        assertThat(inbox.decisions().discard(parked().of(new Shown(ledger.mark(), ids.get(1), ids.get(3))), "kim"))
                .isEqualTo(2);

        assertThat(found(DeletionState.CANCELLED, null, null, 9, null)).containsExactly(ids.get(2), ids.get(1));
    }

    @Test
    void what_was_counted_was_shown_up_to_its_mark() {
        long before = ledger.mark();
        park("L1", 2, REFUSED);

        assertThat(ledger.markedCounts().mark()).isGreaterThan(before).isEqualTo(ledger.mark());
        assertThat(ledger.markedDeadLetters().mark()).isEqualTo(ledger.mark());
        assertThat(ledger.markedGuard().mark()).isEqualTo(ledger.mark());
    }

    /** The same number after a restored backup would name other rows. */
    @Test
    void a_database_that_goes_back_gives_no_number_twice() {
        park("L1", 1, REFUSED);
        long mark = ledger.mark();
        store.write("test", transaction -> transaction.change("update entering set number = 5"));

        park("L2", 1, REFUSED);

        assertThat(ledger.mark()).isGreaterThan(mark);
        assertThat(inbox.decisions().discard(parkedAsOf(mark), "kim")).isEqualTo(1);
    }

    @Test
    void an_org_that_was_shown_is_the_one_that_is_pinned() {
        inbox.intakes().pinOrg("00Dxx0000001gPFEAY");

        assertThatThrownBy(() -> inbox.decisions().confirmOrg("00Dxx0000001gPGEAY", "00Dxx0000001gPHEAY"))
                .isInstanceOf(NotAsShownException.class);
        assertThat(inbox.intakes().pinOrg("00Dxx0000001gPGEAY")).isEqualTo("00Dxx0000001gPFEAY");

        inbox.decisions().confirmOrg("00Dxx0000001gPGEAY", "00Dxx0000001gPFEAY");
        assertThat(inbox.intakes().pinOrg("00Dxx0000001gPGEAY")).isEqualTo("00Dxx0000001gPGEAY");
    }

    @Test
    void a_list_that_is_stopped_for_another_reason_than_was_shown_does_not_go_on() {
        inbox.recordLists().register(List.of("L1"));
        inbox.recordLists().stop("L1", REFUSED);

        assertThatThrownBy(() -> inbox.recordLists().goOn(List.of("L1"), (list, message) -> false))
                .isInstanceOf(NotAsShownException.class);
        assertThatThrownBy(() -> inbox.recordLists().goOn(List.of("L1", "L2"), (list, message) -> true))
                .isInstanceOf(NotAsShownException.class);

        assertThat(inbox.recordLists().goOn(List.of("L1"), (list, message) -> message.equals(REFUSED.message())))
                .isEqualTo(1);
    }

    // ---- keys

    @Test
    void a_key_does_nothing_twice() throws Exception {
        List<Long> ids = park("L1", 2, REFUSED);
        WrittenOrders orders = inbox.writtenOrders();

        String id = begin("k-1", "aa");
        assertThat(elsewhere(() -> before("k-1", "aa").running())).isTrue();
        inbox.decisions().discard(new Selection(ids, null, null), "kim");
        orders.end(id, 200, "{\"count\":2}");

        WrittenOrder done = before("k-1", "aa");
        assertThat(done.running()).isFalse();
        assertThat(done.happened()).isTrue();
        assertThat(done.status()).isEqualTo(200);
        assertThat(done.answer()).isEqualTo("{\"count\":2}");
        assertThat(orders.begin(keyed("k-1", "bb"))).isEqualTo(new Begun.Another());
        assertThat(orders.find("k-1")).contains(done);
        assertThat(orders.find(id)).contains(done);
    }

    @Test
    void an_order_that_was_refused_is_forgotten_and_one_that_failed_may_be_sent_again() {
        WrittenOrders orders = inbox.writtenOrders();
        orders.end(begin("k-1", "aa"), 409, "");
        assertThat(orders.find("k-1")).isEmpty();

        orders.end(begin("k-1", "bb"), 503, "");
        assertThat(orders.find("k-1").orElseThrow().running()).isFalse();
        assertThat(orders.find("k-1").orElseThrow().happened()).isFalse();
        orders.end(begin("k-1", "bb"), 200, "{}");
        assertThat(before("k-1", "bb").status()).isEqualTo(200);
    }

    /** Cut off between the commit and the answer. */
    @Test
    void an_order_whose_answer_was_lost_has_happened() {
        List<Long> ids = park("L1", 1, REFUSED);
        String id = begin("k-1", "aa");
        inbox.decisions().discard(new Selection(ids, null, null), "kim");

        inbox.writtenOrders().end(id, 500, "");

        WrittenOrder order = before("k-1", "aa");
        assertThat(order.happened()).isTrue();
        assertThat(order.running()).isFalse();
        assertThat(order.status()).isZero();
    }

    /** The process dies after the commit: nobody ends the order, and another process is asked. */
    @Test
    void the_answer_is_committed_together_with_what_it_is_about() throws Exception {
        Inbox other = Inbox.open(store, SETTINGS);
        List<Long> ids = park("L1", 3, REFUSED);
        long mark = ledger.mark();
        park("L2", 2, REFUSED);
        begin("k-1", "aa");
        Selection shown = parkedAsOf(mark);
        inbox.writtenOrders().answering(Act.DISCARD, shown, Set.of(), (count, left) -> count + "/" + left);
        assertThat(inbox.decisions().discard(shown, "kim")).isEqualTo(ids.size());

        for (int time = 1; time <= 2; time++) {
            Begun again = elsewhere(() -> other.writtenOrders().begin(keyed("k-1", "aa")));
            assertThat(again).isInstanceOfSatisfying(Begun.Before.class, before -> {
                assertThat(before.order().status()).isEqualTo(200);
                assertThat(before.order().answer()).isEqualTo("3/2");
                assertThat(before.order().running()).isFalse();
            });
        }
        assertThat(found(DeletionState.PARKED, null, null, 9, null)).hasSize(2);
    }

    @Test
    void every_act_leaves_what_it_brought() throws Exception {
        Inbox other = Inbox.open(store, SETTINGS);
        begin("k-1", "aa");
        inbox.writtenOrders().answering(202, (List<Long> ids) -> "ids " + ids.size());
        acceptMany("L1", 2);
        assertThat(elsewhere(
                        () -> other.writtenOrders().find("k-1").orElseThrow().answer()))
                .isEqualTo("ids 2");
    }

    /** It is refused, and may be sent again under its key. */
    @Test
    void an_order_that_found_nothing_of_what_was_shown_has_not_happened() {
        long mark = ledger.mark();
        park("L1", 1, REFUSED);
        String id = begin("k-1", "aa");
        Selection shown = parkedAsOf(mark);
        inbox.writtenOrders().answering(Act.DISCARD, shown, Set.of(), (count, left) -> "none");
        assertThat(inbox.decisions().discard(shown, "kim")).isZero();

        inbox.writtenOrders().end(id, 409, "");

        assertThat(inbox.writtenOrders().find("k-1")).isEmpty();
    }

    @Test
    void what_another_process_is_at_is_not_done_and_what_it_left_is() throws Exception {
        Inbox other = Inbox.open(store, SETTINGS);
        begin("k-1", "aa");

        assertThat(elsewhere(() -> other.writtenOrders().begin(keyed("k-1", "aa"))))
                .isInstanceOfSatisfying(
                        Begun.Before.class,
                        before -> assertThat(before.order().running()).isTrue());

        Begun again = elsewhere(() -> {
            advance(SESSION_TTL.plusSeconds(1));
            other.session().heartbeat();
            assertThat(other.writtenOrders().find("k-1").orElseThrow().running())
                    .isFalse();
            park("L1", 1, REFUSED);
            Begun begun = other.writtenOrders().begin(keyed("k-1", "aa"));
            other.decisions().discard(parked(), "kim");
            other.writtenOrders().end(((Begun.Now) begun).id(), 200, "{}");
            acceptMany("L2", 1);
            store.write(
                    "test",
                    transaction -> transaction.change("update deletion set state = 'parked' where record_list = 'L2'"));
            return begun;
        });
        assertThat(again).isInstanceOf(Begun.Now.class);

        // The first one was only slow.
        assertThatThrownBy(() -> inbox.decisions().discard(parked(), "kim"))
                .isInstanceOf(InboxException.class)
                .hasMessageContaining("taken this order over");
        assertThat(found(DeletionState.PARKED, null, null, 9, null)).hasSize(1);
    }

    @Test
    void a_key_is_kept_for_a_day() {
        inbox.writtenOrders().end(begin("k-1", "aa"), 200, "{}");
        advance(Duration.ofHours(23));
        inbox.writtenOrders().end(begin("k-2", "aa"), 200, "{}");
        assertThat(before("k-1", "aa").status()).isEqualTo(200);

        advance(Duration.ofHours(2));
        inbox.writtenOrders().end(begin("k-3", "aa"), 200, "{}");
        assertThat(inbox.writtenOrders().find("k-1")).isEmpty();
        assertThat(inbox.writtenOrders().find("k-2")).isPresent();
    }

    // ---- orders over many deletions

    @Test
    void few_deletions_are_no_order_to_be_worked_off() {
        park("L1", WrittenOrders.STEP, REFUSED);

        assertThat(inbox.writtenOrders().accept(Act.DISCARD, parked(), PATH, "kim"))
                .isEmpty();
        assertThat(inbox.writtenOrders().workOff(Set.of())).isFalse();
    }

    @Test
    void many_are_worked_off_step_by_step_and_what_entered_since_stays() {
        park("L1", 2_500, REFUSED);
        WrittenOrder order =
                inbox.writtenOrders().accept(Act.DISCARD, parked(), PATH, "kim").orElseThrow();
        park("L2", 3, REFUSED);
        assertThat(order.running()).isTrue();

        for (int step = 1; step <= 2; step++) {
            assertThat(inbox.writtenOrders().workOff(Set.of())).isTrue();
            assertThat(order(order.id()).changed()).isEqualTo(step * 1_000L);
            assertThat(order(order.id()).running()).isTrue();
        }
        inbox.writtenOrders().workOff(Set.of());

        assertThat(order(order.id()).changed()).isEqualTo(2_500);
        assertThat(order(order.id()).left()).isEqualTo(3);
        assertThat(order(order.id()).running()).isFalse();
        assertThat(inbox.writtenOrders().workOff(Set.of())).isFalse();
        assertThat(found(DeletionState.PARKED, null, null, 9, null)).hasSize(3);
        assertThat(ledger.counts().get(DeletionState.CANCELLED)).isEqualTo(2_500);
    }

    @Test
    void another_process_goes_on_with_what_one_that_is_gone_had_begun() {
        park("L1", 2_500, REFUSED);
        String id = begin("k-1", "aa");
        inbox.writtenOrders().accept(Act.REDRIVE, parked(), PATH, "kim").orElseThrow();
        inbox.writtenOrders().end(id, 202, "{}");
        inbox.writtenOrders().workOff(Set.of());
        Inbox other = Inbox.open(store, SETTINGS);
        assertThat(other.writtenOrders().workOff(Set.of())).isFalse();
        assertThat(order(id).running()).isTrue();

        advance(SESSION_TTL.plusSeconds(1));
        other.session().heartbeat();
        while (other.writtenOrders().workOff(Set.of())) {
            // Until it is done.
        }

        assertThat(order(id).running()).isFalse();
        assertThat(order(id).changed()).isEqualTo(2_500);
        assertThat(ledger.counts().get(DeletionState.PENDING)).isEqualTo(2_500);
        assertThat(before("k-1", "aa").steps()).isTrue();
    }

    /** What is cut off in the middle of a step has not happened. */
    @Test
    void a_step_that_fails_is_taken_again() {
        park("L1", 1_500, REFUSED);
        WrittenOrder order =
                inbox.writtenOrders().accept(Act.DISCARD, parked(), PATH, "kim").orElseThrow();
        faults.failOn("set after_id");

        assertThatThrownBy(() -> inbox.writtenOrders().workOff(Set.of())).isInstanceOf(InboxException.class);
        faults.heal();
        assertThat(order(order.id()).changed()).isZero();
        while (inbox.writtenOrders().workOff(Set.of())) {
            // Until it is done.
        }

        assertThat(order(order.id()).changed()).isEqualTo(1_500);
    }

    @Test
    void many_that_are_not_as_many_as_were_expected_are_no_order() {
        park("L1", 1_500, REFUSED);

        assertThatThrownBy(() -> inbox.writtenOrders()
                        .accept(Act.DISCARD, new Selection(List.of(), null, null, null, 1_499), PATH, "kim"))
                .isInstanceOf(UnexpectedCountException.class);
        assertThat(inbox.writtenOrders().workOff(Set.of())).isFalse();
        assertThat(inbox.writtenOrders()
                        .accept(Act.DISCARD, new Selection(List.of(), "L1", "refused", null, 1_500), PATH, "kim"))
                .isPresent();
    }

    @Test
    void many_rehearsed_go_live_in_one_step_but_for_lists_in_a_dry_run() {
        acceptMany("L1", 1_200);
        acceptMany("L2", 1_200);
        store.write("test", transaction -> transaction.change("update deletion set state = 'rehearsed'"));
        WrittenOrder order = inbox.writtenOrders()
                .accept(Act.GO_LIVE, new Selection(List.of(), null, null), "/api/go-live", "kim")
                .orElseThrow();

        assertThat(inbox.writtenOrders().workOff(Set.of("L2"))).isTrue();

        assertThat(order(order.id()).changed()).isEqualTo(1_200);
        assertThat(order(order.id()).left()).isZero();
        assertThat(order(order.id()).running()).isFalse();
        assertThat(ledger.counts().get(DeletionState.PENDING)).isEqualTo(1_200);
        assertThat(ledger.counts().get(DeletionState.REHEARSED)).isEqualTo(1_200);
    }

    @Test
    void many_that_are_held_are_decided_for_their_reason() {
        List<Long> ids = acceptMany("L1", 2_400);
        store.write("test", transaction -> {
            transaction.change("update deletion set state = 'held'");
            return transaction.change(
                    "insert into held (deletion, reason) select id, 'not_visible' from deletion where id >= :id",
                    with("id", ids.get(1_200)));
        });
        WrittenOrder rejected = inbox.writtenOrders()
                .accept(
                        Act.REJECT,
                        new Selection(List.of(), null, null, null, null, HeldReason.NOT_VISIBLE),
                        "/api/guard/reject",
                        "kim")
                .orElseThrow();
        WrittenOrder approved = inbox.writtenOrders()
                .accept(Act.APPROVE, new Selection(List.of(), null, null), "/api/guard/approve", "kim")
                .orElseThrow();

        while (inbox.writtenOrders().workOff(Set.of())) {
            // Until both are done.
        }

        assertThat(order(rejected.id()).changed()).isEqualTo(1_200);
        assertThat(order(approved.id()).changed()).isEqualTo(1_200);
        assertThat(ledger.counts().get(DeletionState.PENDING)).isEqualTo(1_200);
        assertThat(ledger.counts().get(DeletionState.CANCELLED)).isEqualTo(1_200);
    }

    // ---- words

    /** In another thread: this one may be at an order. */
    private static <T> T elsewhere(Callable<T> act) throws Exception {
        return together(List.of(act)).get(0);
    }

    private static Selection parked() {
        return new Selection(List.of(), null, null);
    }

    private static Selection parkedAsOf(long mark) {
        return parked().of(new Shown(mark));
    }

    private static Request keyed(String key, String digest) {
        return new Request(key, digest, PATH, "kim");
    }

    private String begin(String key, String digest) {
        return ((Begun.Now) inbox.writtenOrders().begin(keyed(key, digest))).id();
    }

    private WrittenOrder before(String key, String digest) {
        return ((Begun.Before) inbox.writtenOrders().begin(keyed(key, digest))).order();
    }

    private WrittenOrder order(String id) {
        return inbox.writtenOrders().find(id).orElseThrow();
    }
}
