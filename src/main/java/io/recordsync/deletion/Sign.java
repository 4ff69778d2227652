package io.recordsync.deletion;

/** What shows that a contact whom Salesforce does not show was deleted. The names, in lower case, are what receipts show. */
public enum Sign {
    /** Salesforce has it in the Recycle Bin ({@code IsDeleted}). */
    IS_DELETED,
    /** Salesforce's delete log names it. */
    DELETE_LOG,
    /** The inbox knows a deletion of it, and no restoration after that. */
    INBOX,
    /** Nothing: the user may just not see it. */
    NONE
}
