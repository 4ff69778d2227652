package io.recordsync.ops.health;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Threads that stand still: that wait for a lock which another thread holds, or for somebody to take what they write to a pipe or a
 * file, and have done nothing else since they were looked at minutes ago.
 *
 * <p>Whatever waits for work, or for an answer with a time-out, goes on by itself and is none. Thread-safe.
 */
final class Standstills {

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final long max;
    private final LongSupplier nanoTime;
    private Map<Long, Stand> stands = new HashMap<>();

    /** @param turns how often it was blocked and has waited, ever, and the CPU time it has used: the same = it did nothing else */
    private record Stand(long turns, long since) {}

    Standstills(Duration max, LongSupplier nanoTime) {
        this.max = max.toNanos();
        this.nanoTime = nanoTime;
    }

    /** What stands still since it was looked at for the first time, longer than is well; empty when all go on. */
    synchronized Optional<String> look() {
        long now = nanoTime.getAsLong();
        Map<Long, Stand> seen = new HashMap<>();
        String found = null;
        for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds(), 1)) {
            if (thread == null || !stands(thread)) {
                continue;
            }
            long turns = thread.getBlockedCount() + thread.getWaitedCount() + cpuTime(thread);
            Stand before = stands.get(thread.getThreadId());
            Stand stand = before != null && before.turns() == turns ? before : new Stand(turns, now);
            seen.put(thread.getThreadId(), stand);
            if (now - stand.since() > max) {
                found = words(thread);
            }
        }
        stands = seen;
        return Optional.ofNullable(found);
    }

    private long cpuTime(ThreadInfo thread) {
        return threads.isThreadCpuTimeSupported() && threads.isThreadCpuTimeEnabled()
                ? threads.getThreadCpuTime(thread.getThreadId())
                : 0;
    }

    private static boolean stands(ThreadInfo thread) {
        // Those have nothing else to do.
        if (thread.getThreadName().startsWith("console-")) {
            return false;
        }
        return thread.getLockOwnerId() != -1 || writes(thread);
    }

    private static boolean writes(ThreadInfo thread) {
        return thread.getStackTrace().length > 0
                && thread.getStackTrace()[0].getClassName().equals("java.io.FileOutputStream");
    }

    private static String words(ThreadInfo thread) {
        return "The thread " + thread.getThreadName() + " stands still: it waits for "
                + (thread.getLockOwnerId() == -1
                        ? "somebody to take what it writes to a pipe or a file"
                        : "a lock that the thread " + thread.getLockOwnerName() + " holds")
                + "; only a restart frees it";
    }
}
