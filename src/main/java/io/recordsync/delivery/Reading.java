package io.recordsync.delivery;

import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.Failure;
import java.time.Duration;
import java.util.List;

/**
 * What a dialler's answer about a batch means, or that there was none, in words that fit any dialler.
 *
 * @param confirmation how it is known; null unless the meaning is {@link Meaning#CONFIRMED}
 * @param failure why not; null when confirmed, and when no call was made
 * @param deleted how many the dialler counted
 * @param failedRecords the dialler's own ids, all of them, for {@link Meaning#SOME_FAILED}
 * @param retryAfter the wait that the dialler asked for; null when it did not
 * @param answerLost the call may have been carried out although no answer came
 */
public record Reading(
        Meaning meaning,
        Confirmation confirmation,
        Failure failure,
        int deleted,
        List<String> failedRecords,
        Duration retryAfter,
        boolean answerLost) {

    /** What the dialler said. */
    public enum Meaning {
        /** All of it is deleted. */
        CONFIRMED,
        /** The call was accepted, and nothing confirmed. */
        UNCONFIRMED,
        /** The call was answered without a word: whoever took it, nothing is confirmed. */
        NOTHING_SAID,
        /** Some records were not deleted, and all of those are named. */
        SOME_FAILED,
        /** Something in the batch is refused, and it is not said what. */
        REFUSED,
        /** The list, or its records, are not there. */
        NOT_FOUND,
        /** The list is there, so its records are not. */
        RECORDS_NOT_FOUND,
        /** The list cannot be used. */
        LIST_UNAVAILABLE,
        /** Somebody else is at these records. */
        BUSY,
        /** The dialler as a whole cannot be used. */
        SERVICE_UNAVAILABLE,
        /** More is said to be deleted than was asked for. */
        MORE_THAN_ASKED,
        /** The answer is not the dialler's own: something in between has answered. */
        UNREADABLE,
        /** Likewise, and the call was too large for it. */
        TOO_LARGE,
        /** No call was made: {@link NotNowException}. */
        NOT_SENT
    }

    public static Reading confirmed(Confirmation confirmation, int deleted) {
        return new Reading(Meaning.CONFIRMED, confirmation, null, deleted, List.of(), null, false);
    }

    public static Reading someFailed(Failure failure, int deleted, List<String> failedRecords) {
        return new Reading(Meaning.SOME_FAILED, null, failure, deleted, List.copyOf(failedRecords), null, false);
    }

    public static Reading failed(Meaning meaning, Failure failure) {
        return new Reading(meaning, null, failure, 0, List.of(), null, false);
    }

    public static Reading notSent() {
        return failed(Meaning.NOT_SENT, null);
    }

    public Reading retryAfter(Duration asked) {
        return new Reading(meaning, confirmation, failure, deleted, failedRecords, asked, answerLost);
    }

    public Reading lost() {
        return new Reading(meaning, confirmation, failure, deleted, failedRecords, retryAfter, true);
    }

    /** Whether the dialler itself has answered, and is there. */
    boolean answered() {
        return switch (meaning) {
            case SERVICE_UNAVAILABLE, UNREADABLE, TOO_LARGE, NOTHING_SAID, NOT_SENT -> false;
            default -> true;
        };
    }

    /** Whether the dialler says that it has done a part, so that nobody knows which. */
    boolean doneInPart() {
        return failure != null && failure.status() / 100 == 2;
    }
}
