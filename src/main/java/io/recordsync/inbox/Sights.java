package io.recordsync.inbox;

import io.recordsync.deletion.SightState;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What the user of Salesforce was last seen to see of each entity, for all processes of the database.
 *
 * <p>Thread-safe; every act is one transaction and throws {@link InboxException} when the database fails.
 */
public interface Sights {

    /** How far back the deletions are that a look asks about: Salesforce keeps them for 15 days. */
    Duration LOOK_BACK = Duration.ofDays(10);

    /** Of every entity that was looked at. */
    List<Known> known();

    Optional<Known> known(String entity);

    /**
     * The newest contacts that Salesforce itself said were deleted within {@link #LOOK_BACK}, newest first.
     *
     * @param prefixes of their ids
     */
    List<Told> told(Collection<String> prefixes, int limit);

    /** How many contacts Salesforce has said were deleted since that row of the inbox. */
    long toldSince(long deletion, Collection<String> prefixes);

    /** The newest row of the inbox. */
    long newestDeletion();

    /** What a look has found. */
    void note(Seen seen);

    /** A living record of the entity, to come back with each look at single ones. */
    void sign(String entity, String id);

    /**
     * A person says that what is shown now is all that there is.
     *
     * @param shown those of the lost ones that the person was shown, none where one of them is no longer as it was; null accepts
     *     whatever is lost
     * @return the entities that had been lost, and no longer are
     * @throws NotAsShownException when there is none
     */
    List<String> accept(String user, UnaryOperator<List<Lost>> shown);

    /** An entity that the user has lost sight of, and what was found, in words with the numbers. */
    record Lost(String entity, String message) {}

    /**
     * How an entity stands.
     *
     * @param living how many were counted last, and believed; null until they were
     * @param deletion the newest row of the inbox then
     * @param accepted whether a person has accepted that number
     * @param sign empty while none is known
     */
    record Known(
            String entity,
            SightState state,
            String message,
            Long living,
            long deletion,
            boolean accepted,
            String sign) {}

    /** A contact that was deleted. */
    record Told(String externalId, Instant committedAt) {}

    /**
     * What a look has found.
     *
     * @param living how many were counted; null where that was not possible. While the state is lost it is not believed
     * @param deletion the newest row of the inbox before they were counted
     * @param sign a living record; empty where there is none
     */
    record Seen(String entity, SightState state, String message, Long living, long deletion, String sign) {}
}
