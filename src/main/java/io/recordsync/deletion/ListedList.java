package io.recordsync.deletion;

import java.util.Set;

/**
 * A record list as Talkdesk shows it.
 *
 * @param identifierType {@code unique_identifier_type}; empty where it is not said
 * @param status Talkdesk's word; empty likewise
 * @param recordsCount null likewise
 */
public record ListedList(String id, String name, String identifierType, String status, Long recordsCount) {

    private static final Set<String> FILLING = Set.of("INCOMPLETE", "VALIDATION_STARTED");

    /** Whether a list of this status is still loaded or validated, so that its records say nothing yet. */
    public static boolean isFilling(String status) {
        return FILLING.contains(status);
    }

    /** The same list. */
    public ListedList withId(String other) {
        return new ListedList(other, name, identifierType, status, recordsCount);
    }

    public boolean isFilling() {
        return isFilling(status);
    }
}
