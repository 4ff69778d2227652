package io.recordsync.inbox;

import io.recordsync.deletion.Batch;
import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.Failure;
import io.recordsync.deletion.Intake;
import io.recordsync.deletion.Origin;
import io.recordsync.deletion.StreamPosition;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The one table that every deletion passes through, from the moment Salesforce need not be asked again until the proof
 * that it is done.
 *
 * <p>An act is one transaction: it happens whole or, throwing {@link InboxException}, not at all. What is accepted is
 * claimed, by this process or after its death by another, until it is settled, postponed or parked. All acts may be
 * called from any thread. Acts on claims change only rows that this session still holds and return how many those were.
 */
public interface Inbox extends AutoCloseable {

    /** Makes lists known that may have no deletions yet: those that are configured. */
    void register(Collection<String> recordLists);

    /**
     * Of other lists nothing is claimed any more, and what is pending there is parked ({@code list_removed}): whoever took a
     * list out of the configuration did not say that it is still to be deleted from.
     */
    void serveOnly(Collection<String> recordLists);

    // ---- the stream's side

    /**
     * Becomes the one subscriber of a channel: raises its epoch. A subscriber may call it again to resume.
     *
     * @return where to resume; empty while another live session subscribes, or when this session has expired
     */
    Optional<Subscription> subscribe(String channel);

    /**
     * Says that the subscriber lives. One that is silent for {@code session.ttl} is replaced, even if its session lives.
     *
     * @throws SubscriptionLostException when the position's epoch is not the current one
     */
    void keepSubscription(StreamPosition position);

    /**
     * Writes the deletions, the restorations, the problems, the demand for a sweep and the position. What is known already (same list, identifier and event key)
     * is ignored. What a sweep or the presence check found is skipped where the inbox knows better: a row of the same record
     * committed at or after it (for the presence check: one that is open or was cancelled by a person), or a later
     * restoration. An event of the stream adopts the row of a sweep that is still pending or held. A very large intake may take several transactions; problems and position are in the last. A position
     * without replay id saves nothing and only proves that the subscription is still ours.
     *
     * @throws SubscriptionLostException when the position's epoch is not the current one; nothing more is written
     */
    Accepted accept(Intake intake);

    /**
     * Pins the Salesforce org that this inbox belongs to, if none is pinned yet.
     *
     * @return the org that is pinned, 18 characters
     */
    String pinOrg(String orgId);

    /**
     * Moves the pin by a person's decision. Replay ids of another org mean nothing here, so positions are forgotten and
     * subscribers lost; what Salesforce was to be asked about is parked. Confirming the org that is pinned changes nothing.
     */
    void confirmOrg(String orgId);

    // ---- what only a gap event said

    /**
     * Contacts of which a gap event said that they were deleted or restored, oldest first: Salesforce is to be asked which of
     * them live.
     */
    List<GapCheck> gapChecks(int limit);

    /** These live: their checked deletions are cancelled, and so is what their restorations cancel. */
    int living(List<GapCheck> checks);

    /** Salesforce knows none of these as living: their checked deletions become pending, their restorations are dismissed. */
    int gone(List<GapCheck> checks);

    // ---- the delivery's side

    /**
     * Claims due deletions of lists that are not suspended: at most {@code batches} batches of at most {@code size} rows,
     * each of one record list and one kind, taken round robin over all that have due rows, oldest first within each.
     * There may be fewer than are due: ask again. A session that has expired claims nothing.
     */
    List<Batch> claim(int batches, int size);

    /**
     * Whether this session still holds what it claimed: to be asked before a call. Where the session has not been seen for
     * half of {@code session.ttl}, it says that it lives first, and learns whether it was taken for dead: a process that was
     * frozen finds out here.
     */
    boolean holds(Batch batch);

    /**
     * How long until there is something to claim, be it that a deletion falls due or that its list may be probed: zero if
     * there is now; empty if nothing waits.
     */
    Optional<Duration> nextDue();

    /**
     * Whether the guard has been tripped since the batch was claimed, and holds some of it: to be asked before a call. Given
     * back by {@link #release}, those are held.
     */
    boolean stopped(Batch batch);

    /**
     * Deleted: the rows become the proof. Of a phone number only a keyed HMAC stays.
     *
     * @param sinceCall how long ago the call began
     */
    int settle(List<Long> ids, Confirmation confirmation, Duration sinceCall);

    /** Rehearsed: would have been called. */
    int rehearse(List<Long> ids);

    /**
     * Due again after {@code delay}; a failed attempt is added to each row's history. Rows pending for longer than {@code
     * delivery.give-up-after} are parked instead, with code {@code gave_up} and the failure's words.
     */
    int postpone(List<Long> ids, Duration delay, Failure failure, Postponement why);

    /** Needs a person. The failed attempt is added to each row's history. */
    int park(List<Long> ids, Failure failure);

    /** Given back without having been called: due at once, no attempt counted. */
    int release(List<Long> ids);

    /** Remembers of claimed rows that a call of them may have been carried out, whatever becomes of them. */
    void perhapsDone(List<Long> ids);

    /** Claims nothing of the list for {@code pause}; the next claim after it is the probe. May be called again. */
    void suspend(String recordList, Duration pause, Failure failure);

    /** The list answers again. */
    void resume(String recordList);

    /** The lists that are suspended now. */
    Set<String> suspended();

    // ---- the presence check

    /** Of these lists, those whose last presence check that came to its end is longer ago than {@code period}, or never was. */
    List<String> presenceUnchecked(Collection<String> recordLists, Duration period);

    /** A presence check of the list has come to its end. */
    void presenceChecked(String recordList);

    // ---- a person's side

    /**
     * Parked rows become pending again, their attempts and their time to give up counted anew. Why they were parked stays
     * readable until they succeed. By the user's word the guard lets them pass.
     */
    int redrive(Selection selection, String user);

    /** Parked rows become cancelled, with who did it. */
    int discard(Selection selection, String user);

    /** Rehearsed rows become cancelled, with who did it. */
    int discardRehearsed(Selection selection, String user);

    /** What the guard holds becomes pending, and it lets it pass by the user's word. Once nothing is held, it is over. */
    int approve(Selection selection, String user);

    /** What the guard holds becomes cancelled, with who did it. Once nothing is held, it is over. */
    int reject(Selection selection, String user);

    /**
     * Rehearsed rows become pending; they count for the guard as if they had just been accepted.
     *
     * @param except lists whose rows stay rehearsed
     */
    int goLive(Selection selection, Set<String> except);

    // ---- upkeep

    /**
     * Forgets deletions that ended longer than {@code ledger.retention} ago, with their attempts, and what is as old of
     * problems and restorations, and the history of more than 8 days ago; a small step of it.
     *
     * @return how many deletions; when it is none, nothing more is old enough now
     */
    int forget();

    // ---- the session's side

    /**
     * Says that this session lives, frees the claims of sessions that do not, and opens a new session when this one was
     * taken for dead (its claims are lost: acts on them change nothing). Whoever died may have called: the freed rows are
     * marked {@code answer_lost}.
     */
    void heartbeat();

    /** Ends the session: its claims are freed at the next start. */
    @Override
    void close();

    /**
     * How a postponed call ended.
     */
    enum Postponement {
        /** Talkdesk said no, or was not reached: the call changed nothing. */
        FAILED,
        /** The answer was lost (timeout, reset): the record may be gone, so that a later {@code absent} can be read. */
        ANSWER_LOST,
        /** Accepted, but nothing confirmed: asked again. */
        UNCONFIRMED
    }

    /**
     * A contact that Salesforce is to be asked about. Only these rows are changed by the answer: what a later event brings
     * is not.
     *
     * @param deletions ids of rows in state checking
     * @param restorations ids of restorations that are not confirmed
     */
    record GapCheck(String contactId, List<Long> deletions, List<Long> restorations) {}

    /**
     * Where a subscriber resumes.
     *
     * @param position the saved position; its replay id is null when none was saved yet
     * @param firstStart when the channel was subscribed for the first time, by the database's clock
     * @param silence since the position was saved; zero when none is
     */
    record Subscription(StreamPosition position, Instant firstStart, Duration silence) {}

    /**
     * What an intake changed.
     *
     * @param ids of the rows that are new
     * @param known how many were known already
     */
    record Accepted(List<Long> ids, int known) {}

    /**
     * Which rows a person means: those that match all that is given; {@code ids} when it is not empty, and what is not null.
     * So an empty one means every row that the act is for.
     *
     * @param expected how many the person believes they are; if they are not, the act throws {@link
     *     UnexpectedCountException} and changes nothing. Null: any number
     */
    record Selection(List<Long> ids, String recordList, String failureCode, Origin origin, Integer expected) {

        public Selection(List<Long> ids, String recordList, String failureCode) {
            this(ids, recordList, failureCode, null, null);
        }
    }

    /** A person's act was meant for another number of rows than there are by now; nothing was changed. */
    final class UnexpectedCountException extends RuntimeException {

        UnexpectedCountException(int expected, int count) {
            super("%d were expected, there are %d".formatted(expected, count));
        }
    }
}
