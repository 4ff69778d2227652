package io.recordsync.network;

import java.io.IOException;

/** An answer came whose body cannot be read: it is longer than any that is expected, or not packed as its head says. */
public final class UnreadableAnswerException extends IOException {

    private final int status;
    private final String looks;

    public UnreadableAnswerException(int status, String looks) {
        super("The answer is a " + status + " with " + looks + ": it is not read");
        this.status = status;
        this.looks = looks;
    }

    /** The status of the answer. */
    public int status() {
        return status;
    }

    /** What is wrong with its body, in a few words. */
    public String looks() {
        return looks;
    }
}
