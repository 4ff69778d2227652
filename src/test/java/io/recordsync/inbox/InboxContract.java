package io.recordsync.inbox;

import static io.recordsync.inbox.Queue.Postponement.ANSWER_LOST;
import static io.recordsync.inbox.Queue.Postponement.FAILED;
import static io.recordsync.inbox.Queue.Postponement.UNCONFIRMED;
import static io.recordsync.inbox.database.Parameters.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recordsync.deletion.Batch;
import io.recordsync.deletion.ClaimedDeletion;
import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.DeletionRequest;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.Failure;
import io.recordsync.deletion.Identifier;
import io.recordsync.deletion.IdentifierKind;
import io.recordsync.deletion.Intake;
import io.recordsync.deletion.Origin;
import io.recordsync.deletion.Problem;
import io.recordsync.deletion.StreamPosition;
import io.recordsync.inbox.Decisions.Selection;
import io.recordsync.inbox.Intakes.Accepted;
import io.recordsync.inbox.Intakes.Subscription;
import io.recordsync.inbox.Ledger.Attempt;
import io.recordsync.inbox.Ledger.Entry;
import io.recordsync.inbox.Ledger.Filter;
import io.recordsync.inbox.Ledger.RecordListEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * What the inbox promises, whatever database it is on.
 *
 * <p>Time stands still unless a test moves it: the statements read it from a table of the test.
 */
abstract class InboxContract extends OnEitherDatabase {

    // ---- accept

    @Test
    void what_is_accepted_is_pending_and_due_at_once() {
        Accepted accepted = inbox.intakes().accept(intake(request("L1", "003A")));

        assertThat(accepted.ids()).hasSize(1);
        assertThat(accepted.known()).isZero();
        assertThat(inbox.queue().nextDue()).contains(Duration.ZERO);
        Entry entry = ledger.get(accepted.ids().get(0)).orElseThrow();
        assertThat(entry)
                .isEqualTo(new Entry(
                        accepted.ids().get(0),
                        "L1",
                        IdentifierKind.EXTERNAL,
                        "salesforce",
                        "003A",
                        DeletionState.PENDING,
                        "stream",
                        "tx-003A/1",
                        START.minusSeconds(5),
                        START,
                        START,
                        0,
                        0,
                        false,
                        null,
                        "",
                        "",
                        "",
                        "",
                        "",
                        "",
                        null));
    }

    @Test
    void a_replayed_event_changes_nothing() {
        Intake intake = intake(request("L1", "003A"), request("L2", "003A"));
        inbox.intakes().accept(intake);
        List<Batch> claimed = inbox.queue().claim(10, 100);

        Accepted again = inbox.intakes().accept(intake);

        assertThat(again).isEqualTo(new Accepted(List.of(), 2));
        assertThat(inbox.queue().claim(10, 100)).isEmpty();
        assertThat(inbox.queue().settle(ids(claimed), Confirmation.EXACT, Duration.ZERO))
                .isEqualTo(2);
        assertThat(inbox.intakes().accept(intake)).isEqualTo(new Accepted(List.of(), 2));
        assertThat(inbox.queue().nextDue()).isEmpty();
    }

    @Test
    void the_same_deletion_twice_in_one_intake_is_one_row() {
        Accepted accepted = inbox.intakes().accept(intake(request("L1", "003A"), request("L1", "003A")));

        assertThat(accepted.ids()).hasSize(1);
        assertThat(accepted.known()).isEqualTo(1);
    }

    @Test
    void each_part_of_the_key_tells_deletions_apart() {
        DeletionRequest first = request("L1", Identifier.external("salesforce", "1"), "e1");
        Accepted accepted = inbox.intakes()
                .accept(intake(
                        first,
                        request("L2", first.identifier(), "e1"),
                        request("L1", Identifier.external("other", "1"), "e1"),
                        request("L1", Identifier.external("salesforce", "2"), "e1"),
                        request("L1", Identifier.record("1"), "e1"),
                        request("L1", first.identifier(), "e2")));

        assertThat(accepted.ids()).hasSize(6).doesNotHaveDuplicates();
    }

    @Test
    void ids_match_by_case_because_those_of_salesforce_do() {
        assertThat(inbox.intakes()
                        .accept(intake(request("L1", "003a"), request("L1", "003A")))
                        .ids())
                .hasSize(2);
    }

    @Test
    void a_gap_events_word_alone_is_not_claimed() {
        DeletionRequest checking = new DeletionRequest(
                "L1", Identifier.external("salesforce", "003A"), "e", Origin.STREAM, START, DeletionState.CHECKING);
        inbox.intakes().accept(intake(checking));

        assertThat(inbox.queue().claim(10, 100)).isEmpty();
        assertThat(inbox.queue().nextDue()).isEmpty();
        assertThat(ledger.counts()).containsEntry(DeletionState.CHECKING, 1L);
    }

    @Test
    void text_that_no_database_holds_does_not_stop_an_intake() {
        String odd = "quote \" backslash \\ tab \t newline \n umlaut ü emoji 😀";
        inbox.intakes()
                .accept(new Intake(
                        List.of(request("L1", odd)),
                        List.of(new Problem("undecodable_event", "nul \0 half \ud83d!")),
                        null));

        assertThat(ledger.find(all()).get(0).identifier()).isEqualTo(odd);
        assertThat(ledger.problems(10).get(0).message()).isEqualTo("nul \ufffd half \ufffd!");
    }

    @Test
    void an_intake_of_nothing_does_nothing() {
        assertThat(inbox.intakes().accept(intake())).isEqualTo(new Accepted(List.of(), 0));
    }

    @Test
    void a_very_large_intake_is_accepted_whole() {
        Subscription subscription = inbox.intakes().subscribe(CHANNEL).orElseThrow();
        int many = JdbcIntakes.CHUNK * 2 + 7;
        List<DeletionRequest> requests = IntStream.range(0, many)
                .mapToObj(i -> request("L" + i % 3, "003-" + i))
                .toList();
        faults.executed.clear();

        Accepted accepted = inbox.intakes().accept(new Intake(requests, List.of(), position(subscription, 1)));

        assertThat(accepted.ids()).hasSize(many).doesNotHaveDuplicates();
        assertThat(faults.executed.stream().filter(sql -> sql.contains("set replay_id")))
                .hasSize(1);
        assertThat(faults.executed.stream().filter(sql -> sql.startsWith("update stream_position set seen_at")))
                .hasSize(2);
        assertThat(savedReplayId()).containsExactly(1);
    }

    @Test
    void when_a_large_intake_fails_in_the_middle_the_position_stays_and_the_repeat_completes_it() {
        Subscription subscription = inbox.intakes().subscribe(CHANNEL).orElseThrow();
        List<DeletionRequest> requests = IntStream.range(0, JdbcIntakes.CHUNK + 1)
                .mapToObj(i -> request("L1", "003-" + i))
                .toList();
        Intake intake = new Intake(requests, List.of(), position(subscription, 9));
        faults.failOn("set replay_id");

        assertThatThrownBy(() -> inbox.intakes().accept(intake)).isInstanceOf(InboxException.class);
        assertThat(savedReplayId()).isNull();
        faults.heal();

        assertThat(inbox.intakes().accept(intake).ids()).hasSize(1);
        assertThat(savedReplayId()).containsExactly(9);
        assertThat(ledger.counts()).containsEntry(DeletionState.PENDING, JdbcIntakes.CHUNK + 1L);
    }

    @Test
    void deletions_problems_and_position_are_written_together_or_not_at_all() {
        Subscription subscription = inbox.intakes().subscribe(CHANNEL).orElseThrow();
        Intake intake = new Intake(
                List.of(request("L1", "003A")), List.of(new Problem("refused_id", "no")), position(subscription, 7));
        faults.failOn("insert into deletion");

        assertThatThrownBy(() -> inbox.intakes().accept(intake))
                .isInstanceOf(InboxException.class)
                .hasMessageContaining("accept failed")
                .hasMessageContaining("nothing was changed");

        assertThat(savedReplayId()).isNull();
        assertThat(ledger.problems(10)).isEmpty();
        assertThat(ledger.recordLists()).isEmpty();
        faults.heal();
        assertThat(inbox.intakes().accept(intake).ids()).hasSize(1);
        assertThat(savedReplayId()).containsExactly(7);
        assertThat(ledger.problems(10)).hasSize(1);
        assertThat(ledger.recordLists()).extracting(RecordListEntry::id).containsExactly("L1");
    }

    @Test
    void a_problem_told_again_is_listed_once_with_the_last_time() {
        Problem problem = new Problem("refused_id", "Id 000000000000000AAA is refused");
        inbox.intakes().accept(new Intake(List.of(), List.of(problem, problem), null));
        advance(Duration.ofMinutes(1));
        inbox.intakes().accept(new Intake(List.of(), List.of(new Problem("refused_id", "another")), null));
        advance(Duration.ofMinutes(1));
        inbox.intakes().accept(new Intake(List.of(), List.of(problem), null));

        assertThat(ledger.problems(10))
                .containsExactly(
                        new Ledger.ProblemEntry(START.plusSeconds(120), "refused_id", problem.message()),
                        new Ledger.ProblemEntry(START.plusSeconds(60), "refused_id", "another"));
        assertThat(ledger.problems(1)).hasSize(1);
    }

    @Test
    void two_threads_accepting_the_same_deletions_make_each_once() throws Exception {
        List<DeletionRequest> requests =
                IntStream.range(0, 300).mapToObj(i -> request("L1", "003-" + i)).toList();
        List<DeletionRequest> reversed = new ArrayList<>(requests);
        java.util.Collections.reverse(reversed);

        List<Accepted> accepted =
                together(() -> inbox.intakes().accept(new Intake(requests, List.of(), null)), () -> inbox.intakes()
                        .accept(new Intake(reversed, List.of(), null)));

        assertThat(accepted.stream().mapToInt(a -> a.ids().size()).sum()).isEqualTo(300);
        assertThat(ledger.counts()).containsEntry(DeletionState.PENDING, 300L);
    }

    // ---- subscribe

    @Test
    void the_first_subscriber_finds_no_position_and_the_next_finds_what_was_saved() {
        Subscription first = inbox.intakes().subscribe(CHANNEL).orElseThrow();
        assertThat(first.position().replayId()).isNull();
        assertThat(first.firstStart()).isEqualTo(START);
        advance(Duration.ofMinutes(1));
        inbox.intakes().accept(new Intake(List.of(), List.of(), position(first, 1, 2, 255)));
        inbox.session().heartbeat();

        Subscription second = inbox.intakes().subscribe(CHANNEL).orElseThrow();

        assertThat(second.position().replayId()).containsExactly(1, 2, 255);
        assertThat(second.firstStart()).isEqualTo(START);
        assertThat(second.position().epoch()).isGreaterThan(first.position().epoch());
        assertThat(ledger.position(CHANNEL).orElseThrow().savedAt()).isEqualTo(START.plusSeconds(60));
        assertThat(ledger.position("/data/Other")).isEmpty();
    }

    @Test
    void a_keepalive_costs_one_statement() {
        Subscription subscription = inbox.intakes().subscribe(CHANNEL).orElseThrow();
        faults.executed.clear();

        inbox.intakes().accept(new Intake(List.of(), List.of(), position(subscription, 4)));

        assertThat(faults.executed).hasSize(1);
    }

    @Test
    void one_live_session_subscribes() {
        inbox.intakes().subscribe(CHANNEL).orElseThrow();
        Inbox other = Inbox.open(store, SETTINGS);

        assertThat(other.intakes().subscribe(CHANNEL)).isEmpty();
        assertThat(other.intakes().subscribe("/data/Other")).isPresent();
    }

    @Test
    void a_subscriber_that_was_replaced_can_write_nothing() {
        Subscription old = inbox.intakes().subscribe(CHANNEL).orElseThrow();
        Inbox other = Inbox.open(store, SETTINGS);
        advance(SESSION_TTL);
        other.session().heartbeat();
        Subscription current = other.intakes().subscribe(CHANNEL).orElseThrow();
        faults.executed.clear();

        assertThatThrownBy(() -> inbox.intakes()
                        .accept(new Intake(
                                List.of(request("L1", "003A")), List.of(new Problem("k", "m")), position(old, 1))))
                .isInstanceOf(SubscriptionLostException.class)
                .hasMessageContaining(CHANNEL);

        assertThat(faults.executed).hasSize(1);
        assertThat(ledger.find(all())).isEmpty();
        assertThat(ledger.problems(1)).isEmpty();
        assertThat(savedReplayId()).isNull();
        other.intakes().accept(new Intake(List.of(request("L1", "003A")), List.of(), position(current, 2)));
        assertThat(savedReplayId()).containsExactly(2);
    }

    @Test
    void a_position_without_replay_id_only_proves_the_subscription() {
        Subscription subscription = inbox.intakes().subscribe(CHANNEL).orElseThrow();
        inbox.intakes().accept(new Intake(List.of(), List.of(), position(subscription, 5)));
        StreamPosition none =
                new StreamPosition(CHANNEL, null, subscription.position().epoch());

        inbox.intakes().accept(new Intake(List.of(request("L1", "003A")), List.of(), none));
        assertThat(savedReplayId()).containsExactly(5);

        StreamPosition old = new StreamPosition(CHANNEL, null, none.epoch() - 1);
        assertThatThrownBy(() -> inbox.intakes().accept(new Intake(List.of(request("L1", "003B")), List.of(), old)))
                .isInstanceOf(SubscriptionLostException.class);
        assertThat(ledger.find(all())).hasSize(1);
    }

    @Test
    void an_expired_session_cannot_subscribe_until_its_heartbeat() {
        advance(SESSION_TTL);
        assertThat(inbox.intakes().subscribe(CHANNEL)).isEmpty();

        inbox.session().heartbeat();

        assertThat(inbox.intakes().subscribe(CHANNEL)).isPresent();
    }

    @Test
    void when_a_subscriber_ends_in_order_the_next_need_not_wait() {
        inbox.intakes().subscribe(CHANNEL).orElseThrow();
        Inbox other = Inbox.open(store, SETTINGS);
        inbox.session().close();

        assertThat(other.intakes().subscribe(CHANNEL)).isPresent();
    }

    // ---- the org

    @Test
    void the_first_org_is_pinned() {
        assertThat(inbox.intakes().pinOrg("00D000000000001AAA")).isEqualTo("00D000000000001AAA");
        assertThat(inbox.intakes().pinOrg("00D000000000002AAA")).isEqualTo("00D000000000001AAA");
        inbox.intakes().subscribe(CHANNEL);
        assertThat(ledger.position(CHANNEL).orElseThrow().orgId()).isEqualTo("00D000000000001AAA");
    }

    @Test
    void moving_the_pin_forgets_positions_and_loses_subscribers() {
        inbox.intakes().pinOrg("00D000000000001AAA");
        Subscription old = inbox.intakes().subscribe(CHANNEL).orElseThrow();
        inbox.intakes().accept(new Intake(List.of(), List.of(), position(old, 1)));
        inbox.decisions().confirmOrg("00D000000000001AAA");
        assertThat(savedReplayId()).containsExactly(1);
        advance(Duration.ofDays(1));

        inbox.decisions().confirmOrg("00D000000000002AAA");

        assertThat(inbox.intakes().pinOrg("00D000000000001AAA")).isEqualTo("00D000000000002AAA");
        assertThatThrownBy(() -> inbox.intakes().accept(new Intake(List.of(), List.of(), position(old, 2))))
                .isInstanceOf(SubscriptionLostException.class);
        inbox.session().heartbeat();
        Subscription anew = inbox.intakes().subscribe(CHANNEL).orElseThrow();
        assertThat(anew.position().replayId()).isNull();
        assertThat(anew.firstStart()).isEqualTo(START.plus(Duration.ofDays(1)));
        assertThat(ledger.position(CHANNEL).orElseThrow().savedAt()).isNull();
    }

    // ---- claim

    @Test
    void a_batch_is_of_one_list_and_one_kind() {
        inbox.intakes()
                .accept(intake(
                        request("L1", "003A"),
                        request("L2", "003A"),
                        request("L1", Identifier.record("r"), "e"),
                        request("L1", Identifier.phone("+15550001"), "e")));

        List<Batch> batches = inbox.queue().claim(10, 100);

        assertThat(batches)
                .extracting(
                        Batch::recordList, batch -> batch.identifiers().get(0).kind(), Batch::size)
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple("L1", IdentifierKind.EXTERNAL, 1),
                        org.assertj.core.groups.Tuple.tuple("L2", IdentifierKind.EXTERNAL, 1),
                        org.assertj.core.groups.Tuple.tuple("L1", IdentifierKind.RECORD, 1),
                        org.assertj.core.groups.Tuple.tuple("L1", IdentifierKind.PHONE, 1));
        assertThat(batches).flatExtracting(Batch::identifiers).contains(Identifier.phone("+15550001"));
    }

    @Test
    void what_is_claimed_is_claimed_once() {
        acceptMany("L1", 5);

        assertThat(ids(inbox.queue().claim(10, 100))).hasSize(5);
        assertThat(inbox.queue().claim(10, 100)).isEmpty();
        assertThat(inbox.queue().nextDue()).isEmpty();
        assertThat(ledger.counts()).containsEntry(DeletionState.CLAIMED, 5L).containsEntry(DeletionState.PENDING, 0L);
    }

    @Test
    void a_claim_takes_no_more_than_was_asked_for() {
        acceptMany("L1", 50);
        acceptMany("L2", 50);
        acceptMany("L3", 50);

        List<Batch> batches = inbox.queue().claim(4, 10);

        assertThat(batches).hasSizeLessThanOrEqualTo(4).allMatch(batch -> batch.size() == 10);
        assertThat(batches).extracting(Batch::recordList).containsExactly("L1", "L2", "L3");
    }

    @Test
    void one_busy_list_gives_all_the_batches() {
        acceptMany("L1", 35);

        assertThat(inbox.queue().claim(5, 10)).extracting(Batch::size).containsExactly(10, 10, 10, 5);
    }

    @Test
    void no_list_waits_behind_another() {
        for (int list = 0; list < 6; list++) {
            acceptMany("L" + list, 20);
        }

        List<String> served = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            inbox.queue().claim(2, 5).forEach(batch -> served.add(batch.recordList()));
        }

        assertThat(served).containsExactlyInAnyOrder("L0", "L1", "L2", "L3", "L4", "L5");
        assertThat(inbox.queue().claim(2, 5)).extracting(Batch::recordList).containsExactly("L0", "L1");
    }

    @Test
    void within_a_lane_the_oldest_goes_first() {
        long first = acceptMany("L1", 1).get(0);
        advance(Duration.ofSeconds(1));
        List<Long> later = acceptMany("L1", "later", 3);
        inbox.queue().postpone(ids(inbox.queue().claim(1, 1)), Duration.ofSeconds(10), UNAVAILABLE, FAILED);
        advance(Duration.ofSeconds(20));
        List<Long> last = acceptMany("L1", "last", 1);

        List<Long> order = new ArrayList<>(later);
        order.add(first);
        order.addAll(last);
        assertThat(ids(inbox.queue().claim(1, 100))).containsExactlyElementsOf(order);
    }

    @Test
    void concurrent_claims_never_take_the_same_row() throws Exception {
        for (int list = 0; list < 4; list++) {
            acceptMany("L" + list, 500);
        }
        List<Inbox> sessions = List.of(inbox, Inbox.open(store, SETTINGS), Inbox.open(store, SETTINGS));

        List<List<Long>> taken = together(sessions.stream()
                .<Callable<List<Long>>>map(each -> () -> {
                    List<Long> mine = new ArrayList<>();
                    // Rows that another is taking are skipped, so that an empty claim is no end; nothing due is.
                    while (each.queue().nextDue().isPresent()) {
                        mine.addAll(ids(each.queue().claim(4, 25)));
                    }
                    return mine;
                })
                .toList());

        assertThat(taken.stream().flatMap(List::stream)).hasSize(2000).doesNotHaveDuplicates();
    }

    @Test
    void an_expired_session_claims_nothing_until_its_heartbeat() {
        acceptMany("L1", 3);
        advance(SESSION_TTL);
        assertThat(inbox.queue().claim(10, 100)).isEmpty();
        assertThat(ledger.counts()).containsEntry(DeletionState.PENDING, 3L);

        inbox.session().heartbeat();

        assertThat(ids(inbox.queue().claim(10, 100))).hasSize(3);
    }

    @Test
    void a_claim_whose_commit_was_not_answered_is_not_lost() {
        acceptMany("L1", 3);
        faults.loseAnswerOfNextCommit();

        assertThatThrownBy(() -> inbox.queue().claim(10, 100))
                .isInstanceOf(InboxException.class)
                .hasMessageContaining("not known");

        assertThat(ledger.counts()).containsEntry(DeletionState.CLAIMED, 3L);
        assertThat(inbox.queue().nextDue()).contains(Duration.ZERO);
        assertThat(ids(inbox.queue().claim(10, 100))).hasSize(3);
        assertThat(inbox.queue().nextDue()).isEmpty();
    }

    @Test
    void next_due_tells_how_long_to_wait() {
        assertThat(inbox.queue().nextDue()).isEmpty();
        acceptMany("L1", 1);
        inbox.queue().postpone(ids(inbox.queue().claim(1, 1)), Duration.ofMillis(7_500), UNAVAILABLE, FAILED);

        assertThat(inbox.queue().nextDue()).contains(Duration.ofMillis(7_500));
        advance(Duration.ofMillis(7_499));
        assertThat(inbox.queue().claim(1, 1)).isEmpty();
        advance(Duration.ofMillis(1));
        assertThat(inbox.queue().nextDue()).contains(Duration.ZERO);
        assertThat(inbox.queue().claim(1, 1)).hasSize(1);
    }

    // ---- the ends of a claim

    @Test
    void a_settled_row_is_the_proof() {
        acceptMany("L1", 1);
        inbox.queue().postpone(ids(inbox.queue().claim(1, 1)), Duration.ZERO, UNAVAILABLE, FAILED);
        List<Long> ids = ids(inbox.queue().claim(1, 1));
        advance(Duration.ofSeconds(3));

        assertThat(inbox.queue().settle(ids, Confirmation.BATCH, Duration.ZERO)).isEqualTo(1);

        Entry entry = ledger.get(ids.get(0)).orElseThrow();
        assertThat(entry.state()).isEqualTo(DeletionState.DELETED);
        assertThat(entry.confirmation()).isEqualTo("batch");
        assertThat(entry.settledAt()).isEqualTo(START.plusSeconds(3));
        assertThat(entry.failureCode()).isEmpty();
        assertThat(entry.message()).isEmpty();
        assertThat(entry.attempts()).isEqualTo(1);
        assertThat(entry.identifier()).isEqualTo("L1-0");
    }

    @Test
    void settling_twice_counts_once() {
        acceptMany("L1", 2);
        List<Long> ids = ids(inbox.queue().claim(1, 100));

        assertThat(inbox.queue().settle(ids, Confirmation.EXACT, Duration.ZERO)).isEqualTo(2);
        assertThat(inbox.queue().settle(ids, Confirmation.ABSENT, Duration.ZERO))
                .isZero();

        assertThat(ledger.counts()).containsEntry(DeletionState.DELETED, 2L);
        assertThat(ledger.confirmations()).containsEntry(Confirmation.EXACT, 2L).containsEntry(Confirmation.ABSENT, 0L);
    }

    @Test
    void nothing_ends_that_is_not_claimed() {
        List<Long> pending = acceptMany("L1", 2);

        assertThat(inbox.queue().settle(pending, Confirmation.EXACT, Duration.ZERO))
                .isZero();
        assertThat(inbox.queue().postpone(pending, Duration.ofDays(1), REFUSED, FAILED))
                .isZero();
        assertThat(inbox.queue().park(pending, REFUSED)).isZero();
        assertThat(inbox.queue().release(pending)).isZero();
        assertThat(inbox.queue().settle(List.of(), Confirmation.EXACT, Duration.ZERO))
                .isZero();
        assertThat(ledger.attempts(pending.get(0))).isEmpty();
        assertThat(ids(inbox.queue().claim(1, 100))).hasSize(2);
    }

    @Test
    void nothing_ends_that_another_session_holds() {
        acceptMany("L1", 2);
        List<Long> ids = ids(inbox.queue().claim(1, 100));
        Inbox other = Inbox.open(store, SETTINGS);

        assertThat(other.queue().settle(ids, Confirmation.EXACT, Duration.ZERO)).isZero();
        assertThat(other.queue().postpone(ids, Duration.ZERO, REFUSED, FAILED)).isZero();
        assertThat(other.queue().park(ids, REFUSED)).isZero();
        assertThat(other.queue().release(ids)).isZero();
        assertThat(inbox.queue().settle(ids, Confirmation.EXACT, Duration.ZERO)).isEqualTo(2);
    }

    @Test
    void a_postponed_row_remembers_each_attempt() {
        long id = acceptMany("L1", 1).get(0);
        inbox.queue().claim(1, 1);
        inbox.queue().postpone(List.of(id), Duration.ofSeconds(1), UNAVAILABLE, FAILED);
        advance(Duration.ofSeconds(1));
        ClaimedDeletion again = inbox.queue().claim(1, 1).get(0).deletions().get(0);
        assertThat(again.attempts()).isEqualTo(1);
        assertThat(again.unconfirmed()).isZero();

        inbox.queue().park(List.of(id), REFUSED);

        Entry entry = ledger.get(id).orElseThrow();
        assertThat(entry.state()).isEqualTo(DeletionState.PARKED);
        assertThat(entry.attempts()).isEqualTo(2);
        assertThat(entry.failureCode()).isEqualTo("refused");
        assertThat(entry.message()).isEqualTo(REFUSED.message());
        assertThat(ledger.attempts(id))
                .containsExactly(
                        new Attempt(START, "call-2", 503, "unavailable", UNAVAILABLE.message()),
                        new Attempt(START.plusSeconds(1), "call-1", 400, "refused", REFUSED.message()));
        assertThat(inbox.queue().nextDue()).isEmpty();
    }

    @Test
    void an_unconfirmed_answer_is_no_failed_attempt() {
        long id = acceptMany("L1", 1).get(0);
        inbox.queue().claim(1, 1);

        inbox.queue()
                .postpone(List.of(id), Duration.ZERO, new Failure("unconfirmed", 202, "accepted", "c"), UNCONFIRMED);

        ClaimedDeletion again = inbox.queue().claim(1, 1).get(0).deletions().get(0);
        assertThat(again.attempts()).isZero();
        assertThat(again.unconfirmed()).isEqualTo(1);
    }

    @Test
    void a_lost_answer_is_remembered_for_good() {
        long id = acceptMany("L1", 1).get(0);
        inbox.queue().claim(1, 1);
        inbox.queue().postpone(List.of(id), Duration.ZERO, new Failure("timeout", 0, "no answer", "c"), ANSWER_LOST);
        inbox.queue().claim(1, 1);

        inbox.queue().postpone(List.of(id), Duration.ZERO, UNAVAILABLE, FAILED);

        assertThat(ledger.get(id).orElseThrow().answerLost()).isTrue();
    }

    @Test
    void what_has_been_pending_for_too_long_is_parked_when_it_fails_again() {
        List<Long> old = acceptMany("L1", 1);
        advance(GIVE_UP_AFTER.minusMillis(1));
        inbox.session().heartbeat();
        inbox.queue().claim(1, 1);
        inbox.queue().postpone(old, Duration.ofMillis(1), UNAVAILABLE, FAILED);
        assertThat(ledger.get(old.get(0)).orElseThrow().state()).isEqualTo(DeletionState.PENDING);
        List<Long> young = acceptMany("L1", "young", 1);
        advance(Duration.ofMillis(1));

        assertThat(inbox.queue().postpone(ids(inbox.queue().claim(1, 100)), Duration.ZERO, UNAVAILABLE, FAILED))
                .isEqualTo(2);

        Entry parked = ledger.get(old.get(0)).orElseThrow();
        assertThat(parked.state()).isEqualTo(DeletionState.PARKED);
        assertThat(parked.failureCode()).isEqualTo("gave_up");
        assertThat(parked.message()).isEqualTo(UNAVAILABLE.message());
        assertThat(ledger.attempts(parked.id())).hasSize(2);
        Entry waiting = ledger.get(young.get(0)).orElseThrow();
        assertThat(waiting.state()).isEqualTo(DeletionState.PENDING);
        assertThat(waiting.failureCode()).isEqualTo("unavailable");
    }

    @Test
    void a_released_row_is_due_at_once_and_counts_no_attempt() {
        List<Long> ids = acceptMany("L1", 2);
        inbox.queue().claim(1, 100);

        assertThat(inbox.queue().release(ids)).isEqualTo(2);

        assertThat(ledger.attempts(ids.get(0))).isEmpty();
        assertThat(inbox.queue().claim(1, 100).get(0).deletions()).allMatch(deletion -> deletion.attempts() == 0);
    }

    @Test
    void a_park_that_fails_leaves_the_row_claimed() {
        List<Long> ids = acceptMany("L1", 2);
        inbox.queue().claim(1, 100);
        faults.failOn("insert into attempt");

        assertThatThrownBy(() -> inbox.queue().park(ids, REFUSED)).isInstanceOf(InboxException.class);

        assertThat(ledger.counts()).containsEntry(DeletionState.CLAIMED, 2L);
        faults.heal();
        assertThat(inbox.queue().park(ids, REFUSED)).isEqualTo(2);
    }

    @Test
    void the_life_of_a_hundred_rows_costs_six_statements_at_most() {
        Subscription subscription = inbox.intakes().subscribe(CHANNEL).orElseThrow();
        inbox.recordLists().register(List.of("L1"));
        List<DeletionRequest> requests =
                IntStream.range(0, 100).mapToObj(i -> request("L1", "003-" + i)).toList();
        faults.executed.clear();

        inbox.intakes().accept(new Intake(requests, List.of(), position(subscription, 1)));
        assertThat(inbox.queue().settle(ids(inbox.queue().claim(4, 100)), Confirmation.EXACT, Duration.ZERO))
                .isEqualTo(100);

        assertThat(faults.executed).hasSizeLessThanOrEqualTo(6);
    }

    // ---- phone numbers

    @Test
    void of_a_phone_number_only_a_keyed_hmac_stays() {
        inbox.intakes().accept(intake(request("L1", Identifier.phone("+15550001234"), "api:1")));
        List<Long> ids = ids(inbox.queue().claim(1, 1));
        assertThat(ledger.get(ids.get(0)).orElseThrow().identifier()).isEqualTo("…34");

        inbox.queue().settle(ids, Confirmation.EXACT, Duration.ZERO);

        // HMAC-SHA256 of the number with the key "a key", by: openssl dgst -sha256 -hmac 'a key'
        assertThat(ledger.get(ids.get(0)).orElseThrow().identifier())
                .isEqualTo("hmac:49b1dc05f0a0ee45066e78dbe7c7b8fc8a71a9b2777d9d61f7a9bec1d0f5a7ba");
        assertThat(everyColumn(ids.get(0))).doesNotContain("5550001234");
    }

    @Test
    void of_a_discarded_phone_number_only_the_hmac_stays_too() {
        List<Long> ids = inbox.intakes()
                .accept(intake(request("L1", Identifier.phone("+15550001234"), "api:1")))
                .ids();
        inbox.queue().claim(1, 1);
        inbox.queue().park(ids, REFUSED);
        assertThat(ledger.get(ids.get(0)).orElseThrow().identifier()).isEqualTo("…34");

        inbox.decisions().discard(new Selection(ids, null, null), "kim");

        assertThat(ledger.get(ids.get(0)).orElseThrow().identifier()).startsWith("hmac:");
        assertThat(everyColumn(ids.get(0))).doesNotContain("5550001234");
    }

    @Test
    void without_a_key_no_two_processes_leave_the_same_hmac() {
        InboxSettings keyless = new InboxSettings(GIVE_UP_AFTER, SESSION_TTL, Duration.ofDays(400), "");
        Set<String> left = new HashSet<>();
        for (int process = 0; process < 2; process++) {
            Inbox each = Inbox.open(store, keyless);
            each.intakes().accept(intake(request("L1", Identifier.phone("+15550001234"), "api:" + process)));
            List<Long> ids = ids(each.queue().claim(1, 1));
            each.queue().settle(ids, Confirmation.EXACT, Duration.ZERO);
            left.add(ledger.get(ids.get(0)).orElseThrow().identifier());
        }

        assertThat(left).hasSize(2).allMatch(identifier -> identifier.matches("hmac:[0-9a-f]{64}"));
    }

    @Test
    void a_failure_never_quotes_a_phone_number() {
        faults.failOn("insert into deletion");

        assertThatThrownBy(
                        () -> inbox.intakes().accept(intake(request("L1", Identifier.phone("+15550001234"), "api:1"))))
                .hasMessageNotContaining("5550001234")
                .cause()
                .hasMessageNotContaining("5550001234");
    }

    // ---- suspension

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
    void what_is_perhaps_done_is_remembered_however_it_comes_back() {
        List<Long> ids = acceptMany("L1", 2);
        inbox.queue().claim(1, 10);

        inbox.queue().perhapsDone(ids.subList(0, 1));
        inbox.queue().release(ids);

        assertThat(ledger.get(ids.get(0)).orElseThrow().answerLost()).isTrue();
        assertThat(ledger.get(ids.get(1)).orElseThrow().answerLost()).isFalse();
    }

    // ---- a person's side

    @Test
    void a_redriven_row_starts_anew_and_keeps_its_failure_until_it_succeeds() {
        List<Long> ids = acceptMany("L1", 1);
        inbox.queue().claim(1, 1);
        inbox.queue().postpone(ids, Duration.ZERO, new Failure("unconfirmed", 202, "accepted", "c"), UNCONFIRMED);
        inbox.queue().claim(1, 1);
        inbox.queue().park(ids, REFUSED);
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
        inbox.queue().postpone(ids, Duration.ZERO, UNAVAILABLE, FAILED);
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

        assertThat(faults.executed).hasSize(1);
    }

    @Test
    void only_what_waits_for_a_person_is_redriven_or_discarded() {
        acceptMany("L1", 2);
        List<Long> claimed = ids(inbox.queue().claim(1, 1));
        List<Long> settled = ids(inbox.queue().claim(1, 1));
        inbox.queue().settle(settled, Confirmation.EXACT, Duration.ZERO);
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

    // ---- sessions

    @Test
    void the_claims_of_a_dead_session_are_freed_and_marked() {
        acceptMany("L1", 3);
        List<Long> ids = ids(inbox.queue().claim(1, 100));
        Inbox other = Inbox.open(store, SETTINGS);
        advance(SESSION_TTL.minusMillis(1));
        other.session().heartbeat();
        assertThat(other.queue().claim(1, 100)).isEmpty();
        advance(Duration.ofMillis(1));

        other.session().heartbeat();

        assertThat(ids(other.queue().claim(1, 100))).containsExactlyElementsOf(ids);
        assertThat(ledger.get(ids.get(0)).orElseThrow().answerLost()).isTrue();
        assertThat(inbox.queue().settle(ids, Confirmation.EXACT, Duration.ZERO)).isZero();
        assertThat(other.queue().settle(ids, Confirmation.EXACT, Duration.ZERO)).isEqualTo(3);
    }

    @Test
    void what_was_claimed_is_held_until_the_session_was_taken_for_dead() {
        acceptMany("L1", 2);
        Batch batch = inbox.queue().claim(1, 100).get(0);
        Inbox other = Inbox.open(store, SETTINGS);
        assertThat(inbox.queue().holds(batch)).isTrue();
        assertThat(other.queue().holds(batch)).isFalse();
        advance(SESSION_TTL);
        other.session().heartbeat();

        inbox.session().heartbeat();

        assertThat(inbox.queue().holds(batch)).isFalse();
        Batch again = inbox.queue().claim(1, 100).get(0);
        assertThat(again.ids()).isEqualTo(batch.ids());
        assertThat(inbox.queue().holds(again)).isTrue();
        assertThat(inbox.queue().holds(batch)).isFalse();
    }

    /** As after SIGSTOP: the first that moves may be the thread that is about to call. */
    @Test
    void a_session_that_was_silent_asks_before_it_says_that_it_holds() {
        Duration ttl = Duration.ofMillis(200);
        Inbox silent = Inbox.open(store, new InboxSettings(GIVE_UP_AFTER, ttl, Duration.ofDays(400), "a key"));
        acceptMany("L1", 2);
        Batch batch = silent.queue().claim(1, 100).get(0);
        advance(SESSION_TTL);
        inbox.session().heartbeat();
        long start = System.nanoTime();
        Awaitility.await().until(() -> System.nanoTime() - start > ttl.toNanos());

        assertThat(silent.queue().holds(batch)).isFalse();
        assertThat(ids(silent.queue().claim(1, 100))).containsExactlyElementsOf(batch.ids());
    }

    @Test
    void a_session_that_was_silent_and_not_replaced_holds_what_it_claimed() {
        Duration ttl = Duration.ofMillis(200);
        Inbox silent = Inbox.open(store, new InboxSettings(GIVE_UP_AFTER, ttl, Duration.ofDays(400), "a key"));
        acceptMany("L1", 2);
        Batch batch = silent.queue().claim(1, 100).get(0);
        advance(SESSION_TTL.dividedBy(2));
        long start = System.nanoTime();
        Awaitility.await().until(() -> System.nanoTime() - start > ttl.toNanos());

        assertThat(silent.queue().holds(batch)).isTrue();
        // It has said that it lives: whoever looks half a ttl later does not take it for dead.
        advance(SESSION_TTL.dividedBy(2));
        inbox.session().heartbeat();
        assertThat(silent.queue().settle(batch.ids(), Confirmation.EXACT, Duration.ZERO))
                .isEqualTo(2);
    }

    @Test
    void a_session_that_lives_keeps_its_claims() {
        acceptMany("L1", 1);
        List<Long> ids = ids(inbox.queue().claim(1, 100));
        Inbox other = Inbox.open(store, SETTINGS);
        for (int beat = 0; beat < 4; beat++) {
            advance(SESSION_TTL.dividedBy(2));
            inbox.session().heartbeat();
            other.session().heartbeat();
        }

        assertThat(other.queue().claim(1, 100)).isEmpty();
        assertThat(inbox.queue().settle(ids, Confirmation.EXACT, Duration.ZERO)).isEqualTo(1);
    }

    @Test
    void a_session_that_was_taken_for_dead_comes_back_as_another() {
        acceptMany("L1", 1);
        List<Long> before = ids(inbox.queue().claim(1, 100));
        Inbox other = Inbox.open(store, SETTINGS);
        advance(SESSION_TTL);
        other.session().heartbeat();

        inbox.session().heartbeat();

        assertThat(inbox.queue().settle(before, Confirmation.EXACT, Duration.ZERO))
                .isZero();
        List<Long> after = ids(inbox.queue().claim(1, 100));
        assertThat(after).isEqualTo(before);
        assertThat(inbox.queue().settle(after, Confirmation.EXACT, Duration.ZERO))
                .isEqualTo(1);
    }

    @Test
    void the_claims_of_a_session_that_ended_in_order_are_freed_by_the_next() {
        acceptMany("L1", 2);
        inbox.queue().claim(1, 100);
        inbox.session().close();
        assertThat(ledger.counts()).containsEntry(DeletionState.CLAIMED, 2L);

        Inbox next = Inbox.open(store, SETTINGS);

        assertThat(ids(next.queue().claim(1, 100))).hasSize(2);
    }

    @Test
    void an_act_that_the_database_fails_names_itself() {
        faults.failOn("update deletion");

        assertThatThrownBy(() -> inbox.queue().settle(List.of(1L), Confirmation.EXACT, Duration.ZERO))
                .isInstanceOf(InboxException.class)
                .hasMessage("settle failed: the database is away; nothing was changed, may be tried again");
        faults.heal();
        assertThatCode(() -> inbox.queue().settle(List.of(1L), Confirmation.EXACT, Duration.ZERO))
                .doesNotThrowAnyException();
    }

    // ---- ledger

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
        inbox.queue().postpone(first, Duration.ofHours(1), UNAVAILABLE, FAILED);
        assertThat(ledger.oldestPending()).contains(START);

        advance(Duration.ofHours(1));
        inbox.session().heartbeat();
        List<Batch> both = inbox.queue().claim(2, 1);
        assertThat(ledger.oldestPending()).contains(START);
        inbox.queue().settle(first, Confirmation.EXACT, Duration.ZERO);
        inbox.queue().release(ids(both));
        assertThat(ledger.oldestPending()).contains(START.plus(Duration.ofMinutes(5)));

        inbox.queue().park(ids(inbox.queue().claim(2, 1)), REFUSED);
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

    // ---- words of the tests

    static DeletionRequest request(String recordList, String externalId) {
        return request(recordList, Identifier.external("salesforce", externalId), "tx-" + externalId + "/1");
    }

    static DeletionRequest request(String recordList, Identifier identifier, String eventKey) {
        return new DeletionRequest(
                recordList, identifier, eventKey, Origin.STREAM, START.minusSeconds(5), DeletionState.PENDING);
    }

    static Intake intake(DeletionRequest... requests) {
        return new Intake(List.of(requests), List.of(), null);
    }

    static StreamPosition position(Subscription subscription, int... replayId) {
        byte[] bytes = new byte[replayId.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) replayId[i];
        }
        return new StreamPosition(CHANNEL, bytes, subscription.position().epoch());
    }

    static List<Long> ids(List<Batch> batches) {
        return batches.stream().flatMap(batch -> batch.ids().stream()).toList();
    }

    static Filter all() {
        return new Filter(null, null, null, 100_000, null);
    }

    @Test
    void a_clock_that_is_set_back_delays_nothing() {
        acceptMany("L1", 2);
        List<Long> claimed = ids(inbox.queue().claim(1, 1));
        inbox.queue().postpone(claimed, Duration.ofMinutes(10), UNAVAILABLE, FAILED);
        inbox.recordLists().register(List.of("L2"));
        inbox.recordLists().suspend("L2", Duration.ofMinutes(5), REFUSED);
        advance(Duration.ofHours(-1));

        inbox.session().heartbeat();
        inbox.session().heartbeat();

        assertThat(ids(inbox.queue().claim(10, 10))).hasSize(1).doesNotContainAnyElementsOf(claimed);
        assertThat(inbox.queue().nextDue()).contains(Duration.ofMinutes(10));
        advance(Duration.ofMinutes(5));
        assertThat(inbox.recordLists().suspended()).isEmpty();
        advance(Duration.ofMinutes(5));
        inbox.session().heartbeat();
        assertThat(ids(inbox.queue().claim(10, 10))).isEqualTo(claimed);
    }

    List<Long> acceptMany(String recordList, int count) {
        return acceptMany(recordList, recordList, count);
    }

    List<Long> acceptMany(String recordList, String name, int count) {
        List<DeletionRequest> requests = IntStream.range(0, count)
                .mapToObj(i -> request(recordList, name + "-" + i))
                .toList();
        return inbox.intakes().accept(new Intake(requests, List.of(), null)).ids();
    }

    List<Long> park(String recordList, int count, Failure failure) {
        acceptMany(recordList, failure.code() + recordList, count);
        List<Long> ids = ids(inbox.queue().claim(1, 100_000));
        inbox.queue().park(ids, failure);
        return ids;
    }

    List<Long> found(DeletionState state, String recordList, String externalId, int limit, Long before) {
        return ledger.find(new Filter(state, recordList, externalId, limit, before)).stream()
                .map(Entry::id)
                .toList();
    }

    byte[] savedReplayId() {
        return ledger.position(CHANNEL).orElseThrow().replayId();
    }

    String everyColumn(long id) {
        return store.read(
                        "test",
                        transaction ->
                                transaction.first("select * from deletion where id = :id", with("id", id), row -> {
                                    StringBuilder text = new StringBuilder();
                                    for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                                        text.append(row.getString(i)).append(' ');
                                    }
                                    return text.toString();
                                }))
                .orElseThrow();
    }

    static <T> List<T> together(Callable<T> first, Callable<T> second) throws Exception {
        return together(List.of(first, second));
    }

    static <T> List<T> together(List<Callable<T>> tasks) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
        CountDownLatch start = new CountDownLatch(tasks.size());
        try {
            List<Future<T>> futures = new ArrayList<>();
            for (Callable<T> task : tasks) {
                futures.add(threads.submit(() -> {
                    start.countDown();
                    start.await();
                    return task.call();
                }));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
                results.add(future.get(30, TimeUnit.SECONDS));
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }
}
