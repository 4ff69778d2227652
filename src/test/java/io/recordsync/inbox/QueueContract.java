package io.recordsync.inbox;

import static io.recordsync.inbox.Queue.Postponement.ANSWER_LOST;
import static io.recordsync.inbox.Queue.Postponement.FAILED;
import static io.recordsync.inbox.Queue.Postponement.UNCONFIRMED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recordsync.deletion.Batch;
import io.recordsync.deletion.ClaimedDeletion;
import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.Failure;
import io.recordsync.deletion.Identifier;
import io.recordsync.deletion.IdentifierKind;
import io.recordsync.deletion.Word;
import io.recordsync.inbox.Decisions.Selection;
import io.recordsync.inbox.Ledger.Attempt;
import io.recordsync.inbox.Ledger.Entry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** What is claimed, and what becomes of it, whatever database it is on. */
abstract class QueueContract extends OnEitherDatabase {

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
    void the_providers_of_a_list_share_what_may_be_taken_of_it() {
        acceptOf("A", 30);
        acceptOf("B", 30);

        assertThat(providers(inbox.queue().claim(2, 10))).hasSize(20).contains("A", "B");
        assertThat(providers(inbox.queue().claim(6, 10))).hasSize(40);
    }

    @Test
    void no_provider_waits_behind_another() {
        acceptOf("A", 2);
        advance(Duration.ofSeconds(1));
        acceptOf("B", 1);
        advance(Duration.ofSeconds(1));
        acceptOf("A2", 2);

        List<String> served = new ArrayList<>();
        for (int claim = 0; claim < 3; claim++) {
            served.addAll(providers(inbox.queue().claim(1, 1)));
        }
        assertThat(served).containsExactly("A", "A", "B");
    }

    private void acceptOf(String provider, int deletions) {
        for (int i = 0; i < deletions; i++) {
            inbox.intakes().accept(intake(request("L1", Identifier.external(provider, "003" + i), "e" + provider + i)));
        }
    }

    private static List<String> providers(List<Batch> batches) {
        return batches.stream()
                .flatMap(batch -> batch.identifiers().stream())
                .map(Identifier::provider)
                .toList();
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
    void of_a_list_that_there_is_no_room_for_nothing_is_claimed_and_nothing_is_due() {
        acceptMany("L1", 30);
        assertThat(inbox.queue().nextDue(list -> 0)).isEmpty();
        acceptMany("L2", 30);

        assertThat(inbox.queue().nextDue(list -> list.equals("L2") ? 1 : 0)).contains(Duration.ZERO);
        assertThat(inbox.queue().claim(4, 10, list -> list.equals("L2") ? 4 : 0))
                .extracting(Batch::recordList)
                .containsOnly("L2")
                .hasSize(3);
        assertThat(inbox.queue().claim(4, 10, list -> list.equals("L2") ? 4 : 0))
                .isEmpty();
        assertThat(ids(inbox.queue().claim(4, 10))).hasSize(30);
    }

    @Test
    void each_list_gives_as_many_batches_as_there_is_room_for_and_turns_go_on_as_without() {
        for (String list : List.of("L1", "L2", "L3", "L4", "L5")) {
            acceptMany(list, 50);
        }

        List<Batch> first = inbox.queue().claim(6, 10, list -> list.equals("L2") ? 1 : 3);
        assertThat(first).extracting(Batch::recordList).containsExactly("L1", "L2", "L3", "L4", "L5");
        List<Batch> second = inbox.queue().claim(2, 10, list -> 3);
        assertThat(second).extracting(Batch::recordList).containsExactly("L1", "L2");
        List<Batch> third = inbox.queue().claim(6, 10, list -> list.equals("L3") || list.equals("L5") ? 3 : 0);
        assertThat(third).extracting(Batch::recordList).containsExactly("L3", "L5", "L3", "L5", "L3", "L5");
        List<Batch> fourth = inbox.queue().claim(20, 10, list -> list.equals("L2") ? 1 : 4);
        assertThat(fourth)
                .extracting(Batch::recordList)
                .containsExactlyInAnyOrder("L1", "L1", "L1", "L2", "L3", "L4", "L4", "L4", "L4", "L5");
    }

    @Test
    void the_kinds_of_a_list_share_its_room() {
        acceptMany("L1", 30);
        for (int i = 0; i < 30; i++) {
            inbox.intakes().accept(intake(request("L1", Identifier.record("r" + i), "e" + i)));
        }

        assertThat(inbox.queue().claim(8, 10, list -> 2))
                .extracting(batch -> batch.identifiers().get(0).kind())
                .containsExactlyInAnyOrder(IdentifierKind.EXTERNAL, IdentifierKind.RECORD);
    }

    @Test
    void within_a_lane_the_oldest_goes_first() {
        long first = acceptMany("L1", 1).get(0);
        advance(Duration.ofSeconds(1));
        List<Long> later = acceptMany("L1", "later", 3);
        inbox.queue().postpone(claimed(ids(inbox.queue().claim(1, 1))), Duration.ofSeconds(10), UNAVAILABLE, FAILED);
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

    /** They share transactions, and each of them is told of its own rows alone. */
    @Test
    void verdicts_that_come_in_at_the_same_moment_are_each_written_once() throws Exception {
        for (int list = 0; list < 4; list++) {
            acceptMany("L" + list, 200);
        }
        List<Batch> batches = inbox.queue().claim(16, 50);
        List<Confirmation> words = List.of(Confirmation.EXACT, Confirmation.BATCH, Confirmation.ABSENT);
        List<Callable<Integer>> verdicts = new ArrayList<>();
        for (int i = 0; i < batches.size(); i++) {
            Batch batch = batches.get(i);
            Confirmation word = words.get(i % words.size());
            verdicts.add(() -> inbox.queue().settle(batch.deletions(), word, Duration.ofMillis(7)));
            // Twice: the second one finds nothing that bears its claim.
            verdicts.add(() -> inbox.queue().settle(batch.deletions(), word, Duration.ofMillis(7)));
        }

        List<Integer> settled = together(verdicts);

        assertThat(batches).hasSize(16);
        assertThat(settled.stream().filter(rows -> rows > 0)).hasSize(16).containsOnly(50);
        assertThat(ledger.counts()).containsEntry(DeletionState.DELETED, 800L);
        Map<String, Long> totals = new TreeMap<>();
        store.read(
                "test",
                transaction -> transaction.list(
                        "select confirmation, total from settled where total > 0",
                        row -> totals.put(row.getString("confirmation"), row.getLong("total"))));
        assertThat(totals).isEqualTo(Map.of("exact", 300L, "batch", 250L, "absent", 250L));
        for (int i = 0; i < batches.size(); i++) {
            assertThat(ledger.get(batches.get(i).ids().get(0)).orElseThrow().confirmation())
                    .isEqualTo(Word.underscored(words.get(i % words.size())));
        }
    }

    @Test
    void verdicts_whose_commit_was_not_answered_fail_alike_and_are_done_once() throws Exception {
        acceptMany("L1", 400);
        List<Batch> batches = inbox.queue().claim(4, 100);
        faults.loseAnswerOfNextCommit();

        List<String> told = together(batches.stream()
                .<Callable<String>>map(batch -> () -> {
                    try {
                        return "settled " + inbox.queue().settle(batch.deletions(), Confirmation.EXACT, Duration.ZERO);
                    } catch (InboxException e) {
                        return e.outcomeUnknown() ? "not known" : e.getMessage();
                    }
                })
                .toList());

        assertThat(told).contains("not known").allMatch(word -> word.equals("not known") || word.equals("settled 100"));
        assertThat(ledger.counts()).containsEntry(DeletionState.DELETED, 400L);
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
        inbox.queue().postpone(claimed(ids(inbox.queue().claim(1, 1))), Duration.ofMillis(7_500), UNAVAILABLE, FAILED);

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
        inbox.queue().postpone(claimed(ids(inbox.queue().claim(1, 1))), Duration.ZERO, UNAVAILABLE, FAILED);
        List<Long> ids = ids(inbox.queue().claim(1, 1));
        advance(Duration.ofSeconds(3));

        assertThat(inbox.queue().settle(claimed(ids), Confirmation.BATCH, Duration.ZERO))
                .isEqualTo(1);

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

        assertThat(inbox.queue().settle(claimed(ids), Confirmation.EXACT, Duration.ZERO))
                .isEqualTo(2);
        assertThat(inbox.queue().settle(claimed(ids), Confirmation.ABSENT, Duration.ZERO))
                .isZero();

        assertThat(ledger.counts()).containsEntry(DeletionState.DELETED, 2L);
        assertThat(ledger.confirmations()).containsEntry(Confirmation.EXACT, 2L).containsEntry(Confirmation.ABSENT, 0L);
    }

    @Test
    void nothing_ends_that_is_not_claimed() {
        List<Long> pending = acceptMany("L1", 2);

        assertThat(inbox.queue().settle(claimed(pending), Confirmation.EXACT, Duration.ZERO))
                .isZero();
        assertThat(inbox.queue().postpone(claimed(pending), Duration.ofDays(1), REFUSED, FAILED))
                .isZero();
        assertThat(inbox.queue().park(claimed(pending), REFUSED)).isZero();
        assertThat(inbox.queue().release(claimed(pending))).isZero();
        assertThat(inbox.queue().settle(claimed(List.of()), Confirmation.EXACT, Duration.ZERO))
                .isZero();
        assertThat(ledger.attempts(pending.get(0))).isEmpty();
        assertThat(ids(inbox.queue().claim(1, 100))).hasSize(2);
    }

    @Test
    void nothing_ends_that_another_session_holds() {
        acceptMany("L1", 2);
        List<Long> ids = ids(inbox.queue().claim(1, 100));
        Inbox other = Inbox.open(store, SETTINGS);

        assertThat(other.queue().settle(claimed(ids), Confirmation.EXACT, Duration.ZERO))
                .isZero();
        assertThat(other.queue().postpone(claimed(ids), Duration.ZERO, REFUSED, FAILED))
                .isZero();
        assertThat(other.queue().park(claimed(ids), REFUSED)).isZero();
        assertThat(other.queue().release(claimed(ids))).isZero();
        assertThat(inbox.queue().settle(claimed(ids), Confirmation.EXACT, Duration.ZERO))
                .isEqualTo(2);
    }

    @Test
    void a_postponed_row_remembers_each_attempt() {
        long id = acceptMany("L1", 1).get(0);
        inbox.queue().claim(1, 1);
        inbox.queue().postpone(claimed(List.of(id)), Duration.ofSeconds(1), UNAVAILABLE, FAILED);
        advance(Duration.ofSeconds(1));
        ClaimedDeletion again = inbox.queue().claim(1, 1).get(0).deletions().get(0);
        assertThat(again.attempts()).isEqualTo(1);
        assertThat(again.unconfirmed()).isZero();

        inbox.queue().park(claimed(List.of(id)), REFUSED);

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
                .postpone(
                        claimed(List.of(id)),
                        Duration.ZERO,
                        new Failure("unconfirmed", 202, "accepted", "c"),
                        UNCONFIRMED);

        ClaimedDeletion again = inbox.queue().claim(1, 1).get(0).deletions().get(0);
        assertThat(again.attempts()).isZero();
        assertThat(again.unconfirmed()).isEqualTo(1);
    }

    @Test
    void a_lost_answer_is_remembered_for_good() {
        long id = acceptMany("L1", 1).get(0);
        inbox.queue().claim(1, 1);
        inbox.queue()
                .postpone(
                        claimed(List.of(id)), Duration.ZERO, new Failure("timeout", 0, "no answer", "c"), ANSWER_LOST);
        inbox.queue().claim(1, 1);

        inbox.queue().postpone(claimed(List.of(id)), Duration.ZERO, UNAVAILABLE, FAILED);

        assertThat(ledger.get(id).orElseThrow().answerLost()).isTrue();
    }

    @Test
    void what_has_been_pending_for_too_long_is_parked_when_it_fails_again() {
        List<Long> old = acceptMany("L1", 1);
        advance(GIVE_UP_AFTER.minusMillis(1));
        inbox.session().heartbeat();
        inbox.queue().claim(1, 1);
        inbox.queue().postpone(claimed(old), Duration.ofMillis(1), UNAVAILABLE, FAILED);
        assertThat(ledger.get(old.get(0)).orElseThrow().state()).isEqualTo(DeletionState.PENDING);
        List<Long> young = acceptMany("L1", "young", 1);
        advance(Duration.ofMillis(1));

        assertThat(inbox.queue()
                        .postpone(claimed(ids(inbox.queue().claim(1, 100))), Duration.ZERO, UNAVAILABLE, FAILED))
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

        assertThat(inbox.queue().release(claimed(ids))).isEqualTo(2);

        assertThat(ledger.attempts(ids.get(0))).isEmpty();
        assertThat(inbox.queue().claim(1, 100).get(0).deletions()).allMatch(deletion -> deletion.attempts() == 0);
    }

    @Test
    void a_park_that_fails_leaves_the_row_claimed() {
        List<Long> ids = acceptMany("L1", 2);
        inbox.queue().claim(1, 100);
        faults.failOn("insert into attempt");

        assertThatThrownBy(() -> inbox.queue().park(claimed(ids), REFUSED)).isInstanceOf(InboxException.class);

        assertThat(ledger.counts()).containsEntry(DeletionState.CLAIMED, 2L);
        faults.heal();
        assertThat(inbox.queue().park(claimed(ids), REFUSED)).isEqualTo(2);
    }

    @Test
    void what_is_perhaps_done_is_remembered_however_it_comes_back() {
        List<Long> ids = acceptMany("L1", 2);
        inbox.queue().claim(1, 10);

        inbox.queue().perhapsDone(claimed(ids.subList(0, 1)));
        inbox.queue().release(claimed(ids));

        assertThat(ledger.get(ids.get(0)).orElseThrow().answerLost()).isTrue();
        assertThat(ledger.get(ids.get(1)).orElseThrow().answerLost()).isFalse();
    }

    // ---- phone numbers

    @Test
    void of_a_phone_number_only_a_keyed_hmac_stays() {
        inbox.intakes().accept(intake(request("L1", Identifier.phone("+15550001234"), "api:1")));
        List<Long> ids = ids(inbox.queue().claim(1, 1));
        assertThat(ledger.get(ids.get(0)).orElseThrow().identifier()).isEqualTo("…34");

        inbox.queue().settle(claimed(ids), Confirmation.EXACT, Duration.ZERO);

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
        inbox.queue().park(claimed(ids), REFUSED);
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
            each.queue().settle(claimed(ids), Confirmation.EXACT, Duration.ZERO);
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
}
