package io.recordsync.inbox;

import io.recordsync.deletion.DeletionRequest;
import io.recordsync.deletion.Intake;
import io.recordsync.deletion.StreamPosition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Where deletions come in, and who subscribes to the channel that brings them.
 *
 * <p>An act is one transaction: it happens whole or, throwing {@link InboxException}, not at all. Thread-safe.
 */
public interface Intakes {

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
     * Writes the deletions, the restorations, the problems, the demand for a sweep and the position. What is known already
     * (same list, identifier and event key) is ignored. What a sweep or the presence check found is skipped where the inbox knows better: a row of the same record
     * committed at or after it (for the presence check: one that is open or was cancelled by a person), or a later
     * restoration. An event of the stream adopts the row of a sweep that is still pending or held. A very large
     * intake may take several transactions; problems and position are in the last. A position without replay id saves nothing and only proves that the subscription is still ours.
     *
     * @throws SubscriptionLostException when the position's epoch is not the current one; nothing more is written
     */
    Accepted accept(Intake intake);

    /** Writes the deletions that a person asked for; the person stays with each. */
    Accepted order(List<DeletionRequest> deletions, String user);

    /**
     * How many holes the stream has had: to be asked before a question to Salesforce whose answer is accepted later, see {@link
     * Intake#askedAfter}.
     */
    long holes();

    /**
     * Pins the Salesforce org that this inbox belongs to, if none is pinned yet.
     *
     * @return the org that is pinned, 18 characters
     */
    String pinOrg(String orgId);

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
}
