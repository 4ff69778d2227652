package io.recordsync.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recordsync.deletion.Commit;
import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.DeletionRequest;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.Identifier;
import io.recordsync.deletion.Intake;
import io.recordsync.deletion.Origin;
import io.recordsync.deletion.Problem;
import io.recordsync.deletion.Restoration;
import io.recordsync.deletion.StreamPosition;
import io.recordsync.deletion.SweepDemand;
import io.recordsync.inbox.Coverage.State;
import io.recordsync.inbox.Coverage.Stretch;
import io.recordsync.inbox.Coverage.Sweep;
import io.recordsync.inbox.Decisions.Selection;
import io.recordsync.inbox.Ledger.Entry;
import io.recordsync.inbox.Ledger.Filter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the coverage promises, and what becomes of what a sweep or the presence check finds, whatever the database. */
abstract class CoverageContract extends OnEitherDatabase {

    private static final Duration PERIOD = Duration.ofHours(24);
    private static final Instant CHANGE = START.minus(Duration.ofHours(2));
    private static final SweepDemand OVERFLOW = new SweepDemand("gap_overflow", null, false);

    private Coverage coverage;

    @BeforeEach
    void cover() {
        coverage = inbox.coverage();
    }

    // ---- when a sweep is owed

    /** A clock an hour fast dropped what was deleted in the first hour. */
    @Test
    void the_first_start_is_by_salesforces_time() {
        Instant salesforce = START.minus(Duration.ofHours(1));
        Inbox other = Inbox.open(store, byTime(() -> salesforce));

        other.coverage().begin(PERIOD);
        assertThat(other.coverage().state().coveredUntil()).isEqualTo(salesforce);
        assertThat(other.intakes().subscribe(CHANNEL).orElseThrow().firstStart())
                .isEqualTo(salesforce);
        assertThat(inbox.intakes().subscribe(CHANNEL)).isEmpty();
        assertThat(other.intakes().subscribe(CHANNEL).orElseThrow().firstStart())
                .as("once for all")
                .isEqualTo(salesforce);
    }

    @Test
    void so_is_the_first_start_in_another_org() {
        AtomicReference<Instant> salesforce = new AtomicReference<>(START.minus(Duration.ofHours(1)));
        Inbox other = Inbox.open(store, byTime(salesforce::get));
        other.intakes().pinOrg("00D000000000001AAA");
        other.intakes().subscribe(CHANNEL);
        salesforce.set(START.minus(Duration.ofMinutes(30)));

        other.decisions().confirmOrg("00D000000000002AAA");

        assertThat(ledger.position(CHANNEL).orElseThrow().firstStart()).isEqualTo(START);
        other.coverage().begin(PERIOD);
        assertThat(other.coverage().state().coveredUntil()).isEqualTo(salesforce.get());
        assertThat(other.intakes().subscribe(CHANNEL).orElseThrow().firstStart())
                .isEqualTo(salesforce.get());
    }

    @Test
    void nothing_is_owed_within_the_first_period_and_a_sweep_after_it() {
        inbox.intakes().subscribe(CHANNEL);

        assertThat(coverage.begin(PERIOD)).isEmpty();
        assertThat(coverage.state().coveredUntil()).isEqualTo(START);
        advance(PERIOD.minusMillis(1));
        heartbeat();
        assertThat(coverage.begin(PERIOD)).isEmpty();
        advance(Duration.ofMillis(1));

        assertThat(coverage.begin(PERIOD)).contains(new Sweep(START, START, 0, "period"));
    }

    @Test
    void without_any_channel_what_is_covered_starts_now() {
        assertThat(coverage.begin(PERIOD)).isEmpty();

        assertThat(coverage.state().coveredUntil()).isEqualTo(START);
    }

    @Test
    void a_demand_is_written_with_what_caused_it_or_not_at_all() {
        StreamPosition position =
                inbox.intakes().subscribe(CHANNEL).orElseThrow().position();
        Intake intake = new Intake(
                List.of(),
                List.of(),
                List.of(new Problem("gap_overflow", "too many")),
                OVERFLOW,
                new StreamPosition(CHANNEL, new byte[] {1}, position.epoch()));
        faults.failOn("update sweep");

        assertThatThrownBy(() -> inbox.intakes().accept(intake)).isInstanceOf(InboxException.class);
        assertThat(ledger.position(CHANNEL).orElseThrow().replayId()).isNull();
        assertThat(ledger.problems(10)).isEmpty();
        faults.heal();
        inbox.intakes().accept(intake);

        assertThat(coverage.state().owed()).isEqualTo("gap_overflow");
        assertThat(coverage.begin(PERIOD)).contains(new Sweep(START, START, 1, "gap_overflow"));
    }

    @Test
    void a_reason_that_no_database_holds_does_not_stop_an_intake() {
        String reason = "refused id \0" + "x".repeat(2_000);

        inbox.intakes().accept(new Intake(List.of(), List.of(), List.of(), new SweepDemand(reason, null, false), null));
        Sweep sweep = coverage.begin(PERIOD).orElseThrow();
        coverage.fail(sweep, reason);

        assertThat(sweep.reason()).startsWith("refused id \ufffdxx").hasSize(1_000);
        assertThat(coverage.state().lastError()).isEqualTo(sweep.reason());
    }

    @Test
    void a_sweep_of_another_org_proves_nothing() {
        inbox.intakes().pinOrg("00D000000000001AAA");
        inbox.intakes().subscribe(CHANNEL);
        coverage.demand(OVERFLOW);
        Sweep running = coverage.begin(PERIOD).orElseThrow();
        inbox.decisions().confirmOrg("00D000000000002AAA");

        assertThatThrownBy(() -> coverage.finish(running, START.plusSeconds(60), true, null))
                .isInstanceOf(InboxException.class)
                .hasMessageContaining("another org");

        assertThat(coverage.state().coveredUntil()).isNull();
        assertThat(coverage.state().lastAt()).isNull();
    }

    @Test
    void a_demand_outlives_the_process() {
        coverage.demand(OVERFLOW);
        inbox.session().close();

        Inbox next = Inbox.open(store, SETTINGS);

        assertThat(next.coverage().begin(PERIOD)).isPresent();
    }

    @Test
    void a_demand_made_while_a_sweep_runs_is_not_answered_by_it() {
        coverage.demand(OVERFLOW);
        Sweep running = coverage.begin(PERIOD).orElseThrow();
        coverage.demand(new SweepDemand("undecodable_event", null, false));

        coverage.finish(running, START, true, null);

        assertThat(coverage.state().owed()).isEqualTo("undecodable_event");
        Sweep second = coverage.begin(PERIOD).orElseThrow();
        coverage.finish(second, START, true, null);
        assertThat(coverage.state().owed()).isNull();
        assertThat(coverage.begin(PERIOD)).isEmpty();
    }

    @Test
    void a_sweep_that_could_not_prove_enough_leaves_its_demand_owed() {
        inbox.intakes().subscribe(CHANNEL);
        coverage.demand(OVERFLOW);
        Sweep sweep = coverage.begin(PERIOD).orElseThrow();

        coverage.finish(sweep, START.plusSeconds(30), false, null);

        assertThat(coverage.state().owed()).isEqualTo("gap_overflow");
        assertThat(coverage.state().coveredUntil()).isEqualTo(START.plusSeconds(30));
        assertThat(coverage.begin(PERIOD)).contains(new Sweep(START.plusSeconds(30), START, 1, "gap_overflow"));
    }

    @Test
    void a_sweep_that_failed_is_owed_still_and_says_why_until_one_succeeds() {
        coverage.demand(OVERFLOW);
        coverage.fail(coverage.begin(PERIOD).orElseThrow(), "Salesforce answered 503");

        assertThat(coverage.state().lastError()).isEqualTo("Salesforce answered 503");
        Sweep again = coverage.begin(PERIOD).orElseThrow();
        coverage.finish(again, START, true, null);

        assertThat(coverage.state()).isEqualTo(new State(START, START, null, null, false, false, null));
    }

    @Test
    void a_lost_position_is_told_until_the_sweep_for_it_is_answered() {
        coverage.demand(new SweepDemand("position_lost", null, true));
        coverage.demand(OVERFLOW);
        assertThat(coverage.state().positionLost()).isTrue();
        Sweep sweep = coverage.begin(PERIOD).orElseThrow();
        coverage.finish(sweep, START, false, null);
        assertThat(coverage.state().positionLost()).isTrue();

        coverage.finish(coverage.begin(PERIOD).orElseThrow(), START, true, null);

        assertThat(coverage.state().positionLost()).isFalse();
    }

    // ---- from where

    @Test
    void the_next_sweep_begins_where_the_last_one_proved() {
        inbox.intakes().subscribe(CHANNEL);
        coverage.demand(OVERFLOW);
        coverage.finish(coverage.begin(PERIOD).orElseThrow(), START.plusSeconds(600), true, null);
        coverage.demand(OVERFLOW);

        assertThat(coverage.begin(PERIOD)).contains(new Sweep(START.plusSeconds(600), START, 2, "gap_overflow"));
    }

    @Test
    void what_is_proven_never_moves_back() {
        coverage.demand(OVERFLOW);
        coverage.finish(coverage.begin(PERIOD).orElseThrow(), START.plusSeconds(600), true, null);
        coverage.demand(OVERFLOW);

        coverage.finish(coverage.begin(PERIOD).orElseThrow(), START.plusSeconds(300), true, null);

        assertThat(coverage.state().coveredUntil()).isEqualTo(START.plusSeconds(600));
    }

    @Test
    void a_person_may_go_back_before_the_first_start_and_that_is_forgotten_once_answered() {
        inbox.intakes().subscribe(CHANNEL);
        Instant lastWeek = START.minus(Duration.ofDays(7));
        coverage.demand(new SweepDemand("operator", START.minus(Duration.ofDays(1)), false));
        coverage.demand(new SweepDemand("operator", lastWeek, false));
        coverage.demand(new SweepDemand("operator", START.plusSeconds(5), false));
        Sweep sweep = coverage.begin(PERIOD).orElseThrow();

        assertThat(sweep).isEqualTo(new Sweep(lastWeek, lastWeek, 3, "operator"));
        coverage.finish(sweep, START, true, null);
        coverage.demand(OVERFLOW);
        assertThat(coverage.begin(PERIOD)).contains(new Sweep(START, START, 4, "gap_overflow"));
    }

    @Test
    void what_a_person_ordered_is_swept_from_where_it_was_ordered_and_can_be_withdrawn() {
        inbox.intakes().subscribe(CHANNEL);
        coverage.begin(PERIOD);
        Instant lastWeek = START.minus(Duration.ofDays(7));
        coverage.order("ada", lastWeek);
        coverage.order("kim", null);
        assertThat(coverage.state().ordered()).isTrue();
        assertThat(coverage.state().owed()).isEqualTo("ordered by kim");
        Sweep sweep = coverage.begin(PERIOD).orElseThrow();
        assertThat(sweep).isEqualTo(new Sweep(lastWeek, lastWeek, 2, "ordered by kim"));
        assertThat(sweep.isOrdered()).isTrue();
        coverage.fail(sweep, "503");

        assertThat(coverage.withdraw()).isTrue();

        assertThat(coverage.withdraw()).isFalse();
        assertThat(coverage.state().ordered()).isFalse();
        assertThat(coverage.state().owed()).isNull();
        assertThat(coverage.begin(PERIOD)).isEmpty();
    }

    @Test
    void what_a_gap_demands_cannot_be_withdrawn_and_is_swept_from_its_own_start() {
        inbox.intakes().subscribe(CHANNEL);
        coverage.begin(PERIOD);
        coverage.demand(OVERFLOW);
        coverage.order("ada", START.minus(Duration.ofDays(7)));
        assertThat(coverage.begin(PERIOD).orElseThrow().since()).isEqualTo(START.minus(Duration.ofDays(7)));
        assertThat(coverage.begin(PERIOD).orElseThrow().isOrdered()).isFalse();

        assertThat(coverage.withdraw()).isTrue();

        assertThat(coverage.state().owed()).isEqualTo("gap_overflow");
        assertThat(coverage.begin(PERIOD).orElseThrow().since()).isEqualTo(START);
        assertThat(coverage.withdraw()).as("nothing is ordered any more").isFalse();
        assertThat(coverage.begin(PERIOD)).isPresent();
    }

    @Test
    void an_order_is_forgotten_once_it_is_answered_and_one_made_meanwhile_is_not() {
        coverage.order("ada", START.minus(Duration.ofDays(7)));
        Sweep sweep = coverage.begin(PERIOD).orElseThrow();
        coverage.order("kim", START.minus(Duration.ofDays(2)));
        coverage.finish(sweep, START, true, null);

        assertThat(coverage.state().owed()).isEqualTo("ordered by kim");
        Sweep second = coverage.begin(PERIOD).orElseThrow();
        coverage.finish(second, START, true, null);
        assertThat(coverage.state().owed()).isNull();
        assertThat(coverage.withdraw()).isFalse();
        coverage.demand(OVERFLOW);
        assertThat(coverage.begin(PERIOD).orElseThrow().since()).isEqualTo(START);
    }

    @Test
    void a_later_start_that_a_person_names_leaves_no_hole_before_it() {
        coverage.demand(new SweepDemand("operator", START.plusSeconds(3_000), false));

        assertThat(coverage.begin(PERIOD).orElseThrow().since()).isEqualTo(START);
    }

    @Test
    void what_is_unproven_grows_until_a_person_accepts_it() {
        coverage.demand(OVERFLOW);
        coverage.finish(coverage.begin(PERIOD).orElseThrow(), START, false, new Stretch(START.minusSeconds(60), START));
        coverage.finish(
                coverage.begin(PERIOD).orElseThrow(),
                START,
                true,
                new Stretch(START.minusSeconds(90), START.minusSeconds(30)));
        coverage.demand(OVERFLOW);
        coverage.finish(coverage.begin(PERIOD).orElseThrow(), START, true, null);

        Stretch whole = new Stretch(START.minusSeconds(90), START);
        assertThat(coverage.state().unproven()).isEqualTo(whole);
        assertThatThrownBy(() -> coverage.acceptUnproven(
                        new Stretch(whole.from(), whole.until().minusSeconds(1))))
                .isInstanceOf(NotAsShownException.class);
        assertThatThrownBy(() -> coverage.acceptUnproven(null)).isInstanceOf(NotAsShownException.class);
        assertThat(coverage.state().unproven()).isEqualTo(whole);
        assertThat(coverage.acceptUnproven()).contains(whole);
        assertThat(coverage.acceptUnproven()).isEmpty();
        assertThat(coverage.state().unproven()).isNull();
    }

    @Test
    void another_org_is_not_covered_by_what_was_proven_of_this_one() {
        inbox.intakes().pinOrg("00D000000000001AAA");
        coverage.demand(OVERFLOW);
        coverage.finish(coverage.begin(PERIOD).orElseThrow(), START, false, new Stretch(START.minusSeconds(60), START));

        inbox.decisions().confirmOrg("00D000000000002AAA");

        assertThat(coverage.state()).isEqualTo(new State(null, null, null, null, false, false, null));
    }

    // ---- by whom

    @Test
    void one_session_sweeps_at_a_time_and_a_dead_one_is_replaced() {
        Inbox other = Inbox.open(store, SETTINGS);
        Coverage others = other.coverage();
        coverage.demand(OVERFLOW);
        Sweep first = coverage.begin(PERIOD).orElseThrow();

        assertThat(coverage.state().running()).isTrue();
        assertThat(others.begin(PERIOD)).isEmpty();
        assertThat(coverage.begin(PERIOD)).as("its own again").isPresent();
        advance(SESSION_TTL);
        other.session().heartbeat();

        assertThat(others.begin(PERIOD)).isPresent();
        assertThatThrownBy(() -> coverage.finish(first, START, true, null)).isInstanceOf(InboxException.class);
        assertThat(coverage.state().owed())
                .as("the old one is not heard any more")
                .isNotNull();
    }

    @Test
    void an_expired_session_begins_nothing() {
        coverage.demand(OVERFLOW);
        advance(SESSION_TTL);

        assertThat(coverage.begin(PERIOD)).isEmpty();
    }

    // ---- what a sweep finds

    @Test
    void a_find_is_pending_with_its_note() {
        List<Long> ids = inbox.intakes()
                .accept(intake(swept("003A", CHANGE, "merged into 003B")))
                .ids();

        Entry entry = ledger.get(ids.get(0)).orElseThrow();
        assertThat(entry.state()).isEqualTo(DeletionState.PENDING);
        assertThat(entry.origin()).isEqualTo("sweep");
        assertThat(entry.committedAt()).isEqualTo(CHANGE);
        assertThat(entry.note()).isEqualTo("merged into 003B");
    }

    @Test
    void a_find_that_the_stream_told_of_is_known_whatever_became_of_it() {
        Instant commit = CHANGE.plusMillis(700);
        inbox.intakes().accept(intake(streamed("L1", "003-pending", commit)));
        assertThat(inbox.intakes().accept(intake(swept("003-pending", CHANGE))).ids())
                .isEmpty();

        inbox.intakes().accept(intake(streamed("L1", "003-deleted", commit)));
        inbox.queue().settle(claimed(claimAll()), Confirmation.EXACT, Duration.ZERO);
        assertThat(inbox.intakes().accept(intake(swept("003-deleted", CHANGE))).ids())
                .isEmpty();

        inbox.intakes().accept(intake(streamed("L1", "003-parked", commit)));
        inbox.queue().park(claimed(claimAll()), REFUSED);
        assertThat(inbox.intakes().accept(intake(swept("003-parked", CHANGE))).ids())
                .isEmpty();

        inbox.decisions().discard(new Selection(List.of(), null, null), "ada");
        assertThat(inbox.intakes().accept(intake(swept("003-parked", CHANGE))).ids())
                .as("discarded by a person")
                .isEmpty();
        assertThat(inbox.intakes().accept(intake(swept("003-parked", commit))).ids())
                .isEmpty();
    }

    @Test
    void a_find_of_a_later_change_is_new() {
        inbox.intakes().accept(intake(streamed("L1", "003A", CHANGE)));
        inbox.queue().settle(claimed(claimAll()), Confirmation.EXACT, Duration.ZERO);

        assertThat(inbox.intakes()
                        .accept(intake(swept("003A", CHANGE.plusSeconds(1))))
                        .ids())
                .hasSize(1);
    }

    @Test
    void a_find_is_known_per_record_list() {
        inbox.intakes().accept(intake(streamed("L1", "003A", CHANGE)));

        assertThat(inbox.intakes()
                        .accept(intake(swept("L2", "003A", CHANGE, "")))
                        .ids())
                .hasSize(1);
    }

    @Test
    void a_find_from_before_a_restoration_is_skipped_and_one_after_it_is_not() {
        inbox.intakes()
                .accept(new Intake(
                        List.of(),
                        List.of(new Restoration(
                                Identifier.external("salesforce", "003A"), "tx/1", CHANGE.plusSeconds(5), true)),
                        List.of(),
                        null,
                        null));

        assertThat(inbox.intakes().accept(intake(swept("003A", CHANGE))).ids()).isEmpty();
        assertThat(inbox.intakes()
                        .accept(intake(swept("003A", CHANGE.plusSeconds(6))))
                        .ids())
                .hasSize(1);
    }

    @Test
    void two_sweeps_over_one_stretch_change_nothing() {
        Intake page = intake(swept("003A", CHANGE), swept("003B", CHANGE));

        assertThat(inbox.intakes().accept(page).ids()).hasSize(2);
        assertThat(inbox.intakes().accept(page)).isEqualTo(new Intakes.Accepted(List.of(), 2));
    }

    // ---- the event that comes after the sweep

    @Test
    void a_late_event_adopts_the_row_of_a_sweep() {
        List<Long> ids = inbox.intakes().accept(intake(swept("003A", CHANGE))).ids();
        DeletionRequest event = streamed("L1", "003A", CHANGE.plusMillis(300));

        assertThat(acceptStream(event)).isEmpty();

        Entry row = ledger.get(ids.get(0)).orElseThrow();
        assertThat(row.eventKey()).isEqualTo(event.eventKey());
        assertThat(row.origin()).isEqualTo("stream");
        assertThat(row.committedAt()).isEqualTo(event.committedAt());
        inbox.queue().settle(claimed(claimAll()), Confirmation.EXACT, Duration.ZERO);
        assertThat(acceptStream(event)).as("replayed").isEmpty();
    }

    @Test
    void what_is_adopted_has_the_place_of_the_event_in_the_order_of_commits() {
        inbox.intakes().accept(intake(swept("003A", CHANGE)));
        DeletionRequest event = streamed("L1", "003A", CHANGE.plusMillis(300));

        acceptStream(new DeletionRequest(
                event.recordList(),
                event.identifier(),
                event.eventKey(),
                event.origin(),
                event.committedAt(),
                event.state(),
                event.note(),
                new Commit(1_721_136_551_405_445_123L, 3)));

        List<String> places = store.read(
                "test",
                transaction -> transaction.list(
                        "select commit_number, sequence from deletion_row",
                        row -> row.getLong("commit_number") + "/" + row.getInt("sequence")));
        assertThat(places).containsExactly("1721136551405445123/3");
    }

    @Test
    void an_event_of_an_earlier_deletion_adopts_nothing() {
        List<Long> ids = inbox.intakes().accept(intake(swept("003A", CHANGE))).ids();

        assertThat(acceptStream(streamed("L1", "003A", CHANGE.minusSeconds(60))))
                .hasSize(1);
        assertThat(ledger.get(ids.get(0)).orElseThrow().origin()).isEqualTo("sweep");
    }

    @Test
    void an_event_does_not_adopt_what_is_on_its_way_or_done() {
        inbox.intakes().accept(intake(swept("003A", CHANGE)));
        List<Long> claimed = claimAll();

        assertThat(acceptStream(streamed("L1", "003A", CHANGE.plusMillis(300)))).hasSize(1);
        assertThat(ledger.get(claimed.get(0)).orElseThrow().origin()).isEqualTo("sweep");
    }

    @Test
    void of_several_rows_of_sweeps_one_is_adopted() {
        inbox.intakes().accept(intake(swept("003A", CHANGE.minusSeconds(60))));
        inbox.intakes().accept(intake(swept("003A", CHANGE)));

        assertThat(acceptStream(streamed("L1", "003A", CHANGE.plusMillis(300)))).isEmpty();
        assertThat(ledger.find(new Filter(null, "L1", "003A", 10, null)).stream()
                        .map(Entry::origin))
                .containsExactly("stream", "sweep");
    }

    @Test
    void a_response_of_the_stream_costs_no_statement_more_while_no_sweep_has_found_anything() {
        StreamPosition position =
                inbox.intakes().subscribe(CHANNEL).orElseThrow().position();
        inbox.intakes().accept(new Intake(List.of(streamed("L1", "003Z", CHANGE)), List.of(), at(position, 1)));
        faults.executed.clear();

        inbox.intakes().accept(new Intake(List.of(streamed("L1", "003A", CHANGE)), List.of(), at(position, 2)));
        assertThat(faults.executed).hasSize(2);
        inbox.intakes().accept(intake(swept("003B", CHANGE)));
        faults.executed.clear();
        inbox.intakes().accept(new Intake(List.of(streamed("L1", "003C", CHANGE)), List.of(), at(position, 3)));
        assertThat(faults.executed).hasSize(3);
    }

    // ---- what the presence check finds

    @Test
    void the_presence_check_finds_again_what_came_back_after_it_was_deleted() {
        inbox.intakes().accept(intake(streamed("L1", "003A", CHANGE)));
        inbox.queue().settle(claimed(claimAll()), Confirmation.EXACT, Duration.ZERO);
        advance(Duration.ofHours(1));

        assertThat(inbox.intakes()
                        .accept(intake(missing("003A", START.plusSeconds(1800))))
                        .ids())
                .hasSize(1);
    }

    @Test
    void the_presence_check_leaves_alone_what_is_being_done_or_was_done_meanwhile_or_refused_by_a_person() {
        Instant began = START.plusSeconds(1800);
        inbox.intakes().accept(intake(streamed("L1", "003A", CHANGE)));
        assertThat(inbox.intakes().accept(intake(missing("003A", began))).ids())
                .as("pending")
                .isEmpty();
        List<Long> claimed = claimAll();
        assertThat(inbox.intakes().accept(intake(missing("003A", began))).ids())
                .as("claimed")
                .isEmpty();
        advance(Duration.ofHours(1));
        heartbeat();
        inbox.queue().settle(claimed(claimed), Confirmation.EXACT, Duration.ZERO);
        assertThat(inbox.intakes().accept(intake(missing("003A", began))).ids())
                .as("deleted since")
                .isEmpty();

        inbox.intakes().accept(intake(streamed("L1", "003B", CHANGE)));
        inbox.queue().park(claimed(claimAll()), REFUSED);
        assertThat(inbox.intakes().accept(intake(missing("003B", began))).ids())
                .as("parked")
                .isEmpty();
        inbox.decisions().discard(new Selection(List.of(), null, null), "ada");
        assertThat(inbox.intakes()
                        .accept(intake(missing("003B", began.plusSeconds(3600))))
                        .ids())
                .as("discarded")
                .isEmpty();
    }

    @Test
    void the_presence_check_finds_what_was_rejected_once_and_deleted_again_since() {
        reject("003A");
        assertThat(inbox.intakes().accept(intake(missing("003A", START))).ids())
                .as("the same deletion")
                .isEmpty();
        inbox.intakes().accept(intake(streamed("L1", "003A", START.plusSeconds(60))));
        inbox.queue().settle(claimed(claimAll()), Confirmation.EXACT, Duration.ZERO);

        assertThat(inbox.intakes()
                        .accept(intake(missing("003A", START.plusSeconds(3600))))
                        .ids())
                .hasSize(1);
    }

    @Test
    void the_presence_check_finds_what_was_rejected_once_and_restored_since() {
        reject("003A");
        inbox.intakes()
                .accept(new Intake(
                        List.of(),
                        List.of(new Restoration(
                                Identifier.external("salesforce", "003A"), "tx/1", CHANGE.plusSeconds(5), true)),
                        List.of(),
                        null,
                        null));

        assertThat(inbox.intakes().accept(intake(missing("003A", START))).ids()).hasSize(1);
    }

    @Test
    void a_second_rejection_stands_like_the_first() {
        reject("003A");
        inbox.intakes().accept(intake(streamed("L1", "003A", START)));
        inbox.queue().park(claimed(claimAll()), REFUSED);
        inbox.decisions().discard(new Selection(List.of(), null, null), "ada");

        assertThat(inbox.intakes()
                        .accept(intake(missing("003A", START.plusSeconds(3600))))
                        .ids())
                .isEmpty();
    }

    @Test
    void a_persons_order_that_was_given_up_says_nothing_about_the_contact() {
        inbox.intakes()
                .accept(intake(new DeletionRequest(
                        "L1",
                        Identifier.external("salesforce", "003A"),
                        "api:1",
                        Origin.API,
                        CHANGE,
                        DeletionState.PENDING)));
        inbox.queue().park(claimed(claimAll()), REFUSED);
        inbox.decisions().discard(new Selection(List.of(), null, null), "ada");

        assertThat(inbox.intakes().accept(intake(missing("003A", START))).ids()).hasSize(1);
    }

    private void reject(String id) {
        inbox.intakes().accept(intake(streamed("L1", id, CHANGE)));
        inbox.queue().park(claimed(claimAll()), REFUSED);
        inbox.decisions().discard(new Selection(List.of(), null, null), "ada");
    }

    // ---- lists that are not covered as far as the others

    private static final ListScope SCOPE = new ListScope("salesforce", List.of("Contact"), List.of("003"));

    @Test
    void lists_of_the_first_start_begin_with_it() {
        inbox.recordLists().serve(List.of("L1", "L2"), SCOPE);

        assertThat(inbox.recordLists().coverage())
                .containsExactly(
                        new ListCoverage("L1", null, null, null, "", true),
                        new ListCoverage("L2", null, null, null, "", true));
        assertThat(coverage.state().owed()).isNull();
    }

    @Test
    void a_list_that_joins_later_is_swept_from_15_days_ago_and_is_covered_like_the_others_then() {
        startWith("L1");
        advance(Duration.ofHours(1));
        inbox.recordLists().serve(List.of("L1", "L2"), SCOPE);
        Instant joined = START.plus(Duration.ofHours(1));
        Instant back = joined.minus(Duration.ofDays(15));
        assertThat(inbox.recordLists().coverage().get(1))
                .isEqualTo(new ListCoverage("L2", joined, back, null, "", true));

        heartbeat();
        Sweep sweep = coverage.begin(PERIOD).orElseThrow();
        assertThat(sweep.since()).isEqualTo(START);
        assertThat(sweep.lagging()).isEqualTo(Map.of("L2", back));
        assertThat(sweep.reason()).contains("joined", "L2").doesNotContain("L1");
        coverage.fail(sweep, "503");
        assertThat(coverage.begin(PERIOD).orElseThrow().lagging()).containsKey("L2");
        coverage.finish(sweep, joined, true, null);

        assertThat(inbox.recordLists().coverage().get(1))
                .isEqualTo(new ListCoverage("L2", joined, null, null, "", true));
        assertThat(coverage.begin(PERIOD)).isEmpty();
    }

    @Test
    void a_sweep_is_due_for_a_list_that_lags_whatever_became_of_the_demand() {
        startWith("L1");
        inbox.recordLists().serve(List.of("L1", "L2"), SCOPE);
        store.write("test", transaction -> transaction.change("update sweep set answered = demanded"));

        assertThat(coverage.begin(PERIOD).orElseThrow().lagging()).containsOnlyKeys("L2");
    }

    @Test
    void a_list_that_was_taken_out_and_put_back_joins_anew() {
        startWith("L1", "L2");
        inbox.recordLists().serve(List.of("L1"), SCOPE);
        assertThat(inbox.recordLists().coverage().get(1))
                .isEqualTo(new ListCoverage("L2", null, START, null, "", false));
        assertThat(coverage.begin(PERIOD)).as("nothing is swept for it").isEmpty();

        advance(Duration.ofDays(2));
        inbox.recordLists().serve(List.of("L1", "L2"), SCOPE);

        assertThat(inbox.recordLists().coverage().get(1).joinedAt()).isEqualTo(START.plus(Duration.ofDays(2)));
        heartbeat();
        assertThat(coverage.begin(PERIOD).orElseThrow().lagging())
                .isEqualTo(Map.of("L2", START.minus(Duration.ofDays(13))));
    }

    @Test
    void the_same_lists_again_join_nothing() {
        startWith("L1", "L2");

        inbox.recordLists().serve(List.of("L2", "L1"), SCOPE);

        assertThat(inbox.recordLists().coverage()).allMatch(list -> list.joinedAt() == null);
        assertThat(coverage.begin(PERIOD)).isEmpty();
    }

    @Test
    void lists_that_get_more_than_before_join_anew_and_those_that_get_less_do_not() {
        startWith("L1");
        ListScope more = new ListScope("salesforce", List.of("Lead", "Contact"), List.of("003", "00Q"));
        inbox.recordLists().serve(List.of("L1"), more);
        assertThat(inbox.recordLists().coverage().get(0).joinedAt()).isEqualTo(START);

        advance(Duration.ofHours(1));
        inbox.recordLists().serve(List.of("L1"), SCOPE);
        assertThat(inbox.recordLists().coverage().get(0).joinedAt()).isEqualTo(START);
        inbox.recordLists().serve(List.of("L1"), more);
        assertThat(inbox.recordLists().coverage().get(0).joinedAt()).isEqualTo(START.plus(Duration.ofHours(1)));

        advance(Duration.ofHours(1));
        inbox.recordLists().serve(List.of("L1"), new ListScope("sfdc", more.entities(), more.idPrefixes()));
        assertThat(inbox.recordLists().coverage().get(0).joinedAt()).isEqualTo(START.plus(Duration.ofHours(2)));
    }

    @Test
    void a_list_from_before_this_was_known_does_not_join_by_the_upgrade() {
        inbox.intakes().subscribe(CHANNEL);
        inbox.recordLists().register(List.of("L1"));

        inbox.recordLists().serve(List.of("L1"), SCOPE);

        assertThat(inbox.recordLists().coverage().get(0).joinedAt()).isNull();
    }

    @Test
    void another_org_is_begun_anew_for_every_list() {
        inbox.intakes().pinOrg("00D000000000001AAA");
        startWith("L1");
        inbox.recordLists().serve(List.of("L1", "L2"), SCOPE);

        inbox.decisions().confirmOrg("00D000000000002AAA");

        assertThat(inbox.recordLists().coverage()).allMatch(list -> list.coveredUntil() == null);
    }

    @Test
    void what_lies_before_is_open_until_it_was_looked_at_or_declined() {
        inbox.recordLists().serve(List.of("L1", "L2", "L3"), SCOPE);

        inbox.recordLists().looked("L1");
        assertThat(inbox.recordLists().skipHistory(List.of("L1", "L2", "L9"), "ada"))
                .as("of those that were open")
                .isEqualTo(1);

        assertThat(inbox.recordLists().coverage())
                .extracting(ListCoverage::historyOpen)
                .containsExactly(false, false, true);
        assertThat(inbox.recordLists().coverage().get(1).skippedBy()).isEqualTo("ada");
    }

    @Test
    void what_waits_for_anything_is_under_way() {
        inbox.intakes().accept(intake(streamed("L1", "003A", CHANGE)));
        inbox.queue().park(claimed(claimAll()), REFUSED);
        inbox.intakes().accept(intake(streamed("L1", "003B", CHANGE), streamed("L2", "003C", CHANGE)));

        assertThat(inbox.recordLists().underway("L1")).containsExactlyInAnyOrder("003A", "003B");

        inbox.queue().settle(claimed(claimAll()), Confirmation.EXACT, Duration.ZERO);
        assertThat(inbox.recordLists().underway("L1")).containsExactly("003A");
    }

    private void startWith(String... lists) {
        inbox.recordLists().serve(List.of(lists), SCOPE);
        inbox.intakes().subscribe(CHANNEL);
        coverage.begin(PERIOD);
    }

    // ---- words

    private void heartbeat() {
        store.write("test", transaction -> transaction.change("update session set seen_at = " + NOW));
    }

    private List<Long> claimAll() {
        heartbeat();
        return inbox.queue().claim(100, 100).stream()
                .flatMap(batch -> batch.ids().stream())
                .toList();
    }

    private List<Long> acceptStream(DeletionRequest... events) {
        StreamPosition position =
                inbox.intakes().subscribe(CHANNEL).orElseThrow().position();
        return inbox.intakes()
                .accept(new Intake(List.of(events), List.of(), at(position, 1)))
                .ids();
    }

    private static StreamPosition at(StreamPosition position, int replayId) {
        return new StreamPosition(CHANNEL, new byte[] {(byte) replayId}, position.epoch());
    }

    private static DeletionRequest swept(String id, Instant change) {
        return swept("L1", id, change, "");
    }

    private static DeletionRequest swept(String id, Instant change, String note) {
        return swept("L1", id, change, note);
    }

    private static DeletionRequest swept(String list, String id, Instant change, String note) {
        return new DeletionRequest(
                list,
                Identifier.external("salesforce", id),
                "sweep:" + change,
                Origin.SWEEP,
                change,
                DeletionState.PENDING,
                note);
    }

    private static DeletionRequest missing(String id, Instant began) {
        return new DeletionRequest(
                "L1",
                Identifier.external("salesforce", id),
                "reconcile:" + began,
                Origin.RECONCILE,
                began,
                DeletionState.PENDING);
    }

    private static DeletionRequest streamed(String list, String id, Instant commit) {
        return new DeletionRequest(
                list,
                Identifier.external("salesforce", id),
                "tx-" + id + "/" + commit.toEpochMilli(),
                Origin.STREAM,
                commit,
                DeletionState.PENDING);
    }
}
