package io.recordsync.deletion;

/** What a record list that newly matches by its name does. */
public enum ListJoin {
    /** It is served at once. */
    LIVE,
    /** Likewise, and its deletions are only rehearsed. */
    DRY_RUN,
    /** It waits for a person. */
    ASK
}
