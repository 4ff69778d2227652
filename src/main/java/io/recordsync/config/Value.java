package io.recordsync.config;

/**
 * The text that a key has, and where it was found.
 *
 * @param name under which it was found: the key's, or that of the file which a secret is in
 * @param text as it was written; no placeholder and no escape in it is read
 * @param mistake one line, where it could not be taken from there; null where it could
 */
record Value(String name, String text, Source source, String mistake) {

    /** In the order in which they win, but where a host says otherwise. */
    enum Source {
        ENVIRONMENT,
        SYSTEM_PROPERTY,
        /** A property of the runtime: a file of the host, for the most part. */
        PROPERTIES,
        /** The service's own file. */
        FILE,
        /** No place says anything else. */
        DEFAULT
    }

    Value(String name, String text, Source source) {
        this(name, text, source, null);
    }

    static Value refused(String name, String mistake, Source source) {
        return new Value(name, "", source, mistake);
    }

    boolean isSet() {
        return mistake != null || !text.isBlank();
    }

    /** By both its names where it comes from the environment. */
    String named() {
        return source == Source.ENVIRONMENT ? name + " (" + Key.environmentName(name) + ")" : name;
    }
}
