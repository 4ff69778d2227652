package io.recordsync;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Lines that wait to be written, with room for so many bytes: where there is none, the least important are dropped first.
 *
 * <p>A writer that writes is waited for, a moment long; one that stands still is not. The importance of a line is the first level
 * that it names near its beginning, as in the pattern of {@code log4j2.properties}; a line without one goes with the line before
 * it, as those of a stack do. Thread-safe; one thread takes.
 */
final class LineQueue {

    /** How long one write may take until nobody waits for it any more. */
    static final long MAX_WRITE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final int MAX_CHUNK_BYTES = 8 << 10;
    private static final int MAX_LEVEL_COLUMN = 120;
    private static final Pattern LEVEL = Pattern.compile("\\b(FATAL|ERROR|WARN|INFO|DEBUG|TRACE)\\b");

    /** From the least. */
    private enum Importance {
        DETAIL,
        INFO,
        WARN,
        ERROR;

        static Importance of(String level) {
            return switch (level) {
                case "FATAL", "ERROR" -> ERROR;
                case "WARN" -> WARN;
                case "INFO" -> INFO;
                default -> DETAIL;
            };
        }
    }

    private record Line(byte[] bytes, Importance importance) {}

    private final int maxBytes;
    private final LongSupplier nanoTime;
    private final Deque<Line> lines = new ArrayDeque<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final Condition written = lock.newCondition();
    private Importance last;
    private int bytes;
    private int taken;
    private boolean writing;
    private long writingSince;
    private Thread taker;
    private volatile long dropped;

    /**
     * @param errors whether a line that names no level is as important as an error
     * @param nanoTime as {@link System#nanoTime()}
     */
    LineQueue(int maxBytes, boolean errors, LongSupplier nanoTime) {
        this.maxBytes = maxBytes;
        this.nanoTime = nanoTime;
        this.last = errors ? Importance.ERROR : Importance.INFO;
    }

    /** Whether it is written some time, or not at all. */
    void add(byte[] line) {
        lock.lock();
        try {
            last = importance(line);
            awaitRoom(line.length);
            if (makeRoom(line.length, last)) {
                lines.add(new Line(line, last));
                bytes += line.length;
                arrived.signal();
            } else {
                dropped++;
            }
        } finally {
            lock.unlock();
        }
    }

    /** The next lines, as soon as there is one; until {@link #written} or {@link #failed} they are being written. */
    byte[] take() throws InterruptedException {
        lock.lock();
        try {
            taker = Thread.currentThread();
            while (lines.isEmpty()) {
                arrived.await();
            }
            ByteArrayOutputStream chunk = new ByteArrayOutputStream();
            taken = 0;
            while (!lines.isEmpty()
                    && (taken == 0 || chunk.size() + lines.peek().bytes().length <= MAX_CHUNK_BYTES)) {
                Line line = lines.remove();
                chunk.writeBytes(line.bytes());
                bytes -= line.bytes().length;
                taken++;
            }
            writing = true;
            writingSince = nanoTime.getAsLong();
            return chunk.toByteArray();
        } finally {
            lock.unlock();
        }
    }

    /** What was taken is out. @return whether nothing waits */
    boolean written() {
        lock.lock();
        try {
            writing = false;
            written.signalAll();
            return lines.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** What was taken is lost. */
    void failed() {
        lock.lock();
        try {
            dropped += taken;
        } finally {
            lock.unlock();
        }
        written();
    }

    /** How many lines will never be written. */
    long dropped() {
        return dropped;
    }

    /** Waits until all is written, or the time is over, or the writer stands still for longer than that. */
    void drain(long nanos) {
        lock.lock();
        try {
            long left = nanos;
            while ((writing || !lines.isEmpty()) && left > 0 && !(writing && writingFor() > nanos)) {
                left = written.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    private Importance importance(byte[] line) {
        String start = new String(line, 0, Math.min(line.length, MAX_LEVEL_COLUMN), StandardCharsets.ISO_8859_1);
        Matcher level = LEVEL.matcher(start);
        return level.find() ? Importance.of(level.group(1)) : last;
    }

    private boolean isFull(int more) {
        return !lines.isEmpty() && bytes + more > maxBytes;
    }

    private long writingFor() {
        return nanoTime.getAsLong() - writingSince;
    }

    /** A burst is not dropped because the writer had no turn. */
    private void awaitRoom(int more) {
        long left = MAX_WRITE_NANOS;
        try {
            while (isFull(more) && left > 0 && Thread.currentThread() != taker) {
                long patience = writing ? Math.min(left, MAX_WRITE_NANOS - writingFor()) : left;
                if (patience <= 0) {
                    return;
                }
                left -= patience - written.awaitNanos(patience);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Drops what is less important than the line that comes, the least important and oldest first. */
    private boolean makeRoom(int more, Importance coming) {
        for (Importance least : Importance.values()) {
            if (least.compareTo(coming) >= 0) {
                break;
            }
            Iterator<Line> oldest = lines.iterator();
            while (isFull(more) && oldest.hasNext()) {
                Line line = oldest.next();
                if (line.importance() == least) {
                    oldest.remove();
                    bytes -= line.bytes().length;
                    dropped++;
                }
            }
        }
        return !isFull(more);
    }
}
