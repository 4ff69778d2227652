package io.recordsync.inbox.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GroupCommitTest {

    private final ExecutorService threads = Executors.newCachedThreadPool();
    /** The transactions, each with its acts. */
    private final List<List<Integer>> transactions = Collections.synchronizedList(new ArrayList<>());

    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch mayCommit = new CountDownLatch(1);

    @AfterEach
    void stop() throws InterruptedException {
        mayCommit.countDown();
        threads.shutdown();
        assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    private List<String> commit(List<Integer> acts) {
        transactions.add(List.copyOf(acts));
        if (acts.contains(0)) {
            begun.countDown();
            await(mayCommit);
        }
        return acts.stream().map(act -> "done " + act).toList();
    }

    private static boolean isOfAll(Exception e) {
        return e instanceof EOFException;
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void one_alone_waits_for_nobody() throws Exception {
        GroupCommit<Integer, String, IOException> group = new GroupCommit<>(this::commit, GroupCommitTest::isOfAll);

        assertThat(group.commit(1)).isEqualTo("done 1");
        assertThat(group.commit(2)).isEqualTo("done 2");

        assertThat(transactions).containsExactly(List.of(1), List.of(2));
    }

    @Test
    void what_is_asked_for_during_a_transaction_is_the_next_one_together() throws Exception {
        GroupCommit<Integer, String, IOException> group = new GroupCommit<>(this::commit, GroupCommitTest::isOfAll);
        List<Future<String>> results = askDuringTheFirst(group, 5);

        mayCommit.countDown();

        for (int i = 0; i < results.size(); i++) {
            assertThat(results.get(i).get(10, TimeUnit.SECONDS)).isEqualTo("done " + i);
        }
        assertThat(transactions).hasSize(2);
        assertThat(transactions.get(0)).containsExactly(0);
        assertThat(transactions.get(1)).containsExactlyInAnyOrder(1, 2, 3, 4, 5);
    }

    /** @return of the first act, which is being done, and of so many more that wait */
    private List<Future<String>> askDuringTheFirst(GroupCommit<Integer, String, IOException> group, int more) {
        List<Future<String>> results = new ArrayList<>();
        results.add(threads.submit(() -> group.commit(0)));
        await(begun);
        for (int act = 1; act <= more; act++) {
            int mine = act;
            results.add(threads.submit(() -> group.commit(mine)));
        }
        Awaitility.await().until(() -> group.waiting() == more);
        return results;
    }

    @Test
    void very_many_are_several_transactions() throws Exception {
        GroupCommit<Integer, String, IOException> group = new GroupCommit<>(this::commit, GroupCommitTest::isOfAll);
        List<Future<String>> results = askDuringTheFirst(group, GroupCommit.MAX_ACTS + 1);

        mayCommit.countDown();

        for (Future<String> result : results) {
            assertThat(result.get(10, TimeUnit.SECONDS)).startsWith("done");
        }
        assertThat(transactions).extracting(List::size).containsExactly(1, GroupCommit.MAX_ACTS, 1);
    }

    @Test
    void one_that_is_refused_fails_alone() throws Exception {
        theSecondAloneFails(new IOException("refused"));
    }

    @Test
    void so_does_one_with_a_mistake() throws Exception {
        theSecondAloneFails(new IllegalStateException("a mistake"));
    }

    private void theSecondAloneFails(Exception failure) throws Exception {
        GroupCommit<Integer, String, IOException> group = new GroupCommit<>(
                acts -> {
                    List<String> done = commit(acts);
                    if (acts.contains(2)) {
                        GroupCommitTest.<RuntimeException>raise(failure);
                    }
                    return done;
                },
                GroupCommitTest::isOfAll);
        List<Future<String>> results = askDuringTheFirst(group, 3);

        mayCommit.countDown();

        assertThat(results.get(1).get(10, TimeUnit.SECONDS)).isEqualTo("done 1");
        assertThat(results.get(3).get(10, TimeUnit.SECONDS)).isEqualTo("done 3");
        assertThatThrownBy(() -> results.get(2).get(10, TimeUnit.SECONDS)).hasCause(failure);
        assertThat(transactions).hasSize(5); // the first, all three, and each of them alone
    }

    /** A commit that was not answered could be done twice; for a database that is away each alone would wait. */
    @Test
    void a_failure_that_is_of_all_is_not_tried_for_each() {
        fails(new EOFException("no answer"));
    }

    @Test
    void so_is_an_error() {
        fails(new StackOverflowError("an error"));
    }

    private void fails(Throwable failure) {
        AtomicInteger calls = new AtomicInteger();
        GroupCommit<Integer, String, IOException> group = new GroupCommit<>(
                acts -> {
                    List<String> done = commit(acts);
                    if (calls.incrementAndGet() == 1) {
                        return done;
                    }
                    GroupCommitTest.<RuntimeException>raise(failure);
                    return done;
                },
                GroupCommitTest::isOfAll);
        List<Future<String>> results = askDuringTheFirst(group, 3);

        mayCommit.countDown();

        for (Future<String> result : results.subList(1, 4)) {
            assertThatThrownBy(() -> result.get(10, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCause(failure);
        }
        assertThat(transactions).hasSize(2); // the first, and the others together
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> void raise(Throwable e) throws E {
        throw (E) e;
    }

    /** A thread that is interrupted while another one does its part must not go on as if nothing had been written. */
    @Test
    void an_interrupted_caller_learns_all_the_same_what_was_committed() throws Exception {
        GroupCommit<Integer, String, IOException> group = new GroupCommit<>(this::commit, GroupCommitTest::isOfAll);
        Future<String> first = threads.submit(() -> group.commit(0));
        await(begun);
        List<Boolean> interrupted = Collections.synchronizedList(new ArrayList<>());
        Thread[] waits = new Thread[1];
        Future<String> second = threads.submit(() -> {
            waits[0] = Thread.currentThread();
            String result = group.commit(1);
            interrupted.add(Thread.interrupted());
            return result;
        });
        Awaitility.await().until(() -> group.waiting() == 1);
        waits[0].interrupt();

        mayCommit.countDown();

        assertThat(first.get(10, TimeUnit.SECONDS)).isEqualTo("done 0");
        assertThat(second.get(10, TimeUnit.SECONDS)).isEqualTo("done 1");
        assertThat(interrupted).containsExactly(true);
    }

    @Test
    void each_act_of_many_threads_is_done_once_and_answered() throws Exception {
        GroupCommit<Integer, String, IOException> group = new GroupCommit<>(
                acts -> {
                    transactions.add(List.copyOf(acts));
                    return acts.stream().map(act -> "done " + act).toList();
                },
                GroupCommitTest::isOfAll);
        List<Future<Boolean>> all = IntStream.range(0, 8)
                .mapToObj(thread -> threads.submit(() -> {
                    for (int act = thread * 500; act < (thread + 1) * 500; act++) {
                        if (!group.commit(act).equals("done " + act)) {
                            return false;
                        }
                    }
                    return true;
                }))
                .toList();

        for (Future<Boolean> each : all) {
            assertThat(each.get(10, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(transactions.stream().flatMap(List::stream)).hasSize(4_000).doesNotHaveDuplicates();
    }
}
