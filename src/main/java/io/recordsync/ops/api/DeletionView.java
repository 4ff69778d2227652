package io.recordsync.ops.api;

import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.HeldReason;
import io.recordsync.deletion.SalesforceId;
import io.recordsync.deletion.Word;
import io.recordsync.inbox.Ledger;
import io.recordsync.inbox.Ledger.Entry;
import io.recordsync.inbox.Ledger.Filter;
import io.recordsync.inbox.Ledger.Marked;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** The deletions of the inbox as the API shows them. Read anew each time. */
public final class DeletionView {

    private static final Set<String> FILTERS =
            Set.of("state", "heldReason", "recordList", "externalId", "limit", "before");
    private static final int DEFAULT_LIMIT = 100;
    private static final int MAX_ROWS = 1000;

    private final Ledger ledger;

    public DeletionView(Ledger ledger) {
        this.ledger = ledger;
    }

    public record Deletions(List<DeletionAnswer<Integer>> deletions, String asOf) {}

    public record DeadLetters(List<Group> groups, String asOf) {}

    /** What is parked in one list for one reason. */
    public record Group(String recordList, String failureCode, String message, long count, @IsoTime Instant oldestAt) {}

    /**
     * Newest first.
     *
     * @param query {@code state, heldReason, recordList, externalId, limit} (1 to 1,000, 100 by default) and {@code before} (an id)
     * @throws Refusal when the query has another parameter or a value that is none
     */
    public Deletions find(Map<String, String> query) {
        Query.onlyOf(query, FILTERS);
        Filter filter = new Filter(
                Query.word(DeletionState.class, query.get("state"), "state"),
                Query.text(query, "recordList"),
                externalId(query),
                (int) Query.number(query, "limit", DEFAULT_LIMIT, MAX_ROWS),
                query.containsKey("before") ? Query.positive(query.get("before"), "before") : null,
                Query.word(HeldReason.class, query.get("heldReason"), "heldReason"));
        // Before the look: what enters in between is shown and not meant, never the other way round.
        long mark = ledger.mark();
        List<Entry> found = ledger.find(filter);
        return new Deletions(
                found.stream()
                        .map(entry -> DeletionAnswer.of(entry, entry.attempts()))
                        .toList(),
                asOf(mark, filter, found).text());
    }

    private static AsOf asOf(long mark, Filter filter, List<Entry> found) {
        boolean all = found.size() < filter.limit();
        return new AsOf(
                mark,
                filter.heldReason() != null ? "held" : filter.state() == null ? null : Word.underscored(filter.state()),
                filter.heldReason() == null ? null : Word.underscored(filter.heldReason()),
                filter.recordList(),
                all ? null : found.get(found.size() - 1).id(),
                filter.before(),
                filter.externalId() != null,
                null);
    }

    /** In either form of a Salesforce id; or another external id, if a deletion of it was ever ordered. */
    private String externalId(Map<String, String> query) {
        String text = Query.text(query, "externalId");
        if (text == null || SalesforceId.read(text).isPresent()) {
            return text;
        }
        try (Stream<Entry> known = ledger.ofContact(text)) {
            if (known.findAny().isEmpty()) {
                throw Refusal.of(
                        400,
                        "externalId is no id of a Salesforce record (expected 15 or 18 letters and digits, the last three of"
                                + " 18 being the checksum), nor another external id whose deletion was ordered");
            }
        }
        return text;
    }

    /** One deletion with its failed calls. */
    public DeletionAnswer<List<DeletionAnswer.Attempt>> get(String id) {
        Entry entry = ledger.get(Query.positive(id, "The id of a deletion"))
                .orElseThrow(() -> Refusal.of(404, "No deletion has this id"));
        return DeletionAnswer.of(
                entry,
                ledger.attempts(entry.id()).stream()
                        .map(attempt -> new DeletionAnswer.Attempt(
                                attempt.at(), attempt.callId(), attempt.status(), attempt.code(), attempt.message()))
                        .toList());
    }

    /** What is parked, by list and reason. */
    public DeadLetters deadLetters() {
        Marked<List<Ledger.DeadLetters>> groups = ledger.markedDeadLetters();
        return new DeadLetters(
                groups.shown().stream()
                        .limit(MAX_ROWS)
                        .map(group -> new Group(
                                group.recordList(),
                                group.failureCode(),
                                group.message(),
                                group.count(),
                                group.oldest()))
                        .toList(),
                AsOf.of(groups.mark(), "parked").text());
    }
}
