package io.recordsync.ops.api;

import io.recordsync.deletion.CallbackRow;
import io.recordsync.deletion.CallbackState;
import io.recordsync.deletion.Word;
import io.recordsync.inbox.CallbackBook;
import io.recordsync.inbox.CallbackBook.Run;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What is known of callbacks, as the API shows it; no phone number and no name is. */
public final class CallbackView {

    private static final int MAX_CALLBACKS = 1_000;

    private final CallbackBook book;
    private final String mode;

    /** @param mode {@code talkdesk.callbacks} */
    public CallbackView(CallbackBook book, String mode) {
        this.book = book;
        this.mode = mode;
    }

    /**
     * @param lastAt null before the first run
     * @param lastError null where the last run came to its end
     * @param tooMany how many would have been cancelled, had they not been too many for one run; else 0
     * @param counts of each state
     * @param callbacks what changed last, first; those whose record lives come last
     */
    public record Answer(
            String mode,
            @IsoTime Instant lastAt,
            String lastError,
            int tooMany,
            Map<String, Long> counts,
            List<Callback> callbacks) {}

    /** The external id is null where the record was gone before anybody saw it, or had none. */
    public record Callback(
            String id,
            String recordList,
            String recordId,
            String externalProvider,
            String externalId,
            String state,
            boolean ours,
            @IsoTime Instant foundAt,
            @IsoTime Instant goneAt,
            @IsoTime Instant endedAt) {

        static Callback of(CallbackRow row) {
            boolean known = !row.externalId().isEmpty();
            return new Callback(
                    row.id(),
                    row.recordList(),
                    row.recordId(),
                    known ? row.provider() : null,
                    known ? row.externalId() : null,
                    Word.underscored(row.state()),
                    row.ours(),
                    row.foundAt(),
                    row.goneAt(),
                    row.endedAt());
        }
    }

    /** @throws Refusal when there is a query */
    public Answer show(Map<String, String> query) {
        Query.onlyOf(query, Set.of());
        Run last = book.lastRun();
        Map<String, Long> counts = new TreeMap<>();
        for (Map.Entry<CallbackState, Long> count : book.counts().entrySet()) {
            counts.put(Word.underscored(count.getKey()), count.getValue());
        }
        return new Answer(
                mode,
                last.at(),
                last.error().isEmpty() ? null : last.error(),
                last.tooMany(),
                counts,
                book.latest(MAX_CALLBACKS).stream().map(Callback::of).toList());
    }
}
