package io.recordsync.config;

/** What becomes of callbacks still to be made whose record is gone: nothing, they are reported, or those of the deleted are cancelled. */
public enum CallbackMode {
    OFF,
    REPORT,
    CANCEL
}
