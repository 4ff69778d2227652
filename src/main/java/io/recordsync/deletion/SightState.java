package io.recordsync.deletion;

/** Whether the user of Salesforce sees the records of an entity, so that what is absent from an answer says something. */
public enum SightState {
    /** What must be there was shown. */
    SEEN,
    /** Something was shown, and something else was not: a person is to look at it. */
    UNSURE,
    /** Nothing was shown, and nothing ever was. */
    EMPTY,
    /** What was there before is not shown any more: nothing is concluded from silence. */
    LOST
}
