package io.recordsync.ops.api;

import io.recordsync.deletion.DeliveryMode;
import io.recordsync.inbox.FoundList;
import io.recordsync.inbox.Ledger.RecordListEntry;
import io.recordsync.inbox.ListCoverage;
import io.recordsync.ops.health.Metrics;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The record lists as the status shows them: each that the inbox knows, and each that is served. */
final class ListRows {

    private final DeliveryMode mode;
    private final Metrics metrics;

    ListRows(DeliveryMode mode, Metrics metrics) {
        this.mode = mode;
        this.metrics = metrics;
    }

    /**
     * @param served the ids of those that are served, also where the inbox has not met one yet
     * @param proven until when all that are not behind are covered
     */
    List<StatusAnswer.RecordList> of(
            List<String> served,
            List<RecordListEntry> entries,
            List<FoundList> found,
            List<ListCoverage> covered,
            Instant proven) {
        Map<String, RecordListEntry> byId = new LinkedHashMap<>();
        entries.forEach(list -> byId.put(list.id(), list));
        Map<String, ListCoverage> coverages = new LinkedHashMap<>();
        covered.forEach(list -> coverages.put(list.recordList(), list));
        Map<String, FoundList> known = new LinkedHashMap<>();
        found.forEach(list -> known.put(list.id(), list));
        TreeSet<String> ids = new TreeSet<>(served);
        ids.addAll(byId.keySet());
        return ids.stream()
                .map(id -> list(
                        byId.getOrDefault(id, new RecordListEntry(id, "active", 0, 0, null, "")),
                        known.get(id),
                        served.contains(id),
                        coverages.get(id),
                        proven))
                .toList();
    }

    /** @param covered null of a list that the inbox has not met yet */
    private StatusAnswer.RecordList list(
            RecordListEntry list, FoundList found, boolean served, ListCoverage covered, Instant proven) {
        boolean known = covered != null;
        String state = known && !covered.served() ? "retired" : list.state();
        return new StatusAnswer.RecordList(
                list.id(),
                found == null || found.name().isEmpty() ? null : found.name(),
                found == null ? state : found.word(),
                served,
                found == null ? List.of() : List.copyOf(new TreeSet<>(found.entities())),
                known ? covered.joinedAt() : null,
                known && covered.coveredUntil() != null ? covered.coveredUntil() : proven,
                known && covered.historyOpen(),
                list.pending(),
                list.parked(),
                found == null ? null : found.recordsCount(),
                found == null || found.identifierType().isEmpty() ? null : found.identifierType(),
                mode.rehearses(list.id()),
                metrics.lastCall(list.id()).orElse(null),
                list.lastError().isEmpty() ? null : list.lastError(),
                found == null || found.presenceError().isEmpty() ? null : found.presenceError());
    }
}
