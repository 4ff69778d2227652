package io.recordsync.config;

/**
 * The text that a key has, and where it was found.
 *
 * @param text a placeholder that could not be resolved is left in it
 */
record Value(String text, Source source) {

    enum Source {
        /** No place says anything else. */
        DEFAULT,
        /** A property of the runtime: a file, for the most part. */
        PROPERTIES,
        SYSTEM_PROPERTY,
        ENVIRONMENT
    }
}
