package io.recordsync.inbox;

import static io.recordsync.inbox.database.Parameters.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.deletion.Batch;
import io.recordsync.deletion.CatchUp;
import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.DeletionRequest;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.Identifier;
import io.recordsync.deletion.Intake;
import io.recordsync.deletion.Origin;
import io.recordsync.deletion.Restoration;
import io.recordsync.inbox.Doubts.GapCheck;
import io.recordsync.inbox.Intakes.Subscription;
import io.recordsync.inbox.Ledger.Entry;
import io.recordsync.inbox.Queue.Postponement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is due while a stream catches up: Salesforce is asked about it first, whatever the database. */
abstract class CatchUpContract extends OnEitherDatabase {

    private static final Duration LOOK_LASTS = Duration.ofSeconds(60);
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    // ---- when

    @Test
    void the_very_first_subscription_has_nothing_to_catch_up_with_and_each_one_that_resumes_has() {
        Subscription first = inbox.intakes().subscribe(CHANNEL).orElseThrow();
        assertThat(ledger.catchingUp()).isFalse();
        inbox.intakes().accept(new Intake(List.of(), List.of(), position(first, 1)));

        inbox.intakes().subscribe(CHANNEL);

        assertThat(ledger.catchingUp()).isTrue();
    }

    @Test
    void it_lasts_until_the_stream_says_that_it_is_over_and_begins_again_when_what_comes_is_old() {
        resume();
        say(false);
        assertThat(ledger.catchingUp()).isTrue();

        say(true);
        assertThat(ledger.catchingUp()).isFalse();

        say(false);
        assertThat(ledger.catchingUp()).isTrue();
    }

    @Test
    void it_outlives_the_process_and_is_read_by_every_node() {
        resume();
        Inbox other = Inbox.open(store, SETTINGS);
        accept("003A");

        assertThat(other.queue().claim(10, 10)).isEmpty();

        assertThat(state("003A")).isEqualTo(DeletionState.CHECKING);
    }

    @Test
    void it_does_not_outlive_its_channel() {
        resume();
        store.write("test", transaction -> transaction.change("delete from session"));
        Inbox other = Inbox.open(store, SETTINGS);

        other.intakes().subscribe("/data/Another__chn");

        assertThat(ledger.catchingUp()).isFalse();
    }

    // ---- what is due

    @Test
    void what_is_due_from_before_or_just_read_is_looked_at_and_only_who_does_not_live_is_claimed() {
        accept("003A");
        resume();
        accept("003B", "003C");

        assertThat(claim()).isEmpty();
        assertThat(inbox.queue().nextDue()).isEmpty();
        List<GapCheck> checks = inbox.doubts().gapChecks(200);
        assertThat(checks).extracting(GapCheck::contactId).containsExactly("003A", "003B", "003C");
        inbox.doubts().living(checks.subList(0, 1));
        assertThat(inbox.doubts().gone(checks.subList(1, 3))).isEqualTo(2);

        assertThat(state("003A")).isEqualTo(DeletionState.CANCELLED);
        assertThat(claim()).hasSize(2);
        assertThat(inbox.doubts().gapChecks(200)).isEmpty();
    }

    /** Whoever asks Salesforce need not look every second. */
    @Test
    void a_claim_that_leaves_something_to_be_looked_at_says_so_once_and_no_other_does() {
        AtomicInteger told = new AtomicInteger();
        inbox.queue().onDiverted(told::incrementAndGet);
        accept("003A");
        claim();
        resume();
        claim();
        assertThat(told).hasValue(0);

        accept("003B");
        claim();
        claim();

        assertThat(state("003B")).isEqualTo(DeletionState.CHECKING);
        assertThat(told).hasValue(1);
    }

    @Test
    void what_waits_for_its_time_is_not_looked_at_yet() {
        resume();
        accept("003A");
        store.write(
                "test",
                transaction -> transaction.change(
                        "update deletion set due_at = due_at + :by", with("by", Duration.ofMinutes(5))));

        assertThat(claim()).isEmpty();

        assertThat(state("003A")).isEqualTo(DeletionState.PENDING);
    }

    @Test
    void orders_of_a_person_are_not_asked_about() {
        resume();
        inbox.intakes()
                .accept(intake(
                        new DeletionRequest(
                                "L1",
                                Identifier.external("salesforce", "003A"),
                                "api:1",
                                Origin.API,
                                START,
                                DeletionState.PENDING),
                        new DeletionRequest(
                                "L1", Identifier.record("r-1"), "api:1", Origin.API, START, DeletionState.PENDING),
                        new DeletionRequest(
                                "L1",
                                Identifier.phone("+12125550100"),
                                "api:1",
                                Origin.API,
                                START,
                                DeletionState.PENDING)));

        assertThat(claim()).hasSize(3);

        assertThat(inbox.doubts().gapChecks(200)).isEmpty();
    }

    @Test
    void it_is_asked_again_only_after_it_was_unclaimed_for_a_minute_and_only_by_a_claim() {
        resume();
        accept("003A");
        claim();
        answerGone();
        advance(LOOK_LASTS.minusMillis(1));
        inbox.session().heartbeat();
        List<Batch> claimed = inbox.queue().claim(10, 10);
        assertThat(claimed).hasSize(1);
        inbox.queue().postpone(claimed(ids(claimed)), Duration.ZERO, UNAVAILABLE, Postponement.FAILED);

        advance(Duration.ofHours(1));
        inbox.session().heartbeat();
        assertThat(inbox.doubts().gapChecks(200))
                .as("nothing is asked while nothing is claimed")
                .isEmpty();

        assertThat(claim()).isEmpty();
        assertThat(inbox.doubts().gapChecks(200)).hasSize(1);
    }

    @Test
    void once_it_has_caught_up_nothing_is_looked_at() {
        resume();
        say(true);
        accept("003A");

        assertThat(claim()).hasSize(1);
    }

    @Test
    void an_undelete_that_is_read_meanwhile_cancels_what_is_looked_at() {
        resume();
        accept("003A");
        claim();
        List<GapCheck> asked = inbox.doubts().gapChecks(200);

        inbox.intakes()
                .accept(new Intake(
                        List.of(),
                        List.of(new Restoration(
                                Identifier.external("salesforce", "003A"), "back/1", START.plusSeconds(5), true)),
                        List.of(),
                        null,
                        null));
        inbox.doubts().gone(asked);

        assertThat(state("003A")).isEqualTo(DeletionState.CANCELLED);
        say(true);
        assertThat(looks()).isZero();
    }

    /** Else each look would put off the day on which it is given up, and bring it before the guard a second time. */
    @Test
    void a_look_leaves_the_row_as_it_was() {
        resume();
        accept("003A");
        long id = found(null, null, "003A", 1, null).get(0);
        String before = everyColumn(id);
        advance(Duration.ofMinutes(3));

        claim();
        answerGone();

        assertThat(everyColumn(id)).isEqualTo(before);
    }

    @Test
    void what_was_claimed_before_it_began_is_not_called_and_what_was_looked_at_is() {
        accept("003A");
        List<Batch> before = inbox.queue().claim(10, 10);
        assertThat(inbox.queue().overtaken(before.get(0))).isFalse();

        resume();

        assertThat(inbox.queue().overtaken(before.get(0))).isTrue();
        inbox.queue().release(claimed(ids(before)));
        assertThat(claim()).isEmpty();
        answerGone();
        List<Batch> after = inbox.queue().claim(10, 10);
        assertThat(inbox.queue().overtaken(after.get(0))).isFalse();
    }

    @Test
    void many_are_looked_at_at_once_however_few_may_be_claimed() {
        resume();
        acceptMany("L1", 200);

        assertThat(inbox.queue().claim(1, 10)).isEmpty();

        assertThat(inbox.doubts().gapChecks(200)).hasSize(200);
    }

    /** Two hundred rows of twenty lists are ten contacts, and would be twenty times as many queries. */
    @Test
    void two_hundred_contacts_are_asked_about_however_many_lists_they_are_in() {
        List<DeletionRequest> requests = new ArrayList<>();
        for (int contact = 0; contact < 250; contact++) {
            requests.add(request("L1", "003-" + contact));
            requests.add(request("L2", "003-" + contact));
        }
        resume();
        inbox.intakes().accept(new Intake(requests, List.of(), null));
        while (inbox.queue().nextDue().isPresent()) {
            claim();
        }

        assertThat(inbox.doubts().gapChecks(200)).hasSize(200).allSatisfy(check -> assertThat(check.deletions())
                .hasSize(2));
    }

    // ---- no answer

    @Test
    void without_an_answer_it_waits_for_stream_catch_up_and_no_longer() {
        resume();
        accept("003A");
        claim();

        advance(PATIENCE.minusMillis(1));
        assertThat(inbox.doubts().letGo(PATIENCE)).isZero();
        assertThat(ledger.problems(10)).isEmpty();
        advance(Duration.ofMillis(1));
        assertThat(inbox.doubts().letGo(PATIENCE)).isEqualTo(1);

        inbox.session().heartbeat();
        assertThat(claim()).hasSize(1);
        assertThat(ledger.problems(10)).singleElement().satisfies(problem -> {
            assertThat(problem.kind()).isEqualTo("unasked");
            assertThat(problem.message()).contains(CHANNEL, "stream.catch-up");
        });
    }

    @Test
    void without_an_answer_it_goes_on_once_the_stream_has_caught_up_and_that_is_no_problem() {
        resume();
        accept("003A");
        claim();
        say(true);
        assertThat(state("003A")).as("it is still asked about").isEqualTo(DeletionState.CHECKING);

        assertThat(inbox.doubts().letGo(PATIENCE)).isEqualTo(1);

        assertThat(claim()).hasSize(1);
        assertThat(ledger.problems(10)).isEmpty();
        assertThat(looks()).isZero();
    }

    @Test
    void what_is_in_doubt_and_what_a_gap_event_said_stays_however_long_it_takes() {
        resume();
        accept("003A");
        claim();
        inbox.intakes().accept(new Intake(List.of(), List.of(), List.of(), null, true, null));
        inbox.intakes().accept(intake(request("L1", "003B").in(DeletionState.CHECKING)));

        advance(Duration.ofDays(1));

        assertThat(inbox.doubts().letGo(PATIENCE)).isZero();
        assertThat(state("003A")).isEqualTo(DeletionState.CHECKING);
        assertThat(state("003B")).isEqualTo(DeletionState.CHECKING);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void the_answer_about_a_doubt_need_not_be_had_twice(boolean gap) {
        resume();
        inbox.intakes().accept(intake(request("L1", "003A").in(gap ? DeletionState.CHECKING : DeletionState.PENDING)));
        if (!gap) {
            inbox.intakes().accept(new Intake(List.of(), List.of(), List.of(), null, true, null));
        }

        answerGone();

        assertThat(claim()).hasSize(1);
    }

    // ---- what it costs

    @Test
    void the_live_flow_costs_no_statement_more() {
        Subscription live = inbox.intakes().subscribe(CHANNEL).orElseThrow();
        inbox.intakes().accept(new Intake(List.of(), List.of(), position(live, 1)).saying(new CatchUp(CHANNEL, true)));
        statements(request("L1", "003Z"), live, null);
        int[] without = statements(request("L1", "003A"), live, null);

        int[] with = statements(request("L1", "003B"), live, new CatchUp(CHANNEL, true));

        assertThat(with).isEqualTo(without);
    }

    private int[] statements(DeletionRequest request, Subscription subscription, CatchUp catchUp) {
        faults.executed.clear();
        inbox.intakes().accept(new Intake(List.of(request), List.of(), position(subscription, 2)).saying(catchUp));
        int accepting = faults.executed.size();
        List<Batch> claimed = inbox.queue().claim(10, 10);
        int claiming = faults.executed.size() - accepting;
        boolean overtaken = inbox.queue().overtaken(claimed.get(0));
        int looking = faults.executed.size() - accepting - claiming;
        assertThat(overtaken).isFalse();
        inbox.queue().settle(claimed(ids(claimed)), Confirmation.EXACT, Duration.ZERO);
        return new int[] {accepting, claiming, looking};
    }

    // ---- what was found before a hole, and accepted after it

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void what_was_found_before_a_hole_and_is_accepted_after_it_is_in_doubt(boolean sweep) {
        long before = inbox.intakes().holes();
        inbox.intakes().accept(new Intake(List.of(), List.of(), List.of(), null, true, null));
        long after = inbox.intakes().holes();
        Origin origin = sweep ? Origin.SWEEP : Origin.RECONCILE;

        inbox.intakes().accept(intake(foundBy(origin, "003A")).askedAfter(before));
        inbox.intakes().accept(intake(foundBy(origin, "003B")).askedAfter(after));

        assertThat(entry("003A").state()).isEqualTo(DeletionState.CHECKING);
        assertThat(entry("003A").doubted()).isTrue();
        assertThat(entry("003B").state()).isEqualTo(DeletionState.PENDING);
        assertThat(entry("003B").doubted()).isFalse();
        answerGone();
        assertThat(entry("003A").state()).isEqualTo(DeletionState.PENDING);
        assertThat(entry("003A").doubted()).isFalse();
    }

    @Test
    void what_was_found_before_a_restoration_is_no_doubt_about_others() {
        long before = inbox.intakes().holes();
        inbox.intakes()
                .accept(new Intake(
                        List.of(),
                        List.of(new Restoration(Identifier.external("salesforce", "003Z"), "back/1", START, true)),
                        List.of(),
                        null,
                        null));

        inbox.intakes().accept(intake(foundBy(Origin.SWEEP, "003A")).askedAfter(before));

        assertThat(entry("003A").doubted()).isFalse();
    }

    /** It may have been deleted again in the same second: commit times do not tell. */
    @Test
    void what_a_sweep_finds_in_the_second_of_a_deletion_whose_contact_lived_is_new() {
        inbox.intakes().accept(intake(request("L1", "003A").in(DeletionState.CHECKING)));
        inbox.doubts().living(inbox.doubts().gapChecks(200));
        Instant committed = entry("003A").committedAt();

        inbox.intakes()
                .accept(intake(new DeletionRequest(
                        "L1",
                        Identifier.external("salesforce", "003A"),
                        "sweep:1",
                        Origin.SWEEP,
                        committed,
                        DeletionState.PENDING)));

        assertThat(found(DeletionState.PENDING, null, "003A", 2, null)).hasSize(1);
    }

    // ---- words

    /** A stream that has been there before resumes. */
    private void resume() {
        inbox.intakes().subscribe(CHANNEL);
        inbox.intakes().subscribe(CHANNEL);
    }

    private void say(boolean over) {
        inbox.intakes().accept(new Intake(List.of(), List.of(), null).saying(new CatchUp(CHANNEL, over)));
    }

    private void accept(String... contacts) {
        for (String contact : contacts) {
            inbox.intakes().accept(intake(request("L1", contact)));
        }
    }

    private List<Long> claim() {
        return ids(inbox.queue().claim(10, 100));
    }

    private void answerGone() {
        List<GapCheck> checks = inbox.doubts().gapChecks(200);
        assertThat(checks).isNotEmpty();
        inbox.doubts().gone(checks);
    }

    private static DeletionRequest foundBy(Origin origin, String contact) {
        return new DeletionRequest(
                "L1",
                Identifier.external("salesforce", contact),
                Origin.SWEEP == origin ? "sweep:1" : "reconcile:1",
                origin,
                START,
                DeletionState.PENDING);
    }

    private DeletionState state(String contact) {
        return entry(contact).state();
    }

    private Entry entry(String contact) {
        return ledger.get(found(null, null, contact, 1, null).get(0)).orElseThrow();
    }

    private long looks() {
        return store.read(
                        "test",
                        transaction -> transaction.first("select count(*) as n from look", row -> row.getLong("n")))
                .orElseThrow();
    }
}
