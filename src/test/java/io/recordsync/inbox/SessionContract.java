package io.recordsync.inbox;

import static io.recordsync.inbox.Queue.Postponement.FAILED;
import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.deletion.Batch;
import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.DeletionState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which session lives, and what becomes of the claims of those that do not, whatever database it is on. */
abstract class SessionContract extends OnEitherDatabase {

    private static final String PIDS = "pid:[4026532201]";
    private static final String TIMES = "time:[4026531834]";

    @TempDir
    Path folder;

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
        assertThat(inbox.queue().settle(claimed(ids), Confirmation.EXACT, Duration.ZERO))
                .isZero();
        assertThat(other.queue().settle(claimed(ids), Confirmation.EXACT, Duration.ZERO))
                .isEqualTo(3);
    }

    /** As where a person wrote {@code claimed} into the row. */
    @Test
    void what_is_claimed_and_names_no_claim_is_freed() {
        acceptMany("L1", 1);
        store.write(
                "test", transaction -> transaction.change("update deletion_row set state = {claimed}, claim = null"));

        inbox.session().heartbeat();

        assertThat(inbox.queue().claim(1, 100)).hasSize(1);
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
        assertThat(silent.queue().settle(claimed(batch.ids()), Confirmation.EXACT, Duration.ZERO))
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
        assertThat(inbox.queue().settle(claimed(ids), Confirmation.EXACT, Duration.ZERO))
                .isEqualTo(1);
    }

    @Test
    void a_session_that_was_taken_for_dead_comes_back_as_another() {
        acceptMany("L1", 1);
        List<Long> before = ids(inbox.queue().claim(1, 100));
        Inbox other = Inbox.open(store, SETTINGS);
        advance(SESSION_TTL);
        other.session().heartbeat();

        inbox.session().heartbeat();

        assertThat(inbox.queue().settle(claimed(before), Confirmation.EXACT, Duration.ZERO))
                .isZero();
        List<Long> after = ids(inbox.queue().claim(1, 100));
        assertThat(after).isEqualTo(before);
        assertThat(inbox.queue().settle(claimed(after), Confirmation.EXACT, Duration.ZERO))
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
    void a_pause_outlives_its_process_and_holds_for_every_other_one() {
        Inbox other = Inbox.open(store, SETTINGS);
        assertThat(other.pauses().look()).isEmpty();
        inbox.pauses().pause("kim");
        inbox.pauses().pause("lee");
        assertThat(inbox.pauses().look()).contains(new Pauses.Pause(START, "kim"));
        if (store.isShared()) {
            assertThat(other.pauses().look()).isPresent();
        }

        Inbox next = Inbox.open(store, SETTINGS);

        assertThat(next.pauses().look()).contains(new Pauses.Pause(START, "kim"));
        next.pauses().resume();
        next.pauses().resume();
        assertThat(next.pauses().look()).isEmpty();
        assertThat(Inbox.open(store, SETTINGS).pauses().look()).isEmpty();
    }

    @Test
    void a_clock_that_is_set_back_while_nobody_runs_delays_nothing() {
        acceptMany("L1", 2);
        List<Long> claimed = ids(inbox.queue().claim(1, 1));
        inbox.queue().postpone(claimed(claimed), Duration.ofMinutes(10), UNAVAILABLE, FAILED);
        inbox.session().close();
        advance(Duration.ofHours(-1));

        Inbox next = Inbox.open(store, SETTINGS);

        assertThat(ids(next.queue().claim(10, 10))).hasSize(1).doesNotContainAnyElementsOf(claimed);
        assertThat(next.queue().nextDue()).contains(Duration.ofMinutes(10));
    }

    @Test
    void a_clock_that_is_set_back_while_a_killed_process_is_away_delays_nothing() {
        acceptMany("L1", 1);
        inbox.queue().claim(1, 1);
        inbox.session().heartbeat();
        advance(Duration.ofHours(-1));
        if (!store.isShared()) {
            // As the next start does it.
            store.write("test", transaction -> transaction.change("delete from session"));
        }

        Inbox next = Inbox.open(store, SETTINGS);

        advance(SESSION_TTL);
        next.session().heartbeat();
        assertThat(ids(next.queue().claim(10, 10))).hasSize(1);
    }

    @Test
    void a_clock_that_is_set_back_delays_nothing() {
        acceptMany("L1", 2);
        List<Long> claimed = ids(inbox.queue().claim(1, 1));
        inbox.queue().postpone(claimed(claimed), Duration.ofMinutes(10), UNAVAILABLE, FAILED);
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

    // ---- a process that died beside the one that starts

    @Test
    void the_session_of_a_process_that_is_seen_to_be_dead_ends_when_another_starts_beside_it() throws IOException {
        FakeProc proc = new FakeProc(folder).process(100, 5_000).self(100, PIDS, TIMES);
        Inbox killed = beside(proc, 100);
        killed.intakes().subscribe(CHANNEL).orElseThrow();
        acceptMany("L1", 3);
        List<Long> ids = ids(killed.queue().claim(1, 100));
        advance(Duration.ofSeconds(2));
        proc.gone(100).up(1_002_000).process(200, 9_000).self(200, PIDS, TIMES);

        Inbox next = beside(proc, 200);

        assertThat(ids(next.queue().claim(1, 100))).containsExactlyElementsOf(ids);
        assertThat(ledger.get(ids.get(0)).orElseThrow().answerLost()).isTrue();
        assertThat(next.intakes().subscribe(CHANNEL)).isPresent();
    }

    /** Stopped or frozen: its pid is there. */
    @Test
    void the_session_of_a_process_that_lives_is_waited_for_however_silent_it_is() throws IOException {
        FakeProc proc = new FakeProc(folder).process(100, 5_000).self(100, PIDS, TIMES);
        Inbox frozen = beside(proc, 100);
        frozen.intakes().subscribe(CHANNEL).orElseThrow();
        acceptMany("L1", 3);
        List<Long> ids = ids(frozen.queue().claim(1, 100));
        advance(SESSION_TTL.minusMillis(1));
        proc.up(1_000_000 + SESSION_TTL.toMillis()).process(200, 9_000).self(200, PIDS, TIMES);

        Inbox next = beside(proc, 200);

        assertThat(next.queue().claim(1, 100)).isEmpty();
        assertThat(next.intakes().subscribe(CHANNEL)).isEmpty();
        assertThat(frozen.queue().settle(claimed(ids), Confirmation.EXACT, Duration.ZERO))
                .isEqualTo(3);
    }

    @Test
    void the_sessions_of_other_hosts_and_of_older_releases_are_waited_for() throws IOException {
        FakeProc proc = new FakeProc(folder).process(100, 5_000).self(100, PIDS, TIMES);
        Inbox elsewhere = beside(proc, 100);
        acceptMany("L1", 2);
        elsewhere.queue().claim(1, 1);
        inbox.queue().claim(1, 1);
        proc.gone(100)
                .boot("00000000-0000-4000-8000-000000000000")
                .process(200, 9_000)
                .self(200, PIDS, TIMES);

        Inbox next = beside(proc, 200);

        assertThat(next.queue().claim(1, 100)).isEmpty();
    }

    /** A heartbeat says anew where the process is: how long its host has been up is part of it. */
    @Test
    void a_session_that_reported_long_after_its_start_is_seen_to_be_dead_as_well() throws IOException {
        FakeProc proc = new FakeProc(folder).process(100, 5_000).self(100, PIDS, TIMES);
        Inbox killed = beside(proc, 100);
        acceptMany("L1", 1);
        // By a clock that is set forward meanwhile.
        advance(SESSION_TTL.dividedBy(2));
        proc.up(1_001_000);
        killed.session().heartbeat();
        List<Long> ids = ids(killed.queue().claim(1, 100));
        advance(Duration.ofSeconds(2));
        proc.gone(100).up(1_003_000).process(200, 9_000).self(200, PIDS, TIMES);

        assertThat(ids(beside(proc, 200).queue().claim(1, 100))).isEqualTo(ids);
    }

    private Inbox beside(FakeProc proc, long pid) {
        return Inbox.open(store, SETTINGS, Tally.NONE, Fingerprint.NONE, new HostProcess(proc.path(), pid));
    }
}
