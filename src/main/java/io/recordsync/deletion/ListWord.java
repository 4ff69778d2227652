package io.recordsync.deletion;

/** What Talkdesk says of a record list that a look-up did not show. */
public enum ListWord {
    /** It is there. */
    THERE,
    /** There is no such list, by Talkdesk's own answer. */
    GONE,
    /** Nothing is concluded. */
    UNCLEAR
}
