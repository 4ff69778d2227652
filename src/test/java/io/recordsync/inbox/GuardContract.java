package io.recordsync.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recordsync.deletion.Batch;
import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.DeletionRequest;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.HeldReason;
import io.recordsync.deletion.Identifier;
import io.recordsync.deletion.Intake;
import io.recordsync.deletion.Origin;
import io.recordsync.deletion.Restoration;
import io.recordsync.inbox.Decisions.Selection;
import io.recordsync.inbox.Decisions.UnexpectedCountException;
import io.recordsync.inbox.Doubts.GapCheck;
import io.recordsync.inbox.Ledger.Entry;
import io.recordsync.inbox.Queue.Postponement;
import io.recordsync.inbox.database.Parameters;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the guard stops and what it lets pass, the hold window, and the rehearsal, whatever the database. */
abstract class GuardContract extends OnEitherDatabase {

    static final int MOST = 3;
    static final Duration WINDOW = Duration.ofHours(1);
    private static final Selection ALL = new Selection(List.of(), null, null);

    @BeforeEach
    void arm() {
        inbox = guarded(MOST);
    }

    Inbox guarded(int most) {
        return Inbox.open(
                store,
                new InboxSettings(
                        GIVE_UP_AFTER, SESSION_TTL, Duration.ofDays(400), "a key", Duration.ZERO, most, WINDOW));
    }

    // ---- what trips it

    @Test
    void as_many_as_are_allowed_pass() {
        accept("1", "2", "3");

        assertThat(tripped()).isFalse();
        assertThat(states()).containsOnly(DeletionState.PENDING);
        assertThat(claim()).hasSize(3);
    }

    @Test
    void one_more_holds_what_was_not_sent_and_all_that_comes() {
        accept("1", "2");
        inbox.queue().settle(claimed(claim()), Confirmation.EXACT, Duration.ZERO);
        accept("3");

        accept("4");

        assertThat(tripped()).isTrue();
        assertThat(states("1", "2")).containsOnly(DeletionState.DELETED);
        assertThat(states("3", "4")).containsOnly(DeletionState.HELD);
        accept("5");
        assertThat(states("5")).containsOnly(DeletionState.HELD);
        assertThat(claim()).isEmpty();
        assertThat(ledger.guard().held()).isEqualTo(3);
        assertThat(ledger.guard().trippedAt()).isEqualTo(START);
    }

    @Test
    void one_intake_of_too_many_is_held_whole() {
        accept("1", "2", "3", "4", "5");

        assertThat(states()).containsOnly(DeletionState.HELD);
    }

    @Test
    void a_contact_counts_once_over_all_lists_and_events() {
        for (String list : List.of("L1", "L2", "L3")) {
            for (String contact : List.of("1", "2", "3")) {
                accept(deletion(list, contact, "e1"), deletion(list, contact, "e2"));
            }
        }

        assertThat(tripped()).isFalse();
    }

    @Test
    void what_is_replayed_does_not_count() {
        accept("1", "2", "3");
        advance(WINDOW.minusSeconds(1));
        accept("1", "2", "3");
        advance(Duration.ofSeconds(2));

        accept("4", "5", "6");

        assertThat(tripped()).isFalse();
    }

    @Test
    void replays_of_however_many_do_not_trip_it() {
        accept("1", "2", "3");
        for (int i = 0; i < 10; i++) {
            accept("1", "2", "3");
        }

        assertThat(tripped()).isFalse();
        accept("4");
        assertThat(tripped()).isTrue();
    }

    @Test
    void the_window_slides() {
        accept("1", "2");
        advance(WINDOW.dividedBy(2));
        accept("3");
        advance(WINDOW.dividedBy(2));
        accept("4", "5");
        assertThat(tripped()).as("1 and 2 are out of the window").isFalse();

        accept("6");

        assertThat(tripped()).isTrue();
    }

    /** Counted from the first time, those deleted again would have left the window too early. */
    @Test
    void who_is_deleted_again_counts_for_another_window() {
        accept(deletion("L1", "1", "e1"), deletion("L1", "2", "e1"), deletion("L1", "3", "e1"));
        advance(WINDOW.minusSeconds(1));
        accept(deletion("L1", "1", "e2"), deletion("L1", "2", "e2"), deletion("L1", "3", "e2"));
        advance(Duration.ofSeconds(2));

        accept("4");

        assertThat(tripped()).isTrue();
    }

    @Test
    void what_became_pending_before_the_window_goes_on() {
        accept("1");
        advance(WINDOW.plusSeconds(1));
        accept("2", "3", "4", "5");

        assertThat(states("1")).containsOnly(DeletionState.PENDING);
        assertThat(states("2", "3", "4", "5")).containsOnly(DeletionState.HELD);
    }

    @ParameterizedTest
    @EnumSource(Origin.class)
    void whoever_asks_for_it_it_counts(Origin origin) {
        inbox.intakes()
                .accept(new Intake(
                        IntStream.range(0, 4)
                                .mapToObj(i -> new DeletionRequest(
                                        "L1", contact("c" + i), "e", origin, START, DeletionState.PENDING))
                                .toList(),
                        List.of(),
                        null));

        assertThat(tripped()).isTrue();
    }

    @Test
    void what_a_gap_event_said_counts_once_it_is_believed() {
        accept("1", "2");
        inbox.intakes().accept(intake(checked("3"), checked("4")));
        assertThat(tripped()).isFalse();

        inbox.doubts().gone(inbox.doubts().gapChecks(10));

        assertThat(tripped()).isTrue();
        assertThat(states()).containsOnly(DeletionState.HELD);
    }

    @Test
    void what_a_gap_event_said_is_held_where_it_is_tripped_already() {
        inbox.intakes().accept(intake(checked("9")));
        List<GapCheck> asked = inbox.doubts().gapChecks(10);
        accept("1", "2", "3", "4");

        inbox.doubts().gone(asked);

        assertThat(states("9")).containsOnly(DeletionState.HELD);
    }

    @Test
    void phone_numbers_count_by_their_seal() {
        inbox.intakes()
                .accept(new Intake(
                        IntStream.range(0, 4)
                                .mapToObj(i -> new DeletionRequest(
                                        "L1",
                                        Identifier.phone("+35191234567" + i),
                                        "api:1",
                                        Origin.API,
                                        START,
                                        DeletionState.PENDING))
                                .toList(),
                        List.of(),
                        null));

        assertThat(tripped()).isTrue();
        List<String> counted = store.read(
                "test",
                transaction ->
                        transaction.list("select identifier from guard_arrival", row -> row.getString("identifier")));
        assertThat(counted).hasSize(4).allMatch(identifier -> identifier.startsWith(PhoneSeal.PREFIX));
    }

    @Test
    void zero_is_no_guard_and_what_it_held_stays_held() {
        accept("1", "2", "3", "4");

        inbox = guarded(0);
        accept("5", "6", "7", "8", "9");

        assertThat(tripped()).isFalse();
        assertThat(states("5", "6", "7", "8", "9")).containsOnly(DeletionState.PENDING);
        assertThat(states("1", "2", "3", "4")).containsOnly(DeletionState.HELD);
        assertThat(inbox.decisions().approve(ALL, "kim")).isEqualTo(4);
    }

    @Test
    void it_survives_a_restart() {
        accept("1", "2", "3");
        inbox = guarded(MOST);
        accept("4");
        inbox = guarded(MOST);

        accept("5");

        assertThat(tripped()).isTrue();
        assertThat(states()).containsOnly(DeletionState.HELD);
    }

    /** Two that counted at once might both have stayed below the limit. */
    @Test
    void the_counting_is_exact_when_many_accept_at_once() throws Exception {
        inbox = guarded(99);
        List<Inbox> nodes = List.of(guarded(99), guarded(99), inbox);
        ExecutorService threads = Executors.newFixedThreadPool(6);
        try {
            List<Callable<Void>> intakes = new ArrayList<>();
            for (int i = 0; i < 99; i++) {
                String contact = "c" + i;
                Inbox node = nodes.get(i % nodes.size());
                intakes.add(() -> {
                    node.intakes().accept(intake(deletion("L1", contact, "e"), deletion("L2", contact, "e")));
                    return null;
                });
            }
            for (Future<Void> done : threads.invokeAll(intakes)) {
                done.get();
            }
            assertThat(tripped()).isFalse();

            accept("one more");

            assertThat(tripped()).isTrue();
            assertThat(ledger.guard().held()).isEqualTo(2 * 99 + 1);
        } finally {
            threads.shutdownNow();
        }
    }

    // ---- what is in somebody's hands

    @Test
    void a_claimed_batch_is_stopped_before_its_call_and_held() {
        accept("1", "2", "3");
        List<Batch> claimed = inbox.queue().claim(10, 100);
        assertThat(inbox.queue().stopped(claimed.get(0))).isFalse();

        guarded(MOST).intakes().accept(intake(deletion("L1", "4", "e")));

        assertThat(
                        shared()
                                ? inbox.queue().stopped(claimed.get(0))
                                : guarded(MOST).queue().stopped(claimed.get(0)))
                .isTrue();
        assertThat(inbox.queue().release(claimed(claimed.get(0).ids()))).isEqualTo(3);
        assertThat(states()).containsOnly(DeletionState.HELD);
    }

    @Test
    void its_own_inbox_is_stopped_too() {
        accept("1", "2", "3");
        List<Batch> claimed = inbox.queue().claim(10, 100);

        accept("4");

        assertThat(inbox.queue().stopped(claimed.get(0))).isTrue();
    }

    @Test
    void a_call_that_failed_meanwhile_is_held() {
        accept("1", "2", "3");
        List<Long> claimed = claim();
        accept("4");

        assertThat(inbox.queue().postpone(claimed(claimed), Duration.ZERO, UNAVAILABLE, Postponement.ANSWER_LOST))
                .isEqualTo(3);

        assertThat(states("1", "2", "3")).containsOnly(DeletionState.HELD);
    }

    @Test
    void a_call_that_succeeded_meanwhile_is_done() {
        accept("1", "2", "3");
        List<Long> claimed = claim();
        accept("4");

        assertThat(inbox.queue().settle(claimed(claimed), Confirmation.EXACT, Duration.ofSeconds(2)))
                .isEqualTo(3);

        assertThat(states("1", "2", "3")).containsOnly(DeletionState.DELETED);
    }

    @Test
    void what_a_dead_process_had_claimed_is_held() {
        Inbox dying = guarded(MOST);
        accept("1", "2", "3");
        dying.queue().claim(10, 100);
        accept("4");
        advance(SESSION_TTL.plusSeconds(1));

        inbox.session().heartbeat();

        assertThat(states()).containsOnly(DeletionState.HELD);
    }

    // ---- what a person decides

    @Test
    void what_is_approved_goes_out_and_it_is_over_once_the_window_is_clear() {
        accept("1", "2", "3", "4", "5");

        assertThat(inbox.decisions().approve(ALL, "kim")).isEqualTo(5);

        assertThat(approvers()).containsOnly("kim");
        List<Long> claimed = claim();
        assertThat(claimed).hasSize(5);
        assertThat(inbox.queue().settle(claimed(claimed), Confirmation.EXACT, Duration.ZERO))
                .isEqualTo(5);
        assertThat(tripped()).as("what was decided about goes on counting").isTrue();
        accept("6");
        assertThat(states("6")).containsOnly(DeletionState.HELD);
        inbox.decisions().approve(ALL, "kim");

        advance(WINDOW);
        accept("7", "8", "9");
        assertThat(tripped()).isFalse();
        assertThat(states("7", "8", "9")).containsOnly(DeletionState.PENDING);
        accept("10");
        assertThat(tripped()).isTrue();
    }

    @Test
    void what_is_rejected_is_cancelled_with_who_did_it() {
        accept("1", "2", "3", "4");

        assertThat(inbox.decisions().reject(ALL, "kim")).isEqualTo(4);

        assertThat(tripped()).isTrue();
        assertThat(ledger.find(OnEitherDatabase.all())).allSatisfy(row -> {
            assertThat(row.state()).isEqualTo(DeletionState.CANCELLED);
            assertThat(row.settledBy()).isEqualTo("kim");
            assertThat(row.failureCode()).isEqualTo("rejected");
            assertThat(row.settledAt()).isEqualTo(START);
        });
        assertThat(claim()).isEmpty();
    }

    @Test
    void it_latches_until_all_of_it_is_decided_about() {
        inbox.intakes()
                .accept(intake(
                        deletion("L1", "1", "e"), deletion("L1", "2", "e"), deletion("L2", "3", "e"), found("4")));

        assertThat(inbox.decisions().approve(new Selection(List.of(), "L2", null), "kim"))
                .isEqualTo(1);
        assertThat(tripped()).isTrue();
        accept("5");
        assertThat(states("5")).containsOnly(DeletionState.HELD);
        assertThat(inbox.decisions().reject(new Selection(List.of(), null, null, Origin.SWEEP, null), "kim"))
                .isEqualTo(1);
        assertThat(tripped()).isTrue();
        assertThat(inbox.decisions().approve(new Selection(List.of(id("1"), id("2"), id("3")), null, null), "kim"))
                .isEqualTo(2);
        assertThat(tripped()).isTrue();
        assertThat(inbox.decisions().approve(ALL, "kim")).isEqualTo(1);
        assertThat(claim()).hasSize(4);
        assertThat(tripped()).isTrue();
        advance(WINDOW);
        inbox.session().heartbeat();

        assertThat(tripped()).isFalse();
    }

    @Test
    void where_everyone_was_restored_meanwhile_it_ends_with_the_window() {
        accept("1", "2", "3", "4");
        for (String contact : List.of("1", "2", "3", "4")) {
            restore(contact, true);
        }
        assertThat(tripped()).isTrue();

        assertThat(inbox.decisions().approve(ALL, "kim")).isZero();
        assertThat(tripped()).isTrue();
        advance(WINDOW);
        inbox.session().heartbeat();

        assertThat(tripped()).isFalse();
    }

    /** Nobody had decided about them: they were sent all the same, once they came back. */
    @Test
    void what_was_claimed_while_it_was_decided_is_held_when_it_comes_back() {
        accept("1", "2");
        List<Long> claimed = claim();
        accept("3", "4", "5");
        advance(Duration.ofSeconds(1));
        assertThat(inbox.decisions().reject(ALL, "kim")).isEqualTo(3);

        inbox.queue().release(claimed(claimed));

        assertThat(states("1")).containsOnly(DeletionState.HELD);
        assertThat(inbox.decisions().reject(ALL, "kim")).isEqualTo(2);
        advance(WINDOW);
        accept("6");
        assertThat(claim()).hasSize(1);
    }

    @Test
    void what_was_claimed_when_it_was_opened_is_held_when_it_comes_back() {
        accept("1", "2");
        List<Long> claimed = claim();
        accept("3", "4");
        inbox.decisions().reject(ALL, "kim");
        advance(Duration.ofSeconds(1));
        inbox.decisions().openGuard(Duration.ofMinutes(5), "kim");

        inbox.queue().postpone(claimed(claimed), Duration.ZERO, UNAVAILABLE, Postponement.FAILED);

        assertThat(states("1", "2")).containsOnly(DeletionState.HELD);
        assertThat(ledger.guard().held()).isEqualTo(2);
    }

    @Test
    void what_was_claimed_while_it_was_decided_is_not_called() {
        accept("1", "2");
        List<Batch> claimed = inbox.queue().claim(10, 100);
        accept("3", "4", "5");
        advance(Duration.ofSeconds(1));
        inbox.decisions().approve(ALL, "kim");

        assertThat(inbox.queue().stopped(claimed.get(0))).isTrue();
    }

    /** With 50 allowed in an hour and a person who only ever rejects, 450 of 600 went. */
    @Test
    void who_only_ever_rejects_lets_no_more_pass_than_the_limit() {
        int sent = 0;
        for (int second = 0; second < 40; second++) {
            accept("a" + second, "b" + second);
            List<Long> claimed = claim();
            sent += inbox.queue().settle(claimed(claimed), Confirmation.EXACT, Duration.ZERO);
            inbox.decisions().reject(ALL, "kim");
            advance(Duration.ofSeconds(1));
        }

        assertThat(sent).isLessThanOrEqualTo(MOST);
        assertThat(tripped()).isTrue();
    }

    /** Counted from the trip only, a mass deletion longer than the window would have begun to pass in its middle. */
    @Test
    void what_is_held_counts_for_its_own_window() {
        accept("1", "2", "3", "4");
        advance(WINDOW.minusSeconds(1));
        accept("5", "6", "7", "8");
        inbox.decisions().reject(ALL, "kim");
        advance(Duration.ofSeconds(2));

        accept("9");

        assertThat(states("9")).containsOnly(DeletionState.HELD);
    }

    @Test
    void once_the_window_is_clear_it_opens_by_itself_but_not_while_it_holds_something() {
        accept("1", "2", "3", "4");
        advance(WINDOW);
        inbox.session().heartbeat();
        assertThat(tripped()).isTrue();
        inbox.decisions().reject(new Selection(List.of(id("1"), id("2")), null, null), "kim");
        assertThat(tripped()).isTrue();

        inbox.decisions().reject(ALL, "kim");

        assertThat(tripped()).isFalse();
        accept("5", "6", "7");
        assertThat(claim()).hasSize(3);
    }

    // ---- a person opens it

    @Test
    void what_comes_while_it_is_open_passes_by_the_persons_word_and_does_not_count() {
        accept("1", "2", "3", "4");
        advance(Duration.ofSeconds(1));

        Instant until = inbox.decisions().openGuard(Duration.ofMinutes(30), "kim");

        assertThat(until).isEqualTo(START.plusSeconds(1801));
        assertThat(ledger.guard().openUntil()).isEqualTo(until);
        assertThat(ledger.guard().openedBy()).isEqualTo("kim");
        assertThat(tripped()).isFalse();
        assertThat(states("1", "2", "3", "4")).as("nobody decided about them").containsOnly(DeletionState.HELD);
        accept("5", "6", "7", "8", "9", "10");
        assertThat(claim()).hasSize(6);
        assertThat(ledger.ofContact("7").findFirst().orElseThrow().approvedBy()).isEqualTo("kim");
        inbox.decisions().reject(ALL, "kim");

        advance(Duration.ofMinutes(31));
        accept("11");
        assertThat(tripped()).as("1 to 4 still count").isTrue();
        advance(WINDOW);
        inbox.decisions().reject(ALL, "kim");
        accept("12", "13", "14");
        assertThat(tripped()).isFalse();
    }

    @Test
    void a_person_shuts_it_before_its_time() {
        inbox.decisions().openGuard(Duration.ofMinutes(30), "kim");

        inbox.decisions().openGuard(Duration.ZERO, "lee");

        assertThat(ledger.guard().openUntil()).isNull();
        assertThat(ledger.guard().openedBy()).isNull();
        accept("1", "2", "3", "4");
        assertThat(tripped()).isTrue();
    }

    @Test
    void what_a_gap_event_said_passes_when_it_is_believed_while_it_is_open() {
        inbox.intakes().accept(intake(checked("1"), checked("2"), checked("3"), checked("4")));
        inbox.decisions().openGuard(Duration.ofMinutes(30), "kim");

        inbox.doubts().gone(inbox.doubts().gapChecks(10));

        assertThat(states()).containsOnly(DeletionState.PENDING);
        assertThat(approvers()).containsOnly("kim");
    }

    @Test
    void what_goes_live_passes_while_it_is_open() {
        for (String contact : List.of("1", "2", "3", "4")) {
            accept(contact);
            inbox.queue().rehearse(claimed(claim()));
            advance(WINDOW);
        }
        inbox.decisions().openGuard(Duration.ofMinutes(30), "kim");

        inbox.decisions().goLive(ALL, Set.of(), "ada");

        assertThat(tripped()).isFalse();
        assertThat(claim()).hasSize(4);
    }

    // ---- what others hold

    @Test
    void it_opens_and_is_decided_about_by_its_own_rows_only() {
        accept("1", "2", "3", "4", "5");
        holdFor("merge", "5");

        assertThat(ledger.guard().held()).isEqualTo(4);
        assertThat(foundHeld(HeldReason.GUARD)).containsExactlyInAnyOrder("1", "2", "3", "4");
        assertThat(foundHeld(HeldReason.MERGE)).containsExactly("5");
        assertThat(foundHeld(HeldReason.NOT_VISIBLE)).isEmpty();
        assertThat(inbox.decisions().reject(ALL, "kim")).isEqualTo(4);
        assertThat(states("5")).containsOnly(DeletionState.HELD);
        advance(WINDOW);
        inbox.session().heartbeat();
        assertThat(tripped()).isFalse();
        assertThat(ledger.guard().held()).isZero();

        Selection merged = new Selection(List.of(), null, null, null, null, HeldReason.MERGE);
        assertThat(inbox.decisions().approve(merged, "kim")).isOne();

        assertThat(claim()).hasSize(1);
        assertThat(ledger.get(id("5")).orElseThrow().heldReason()).isNull();
    }

    @Test
    void what_others_hold_is_not_the_guards_to_approve_not_even_by_id() {
        accept("1", "2", "3", "4");
        holdFor("not_visible", "1");

        assertThat(inbox.decisions().approve(new Selection(List.of(id("1")), null, null), "kim"))
                .isZero();

        assertThat(ledger.get(id("1")).orElseThrow().heldReason()).isEqualTo(HeldReason.NOT_VISIBLE);
    }

    private void holdFor(String reason, String contact) {
        store.write(
                "test",
                transaction -> transaction.change(
                        "insert into held (deletion, reason) values (:id, :reason)",
                        Parameters.with("id", id(contact)).and("reason", reason)));
    }

    private List<String> foundHeld(HeldReason reason) {
        return ledger.find(new Ledger.Filter(null, null, null, 100, null, reason)).stream()
                .map(Entry::identifier)
                .toList();
    }

    // ---- what stays as it was

    /** It forgot who had been counted. */
    @Test
    void a_decision_about_nothing_is_no_new_beginning() {
        accept("1", "2");
        inbox.decisions().approve(ALL, "kim");

        accept("3", "4");

        assertThat(tripped()).isTrue();
    }

    @Test
    void a_decision_about_another_number_than_there_is_changes_nothing() {
        accept("1", "2", "3", "4");

        assertThatThrownBy(() -> inbox.decisions().approve(new Selection(List.of(), null, null, null, 3), "kim"))
                .isInstanceOf(UnexpectedCountException.class)
                .hasMessage("3 were expected, there are 4");

        assertThat(states()).containsOnly(DeletionState.HELD);
        assertThat(tripped()).isTrue();
        assertThat(inbox.decisions().approve(new Selection(List.of(), null, null, null, 4), "kim"))
                .isEqualTo(4);
    }

    @Test
    void what_a_person_let_pass_is_not_stopped_again() {
        accept("1", "2", "3", "4");
        inbox.decisions().approve(ALL, "kim");
        List<Batch> claimed = inbox.queue().claim(10, 100);

        accept("5", "6", "7", "8");

        assertThat(tripped()).isTrue();
        assertThat(inbox.queue().stopped(claimed.get(0))).isFalse();
        inbox.queue().postpone(claimed(claimed.get(0).ids()), Duration.ZERO, UNAVAILABLE, Postponement.FAILED);
        assertThat(states("1", "2", "3", "4")).containsOnly(DeletionState.PENDING);
    }

    @Test
    void what_is_redriven_passes_and_does_not_count() {
        accept("1", "2", "3");
        inbox.queue().park(claimed(claim()), REFUSED);
        inbox.decisions().redrive(ALL, "kim");
        assertThat(tripped()).isFalse();
        inbox.queue().park(claimed(claim()), REFUSED);
        accept("4");
        assertThat(tripped()).isTrue();

        inbox.decisions().redrive(ALL, "kim");

        assertThat(states("1", "2", "3")).containsOnly(DeletionState.PENDING);
        assertThat(claim()).hasSize(3);
    }

    /** Approved at once, it would be deleted while Salesforce is being asked whether it lives. */
    @Test
    void what_perhaps_was_restored_is_asked_about_first_whoever_approves_it() {
        accept("1", "2", "3", "4");
        restore("1", false);

        inbox.decisions().approve(ALL, "kim");

        assertThat(states("1")).containsOnly(DeletionState.CHECKING);
        assertThat(states("2")).containsOnly(DeletionState.PENDING);
        List<GapCheck> asked = inbox.doubts().gapChecks(10);
        accept("5", "6", "7", "8");
        inbox.doubts().gone(asked);
        assertThat(states("1")).as("approved is approved").containsOnly(DeletionState.PENDING);
    }

    // ---- the hold window

    @Test
    void a_deletion_waits_for_the_hold_window_and_a_persons_order_does_not() {
        inbox = holding(Duration.ofMinutes(10));
        accept("1");
        inbox.intakes()
                .accept(intake(
                        new DeletionRequest("L1", contact("2"), "api:1", Origin.API, START, DeletionState.PENDING),
                        found("3")));

        assertThat(claim()).containsExactly(id("2"));
        assertThat(inbox.queue().nextDue()).contains(Duration.ofMinutes(10));
        advance(Duration.ofMinutes(10));
        assertThat(claim()).containsExactlyInAnyOrder(id("1"), id("3"));
    }

    @Test
    void who_is_restored_within_the_window_keeps_its_record() {
        inbox = holding(Duration.ofMinutes(10));
        accept("1", "2");
        advance(Duration.ofMinutes(9));

        restore("1", true);
        advance(Duration.ofMinutes(1));

        assertThat(claim()).containsExactly(id("2"));
        assertThat(states("1")).containsOnly(DeletionState.CANCELLED);
    }

    @Test
    void it_is_given_up_by_the_time_that_it_was_due() {
        inbox = holding(GIVE_UP_AFTER.multipliedBy(2));
        accept("1");
        advance(GIVE_UP_AFTER.multipliedBy(2));

        inbox.queue().postpone(claimed(claim()), Duration.ZERO, UNAVAILABLE, Postponement.FAILED);

        assertThat(states("1")).containsOnly(DeletionState.PENDING);
    }

    @Test
    void what_is_approved_waits_for_the_rest_of_the_window() {
        inbox = holding(Duration.ofMinutes(10));
        accept("1", "2", "3", "4");
        advance(Duration.ofMinutes(4));

        inbox.decisions().approve(ALL, "kim");

        assertThat(inbox.queue().nextDue()).contains(Duration.ofMinutes(6));
    }

    private Inbox holding(Duration window) {
        return Inbox.open(
                store,
                new InboxSettings(GIVE_UP_AFTER, SESSION_TTL, Duration.ofDays(400), "a key", window, MOST, WINDOW));
    }

    // ---- the rehearsal

    @Test
    void what_is_rehearsed_goes_out_by_a_persons_word_only() {
        accept("1", "2");
        assertThat(inbox.queue().rehearse(claimed(claim()))).isEqualTo(2);
        assertThat(states()).containsOnly(DeletionState.REHEARSED);
        advance(WINDOW);
        assertThat(claim()).isEmpty();

        assertThat(inbox.decisions().goLive(ALL, Set.of(), "ada")).isEqualTo(2);

        assertThat(claim()).hasSize(2);
    }

    @Test
    void lists_that_are_in_a_dry_run_stay_rehearsed() {
        accept(deletion("L1", "1", "e"), deletion("L2", "1", "e"));
        inbox.queue().rehearse(claimed(claim()));

        assertThat(inbox.decisions().goLive(ALL, Set.of("L2"), "ada")).isOne();

        assertThat(claim()).hasSize(1);
        assertThat(ledger.counts()).containsEntry(DeletionState.REHEARSED, 1L);
    }

    /** Whoever discarded all that was parked had discarded what was rehearsed as well. */
    @Test
    void what_is_parked_and_what_is_rehearsed_are_discarded_each_for_itself() {
        accept("1");
        inbox.queue().rehearse(claimed(claim()));
        accept("2");
        inbox.queue().park(claimed(claim()), REFUSED);

        assertThat(inbox.decisions().discard(ALL, "kim")).isOne();
        assertThat(states("1")).containsOnly(DeletionState.REHEARSED);
        assertThat(inbox.decisions().discardRehearsed(ALL, "kim")).isOne();

        assertThat(states()).containsOnly(DeletionState.CANCELLED);
        assertThat(ledger.ofContact("1").findFirst().orElseThrow().settledBy()).isEqualTo("kim");
    }

    @Test
    void only_who_holds_it_rehearses_it() {
        accept("1");
        List<Long> claimed = claim();

        assertThat(guarded(MOST).queue().rehearse(claimed(claimed))).isZero();

        assertThat(states()).containsOnly(DeletionState.CLAIMED);
    }

    @Test
    void going_live_counts_for_the_guard() {
        for (String contact : List.of("1", "2", "3", "4")) {
            accept(contact);
            inbox.queue().rehearse(claimed(claim()));
            advance(WINDOW);
        }

        assertThat(inbox.decisions().goLive(ALL, Set.of(), "ada")).isEqualTo(4);

        assertThat(tripped()).isTrue();
        assertThat(states()).containsOnly(DeletionState.HELD);
        assertThat(inbox.decisions().approve(ALL, "kim")).isEqualTo(4);
        assertThat(claim()).hasSize(4);
    }

    @Test
    void going_live_while_it_is_tripped_is_held() {
        accept("1");
        inbox.queue().rehearse(claimed(claim()));
        accept("2", "3", "4", "5");

        inbox.decisions().goLive(ALL, Set.of(), "ada");

        assertThat(states("1")).containsOnly(DeletionState.HELD);
    }

    @Test
    void who_is_restored_while_it_is_rehearsed_is_cancelled() {
        accept("1");
        List<Long> claimed = claim();
        restore("1", true);

        inbox.queue().rehearse(claimed(claimed));

        assertThat(states("1")).containsOnly(DeletionState.CANCELLED);
    }

    // ---- words

    private void accept(String... contacts) {
        accept(Arrays.stream(contacts)
                .map(contact -> deletion("L1", contact, "e"))
                .toArray(DeletionRequest[]::new));
    }

    private void accept(DeletionRequest... requests) {
        inbox.intakes().accept(intake(requests));
    }

    private static DeletionRequest deletion(String list, String contact, String eventKey) {
        return request(list, contact(contact), eventKey);
    }

    private static DeletionRequest found(String contact) {
        return new DeletionRequest(
                "L1", contact(contact), "sweep:1", Origin.SWEEP, START.minusSeconds(5), DeletionState.PENDING);
    }

    private static DeletionRequest checked(String contact) {
        return new DeletionRequest(
                "L1", contact(contact), "gap", Origin.STREAM, START.minusSeconds(5), DeletionState.CHECKING);
    }

    private void restore(String contact, boolean confirmed) {
        Instant at = START.plusSeconds(1);
        inbox.intakes()
                .accept(new Intake(
                        List.of(),
                        List.of(new Restoration(contact(contact), "back-" + contact, at, confirmed)),
                        List.of(),
                        null,
                        null));
    }

    private static Identifier contact(String id) {
        return Identifier.external("salesforce", id);
    }

    /** Time may have passed, and a session that is silent claims nothing. */
    private List<Long> claim() {
        inbox.session().heartbeat();
        return OnEitherDatabase.ids(inbox.queue().claim(10, 100));
    }

    private boolean tripped() {
        return ledger.guard().trippedAt() != null;
    }

    private boolean shared() {
        return store.isShared();
    }

    private List<DeletionState> states(String... contacts) {
        List<DeletionState> states = ledger.find(OnEitherDatabase.all()).stream()
                .filter(row -> contacts.length == 0 || List.of(contacts).contains(row.identifier()))
                .map(Entry::state)
                .toList();
        assertThat(states).hasSizeGreaterThanOrEqualTo(contacts.length);
        return states;
    }

    private long id(String contact) {
        return ledger.find(OnEitherDatabase.all()).stream()
                .filter(row -> row.identifier().equals(contact))
                .mapToLong(Entry::id)
                .findFirst()
                .orElseThrow();
    }

    private List<String> approvers() {
        return store.read(
                "test",
                transaction ->
                        transaction.list("select approved_by from deletion", row -> row.getString("approved_by")));
    }
}
