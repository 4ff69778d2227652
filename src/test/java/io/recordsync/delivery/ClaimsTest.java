package io.recordsync.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recordsync.config.BatchSettings;
import io.recordsync.deletion.Batch;
import io.recordsync.deletion.ClaimedDeletion;
import io.recordsync.deletion.Failure;
import io.recordsync.deletion.Identifier;
import io.recordsync.inbox.InboxException;
import io.recordsync.inbox.Queue;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One list, batches of ten, one call in flight: room for thirty rows. */
@Timeout(20)
class ClaimsTest {

    private static final Duration LINGER = Duration.ofMillis(100);

    private final Source source = new Source();
    private final DeliveryGate gate =
            new DeliveryGate(Duration.ofMillis(20), Duration.ofMillis(20), Clock.systemUTC(), new InMemoryPauses());
    private final Claims claims = new Claims(source.queue(), gate, new BatchSettings(10, LINGER), 1, () -> 1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final DefaultCamelContext context = new DefaultCamelContext();

    @AfterEach
    void stop() throws Exception {
        threads.shutdownNow();
        context.close();
    }

    @Test
    void a_full_batch_is_complete_and_without_a_linger_any_is() throws Exception {
        source.add(13);
        assertThat(claims.next()).extracting(claims::complete).containsExactly(true, false);

        Claims hurried = new Claims(source.queue(), gate, new BatchSettings(10, Duration.ZERO), 1, () -> 1);
        source.add(3);
        assertThat(hurried.next()).extracting(hurried::complete).containsExactly(true);
    }

    @Test
    void no_more_is_claimed_than_there_is_room_for_and_what_is_finished_makes_room() throws Exception {
        source.add(100);
        List<Batch> first = claims.next();
        assertThat(first).hasSize(3);

        Future<List<Batch>> second = threads.submit(claims::next);
        claims.finished(first.get(0));

        assertThat(second.get(10, TimeUnit.SECONDS)).hasSize(1);
        assertThat(source.asked).containsExactly(3, 1);
    }

    @Test
    void nothing_is_claimed_while_there_is_no_room() throws Exception {
        source.add(30);
        claims.next();

        assertThat(claims.next()).isEmpty();
        assertThat(source.asked).containsExactly(3);
    }

    @Test
    void while_nothing_is_due_the_inbox_is_asked_once_a_second_and_not_more() throws Exception {
        assertThat(claims.next()).isEmpty();
        long asked = System.nanoTime();

        assertThat(claims.next()).isEmpty();

        assertThat(Duration.ofNanos(System.nanoTime() - asked)).isGreaterThan(Duration.ofMillis(900));
        assertThat(source.asked).hasSize(2);
    }

    @Test
    void an_acceptance_ends_the_wait() throws Exception {
        claims.next();
        long asked = System.nanoTime();
        Future<List<Batch>> next = threads.submit(claims::next);
        source.add(3);
        claims.wake();

        assertThat(next.get(10, TimeUnit.SECONDS)).hasSize(1);
        assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofMillis(900));
    }

    @Test
    void with_something_in_hand_a_moment_passes_before_the_next_claim() throws Exception {
        source.add(3);
        long began = System.nanoTime();
        claims.next();
        source.add(3);
        claims.wake();

        assertThat(claims.next()).hasSize(1);

        assertThat(Duration.ofNanos(System.nanoTime() - began))
                .isBetween(Duration.ofMillis(20), Duration.ofMillis(900));
    }

    @Test
    void with_nothing_in_hand_none_does() throws Exception {
        Duration quickest = Duration.ofDays(1);
        for (int i = 0; i < 20; i++) {
            source.add(3);
            claims.wake();
            long began = System.nanoTime();
            List<Batch> claimed = claims.next();
            Duration took = Duration.ofNanos(System.nanoTime() - began);
            assertThat(claimed).hasSize(1);
            claims.finished(claimed.get(0));
            quickest = took.compareTo(quickest) < 0 ? took : quickest;
        }

        // The machine may be slow at some of them.
        assertThat(quickest).isLessThan(Duration.ofMillis(15));
    }

    @Test
    void the_wait_is_no_longer_than_until_the_next_is_due() throws Exception {
        source.due = Optional.of(Duration.ofMillis(50));
        claims.next();
        source.add(3);
        long asked = System.nanoTime();

        assertThat(claims.next()).hasSize(1);
        assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofMillis(900));
    }

    @Test
    void a_shut_gate_lets_nothing_be_claimed() throws Exception {
        source.add(3);
        gate.pause("kim");
        assertThat(claims.next()).isEmpty();
        assertThat(source.asked).isEmpty();

        gate.resume();
        assertThat(claims.next()).hasSize(1);
    }

    @Test
    void a_probe_is_one_batch_and_waits_for_what_is_in_hand() throws Exception {
        source.add(50);
        List<Batch> inHand = claims.next();
        gate.shut(new Failure("unavailable", 503, "Down", ""), null);
        Future<List<Batch>> probe = threads.submit(this::untilSome);
        inHand.subList(1, 3).forEach(claims::finished);
        assertThat(source.asked).containsExactly(3);

        claims.finished(inHand.get(0));
        assertThat(probe.get(10, TimeUnit.SECONDS)).hasSize(1);
        Future<List<Batch>> after = threads.submit(this::untilSome);
        assertThat(after.isDone()).isFalse();
        gate.succeeded();
        assertThat(after.get(10, TimeUnit.SECONDS)).hasSize(1);
        assertThat(source.asked).containsExactly(3, 1, 2);
    }

    @Test
    void what_could_not_be_written_down_is_given_back_before_the_next_claim_but_not_at_once() throws Exception {
        source.add(15);
        List<Batch> batches = claims.next();
        claims.abandoned(batches.get(0));
        long abandoned = System.nanoTime();
        claims.wake();

        untilSome();

        assertThat(Duration.ofNanos(System.nanoTime() - abandoned)).isGreaterThan(Duration.ofMillis(900));
        assertThat(source.released).containsExactly(batches.get(0).ids());
    }

    @Test
    void what_could_not_be_given_back_is_given_back_the_next_time() throws Exception {
        source.add(5);
        Batch batch = claims.next().get(0);
        claims.abandoned(batch);
        source.broken = true;
        assertThatThrownBy(this::untilSome).isInstanceOf(InboxException.class);
        source.broken = false;

        assertThat(untilSome()).extracting(Batch::ids).containsExactly(batch.ids());
    }

    @Test
    void a_failing_database_is_not_asked_again_at_once() throws Exception {
        source.broken = true;
        assertThatThrownBy(claims::next).isInstanceOf(InboxException.class);
        long asked = System.nanoTime();

        assertThatThrownBy(claims::next).isInstanceOf(InboxException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - asked)).isGreaterThan(Duration.ofMillis(900));
    }

    @Test
    void once_stopped_nothing_is_claimed() throws Exception {
        claims.next();
        Future<List<Batch>> next = threads.submit(claims::next);
        source.add(3);
        claims.stop();

        assertThat(next.get(10, TimeUnit.SECONDS)).isEmpty();
        assertThat(claims.next()).isEmpty();
        assertThat(source.asked).hasSize(1);
    }

    /** Two lists, one call in flight: room for sixty rows, thirty of one list. */
    private Claims ofTwoLists() {
        return new Claims(source.queue(), gate, new BatchSettings(10, LINGER), 1, () -> 2);
    }

    @Test
    void one_list_alone_has_all_the_room_and_of_two_each_has_room_for_a_batch_whatever_the_other_has()
            throws Exception {
        source.add("a", 100);
        assertThat(claims.next()).hasSize(3);

        Claims two = ofTwoLists();
        assertThat(two.next()).extracting(Batch::recordList).containsExactly("a", "a", "a");
        source.add("b", 100);

        assertThat(someOf(two)).extracting(Batch::recordList).containsExactly("b", "b", "b");
    }

    @Test
    void while_a_list_has_all_that_it_may_have_the_inbox_is_not_asked_again_and_again() throws Exception {
        Claims two = ofTwoLists();
        source.add("a", 100);
        List<Batch> first = two.next();
        assertThat(two.next()).isEmpty();
        int asked = source.asked.size();
        long began = System.nanoTime();

        assertThat(two.next()).isEmpty();

        assertThat(source.asked.size() - asked).isOne();
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(900));
        Future<List<Batch>> next = threads.submit(() -> someOf(two));
        two.finished(first.get(0));
        assertThat(next.get(10, TimeUnit.SECONDS)).extracting(Batch::recordList).containsExactly("a");
    }

    @Test
    void rows_that_gather_for_a_batch_take_room_of_their_own_list_only() throws Exception {
        Claims two = ofTwoLists();
        source.add("a", 3);
        assertThat(two.next()).extracting(two::complete).containsExactly(false);
        source.add("a", 100);
        source.add("b", 100);

        List<Batch> more = someOf(two);

        // With the three, no more than thirty of it.
        assertThat(more).extracting(Batch::recordList).containsExactly("a", "a", "b", "b", "b");
    }

    @Test
    void a_list_that_was_suspended_keeps_no_call_from_the_others_once_its_rows_were_given_back() throws Exception {
        Claims two = new Claims(source.queue(), gate, new BatchSettings(10, LINGER), 2, () -> 2);
        source.add("a", 50);
        List<Batch> first = two.next();
        assertThat(first).hasSize(5);
        Batch others = batchOf("b");
        offer(two, others);
        offer(two, others);
        ExecutorService caller = Executors.newSingleThreadExecutor();
        try {
            assertThat(caller.submit(() -> call(two)).get()).isEqualTo("b");
            assertThat(call(two)).as("more of a is due than was claimed").isNull();
            first.forEach(two::finished);
            assertThat(two.next()).isEmpty();

            assertThat(call(two)).isEqualTo("b");
        } finally {
            caller.shutdownNow();
        }
    }

    private static Batch batchOf(String list) {
        return new Batch(
                List.of(new ClaimedDeletion(1, list, Identifier.external("salesforce", "003-1"), 0, 0, "session")));
    }

    private void offer(Claims to, Batch batch) {
        Exchange exchange = new DefaultExchange(context);
        exchange.getMessage().setBody(batch);
        to.waiting().add(exchange);
    }

    /** The list of the call that this thread may make now; null: none. */
    private static String call(Claims of) {
        Exchange exchange = of.waiting().poll();
        return exchange == null
                ? null
                : exchange.getMessage().getBody(Batch.class).recordList();
    }

    private static List<Batch> someOf(Claims of) throws InterruptedException {
        List<Batch> claimed = of.next();
        while (claimed.isEmpty()) {
            claimed = of.next();
        }
        return claimed;
    }

    private List<Batch> untilSome() throws InterruptedException {
        return someOf(claims);
    }

    /** What there is to claim, and what was asked of the inbox. */
    private static final class Source {

        private final Deque<ClaimedDeletion> rows = new ArrayDeque<>();
        private final List<ClaimedDeletion> claimed = new ArrayList<>();
        private final List<Integer> asked = new ArrayList<>();
        private final List<List<Long>> released = new ArrayList<>();
        private volatile Optional<Duration> due = Optional.empty();
        private volatile boolean broken;
        private long lastId;

        void add(int count) {
            add("a", count);
        }

        synchronized void add(String list, int count) {
            IntStream.range(0, count)
                    .forEach(i -> rows.add(new ClaimedDeletion(
                            ++lastId, list, Identifier.external("salesforce", "003-" + lastId), 0, 0, "session")));
        }

        Queue queue() {
            return (Queue) Proxy.newProxyInstance(
                    Queue.class.getClassLoader(), new Class<?>[] {Queue.class}, (proxy, method, arguments) -> {
                        switch (method.getName()) {
                            case "claim":
                                return claim((int) arguments[0], (int) arguments[1], room(arguments[2]));
                            case "nextDue":
                                return nextDue(room(arguments[0]));
                            case "postpone":
                                return release(((List<?>) arguments[0])
                                        .stream()
                                                .map(ClaimedDeletion.class::cast)
                                                .map(ClaimedDeletion::id)
                                                .toList());
                            default:
                                throw new UnsupportedOperationException(method.getName());
                        }
                    });
        }

        @SuppressWarnings("unchecked")
        private static ToIntFunction<String> room(Object argument) {
            return (ToIntFunction<String>) argument;
        }

        private synchronized Optional<Duration> nextDue(ToIntFunction<String> room) {
            return rows.stream().anyMatch(row -> room.applyAsInt(row.recordList()) > 0)
                    ? Optional.of(Duration.ZERO)
                    : due;
        }

        /** The oldest list first, and of each no more than there is room for. */
        private synchronized List<Batch> claim(int batches, int size, ToIntFunction<String> room) {
            asked.add(batches);
            failWhenBroken();
            List<Batch> taken = new ArrayList<>();
            for (String list :
                    rows.stream().map(ClaimedDeletion::recordList).distinct().toList()) {
                List<ClaimedDeletion> its = rows.stream()
                        .filter(row -> row.recordList().equals(list))
                        .limit((long) size * Math.min(batches - taken.size(), room.applyAsInt(list)))
                        .toList();
                for (int from = 0; from < its.size(); from += size) {
                    taken.add(new Batch(its.subList(from, Math.min(its.size(), from + size))));
                }
                rows.removeAll(its);
                claimed.addAll(its);
            }
            return taken;
        }

        private synchronized int release(List<Long> ids) {
            failWhenBroken();
            released.add(ids.stream().sorted().toList());
            List<ClaimedDeletion> back =
                    claimed.stream().filter(row -> ids.contains(row.id())).toList();
            claimed.removeAll(back);
            rows.addAll(back);
            return back.size();
        }

        private void failWhenBroken() {
            if (broken) {
                throw new InboxException("claim failed", null);
            }
        }
    }
}
