package io.recordsync.inbox;

import io.recordsync.deletion.Confirmation;
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

    /** How many deletions are done, by what is known of each; every confirmation is a key. */
    Map<Confirmation, Long> confirmations();

    /** When the oldest deletion that is pending was accepted; empty when none is. */
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

    /** Why what is to be written to the inbox cannot be, in words; empty when it can. */
    Optional<String> trouble();

    /** The saved position of a channel; empty when it was never subscribed. */
    Optional<PositionEntry> position(String channel);

    /** Null filters match everything; {@code before} is an id: only older rows. */
    record Filter(DeletionState state, String recordList, String externalId, int limit, Long before) {}

    /**
     * A deletion as it stands. Times are null until they have happened, texts empty until they are known; {@code
     * identifier} of a phone number is masked, and once done with is {@code hmac:…}. {@code settledBy} is the person who
     * discarded it; {@code note} what else is known of it ({@code merged into 003…}).
     */
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
            String settledBy,
            String confirmation,
            String failureCode,
            String message,
            String note) {}

    record Attempt(Instant at, String callId, int status, String code, String message) {}

    /** {@code at} is the last time: what is reported again is not listed again. */
    record ProblemEntry(Instant at, String kind, String message) {}

    /** {@code state} is {@code active} or {@code suspended}; {@code suspendedUntil} is null and the error empty when active. */
    record RecordListEntry(
            String id, String state, long pending, long parked, Instant suspendedUntil, String lastError) {}

    /** {@code replayId} and {@code savedAt} are null while no position was saved, {@code orgId} while none is pinned. */
    record PositionEntry(String channel, byte[] replayId, Instant savedAt, Instant firstStart, String orgId) {}
}
