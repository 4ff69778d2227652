package io.recordsync.deletion;

/** Who asked for a deletion. */
public enum Origin {
    /** A change event of the stream. */
    STREAM,
    /** A sweep: Salesforce was asked what had been deleted. */
    SWEEP,
    /** The presence check: a record list holds an id that Salesforce no longer knows. */
    RECONCILE,
    /** A person, by the API. */
    API
}
