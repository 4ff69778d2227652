package io.recordsync.ops.alerts;

import java.time.Duration;
import java.util.Optional;

/**
 * What became of a message.
 *
 * @param status of the answer; 0 where there was none
 * @param words why it was not taken; empty when it was
 * @param askedFor how long the other end asks to be left alone
 */
public record Posted(Notice notice, Fate fate, int status, String words, Optional<Duration> askedFor) {

    /** Whether it is sent again. */
    public enum Fate {
        TAKEN,
        /** It may help. */
        AGAIN,
        /** It never helps: a person is needed. */
        REFUSED
    }
}
