package io.recordsync.inbox;

import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.IdentifierKind;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the inbox holds, to be looked at: for the API, the page, health and metrics. Reads only, on connections of its own,
 * so that a look never waits for, nor delays, an act.
 */
public interface Ledger {

    /** How many deletions are in each state; every state is a key. */
    Map<DeletionState, Long> counts();

    /** Since when the oldest pending deletion has been due or waiting, by its acceptance; empty when none is pending. */
    Optional<Instant> oldestPending();

    /** Newest first (by id), at most {@code filter.limit()}. */
    List<Entry> find(Filter filter);

    Optional<Entry> get(long id);

    /** The failed attempts of a deletion, oldest first. */
    List<Attempt> attempts(long id);

    /** What was refused or could not be read, newest first. */
    List<ProblemEntry> problems(int limit);

    /** Every record list the inbox knows, ordered by id. */
    List<RecordListEntry> recordLists();

    /** The saved position of a channel; empty when it was never subscribed. */
    Optional<PositionEntry> position(String channel);

    /** Null filters match everything; {@code before} is an id: only older rows. */
    record Filter(DeletionState state, String recordList, String externalId, int limit, Long before) {}

    /** A deletion as it stands. Times are null until they have happened; {@code identifier} of a phone number is masked. */
    record Entry(
            long id,
            String recordList,
            IdentifierKind kind,
            String provider,
            String identifier,
            DeletionState state,
            String origin,
            String eventKey,
            Instant committedAt,
            Instant acceptedAt,
            Instant dueAt,
            int attempts,
            int unconfirmed,
            boolean answerLost,
            Instant settledAt,
            String confirmation,
            String failureCode,
            String message) {}

    record Attempt(Instant at, String callId, int status, String code, String message) {}

    record ProblemEntry(Instant at, String kind, String message) {}

    /** {@code state} is {@code active} or {@code suspended}. */
    record RecordListEntry(
            String id, String state, long pending, long parked, Instant suspendedUntil, String lastError) {}

    /** {@code replayId} and {@code savedAt} are null while no position was saved. */
    record PositionEntry(String channel, byte[] replayId, Instant savedAt, Instant firstStart, String orgId) {}
}
