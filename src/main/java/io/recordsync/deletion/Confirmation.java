package io.recordsync.deletion;

/** How it is known that a deletion is done. Each constant claims no more than Talkdesk's answer did. */
public enum Confirmation {
    /** The answer counted as many deleted as were sent. */
    EXACT,
    /** The answer was free of errors but counted fewer (or more) deleted than were sent: some were not in the list. */
    BATCH,
    /** The list exists and answered 404 to this one item: it was not in the list when asked. */
    ABSENT,
    /** Accepted (202, or no totals) as often as {@code verify.attempts} says, and never confirmed. */
    ACCEPTED
}
