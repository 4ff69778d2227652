package io.recordsync.inbox;

import java.time.Duration;
import java.time.Instant;

/**
 * How far the proof reaches for one record list.
 *
 * @param joinedAt null where it is there since the first start
 * @param coveredUntil up to here its deletions are in the inbox; null: as far as those of all the others
 * @param lookedAt when a presence check that was believed ended last since it joined; null: none has
 * @param skippedBy the person who declined the look at what lies before it joined; empty: nobody
 * @param served whether it is configured
 */
public record ListCoverage(
        String recordList, Instant joinedAt, Instant coveredUntil, Instant lookedAt, String skippedBy, boolean served) {

    /** How far back Salesforce can say what was deleted. */
    public static final Duration LOOK_BACK = Duration.ofDays(15);

    /** Whether nobody has looked at what lies before it joined, nor declined to. */
    public boolean historyOpen() {
        return served && lookedAt == null && skippedBy.isEmpty();
    }

    /** Whether what a sweep finds of the time before it joined is in the inbox. */
    public boolean swept() {
        return coveredUntil == null || joinedAt == null || coveredUntil.isAfter(joinedAt.minus(LOOK_BACK));
    }
}
