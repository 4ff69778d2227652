package io.recordsync.salesforce;

import io.recordsync.deletion.Commit;
import io.recordsync.deletion.DeletionRequest;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.Identifier;
import io.recordsync.deletion.Origin;
import io.recordsync.deletion.SalesforceId;
import io.recordsync.inbox.ServedList;
import io.recordsync.inbox.ServedLists;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which records of Salesforce are in Talkdesk's record lists, and what names them there.
 *
 * <p>Only a complete id of an accepted key prefix names one: no wildcard, no wrong checksum ever becomes a deletion.
 */
public final class SyncedRecords {

    private final ServedLists recordLists;
    private final String externalProvider;
    private final List<String> idPrefixes;
    private final boolean holdsMerged;
    /** Whose ids are accepted, of a list that gets some entities' deletions only; else empty. */
    private final Set<String> boundTo;

    /** Where the losers of merges are deleted like any other. */
    public SyncedRecords(ServedLists recordLists, String externalProvider, List<String> idPrefixes) {
        this(recordLists, externalProvider, idPrefixes, false);
    }

    /** @param holdsMerged whether a person decides about the losers of merges */
    public SyncedRecords(
            ServedLists recordLists, String externalProvider, List<String> idPrefixes, boolean holdsMerged) {
        this(recordLists, externalProvider, idPrefixes, holdsMerged, Set.of());
    }

    private SyncedRecords(
            ServedLists recordLists,
            String externalProvider,
            List<String> idPrefixes,
            boolean holdsMerged,
            Set<String> boundTo) {
        this.recordLists = recordLists;
        this.externalProvider = externalProvider;
        this.idPrefixes = List.copyOf(idPrefixes);
        this.holdsMerged = holdsMerged;
        this.boundTo = new TreeSet<>(boundTo);
    }

    /** Empty when this is not an id that may be deleted. */
    Optional<Identifier> identifier(String recordId) {
        return SalesforceId.complete(recordId)
                .filter(this::accepts)
                .map(id -> Identifier.external(externalProvider, id));
    }

    /** Of the external ids. */
    String provider() {
        return externalProvider;
    }

    /** Whether an id of 18 characters is of one of the entities. */
    boolean accepts(String id) {
        return idPrefixes.contains(id.substring(0, 3));
    }

    /** Of one record list, which may get some entities' deletions only. */
    SyncedRecords of(String recordList) {
        Set<String> entities =
                recordLists.find(recordList).map(ServedList::entities).orElse(Set.of());
        return entities.isEmpty()
                ? this
                : new SyncedRecords(
                        recordLists,
                        externalProvider,
                        entities.stream()
                                .flatMap(entity -> KeyPrefixes.of(entity, idPrefixes).stream())
                                .distinct()
                                .toList(),
                        holdsMerged,
                        entities);
    }

    /** What to do about ids of other entities, for a person. */
    String otherEntitiesAdvice() {
        return boundTo.isEmpty()
                ? "set salesforce.id-prefixes, or it is another list"
                : "the list is bound to " + String.join(" and ", boundTo)
                        + ", and gets no other deletions: bind it to those entities too (talkdesk.record-lists.of.<Entity>),"
                        + " or it is another list";
    }

    /** One deletion for each record list that gets those of the entity. */
    List<DeletionRequest> deletions(
            String entity,
            Identifier identifier,
            String eventKey,
            Origin origin,
            Instant committedAt,
            DeletionState state,
            String note,
            Commit commit) {
        return recordLists.served().stream()
                .filter(list -> list.gets(entity))
                .map(list ->
                        new DeletionRequest(list.id(), identifier, eventKey, origin, committedAt, state, note, commit))
                // What a sweep finds in the Recycle Bin it finds with its master, if there is one.
                .map(request -> origin == Origin.SWEEP && note.isEmpty() ? request : mergeAsked(request))
                .toList();
    }

    /** Where a person decides about the losers of merges, Salesforce is asked first whether it is one. */
    DeletionRequest mergeAsked(DeletionRequest request) {
        return holdsMerged && KeyPrefixes.mayBeMerged(request.identifier().value())
                ? request.askingForMerge()
                : request;
    }

    /** For messages. */
    String expectedIds() {
        return "15 or 18 characters with prefix " + String.join(" or ", idPrefixes);
    }

    /** An id that is none may be anything: shown short, and without what could break a log line. */
    static String printable(String id) {
        String shown = id.length() > 40 ? id.substring(0, 40) + "…" : id;
        return "'" + shown.replaceAll("[^ -~]", "?") + "'";
    }
}
