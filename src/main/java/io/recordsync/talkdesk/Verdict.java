package io.recordsync.talkdesk;

import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.Failure;
import java.time.Duration;
import java.util.List;

/**
 * What an answer of Talkdesk, or its absence, means for a batch.
 *
 * @param confirmation how it is known; null unless the fate is {@link Fate#CONFIRMED}
 * @param failure why not; null when confirmed
 * @param deleted {@code total_deleted}
 * @param failedRecords their ids in Talkdesk, all of them, for {@link Fate#SOME_FAILED}
 * @param retryAfter as asked for by Talkdesk; null where it did not
 * @param answerLost the call may have been carried out although no answer came
 */
public record Verdict(
        Fate fate,
        Confirmation confirmation,
        Failure failure,
        int deleted,
        List<String> failedRecords,
        Duration retryAfter,
        boolean answerLost) {

    /** What is to be done with the batch. */
    public enum Fate {
        /** Deleted: settle. */
        CONFIRMED,
        /** Accepted, nothing confirmed: ask again later. */
        UNCONFIRMED,
        /** Some records were not deleted: find out which. */
        SOME_FAILED,
        /** A mistake in some item: split until it stands alone, then park it. */
        REFUSED,
        /** The list or the records are not there: ask which. */
        NOT_FOUND,
        /** The list is there, so the records are not: split, and what stands alone is absent. */
        RECORDS_NOT_FOUND,
        /** The list cannot be used: suspend it. */
        LIST_UNAVAILABLE,
        /** Somebody else is at these records: try them later. */
        BUSY,
        /** Talkdesk as a whole cannot be used: pause. */
        SERVICE_UNAVAILABLE
    }

    static Verdict confirmed(Confirmation confirmation, int deleted) {
        return new Verdict(Fate.CONFIRMED, confirmation, null, deleted, List.of(), null, false);
    }

    static Verdict failed(Fate fate, Failure failure) {
        return new Verdict(fate, null, failure, 0, List.of(), null, false);
    }

    Verdict retryAfter(Duration asked) {
        return new Verdict(fate, confirmation, failure, deleted, failedRecords, asked, answerLost);
    }

    Verdict lost() {
        return new Verdict(fate, confirmation, failure, deleted, failedRecords, retryAfter, true);
    }
}
