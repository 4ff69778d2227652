package io.recordsync.config;

/** Where the channel is read from when no position is saved yet. */
public enum FirstStart {
    /** From what Salesforce still keeps. */
    EARLIEST,
    /** Only what comes from now on. */
    LATEST
}
