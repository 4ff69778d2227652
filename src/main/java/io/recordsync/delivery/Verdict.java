package io.recordsync.delivery;

import io.recordsync.deletion.Batch;

/** What becomes of a batch, in one word: routes go by it, and {@link Delivery} has an act for each. */
public enum Verdict {
    /** It is deleted. */
    SETTLE,
    /** Nothing was confirmed: asked again after {@code verify.delay}. */
    VERIFY_LATER,
    /** The failed records are asked for and parked, the others are settled. */
    IDENTIFY,
    /** A lone item is refused: it needs a person. */
    PARK,
    /** Sent again in halves, until what the answer was about stands alone. */
    SPLIT,
    /** The dialler is asked whether the list exists, or whether it is the dialler that answers. */
    ASK_LIST,
    /** The list exists and does not know this lone item. */
    SETTLE_ABSENT,
    /** The list waits, and is probed; the others go on. */
    SUSPEND_LIST,
    /** Something in between answers about the list: it waits, and the others go on; nothing is concluded. */
    HOLD_LIST,
    /** More is said to be deleted than was asked for: nothing more of the list goes until a person says so. */
    STOP_LIST,
    /** This batch waits, the list goes on. */
    POSTPONE,
    /** Everything waits. */
    PAUSE,
    /** It was not sent: given back as it was. */
    RELEASE;

    /** The verdict on a reading alone, whatever was answered before. */
    static Verdict on(Reading reading, Batch batch) {
        boolean lone = batch.lone();
        return switch (reading.meaning()) {
            case CONFIRMED -> SETTLE;
            case UNCONFIRMED, NOTHING_SAID -> VERIFY_LATER;
            case SOME_FAILED -> IDENTIFY;
            case REFUSED -> lone ? PARK : SPLIT;
            case NOT_FOUND -> ASK_LIST;
            case RECORDS_NOT_FOUND -> lone ? SETTLE_ABSENT : SPLIT;
            case LIST_UNAVAILABLE -> SUSPEND_LIST;
                // A conflict that comes twice is split, so that one record does not hold up the others.
            case BUSY -> lone || !failedBefore(batch) ? POSTPONE : SPLIT;
            case UNREADABLE -> HOLD_LIST;
            case TOO_LARGE -> lone ? HOLD_LIST : SPLIT;
            case MORE_THAN_ASKED -> STOP_LIST;
            case SERVICE_UNAVAILABLE -> PAUSE;
            case NOT_SENT -> RELEASE;
        };
    }

    private static boolean failedBefore(Batch batch) {
        return batch.deletions().stream().anyMatch(deletion -> deletion.attempts() > 0);
    }
}
