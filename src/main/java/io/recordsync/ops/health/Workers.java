package io.recordsync.ops.health;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.function.Predicate;
import org.apache.camel.CamelContext;
import org.apache.camel.support.LifecycleStrategySupport;
import org.apache.camel.util.concurrent.CamelThreadFactory;

/**
 * The threads of the routes that begin with a clock or a queue, and which of them have died.
 *
 * <p>Camel 4.18 lets an {@link Error} end them: a queue's thread is replaced by one that does nothing, and a clock that threw is
 * never called again. Both show in the pool: a queue has a task for each of its threads for as long as it runs, and a clock's
 * next call is always in the pool's queue or on its way. Thread-safe.
 */
final class Workers extends LifecycleStrategySupport {

    /** How Camel names the pools of a route that begins with a clock: by its scheme; and of an aggregation by the clock. */
    private static final Predicate<String> CLOCKS =
            name -> scheme(name).equals("scheduler") || name.equals("AggregateTimeoutChecker");

    private static final Predicate<String> QUEUES = name -> scheme(name).equals("seda");

    private final Map<ThreadPoolExecutor, Look> looks = new ConcurrentHashMap<>();

    /** @param completed how many calls the pool had ended when it looked as if it were dead; -1 when it did not */
    private record Look(String name, long completed) {}

    @Override
    public void onThreadPoolAdd(
            CamelContext camel, ThreadPoolExecutor pool, String id, String sourceId, String routeId, String profileId) {
        if (pool.getThreadFactory() instanceof CamelThreadFactory factory) {
            String name = factory.getName().replaceFirst("\\?.*", "");
            boolean clock = pool instanceof ScheduledThreadPoolExecutor && CLOCKS.test(name);
            if (clock || QUEUES.test(name)) {
                looks.put(pool, new Look(name, -1));
            }
        }
    }

    @Override
    public void onThreadPoolRemove(CamelContext camel, ThreadPoolExecutor pool) {
        looks.remove(pool);
    }

    /**
     * The name of a worker of which a thread has died; empty while all live. A pool is believed to be dead at the second look only:
     * between two calls there is a moment in which it looks so.
     */
    Optional<String> dead() {
        String dead = null;
        for (Map.Entry<ThreadPoolExecutor, Look> entry : looks.entrySet()) {
            ThreadPoolExecutor pool = entry.getKey();
            Look before = entry.getValue();
            long completed = pool.getCompletedTaskCount();
            boolean idle = !pool.isShutdown() && isIdle(pool);
            if (idle && before.completed() == completed) {
                dead = before.name();
            }
            looks.replace(pool, before, new Look(before.name(), idle ? completed : -1));
        }
        return Optional.ofNullable(dead);
    }

    private static String scheme(String name) {
        return name.substring(0, Math.max(0, name.indexOf(':')));
    }

    private static boolean isIdle(ThreadPoolExecutor pool) {
        return pool instanceof ScheduledThreadPoolExecutor
                ? pool.getQueue().isEmpty() && pool.getActiveCount() == 0
                : pool.getActiveCount() < pool.getCorePoolSize();
    }
}
