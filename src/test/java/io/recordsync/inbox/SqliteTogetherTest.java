package io.recordsync.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.recordsync.deletion.Batch;
import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.DeletionRequest;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.Intake;
import io.recordsync.inbox.database.GroupCommit;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Acts of several kinds that are ready at the same moment, on the one connection that writes to SQLite. */
class SqliteTogetherTest extends OnEitherDatabase {

    @TempDir
    Path folder;

    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch mayEnd = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>();

    private Batch claimed;

    @Override
    Store open(String now, UnaryOperator<DataSource> tap) {
        return TestStore.open("jdbc:sqlite:" + folder.resolve("data/inbox.db"), null, null, now, tap);
    }

    @BeforeEach
    void aClaim() {
        acceptMany("L1", 100);
        claimed = inbox.queue().claim(1, 50).get(0);
    }

    @Test
    void what_waits_for_one_transaction_is_the_next_one_together() throws Exception {
        FutureTask<Object> first = onOneThatGoesOn(true);
        OfEachKind asked = ofEachKind();
        int before = faults.commits.get();

        mayEnd.countDown();

        assertThat(result(first)).isEqualTo("done");
        assertThat(result(asked.accepted())).isEqualTo(30);
        // The lane of 30 is new to it, or has its turn.
        assertThat(result(asked.taken())).isIn(30, 50);
        assertThat(result(asked.settled())).isEqualTo(50);
        assertThat(faults.commits.get() - before).isEqualTo(2);
        assertThat(ledger.counts()).containsEntry(DeletionState.DELETED, 50L);
    }

    @Test
    void one_that_is_refused_is_so_alone() throws Exception {
        FutureTask<Object> first = onOneThatGoesOn(true);
        OfEachKind asked = ofEachKind();
        faults.failOn("insert into deletion_row");

        mayEnd.countDown();

        assertThat(result(first)).isEqualTo("done");
        assertThat(result(asked.accepted())).isEqualTo(away("accept"));
        assertThat(result(asked.taken())).isEqualTo(50);
        assertThat(result(asked.settled())).isEqualTo(50);
        faults.heal();
        assertThat(ledger.counts())
                .containsEntry(DeletionState.DELETED, 50L)
                .containsEntry(DeletionState.CLAIMED, 50L)
                .containsEntry(DeletionState.PENDING, 0L);
        assertThat(acceptMany("L2", 30)).hasSize(30);
    }

    @Test
    void where_the_answer_to_the_commit_is_lost_none_of_them_is_taken_for_done() throws Exception {
        FutureTask<Object> first = onOneThatGoesOn(false);
        OfEachKind asked = ofEachKind();
        faults.loseAnswerOfNextCommit();

        mayEnd.countDown();

        assertThat(result(first)).isEqualTo("refused");
        assertThat(List.of(result(asked.accepted()), result(asked.taken()), result(asked.settled())))
                .containsExactlyElementsOf(List.of("accept", "claim", "settle").stream()
                        .map(
                                act -> act
                                        + " failed: the answer is lost; whether it was committed is not known, may be tried again")
                        .toList());
        // As they were told to do, they ask again: nothing is there twice, and nothing is left in nobody's hands.
        assertThat(acceptMany("L2", 30)).isEmpty();
        assertThat(settle()).isZero();
        List<Batch> all = inbox.queue().claim(4, 100);
        assertThat(ids(all)).hasSize(80).doesNotHaveDuplicates();
        all.forEach(batch -> inbox.queue().settle(batch.deletions(), Confirmation.EXACT, Duration.ZERO));
        assertThat(ledger.counts()).containsEntry(DeletionState.DELETED, 130L);
    }

    /** Each of them alone would wait for it. */
    @Test
    void a_database_that_is_away_is_asked_once_for_all_of_them() throws Exception {
        FutureTask<Object> first = onOneThatGoesOn(true);
        OfEachKind asked = ofEachKind();
        faults.executed.clear();
        faults.failOn("insert into deletion_row", "08006");

        mayEnd.countDown();

        assertThat(result(first)).isEqualTo("done");
        assertThat(List.of(result(asked.accepted()), result(asked.taken()), result(asked.settled())))
                .containsExactly(away("accept"), away("claim"), away("settle"));
        assertThat(executed("insert into deletion_row")).isEqualTo(1);
    }

    @Test
    void so_it_is_for_verdicts() throws Exception {
        List<Batch> more = inbox.queue().claim(2, 25);
        FutureTask<Object> first = onOneThatGoesOn(true);
        FutureTask<Object> alone = meanwhile(this::settle, GroupCommit.class);
        List<FutureTask<Object>> next = more.stream()
                .map(batch -> meanwhile(
                        () -> inbox.queue().settle(batch.deletions(), Confirmation.EXACT, Duration.ZERO),
                        GroupCommit.class))
                .toList();
        faults.executed.clear();
        faults.failOn("update deletion_row", "08006");

        mayEnd.countDown();

        assertThat(result(first)).isEqualTo("done");
        assertThat(result(alone)).isEqualTo(away("settle"));
        assertThat(next).hasSize(2);
        for (FutureTask<Object> settled : next) {
            assertThat(result(settled)).isEqualTo(away("settle"));
        }
        assertThat(executed("update deletion_row")).isEqualTo(2);
    }

    private static String away(String act) {
        return act + " failed: the database is away; nothing was changed, may be tried again";
    }

    private long executed(String words) {
        return faults.executed.stream().filter(sql -> sql.contains(words)).count();
    }

    /** It takes room, which is taken before a transaction changes anything, and would keep the others waiting. */
    @Test
    void a_large_intake_has_a_transaction_of_its_own() throws Exception {
        List<DeletionRequest> many = IntStream.rangeClosed(0, 5_000)
                .mapToObj(i -> request("L2", "many-" + i))
                .toList();
        FutureTask<Object> first = onOneThatGoesOn(true);
        FutureTask<Object> accepted = meanwhile(
                () -> inbox.intakes()
                        .accept(new Intake(many, List.of(), null))
                        .ids()
                        .size(),
                HikariDataSource.class);
        FutureTask<Object> settled = meanwhile(this::settle, GroupCommit.class);
        int before = faults.commits.get();

        mayEnd.countDown();

        assertThat(result(first)).isEqualTo("done");
        assertThat(result(accepted)).isEqualTo(5_001);
        assertThat(result(settled)).isEqualTo(50);
        assertThat(faults.commits.get() - before).isEqualTo(3);
    }

    /** What is written of an order goes with its own acts. */
    @Test
    void what_belongs_to_an_order_has_a_transaction_of_its_own() throws Exception {
        FutureTask<Object> first = onOneThatGoesOn(true);
        List<Object> broughtInOrder = new ArrayList<>();
        FutureTask<Object> ordered = meanwhile(
                () -> {
                    store.alongside((transaction, result) -> broughtInOrder.add(result));
                    return acceptMany("L2", 30).size();
                },
                HikariDataSource.class);
        FutureTask<Object> settled = meanwhile(this::settle, GroupCommit.class);

        mayEnd.countDown();

        assertThat(result(first)).isEqualTo("done");
        assertThat(result(ordered)).isEqualTo(30);
        assertThat(result(settled)).isEqualTo(50);
        assertThat(broughtInOrder).hasSize(1);
    }

    /** Acts that wait for the same transaction. */
    private record OfEachKind(FutureTask<Object> accepted, FutureTask<Object> taken, FutureTask<Object> settled) {}

    private OfEachKind ofEachKind() {
        return new OfEachKind(
                meanwhile(() -> acceptMany("L2", 30).size(), GroupCommit.class),
                meanwhile(() -> ids(inbox.queue().claim(1, 50)).size(), GroupCommit.class),
                meanwhile(this::settle, GroupCommit.class));
    }

    private int settle() {
        return inbox.queue().settle(claimed.deletions(), Confirmation.EXACT, Duration.ZERO);
    }

    /** A transaction that is open until {@link #mayEnd}. */
    private FutureTask<Object> onOneThatGoesOn(boolean committed) throws InterruptedException {
        FutureTask<Object> act = started(() -> store.writeTogether("test", transaction -> {
            begun.countDown();
            try {
                assertThat(mayEnd.await(20, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            if (!committed) {
                throw new IllegalStateException("refused");
            }
            return "done";
        }));
        assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
        return act;
    }

    /** An act that has begun, and waits in there. */
    private FutureTask<Object> meanwhile(Callable<Object> act, Class<?> waitsIn) {
        FutureTask<Object> started = started(act);
        Thread thread = threads.get(threads.size() - 1);
        Awaitility.await().until(() -> Arrays.stream(thread.getStackTrace())
                .anyMatch(frame -> frame.getClassName().equals(waitsIn.getName())));
        return started;
    }

    /** What it brings, or the message of what it throws. */
    private FutureTask<Object> started(Callable<Object> act) {
        FutureTask<Object> task = new FutureTask<>(() -> {
            try {
                return act.call();
            } catch (RuntimeException e) {
                return e.getMessage();
            }
        });
        Thread thread = new Thread(task);
        threads.add(thread);
        thread.start();
        return task;
    }

    private static Object result(FutureTask<Object> act) throws Exception {
        return act.get(20, TimeUnit.SECONDS);
    }
}
