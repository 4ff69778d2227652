package io.recordsync.deletion;

/** Where a deletion stands. The names, in lower case, are what the database and the API show. */
public enum DeletionState {
    /** The word of a gap event or of the delete log only, or in doubt: Salesforce is asked before anything is sent. */
    CHECKING,
    /** To be sent once it is due. */
    PENDING,
    /** In the hands of a running process (its session). */
    CLAIMED,
    /** Talkdesk answered; the row is the proof. */
    DELETED,
    /** Needs a person: refused for a reason that waiting does not heal, or pending for too long. */
    PARKED,
    /** Stopped by the mass-deletion guard until a person decides. */
    HELD,
    /** A dry run: would have been deleted. */
    REHEARSED,
    /** Undeleted in time, rejected or discarded. */
    CANCELLED
}
