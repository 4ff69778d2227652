package io.recordsync.inbox;

import io.recordsync.deletion.Word;

/** By what a record list is served, or why it is not. */
public enum Membership {
    /** By its id in the configuration, or it was. */
    CONFIGURED,
    /** Its name matches, and it is loaded or validated yet. */
    FILLING,
    /** Its name matches, and a person decides. */
    ASKS,
    /** A person does not want it, though its name matches. */
    DISMISSED,
    /** By its name. */
    JOINED,
    /** It had vanished, and a person gave it up. */
    FORGOTTEN;

    /** As a row keeps it. */
    String column() {
        return this == CONFIGURED ? "" : Word.underscored(this);
    }

    static Membership of(String column) {
        return column.isEmpty() ? CONFIGURED : Word.fromUnderscored(Membership.class, column);
    }
}
