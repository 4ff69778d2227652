package io.recordsync.ops.api;

import io.recordsync.inbox.Coverage;
import io.recordsync.inbox.FoundList;
import io.recordsync.inbox.FoundLists;
import java.time.Instant;
import java.util.List;
import java.util.TreeSet;

/** The record lists, served or not: the answer to {@code GET /api/record-lists}. */
public final class ListView {

    private final FoundLists lists;
    private final Coverage coverage;

    public ListView(FoundLists lists, Coverage coverage) {
        this.lists = lists;
        this.coverage = coverage;
    }

    /** Ordered by id. */
    public record Answer(List<Shown> recordLists) {}

    /**
     * A list.
     *
     * @param name null while it is not known
     * @param joined null where it is there since the first start, or does not get any deletions
     * @param entities whose deletions it gets; empty: every entity's
     * @param coveredUntil null where it does not get any deletions
     */
    public record Shown(
            String id,
            String name,
            String state,
            @IsoTime Instant joined,
            List<String> entities,
            String identifierType,
            Long recordsCount,
            @IsoTime Instant coveredUntil,
            boolean dryRun) {}

    public Answer show() {
        Instant proven = coverage.state().coveredUntil();
        return new Answer(lists.all().stream().map(list -> shown(list, proven)).toList());
    }

    private static Shown shown(FoundList list, Instant proven) {
        return new Shown(
                list.id(),
                list.name().isEmpty() ? null : list.name(),
                list.word(),
                list.served() ? list.joinedAt() : null,
                List.copyOf(new TreeSet<>(list.entities())),
                list.identifierType().isEmpty() ? null : list.identifierType(),
                list.recordsCount(),
                !list.served() ? null : list.coveredUntil() == null ? proven : list.coveredUntil(),
                list.dryRun());
    }
}
