package io.recordsync.delivery;

import io.recordsync.config.BatchSettings;
import io.recordsync.deletion.Batch;
import io.recordsync.deletion.ClaimedDeletion;
import io.recordsync.deletion.Failure;
import io.recordsync.inbox.InboxException;
import io.recordsync.inbox.Queue;
import io.recordsync.inbox.Queue.Postponement;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this process has in hand: claims no more than the delivery can hold, and waits without polling until something is
 * due.
 *
 * <p>{@link #next} sleeps until the earliest of: an acceptance ({@link #wake}), the next due time, room, an open gate; with rows
 * in hand a moment longer, so that more of them come at once. Every row that it gives is handed back exactly once:
 * {@link #finished} when its fate is in the inbox, {@link #abandoned} when it could not be written there; those are given back
 * before the next claim, so that they are tried again. Where several lists are served, none has more in hand than keeps all calls
 * busy, and room for a batch is kept for each of the others. Thread-safe.
 */
public final class Claims {

    private static final Logger LOG = LoggerFactory.getLogger(Claims.class);
    /** Due times are the database's: another node may have accepted something, and clocks differ. */
    private static final Duration MAX_WAIT = Duration.ofSeconds(1);
    /**
     * Between two claims while something is in hand: else every acceptance of a stream in full flow would ask for one, and a
     * claim of one row costs half of what a claim of a hundred does.
     */
    private static final Duration MIN_PACE = Duration.ofMillis(20);

    /** They may have been called: a later answer must be read with that in mind. */
    private static final Failure UNRECORDED =
            new Failure("unrecorded", 0, "What became of the call could not be written down", "");

    private final Queue queue;
    private final DeliveryGate gate;
    private final BatchSettings batch;
    private final BatchQueue waiting;
    private final int concurrency;
    private final IntSupplier lists;
    /** Rows of one list. */
    private final int roomOfOne;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Set<ClaimedDeletion> abandoned = new HashSet<>();
    private final Map<String, Integer> inHandByList = new HashMap<>();
    /** Lists of which the last claim has taken full batches only, of one kind of identifier at least. */
    private final Set<String> moreDue = new HashSet<>();

    private int inHand;
    /** By {@link System#nanoTime()}; 0 while there is nothing to wait for. */
    private long notBefore;
    /** By {@link System#nanoTime()}; what is in hand delays no claim beyond it. */
    private long paced;

    private boolean woken;
    private boolean stopped;

    /**
     * @param concurrency calls in flight
     * @param lists that are served; each may have a batch that waits for company
     */
    public Claims(Queue queue, DeliveryGate gate, BatchSettings batch, int concurrency, IntSupplier lists) {
        this.queue = queue;
        this.gate = gate;
        this.batch = batch;
        this.waiting = new BatchQueue(concurrency);
        this.concurrency = concurrency;
        this.lists = lists;
        this.roomOfOne = batch.size() * (2 * concurrency + 1);
        gate.onChange(this::wake);
    }

    /** Where what was claimed waits for a call. */
    public BatchQueue waiting() {
        return waiting;
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
        List<Batch> claimed = queue.claim(batches, batch.size(), this::roomOf);
        Duration untilDue = claimed.isEmpty() ? queue.nextDue(this::roomOf).orElse(MAX_WAIT) : Duration.ZERO;
        Set<String> notAll;
        lock.lock();
        try {
            claimed.forEach(taken -> hold(taken.recordList(), taken.size()));
            rememberMoreDue(claimed, batches);
            notAll = Set.copyOf(moreDue);
            waitFor(untilDue);
        } finally {
            lock.unlock();
        }
        waiting.moreDue(notAll);
        return claimed;
    }

    private void hold(String recordList, int rows) {
        inHand += rows;
        inHandByList.merge(recordList, rows, (before, more) -> before + more == 0 ? null : before + more);
    }

    /** How many batches may be claimed of a list now; with a gate that is probed, one. */
    private int roomOf(String recordList) {
        lock.lock();
        try {
            int held = inHandByList.getOrDefault(recordList, 0);
            long others = inHandByList.keySet().stream()
                    .filter(list -> !list.equals(recordList))
                    .count();
            // For a batch of each list that has nothing in hand.
            long kept = batch.size() * Math.max(0, lists.getAsInt() - 1 - others);
            long free = held == 0 ? room() - inHand : Math.min(room() - inHand - kept, roomOfOne - held);
            return (int) Math.max(0, Math.min(free, roomOfOne) / batch.size());
        } finally {
            lock.unlock();
        }
    }

    /** What a claim says of lists that it may not have come to is what the one before said. */
    private void rememberMoreDue(List<Batch> claimed, int batches) {
        if (batches >= lists.getAsInt()) {
            moreDue.removeIf(list -> inHandByList.getOrDefault(list, 0) < roomOfOne);
        }
        Set<String> emptied = claimed.stream()
                .filter(taken -> taken.size() < batch.size())
                .map(Claims::lane)
                .collect(Collectors.toSet());
        claimed.forEach(taken -> moreDue.remove(taken.recordList()));
        claimed.stream()
                .filter(taken -> !emptied.contains(lane(taken)))
                .map(Batch::recordList)
                .forEach(moreDue::add);
    }

    private static String lane(Batch batch) {
        return batch.deletions().get(0).lane();
    }

    /** How many batches may be claimed now; waits a while for it to be more than none. */
    private int awaitRoom() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long patience = System.nanoTime() + MAX_WAIT.toNanos();
            long wait = toWait();
            while (!stopped && wait > 0 && patience - System.nanoTime() > 0) {
                changed.awaitNanos(Math.min(wait, patience - System.nanoTime()));
                wait = toWait();
            }
            if (stopped || gate.isShut() || roomNow() == 0 || !abandoned.isEmpty() && wait > 0) {
                return 0;
            }
            // Whatever the claim brings: a failing database is not asked again at once.
            waitFor(MAX_WAIT);
            woken = false;
            paced = System.nanoTime() + MIN_PACE.toNanos();
            return roomNow();
        } finally {
            lock.unlock();
        }
    }

    /** Nanoseconds; what has changed since it was said how long makes it shorter. */
    private long toWait() {
        if (roomNow() == 0) {
            return MAX_WAIT.toNanos();
        }
        // What could not be written down is not tried again at once, whatever wakes us.
        boolean due = woken && abandoned.isEmpty();
        long untilDue = due || notBefore == 0 ? 0 : notBefore - System.nanoTime();
        long untilPaced = inHand == 0 ? 0 : paced - System.nanoTime();
        return Math.max(Math.max(untilDue, untilPaced), gate.shutFor().toNanos());
    }

    private void waitFor(Duration time) {
        Duration shorter = time.compareTo(MAX_WAIT) < 0 ? time : MAX_WAIT;
        notBefore = shorter.isZero() ? 0 : System.nanoTime() + shorter.toNanos();
    }

    private int roomNow() {
        if (gate.probing()) {
            return inHand == 0 ? 1 : 0;
        }
        return (room() - inHand) / batch.size();
    }

    /** Rows that may be in hand: with several lists as much again for the others while one has all that it may have. */
    private int room() {
        int served = lists.getAsInt();
        return batch.size() * ((served > 1 ? 4 : 2) * concurrency + served);
    }

    private void giveBackAbandoned() {
        List<ClaimedDeletion> deletions;
        lock.lock();
        try {
            deletions = List.copyOf(abandoned);
        } finally {
            lock.unlock();
        }
        if (deletions.isEmpty()) {
            return;
        }
        int givenBack = queue.postpone(deletions, Duration.ZERO, UNRECORDED, Postponement.ANSWER_LOST);
        LOG.info("{} deletions were given back, to be tried again", givenBack);
        lock.lock();
        try {
            abandoned.removeAll(Set.copyOf(deletions));
        } finally {
            lock.unlock();
        }
    }

    /** Whether a batch goes as it was claimed: a full one needs no company, and without a linger there is none. */
    public boolean complete(Batch claimed) {
        return claimed.size() >= batch.size() || batch.linger().isZero();
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
    public void finished(Batch claimed) {
        lock.lock();
        try {
            hold(claimed.recordList(), -claimed.size());
            // Some may have been postponed, and be due before what was known; and a claim that is being made may not
            // know the room.
            waitFor(Duration.ZERO);
            woken = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** What became of these rows could not be written down: they are given back and tried again, not at once. */
    public void abandoned(Batch claimed) {
        lock.lock();
        try {
            hold(claimed.recordList(), -claimed.size());
            abandoned.addAll(claimed.deletions());
            waitFor(MAX_WAIT);
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
