package io.recordsync.ops.health;

import io.recordsync.inbox.InboxException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * A look at something that may hang: callers wait for it for a moment only, and are then answered by the last one.
 *
 * <p>What is answered in time was looked at after the question, so that an order shows in the answer that follows it. One look is under
 * way at a time, whoever asks. Thread-safe.
 */
public final class Timely<T> {

    /** Answers are due within two seconds, whatever hangs. */
    static final Duration PATIENCE = Duration.ofMillis(1_500);

    private static final AtomicLong THREADS = new AtomicLong();
    /** One for each thing that is looked at, and none while nobody looks. */
    private static final ExecutorService LOOKING = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "look-" + THREADS.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    });

    private final Supplier<T> look;
    private final Clock clock;

    // Guarded by this.
    private long begun;
    private long ended;
    private boolean running;
    private boolean again;
    private RuntimeException failure;
    private Seen<T> last;

    public Timely(Supplier<T> look, Clock clock) {
        this.look = look;
        this.clock = clock;
    }

    /**
     * What was seen.
     *
     * @param at when, by the clock that people see
     * @param nanos likewise, by {@link System#nanoTime()}
     */
    public record Seen<T>(T value, Instant at, long nanos) {

        public Duration age() {
            return Duration.ofNanos(System.nanoTime() - nanos);
        }
    }

    /** A question; {@link #await} has the answer. */
    public final class Asked {

        private final long wanted;
        private final long until = System.nanoTime() + PATIENCE.toNanos();

        private Asked(long wanted) {
            this.wanted = wanted;
        }

        /**
         * @return the last look that succeeded; null when there is none yet
         * @throws RuntimeException that of the look, when it failed and none has ever succeeded, or when it is no failure of the
         *     database
         */
        public Seen<T> await() {
            return answer(wanted, until);
        }
    }

    /** Begins to look, and does not wait. */
    public synchronized Asked ask() {
        if (running) {
            // The look that is under way may have passed already by what the caller wants to see.
            again = true;
        } else {
            running = true;
            LOOKING.execute(this::run);
        }
        return new Asked(begun + 1);
    }

    private void run() {
        do {
            synchronized (this) {
                begun++;
                again = false;
            }
            T value = null;
            RuntimeException thrown = null;
            try {
                value = look.get();
            } catch (RuntimeException e) {
                thrown = e;
            }
            end(value, thrown);
        } while (goesOn());
    }

    private synchronized void end(T value, RuntimeException thrown) {
        ended = begun;
        failure = thrown;
        if (thrown == null) {
            last = new Seen<>(value, clock.instant(), System.nanoTime());
        }
        notifyAll();
    }

    private synchronized boolean goesOn() {
        running = again;
        return again;
    }

    private synchronized Seen<T> answer(long wanted, long until) {
        try {
            for (long left = until - System.nanoTime(); ended < wanted && left > 0; left = until - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        // A database that fails is no news worth more than what it said last; a mistake of ours is.
        if (failure != null && (last == null || !(failure instanceof InboxException))) {
            throw failure;
        }
        return last;
    }
}
