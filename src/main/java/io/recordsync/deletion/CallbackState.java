package io.recordsync.deletion;

/** What is known of a callback. The names, in lower case, are what the database and the API show. */
public enum CallbackState {
    /** Its record is in the list. */
    LIVING,
    /** Its record is gone, and was seen before: reported. */
    GONE,
    /** Its record was gone before anybody saw it: nobody knows whose it was. */
    UNSEEN,
    /** It would be cancelled, or will be when the deletion goes live: a dry run. */
    REHEARSED,
    /** It was cancelled here. */
    CANCELLED,
    /** It is not to be made any more: somebody made it, or cancelled it elsewhere. */
    ENDED
}
