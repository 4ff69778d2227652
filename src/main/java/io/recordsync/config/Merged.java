package io.recordsync.config;

/** What becomes of a contact that was merged into another one: its records are deleted, or a person decides. */
public enum Merged {
    DELETE,
    HOLD
}
