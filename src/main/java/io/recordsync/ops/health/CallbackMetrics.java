package io.recordsync.ops.health;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.recordsync.deletion.CallbackState;
import io.recordsync.deletion.Word;
import io.recordsync.inbox.CallbackBook;
import io.recordsync.inbox.InboxException;
import java.util.Map;

/** How many callbacks are in each state, and how many this process has cancelled; nothing where they are not looked at. */
public final class CallbackMetrics {

    /** So long a count serves: a scrape asks for each state. */
    private static final long MAX_AGE_NANOS = 5_000_000_000L;

    private final CallbackBook book;
    private final Counter cancelled;

    private Map<CallbackState, Long> counts;
    private long countedAt;

    public CallbackMetrics(MeterRegistry registry, CallbackBook book, boolean on) {
        this.book = book;
        if (!on) {
            cancelled = null;
            return;
        }
        cancelled = Counter.builder("recordsync.callbacks.cancelled")
                .description("Callbacks of deleted people that were cancelled")
                .register(registry);
        for (CallbackState state : CallbackState.values()) {
            Gauge.builder("recordsync.callbacks", () -> count(state))
                    .description("Callbacks by what is known of them")
                    .tag("state", Word.underscored(state))
                    .register(registry);
        }
    }

    public void cancelled(long callbacks) {
        if (cancelled != null) {
            cancelled.increment(callbacks);
        }
    }

    private synchronized double count(CallbackState state) {
        long now = System.nanoTime();
        if (counts == null || now - countedAt > MAX_AGE_NANOS) {
            try {
                counts = book.counts();
                countedAt = now;
            } catch (InboxException e) {
                return Double.NaN;
            }
        }
        return counts.get(state);
    }
}
