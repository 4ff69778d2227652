package io.recordsync.config;

/** What becomes of a deletion that Talkdesk accepted and never confirmed. */
public enum Unconfirmed {
    SETTLE,
    PARK
}
