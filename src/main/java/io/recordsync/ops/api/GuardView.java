package io.recordsync.ops.api;

import io.recordsync.inbox.Ledger;
import io.recordsync.inbox.Ledger.GuardEntry;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** How the mass-deletion guard stands: {@code tripped, since, held, max, windowMs}. Read anew each time. */
public final class GuardView implements Supplier<Map<String, Object>> {

    private final Ledger ledger;
    private final int most;
    private final Duration window;

    public GuardView(Ledger ledger, int most, Duration window) {
        this.ledger = ledger;
        this.most = most;
        this.window = window;
    }

    @Override
    public Map<String, Object> get() {
        GuardEntry guard = ledger.guard();
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("tripped", guard.trippedAt() != null);
        shown.put("since", Status.text(guard.trippedAt()));
        shown.put("held", guard.held());
        shown.put("max", most);
        shown.put("windowMs", window.toMillis());
        return shown;
    }
}
