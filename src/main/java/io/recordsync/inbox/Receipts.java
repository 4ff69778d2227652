package io.recordsync.inbox;

import static io.recordsync.inbox.database.Parameters.with;

import io.recordsync.deletion.IdentifierKind;
import io.recordsync.deletion.Word;
import io.recordsync.inbox.Ledger.Entry;
import io.recordsync.inbox.database.Parameters;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.stream.Stream;

/** Deletions for receipts, however many: page after page, each read when it is needed. */
final class Receipts {

    /** Rows that are read at once. */
    static final int PAGE = 1_000;

    private final Store store;

    Receipts(Store store) {
        this.store = store;
    }

    private static final String OF_IDENTIFIER = "select " + EntryRow.COLUMNS
            + " from deletion_row where identifier in (:identifier, :other_form) and lane + 0 in (select lane.id from lane where lane.kind = :kind) and id > :after"
            + " order by id + 0 limit :page";

    /**
     * Oldest first.
     *
     * @param forms of one identifier: one or two
     */
    Stream<Entry> of(List<String> forms, IdentifierKind kind) {
        Parameters named = with("identifier", forms.get(0))
                .and("other_form", forms.get(forms.size() - 1))
                .and("kind", Word.underscored(kind));
        return pages(after -> page(OF_IDENTIFIER, named.and("after", after)));
    }

    private static final String ACCEPTED = "select " + EntryRow.COLUMNS
            + """
             from deletion_row where id > :after and id <= :last and accepted_at >= :from and accepted_at < :until
            order by id limit :page""";

    /**
     * Ids rise with the time of acceptance, but for transactions that run side by side and a clock that is set back a little:
     * so far before and behind are rows looked at as well.
     */
    private static final Duration DISORDER = Duration.ofHours(1);

    /** In the order of ids. */
    Stream<Entry> accepted(Instant from, Instant until) {
        long before = lastBefore(from.minus(DISORDER));
        Parameters span =
                with("last", lastBefore(until.plus(DISORDER))).and("from", from).and("until", until);
        return pages(after -> page(ACCEPTED, span.and("after", Math.max(after, before))));
    }

    private static final String LAST_ID = "select max(id) as id from deletion_row";
    private static final String NEXT = "select id, accepted_at from deletion_row where id > :after order by id limit 1";

    private record Accepted(long id, Instant at) {}

    /** The last id accepted before an instant, 0 if there is none: bisected, for no index is kept for it. */
    private long lastBefore(Instant instant) {
        return store.read("look for a time", transaction -> {
            long before = 0;
            long notBefore =
                    transaction.first(LAST_ID, row -> row.getLong("id")).orElse(0L) + 1;
            while (notBefore - before > 1) {
                long middle = before + (notBefore - before) / 2;
                // Ids have gaps: the row that is looked at is the one there, or the next.
                Optional<Accepted> next = transaction.first(
                        NEXT,
                        with("after", middle - 1),
                        row -> new Accepted(row.getLong("id"), EntryRow.time(row, "accepted_at")));
                if (next.isPresent() && next.get().at().isBefore(instant)) {
                    before = next.get().id();
                } else {
                    notBefore = middle;
                }
            }
            return before;
        });
    }

    private List<Entry> page(String sql, Parameters parameters) {
        return store.read(
                "read receipts", transaction -> transaction.list(sql, parameters.and("page", PAGE), EntryRow::read));
    }

    /** Each begins behind the id that the one before ended with. */
    private static Stream<Entry> pages(LongFunction<List<Entry>> pageAfter) {
        return Stream.iterate(
                        pageAfter.apply(0),
                        page -> !page.isEmpty(),
                        page -> page.size() < PAGE
                                ? List.of()
                                : pageAfter.apply(page.get(page.size() - 1).id()))
                .flatMap(List::stream);
    }
}
