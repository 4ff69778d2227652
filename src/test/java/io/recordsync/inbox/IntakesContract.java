package io.recordsync.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recordsync.deletion.Batch;
import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.DeletionRequest;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.Identifier;
import io.recordsync.deletion.IdentifierKind;
import io.recordsync.deletion.Intake;
import io.recordsync.deletion.Origin;
import io.recordsync.deletion.Problem;
import io.recordsync.deletion.StreamPosition;
import io.recordsync.inbox.Intakes.Accepted;
import io.recordsync.inbox.Intakes.Subscription;
import io.recordsync.inbox.Ledger.Entry;
import io.recordsync.inbox.Ledger.RecordListEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Where deletions come in, and who subscribes, whatever database it is on. */
abstract class IntakesContract extends OnEitherDatabase {

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
                        null,
                        null,
                        false,
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
        assertThat(inbox.queue().settle(claimed(ids(claimed)), Confirmation.EXACT, Duration.ZERO))
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

    /** As where the database has gone back to when nobody knew the list, and no session has noticed yet. */
    @Test
    void nothing_is_accepted_without_the_number_of_its_lane_and_the_next_try_gives_it_one() {
        inbox.intakes().accept(intake(request("L1", "003A")));
        store.write("test", transaction -> {
            transaction.change("delete from deletion_row");
            return transaction.change("delete from lane");
        });

        assertThatThrownBy(() -> inbox.intakes().accept(intake(request("L1", "003B"))))
                .isInstanceOf(InboxException.class)
                .hasMessageContaining("nothing was changed");

        assertThat(inbox.intakes().accept(intake(request("L1", "003B"))).ids()).hasSize(1);
        assertThat(inbox.queue().claim(1, 1).get(0).recordList()).isEqualTo("L1");
    }

    /** As after a failover to a database that gave out the numbers in another order. */
    @Test
    void a_number_that_stands_for_another_list_now_misleads_nobody() {
        inbox.intakes().accept(intake(request("L1", "003A"), request("L2", "003B")));
        store.write("test", transaction -> {
            transaction.change("delete from deletion_row");
            transaction.change("update lane set record_list = 'between' where record_list = 'L1'");
            transaction.change("update lane set record_list = 'L1' where record_list = 'L2'");
            return transaction.change("update lane set record_list = 'L2' where record_list = 'between'");
        });

        assertThatThrownBy(() -> inbox.intakes().accept(intake(request("L1", "003C"), request("L2", "003D"))))
                .isInstanceOf(InboxException.class)
                .hasMessageContaining("nothing was changed");
        inbox.intakes().accept(intake(request("L1", "003C"), request("L2", "003D")));

        assertThat(inbox.queue().claim(2, 1))
                .extracting(batch ->
                        batch.recordList() + " " + batch.identifiers().get(0).value())
                .containsExactlyInAnyOrder("L1 003C", "L2 003D");
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

        assertThat(faults.executed).noneMatch(sql -> sql.startsWith("insert"));
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
}
