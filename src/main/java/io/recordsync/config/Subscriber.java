package io.recordsync.config;

/** Which subscriber reads the stream. */
public enum Subscriber {
    /** This project's own. */
    PUBSUB,
    /** Camel's {@code salesforce:} component. */
    CAMEL_SALESFORCE
}
