package io.recordsync.network;

import java.io.IOException;

/** An answer came whose body cannot be read: it is longer than any that is expected, or broken. */
public final class UnreadableAnswerException extends IOException {

    private final int status;

    UnreadableAnswerException(int status, String looks) {
        super(looks);
        this.status = status;
    }

    /** The status of the answer. */
    public int status() {
        return status;
    }
}
