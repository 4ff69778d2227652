package io.recordsync.ops.alerts;

import java.util.function.Supplier;

/**
 * Something that waits for a person, and is told at once.
 *
 * @param subject its name, as a check has one
 * @param now how much of it there is
 * @param nothing the words when it is over
 */
public record Waiting(String subject, Supplier<Amount> now, String nothing) {

    /** How many there are, and in words. */
    public record Amount(long number, String words) {}
}
