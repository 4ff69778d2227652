package io.recordsync.delivery;

import io.recordsync.deletion.Batch;
import java.time.Duration;
import java.util.AbstractQueue;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.apache.camel.Exchange;

/**
 * The batches that wait for a call, given out in turns of their record lists: a list that answers slowly holds up no other.
 *
 * <p>While others wait, a list has at most its equal share of the calls, but at least one; what is left over goes to anybody. A
 * list waits where it has a batch here, or more due in the inbox than was claimed. One call is kept free for lists that had one
 * lately and do not wait: their next batch may come in a moment, and a call that is out cannot be taken back. Within a list the
 * order is kept. A thread that asks again is done with the batch that it was given before. Thread-safe.
 */
public final class BatchQueue extends AbstractQueue<Exchange> implements BlockingQueue<Exchange> {

    /** So long after its last call a list may be in the middle of something. */
    static final Duration LATELY = Duration.ofSeconds(5);

    private final int concurrency;
    private final LongSupplier nanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /** Those that wait, by list; a list without any is not in it. */
    private final Map<String, Queue<Exchange>> waiting = new LinkedHashMap<>();
    /** The list that each thread makes a call for. */
    private final Map<Thread, String> calls = new HashMap<>();
    /** The last call that a list was given. */
    private final Map<String, Given> lastCall = new HashMap<>();

    private Set<String> moreDue = Set.of();
    private long given;

    /** Which call it was, counted from the start, and when it was given or ended, by the monotonic clock. */
    private record Given(long turn, long at) {}

    /** @param concurrency calls in flight */
    public BatchQueue(int concurrency) {
        this(concurrency, System::nanoTime);
    }

    /** @param nanos {@link System#nanoTime} */
    BatchQueue(int concurrency, LongSupplier nanos) {
        this.concurrency = concurrency;
        this.nanos = nanos;
    }

    /** The lists of which more is due than was claimed. */
    void moreDue(Set<String> recordLists) {
        lock.lock();
        try {
            if (!moreDue.equals(recordLists)) {
                moreDue = Set.copyOf(recordLists);
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean offer(Exchange exchange) {
        String recordList = exchange.getMessage().getBody(Batch.class).recordList();
        lock.lock();
        try {
            waiting.computeIfAbsent(recordList, list -> new ArrayDeque<>()).add(exchange);
            changed.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void put(Exchange exchange) {
        offer(exchange);
    }

    @Override
    public boolean offer(Exchange exchange, long timeout, TimeUnit unit) {
        return offer(exchange);
    }

    /** Claims hold no more than the delivery can; nothing else is put here. */
    @Override
    public int remainingCapacity() {
        return Integer.MAX_VALUE;
    }

    @Override
    public Exchange poll() {
        lock.lock();
        try {
            return next().orElse(null);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Exchange poll(long timeout, TimeUnit unit) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = unit.toNanos(timeout);
            Optional<Exchange> next = next();
            while (next.isEmpty() && left > 0) {
                left = changed.awaitNanos(left);
                next = next();
            }
            return next.orElse(null);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Exchange take() throws InterruptedException {
        Exchange next = null;
        while (next == null) {
            next = poll(1, TimeUnit.DAYS);
        }
        return next;
    }

    /** With the lock held: the batch whose turn it is, and the call is its list's from now on. */
    private Optional<Exchange> next() {
        String ended = calls.remove(Thread.currentThread());
        if (ended != null) {
            lastCall.computeIfPresent(ended, (list, last) -> new Given(last.turn(), nanos.getAsLong()));
        }
        // Of an error a thread may die.
        if (calls.keySet().removeIf(thread -> !thread.isAlive()) || ended != null) {
            changed.signalAll();
        }
        Map<String, Integer> inFlight = new HashMap<>();
        calls.values().forEach(list -> inFlight.merge(list, 1, Integer::sum));
        Optional<String> list = waiting.keySet().stream()
                .filter(candidate -> mayCall(candidate, inFlight))
                .min(Comparator.<String>comparingInt(candidate -> inFlight.getOrDefault(candidate, 0))
                        .thenComparing(this::lastTurn));
        return list.map(this::give);
    }

    private long lastTurn(String list) {
        Given last = lastCall.get(list);
        return last == null ? 0 : last.turn();
    }

    /** Whether the list has not its share yet, or the others' shares are still free with one call less. */
    private boolean mayCall(String list, Map<String, Integer> inFlight) {
        Set<String> wanting = new HashSet<>(waiting.keySet());
        wanting.addAll(moreDue);
        wanting.add(list);
        long since = nanos.getAsLong() - LATELY.toNanos();
        boolean othersLately = lastCall.entrySet().stream()
                .anyMatch(last -> last.getValue().at() - since > 0 && !wanting.contains(last.getKey()));
        int kept = othersLately && calls.values().stream().allMatch(wanting::contains) ? 1 : 0;
        int share = Math.max(1, (concurrency - kept) / wanting.size());
        if (inFlight.getOrDefault(list, 0) < share) {
            return true;
        }
        wanting.remove(list);
        kept += wanting.stream()
                .mapToInt(other -> Math.max(0, share - inFlight.getOrDefault(other, 0)))
                .sum();
        return concurrency - calls.size() - 1 >= kept;
    }

    private Exchange give(String list) {
        Queue<Exchange> batches = waiting.get(list);
        Exchange next = batches.remove();
        if (batches.isEmpty()) {
            waiting.remove(list);
        }
        calls.put(Thread.currentThread(), list);
        lastCall.put(list, new Given(++given, nanos.getAsLong()));
        return next;
    }

    @Override
    public Exchange peek() {
        lock.lock();
        try {
            return waiting.values().stream().findFirst().map(Queue::peek).orElse(null);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int size() {
        lock.lock();
        try {
            return waiting.values().stream().mapToInt(Queue::size).sum();
        } finally {
            lock.unlock();
        }
    }

    /** Of those that wait now; nothing is removed by it. */
    @Override
    public Iterator<Exchange> iterator() {
        lock.lock();
        try {
            return waiting.values().stream()
                    .flatMap(Collection::stream)
                    .toList()
                    .iterator();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void clear() {
        lock.lock();
        try {
            waiting.clear();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int drainTo(Collection<? super Exchange> target) {
        return drainTo(target, Integer.MAX_VALUE);
    }

    @Override
    public int drainTo(Collection<? super Exchange> target, int max) {
        throw new UnsupportedOperationException("A batch is given out for a call, one at a time");
    }
}
