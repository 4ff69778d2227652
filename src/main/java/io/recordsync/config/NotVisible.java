package io.recordsync.config;

/** What becomes of a record whose contact Salesforce does not show, without any sign of its deletion. */
public enum NotVisible {
    HOLD,
    DELETE
}
