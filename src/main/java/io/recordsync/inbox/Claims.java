package io.recordsync.inbox;

import io.recordsync.deletion.Batch;
import io.recordsync.deletion.Failure;
import io.recordsync.inbox.Queue.Postponement;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this process has in hand: claims no more than the delivery can hold, and waits without polling until something is
 * due.
 *
 * <p>{@link #next} sleeps until the earliest of: an acceptance ({@link #wake}), the next due time, room, an open gate; with rows
 * in hand a moment longer, so that more of them come at once. Every row that it gives is handed back exactly once:
 * {@link #finished} when its fate is in the inbox, {@link #abandoned} when the inbox could not be told; those are released
 * before the next claim, so that they are tried again. Thread-safe.
 */
public final class Claims {

    private static final Logger LOG = LoggerFactory.getLogger(Claims.class);
    /** Due times are the database's: another node may have accepted something, and clocks differ. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);
    /**
     * Between two claims, as long as something is in hand: every acceptance of a stream in full flow would ask for one, and half
     * of what a claim of a hundred costs it would cost for one.
     */
    private static final Duration PACE = Duration.ofMillis(20);

    /** They may have been called: a later answer must be read with that in mind. */
    private static final Failure UNRECORDED =
            new Failure("unrecorded", 0, "What became of the call could not be written down", "");

    private final Queue queue;
    private final DeliveryGate gate;
    private final int size;
    private final int room;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Set<Long> abandoned = new HashSet<>();
    private int inHand;
    /** By {@link System#nanoTime()}; 0 as long as there is nothing to wait for. */
    private long notBefore;
    /** By {@link System#nanoTime()}; what is in hand delays no claim beyond it. */
    private long paced;

    private boolean woken;
    private boolean stopped;

    /**
     * @param size most rows in a batch
     * @param concurrency calls in flight
     * @param recordLists comma-separated; made known to the inbox. Each may have a batch waiting for company
     */
    public Claims(Queue queue, RecordLists lists, DeliveryGate gate, int size, int concurrency, String recordLists) {
        List<String> served =
                Arrays.stream(recordLists.split(",")).map(String::strip).toList();
        lists.register(served);
        lists.serveOnly(served);
        this.queue = queue;
        this.gate = gate;
        this.size = size;
        this.room = size * (2 * concurrency + served.size());
        gate.onChange(this::wake);
    }

    /**
     * Waits for due deletions and claims them.
     *
     * @return batches of one lane each; empty where nothing became due within a second, and once stopped
     * @throws InboxException when the database fails; nothing was claimed
     */
    public List<Batch> next() throws InterruptedException {
        int batches = awaitRoom();
        if (batches == 0) {
            return List.of();
        }
        giveBackAbandoned();
        List<Batch> claimed = queue.claim(batches, size);
        Duration untilDue = claimed.isEmpty() ? queue.nextDue().orElse(LONGEST_WAIT) : Duration.ZERO;
        lock.lock();
        try {
            inHand += claimed.stream().mapToInt(Batch::size).sum();
            waitFor(untilDue);
        } finally {
            lock.unlock();
        }
        return claimed;
    }

    /** How many batches may be claimed now; waits a while for it to be more than none. */
    private int awaitRoom() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long patience = System.nanoTime() + LONGEST_WAIT.toNanos();
            long wait = toWait();
            while (!stopped && wait > 0 && patience - System.nanoTime() > 0) {
                changed.awaitNanos(Math.min(wait, patience - System.nanoTime()));
                wait = toWait();
            }
            if (stopped || gate.isShut() || roomNow() == 0 || !abandoned.isEmpty() && wait > 0) {
                return 0;
            }
            // Whatever the claim brings: a failing database is not asked again at once.
            waitFor(LONGEST_WAIT);
            woken = false;
            paced = System.nanoTime() + PACE.toNanos();
            return roomNow();
        } finally {
            lock.unlock();
        }
    }

    /** Nanoseconds; what has changed since it was said how long makes it shorter. */
    private long toWait() {
        if (roomNow() == 0) {
            return LONGEST_WAIT.toNanos();
        }
        // What could not be written down is not tried again at once, whoever wakes us.
        boolean due = woken && abandoned.isEmpty();
        long untilDue = due || notBefore == 0 ? 0 : notBefore - System.nanoTime();
        long untilPaced = inHand == 0 ? 0 : paced - System.nanoTime();
        return Math.max(Math.max(untilDue, untilPaced), gate.shutFor().toNanos());
    }

    private void waitFor(Duration time) {
        Duration shorter = time.compareTo(LONGEST_WAIT) < 0 ? time : LONGEST_WAIT;
        notBefore = shorter.isZero() ? 0 : System.nanoTime() + shorter.toNanos();
    }

    private int roomNow() {
        if (gate.probing()) {
            return inHand == 0 ? 1 : 0;
        }
        return (room - inHand) / size;
    }

    private void giveBackAbandoned() {
        List<Long> ids;
        lock.lock();
        try {
            ids = List.copyOf(abandoned);
        } finally {
            lock.unlock();
        }
        if (ids.isEmpty()) {
            return;
        }
        int givenBack = queue.postpone(ids, Duration.ZERO, UNRECORDED, Postponement.ANSWER_LOST);
        LOG.info("{} deletions were given back, to be tried again", givenBack);
        lock.lock();
        try {
            abandoned.removeAll(Set.copyOf(ids));
        } finally {
            lock.unlock();
        }
    }

    /** Something may have become due. */
    public void wake() {
        lock.lock();
        try {
            woken = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** The fate of these rows is in the inbox. */
    public void finished(Batch batch) {
        lock.lock();
        try {
            inHand -= batch.size();
            // Some may have been postponed, and be due before what was known.
            waitFor(Duration.ZERO);
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** The inbox could not be told what became of these rows: they are given back and tried again, not at once. */
    public void abandoned(Batch batch) {
        lock.lock();
        try {
            inHand -= batch.size();
            abandoned.addAll(batch.ids());
            waitFor(LONGEST_WAIT);
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Claims nothing more. */
    public void stop() {
        lock.lock();
        try {
            stopped = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
