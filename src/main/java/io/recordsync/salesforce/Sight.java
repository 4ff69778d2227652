package io.recordsync.salesforce;

import java.util.Optional;

/**
 * What proves that Salesforce still shows the user its records: an id of an entity that is put into each look at single
 * records, and has to come back.
 *
 * <p>A look without it says nothing of those that are absent from the answer. Thread-safe.
 */
public interface Sight {

    /** No such id is known: where an id is absent, the entity is asked for any record at all. */
    Sight UNKNOWN = entity -> Optional.empty();

    /** 18 characters. */
    Optional<String> sign(String entity);

    /** Whether the last look has found that the user does not see what must be there, so that one id proves nothing. */
    default boolean lost(String entity) {
        return false;
    }

    /** A living record was shown, and may be the sign from now on. */
    default void seen(String entity, String id) {}
}
