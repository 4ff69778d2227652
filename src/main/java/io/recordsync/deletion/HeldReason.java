package io.recordsync.deletion;

/** Why a deletion is held until a person decides. The names, in lower case, are what the database and the API show. */
public enum HeldReason {
    /** The mass-deletion guard. */
    GUARD,
    /** The contact was merged into another one. */
    MERGE,
    /** Salesforce shows no sign of the deletion. */
    NOT_VISIBLE
}
