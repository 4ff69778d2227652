package io.recordsync.ops.alerts;

import java.time.Instant;

/**
 * What people are told: that a check is down, or well again.
 *
 * @param check its name, as {@code /observe/health} has it
 * @param words for a person; no secret and no personal data
 * @param since when it became so
 * @param amount how many wait for a person; 0 where nothing is counted
 */
public record Notice(String check, State state, String words, Instant since, long amount) {

    /** How the check is now. */
    public enum State {
        DOWN,
        UP,
        /** Nothing is wrong: it only tries the way. */
        TEST
    }

    boolean isDown() {
        return state == State.DOWN;
    }

    /** In a few words. */
    String title() {
        return switch (state) {
            case DOWN -> check + " is down";
            case UP -> check + " is well again";
            case TEST -> "A test: nothing is wrong";
        };
    }
}
