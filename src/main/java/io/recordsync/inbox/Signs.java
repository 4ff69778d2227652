package io.recordsync.inbox;

import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Set;

/**
 * What the inbox knows of contacts that Salesforce does not show: deletions of theirs, restorations, and what waits for a person
 * because nothing shows that they were deleted.
 *
 * <p>Contacts are named by their ids of 18 characters. An act is one transaction: it happens whole or, throwing {@link
 * InboxException}, not at all. Thread-safe.
 */
public interface Signs {

    /**
     * Of these contacts, those of whom the stream or a sweep told a deletion, in whichever list, or a presence check that saw a
     * sign of one; when the last was. What a person rejected or discarded, what is in doubt, and what a restoration may have followed
     * does not count.
     */
    Map<String, Instant> deletedAt(String provider, Collection<String> contacts);

    /** Of these contacts, which were deleted then, those that were restored since, or may have been. */
    Set<String> restoredSince(String provider, Map<String, Instant> deletedAt);

    /** The contacts whose deletion from the list is held because Salesforce does not show them. */
    Set<String> awaited(String recordList);

    /**
     * Ends what is held in the list because Salesforce does not show the contact.
     *
     * @param living they are shown now
     * @param signed there is a sign of their deletion now, so that they are asked for anew
     * @param unlisted the list does not hold them any more
     */
    void noLongerAwaited(String recordList, Set<String> living, Set<String> signed, Set<String> unlisted);
}
