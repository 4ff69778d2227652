package io.recordsync.ops;

import io.recordsync.deletion.CallbackRow;
import io.recordsync.deletion.CallbackState;
import io.recordsync.inbox.CallbackBook;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Callbacks that a test has written down, to be looked at. */
public final class InMemoryCallbacks implements CallbackBook {

    public final List<CallbackRow> rows = new CopyOnWriteArrayList<>();
    public volatile Run last = new Run(null, "", 0, 0);

    @Override
    public Instant now() {
        return OpsServer.NOW;
    }

    @Override
    public Instant acceptedAt(Collection<Long> deletions) {
        return OpsServer.NOW;
    }

    @Override
    public List<CallbackRow> open() {
        return rows;
    }

    @Override
    public void remember(List<Seen> seen) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Map<String, Deleted> deleted(List<CallbackRow> callbacks) {
        return Map.of();
    }

    @Override
    public boolean begin(Duration period, Duration afterDeletions) {
        return false;
    }

    @Override
    public void ended(String error, boolean serious, int tooMany) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void failed(String error, boolean serious) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void postponed() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Run lastRun() {
        return last;
    }

    @Override
    public Map<CallbackState, Long> counts() {
        Map<CallbackState, Long> counts = new EnumMap<>(CallbackState.class);
        for (CallbackState state : CallbackState.values()) {
            counts.put(state, rows.stream().filter(row -> row.state() == state).count());
        }
        return counts;
    }

    @Override
    public List<CallbackRow> latest(int limit) {
        return rows;
    }

    @Override
    public List<CallbackRow> of(String recordList, String provider, String externalId) {
        return List.of();
    }
}
