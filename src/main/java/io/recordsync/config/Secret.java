package io.recordsync.config;

/** A value that must not be shown: its text is only in {@link #value}, so settings with secrets can be logged. */
public record Secret(String value) {

    /** What is shown in its place. */
    public static final String NOT_SHOWN = "(not shown)";

    /** A secret that is not set. */
    public static final Secret NONE = new Secret("");

    public boolean isEmpty() {
        return value.isEmpty();
    }

    @Override
    public String toString() {
        return NOT_SHOWN;
    }
}
