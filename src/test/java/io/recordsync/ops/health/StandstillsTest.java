package io.recordsync.ops.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class StandstillsTest {

    private long now = 3;
    private final Standstills standstills = new Standstills(Duration.ofMinutes(5), () -> now);

    @Test
    void a_thread_that_waits_for_a_lock_for_minutes_stands_still() throws Exception {
        Object monitor = new Object();
        Thread waiting = new Thread(
                () -> {
                    synchronized (monitor) {
                        monitor.notifyAll();
                    }
                },
                "the-waiting-one");
        synchronized (monitor) {
            waiting.start();
            await().until(() -> waiting.getState() == Thread.State.BLOCKED);
            assertThat(standstills.look()).isEmpty();
            pass(Duration.ofMinutes(5));
            assertThat(standstills.look()).isEmpty();
            pass(Duration.ofSeconds(1));

            assertThat(standstills.look())
                    .contains("The thread the-waiting-one stands still: it waits for a lock that the thread "
                            + Thread.currentThread().getName() + " holds; only a restart frees it");
        }
        waiting.join();
        assertThat(standstills.look()).isEmpty();
    }

    @Test
    void so_does_one_that_waits_for_a_lock_of_another_kind() throws Exception {
        ReentrantLock lock = new ReentrantLock();
        lock.lock();
        Thread waiting = new Thread(lock::lock, "the-waiting-one");
        waiting.start();
        await().until(() -> waiting.getState() == Thread.State.WAITING);
        standstills.look();
        pass(Duration.ofMinutes(6));

        assertThat(standstills.look())
                .hasValueSatisfying(words -> assertThat(words).contains("the-waiting-one"));
        lock.unlock();
        waiting.join();
    }

    @Test
    void what_waits_for_work_does_not() throws Exception {
        LinkedBlockingQueue<String> work = new LinkedBlockingQueue<>();
        CountDownLatch done = new CountDownLatch(1);
        Thread idle = new Thread(() -> {
            try {
                work.take();
                done.countDown();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        idle.start();
        await().until(() -> idle.getState() == Thread.State.WAITING);
        standstills.look();
        pass(Duration.ofHours(1));

        assertThat(standstills.look()).isEmpty();
        work.add("some");
        done.await();
    }

    @Test
    void who_has_had_its_turn_in_between_does_not() throws Exception {
        ReentrantLock lock = new ReentrantLock();
        CountDownLatch end = new CountDownLatch(1);
        lock.lock();
        Thread turns = new Thread(() -> {
            while (end.getCount() > 0) {
                lock.lock();
                lock.unlock();
            }
        });
        turns.start();
        for (int i = 0; i < 4; i++) {
            await().until(() -> lock.hasQueuedThread(turns));
            assertThat(standstills.look()).isEmpty();
            pass(Duration.ofMinutes(3));
            lock.unlock();
            await().until(() -> !lock.hasQueuedThread(turns));
            lock.lock();
        }
        end.countDown();
        lock.unlock();
        turns.join();
    }

    private void pass(Duration time) {
        now += time.toNanos();
    }
}
