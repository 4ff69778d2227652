package io.recordsync.lists;

import io.recordsync.deletion.CallbackRow;
import io.recordsync.deletion.CallbackState;
import io.recordsync.inbox.CallbackBook;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What is remembered of callbacks, in memory; which deletions were carried out, a test says. */
final class RememberedCallbacks implements CallbackBook {

    final Map<String, CallbackRow> rows = new TreeMap<>();
    /** By external id. */
    final Map<String, Deleted> deleted = new TreeMap<>();

    Instant now = Instant.parse("2026-03-01T00:00:00Z");
    Instant acceptedAt = now;
    boolean due = true;
    final List<String> ends = new ArrayList<>();

    @Override
    public Instant now() {
        return now;
    }

    @Override
    public Instant acceptedAt(Collection<Long> deletions) {
        return acceptedAt;
    }

    @Override
    public List<CallbackRow> open() {
        return rows.values().stream()
                .filter(row -> row.state() != CallbackState.CANCELLED)
                .toList();
    }

    @Override
    public void remember(List<Seen> seen) {
        for (Seen each : seen) {
            CallbackRow before = rows.get(each.callback().id());
            boolean known = !each.externalId().isEmpty() || before == null;
            boolean gone = each.state() == CallbackState.GONE || each.state() == CallbackState.UNSEEN;
            boolean ended = each.state() == CallbackState.CANCELLED || each.state() == CallbackState.ENDED;
            Instant goneBefore = before == null ? null : before.goneAt();
            Instant goneAt =
                    each.state() == CallbackState.LIVING ? null : goneBefore == null && gone ? now : goneBefore;
            rows.put(
                    each.callback().id(),
                    new CallbackRow(
                            each.callback().id(),
                            each.callback().recordList(),
                            each.callback().recordId(),
                            known ? each.provider() : before.provider(),
                            known ? each.externalId() : before.externalId(),
                            each.state(),
                            each.ours(),
                            before == null ? now : before.foundAt(),
                            each.asked() ? now : before == null ? Instant.EPOCH : before.askedAt(),
                            goneAt,
                            ended ? now : null));
        }
    }

    @Override
    public Map<String, Deleted> deleted(List<CallbackRow> callbacks) {
        Map<String, Deleted> found = new TreeMap<>();
        callbacks.stream()
                .filter(row -> deleted.containsKey(row.externalId()))
                .forEach(row -> found.put(row.id(), deleted.get(row.externalId())));
        return found;
    }

    @Override
    public boolean begin(Duration period, Duration afterDeletions) {
        return due;
    }

    @Override
    public void ended(String error, boolean serious, int tooMany) {
        ends.add("ended " + tooMany + (serious ? ", a right is missing: " : ": ") + error);
    }

    @Override
    public void failed(String error, boolean serious) {
        ends.add("failed" + (serious ? ", a right is missing: " : ": ") + error);
    }

    @Override
    public void postponed() {
        ends.add("postponed");
    }

    @Override
    public Run lastRun() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Map<CallbackState, Long> counts() {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<CallbackRow> latest(int limit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<CallbackRow> of(String recordList, String provider, String externalId) {
        throw new UnsupportedOperationException();
    }
}
