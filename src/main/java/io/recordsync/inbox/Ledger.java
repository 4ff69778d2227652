package io.recordsync.inbox;

import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.HeldReason;
import io.recordsync.deletion.IdentifierKind;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the inbox holds, to be looked at: for the API, the page, health and metrics. Reads only, on connections of its own,
 * so that a look never waits for, nor delays, an act.
 */
public interface Ledger {

    /**
     * The number of the last entry to a state that a person decides about ({@code held}, {@code parked}, {@code rehearsed}).
     * Whatever is looked at after it shows all that entered until then; what entered later bears a greater number.
     */
    long mark();

    /** What a look has shown, and the number of the last entry when it was made. */
    record Marked<T>(T shown, long mark) {}

    /** As {@link #counts}. */
    default Marked<Map<DeletionState, Long>> markedCounts() {
        long mark = mark();
        return new Marked<>(counts(), mark);
    }

    /** As {@link #deadLetters}. */
    default Marked<List<DeadLetters>> markedDeadLetters() {
        long mark = mark();
        return new Marked<>(deadLetters(), mark);
    }

    /** As {@link #guard}. */
    default Marked<GuardEntry> markedGuard() {
        long mark = mark();
        return new Marked<>(guard(), mark);
    }

    /** How many deletions are in each state; every state is a key. */
    Map<DeletionState, Long> counts();

    /** How many deletions are done, by what is known of each; every confirmation is a key. */
    Map<Confirmation, Long> confirmations();

    /**
     * Since when the oldest deletion that is pending or claimed is to be sent: its acceptance, or what made it pending later.
     * Empty when there is none; in the future when all are held back.
     */
    Optional<Instant> oldestPending();

    /** What is parked, by list and reason, the most first. */
    List<DeadLetters> deadLetters();

    /** Newest first (by id), at most {@code filter.limit()}. */
    List<Entry> find(Filter filter);

    Optional<Entry> get(long id);

    /** Every deletion of a contact that is not forgotten, oldest first; read page by page, as far as the stream is. */
    Stream<Entry> ofContact(String externalId);

    /**
     * Every deletion accepted in this time and not forgotten, in the order of ids; read page by page, as far as the stream is.
     *
     * @param until is not part of it
     */
    Stream<Entry> accepted(Instant from, Instant until);

    /** The failed attempts of a deletion, oldest first. */
    List<Attempt> attempts(long id);

    /** What was refused or could not be read, newest first. */
    List<ProblemEntry> problems(int limit);

    /** Every record list the inbox knows, ordered by id. */
    List<RecordListEntry> recordLists();

    /** How many deletions wait for a person, by what holds them; a reason that holds none may be missing. */
    Map<HeldReason, Long> held();

    /** How the guard stands. */
    GuardEntry guard();

    /** Why what is to be written to the inbox cannot be, in words; empty when it can. */
    Optional<String> trouble();

    /** Whether a stream catches up, so that Salesforce is asked about what is due. */
    boolean catchingUp();

    /** The saved position of a channel; empty when it was never subscribed. */
    Optional<PositionEntry> position(String channel);

    /** Null filters match everything; {@code before} is an id: only older rows. */
    record Filter(
            DeletionState state, String recordList, String externalId, int limit, Long before, HeldReason heldReason) {

        public Filter(DeletionState state, String recordList, String externalId, int limit, Long before) {
            this(state, recordList, externalId, limit, before, null);
        }
    }

    /**
     * A deletion as it stands. Times are null until they have happened, texts empty until they are known; {@code
     * identifier} of a phone number is masked, and once done with is {@code hmac:…}. {@code settledBy} is the person who
     * discarded it, {@code approvedBy} the one on whose word the guard let it pass; {@code calledAt} is when the call began
     * that settled it; {@code note} what else is known of it ({@code merged into 003…}); {@code heldReason} is null but of
     * what is held; {@code doubted} whether Salesforce is asked before it is sent, because a restoration may have been
     * missed; {@code orderedBy} is the person who asked for it, {@code decidedBy} the one who decided about it last, and
     * {@code decision} what: approved, rejected, redriven, discarded, went_live; {@code sign} is what showed the presence check
     * that the contact was deleted, and {@code listedAs} the external id as the record list holds it, where that is not the one of
     * 18 characters; {@code listName} is empty while it is not known, and {@code listJoinedAt} null of a list that was there at the
     * first start.
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
            String note,
            String approvedBy,
            Instant calledAt,
            HeldReason heldReason,
            boolean doubted,
            String orderedBy,
            String decidedBy,
            String decision,
            String sign,
            String listedAs,
            String listName,
            Instant listJoinedAt) {}

    /** Parked deletions of one list and one reason. {@code message} is that of one of them, {@code oldest} an acceptance. */
    record DeadLetters(String recordList, String failureCode, String message, long count, Instant oldest) {}

    record Attempt(Instant at, String callId, int status, String code, String message) {}

    /** {@code at} is the last time: what is reported again is not listed again. */
    record ProblemEntry(Instant at, String kind, String message) {}

    /**
     * {@code state} is {@code active}, {@code suspended}, {@code stopped} until a person goes on, or {@code vanished}; {@code suspendedUntil} is
     * null unless suspended, and the error empty when active.
     */
    record RecordListEntry(
            String id, String state, long pending, long parked, Instant suspendedUntil, String lastError) {}

    /**
     * {@code trippedAt} is null while it is not tripped; it may hold deletions all the same. {@code held} are those that the
     * guard holds, {@code openUntil} and {@code openedBy} are null while no person has opened it.
     */
    record GuardEntry(Instant trippedAt, long held, Instant openUntil, String openedBy) {}

    /** {@code replayId} and {@code savedAt} are null while no position was saved, {@code orgId} while none is pinned. */
    record PositionEntry(String channel, byte[] replayId, Instant savedAt, Instant firstStart, String orgId) {}
}
