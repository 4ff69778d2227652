package io.recordsync.ops.api;

import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.IdentifierKind;
import io.recordsync.inbox.Ledger;
import io.recordsync.inbox.Ledger.Attempt;
import io.recordsync.inbox.Ledger.Entry;
import io.recordsync.inbox.Ledger.Filter;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * The deletions of the inbox as the API shows them: times in ISO 8601 UTC, names of states and kinds in lower case, what has
 * not happened null, a phone number masked.
 */
public final class DeletionView {

    private static final Set<String> FILTERS = Set.of("state", "recordList", "externalId", "limit", "before");
    private static final int USUAL_LIMIT = 100;
    private static final int MOST = 1000;

    private final Ledger ledger;

    public DeletionView(Ledger ledger) {
        this.ledger = ledger;
    }

    /**
     * Newest first.
     *
     * @param query {@code state, recordList, externalId, limit} (1 to 1,000, usually 100) and {@code before} (an id)
     * @throws Refusal when the query has another parameter or a value that is none
     */
    public Map<String, Object> find(Map<String, String> query) {
        Query.onlyOf(query, FILTERS);
        Filter filter = new Filter(
                query.containsKey("state") ? state(query.get("state")) : null,
                Query.text(query, "recordList"),
                Query.text(query, "externalId"),
                (int) Query.number(query, "limit", USUAL_LIMIT, MOST),
                query.containsKey("before") ? Query.positive(query.get("before"), "before") : null);
        return Map.of("deletions", ledger.find(filter).stream().map(this::row).toList());
    }

    /** One deletion; its {@code attempts} are the list of the failed calls instead of their number. */
    public Map<String, Object> get(String id) {
        Entry entry = ledger.get(Query.positive(id, "The id of a deletion"))
                .orElseThrow(() -> Refusal.of(404, "No deletion has this id"));
        Map<String, Object> shown = row(entry);
        shown.put(
                "attempts",
                ledger.attempts(entry.id()).stream().map(this::attempt).toList());
        return shown;
    }

    /** What is parked, by list and reason. */
    public Map<String, Object> deadLetters() {
        return Map.of(
                "groups",
                ledger.deadLetters().stream()
                        .limit(MOST)
                        .map(group -> Map.of(
                                "recordList", group.recordList(),
                                "failureCode", group.failureCode(),
                                "message", group.message(),
                                "count", group.count(),
                                "oldestAt", group.oldest().toString()))
                        .toList());
    }

    private Map<String, Object> row(Entry entry) {
        Map<String, Object> row = new LinkedHashMap<>();
        BiConsumer<String, Instant> time = (name, at) -> row.put(name, at == null ? null : at.toString());
        BiConsumer<String, String> text = (name, value) -> row.put(name, value.isEmpty() ? null : value);
        row.put("id", entry.id());
        row.put("recordList", entry.recordList());
        row.put("kind", lower(entry.kind().name()));
        if (entry.kind() == IdentifierKind.EXTERNAL) {
            row.put("externalProvider", entry.provider());
        }
        row.put(identifierName(entry.kind()), entry.identifier());
        row.put("state", lower(entry.state().name()));
        row.put("origin", lower(entry.origin()));
        row.put("eventKey", entry.eventKey());
        time.accept("committedAt", entry.committedAt());
        time.accept("acceptedAt", entry.acceptedAt());
        time.accept("dueAt", entry.dueAt());
        row.put("attempts", entry.attempts());
        row.put("answerLost", entry.answerLost());
        time.accept("settledAt", entry.settledAt());
        text.accept("settledBy", entry.settledBy());
        text.accept("confirmation", entry.confirmation());
        text.accept("failureCode", entry.failureCode());
        text.accept("message", entry.message());
        text.accept("note", entry.note());
        return row;
    }

    private Map<String, Object> attempt(Attempt attempt) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("at", attempt.at().toString());
        shown.put("callId", attempt.callId());
        shown.put("status", attempt.status());
        shown.put("code", attempt.code());
        shown.put("message", attempt.message());
        return shown;
    }

    private static String identifierName(IdentifierKind kind) {
        return switch (kind) {
            case EXTERNAL -> "externalId";
            case RECORD -> "recordId";
            case PHONE -> "phoneNumber";
        };
    }

    private static DeletionState state(String name) {
        for (DeletionState state : DeletionState.values()) {
            if (lower(state.name()).equals(name)) {
                return state;
            }
        }
        throw Refusal.of(
                400,
                "state is expected to be one of "
                        + lower(List.of(DeletionState.values()).toString()));
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
