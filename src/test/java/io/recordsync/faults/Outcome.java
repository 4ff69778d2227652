package io.recordsync.faults;

import java.time.Duration;

/**
 * What a fault did to a subject.
 *
 * @param lost contacts that were deleted in Salesforce and are still in the record list
 * @param wronglyDeleted contacts that live in Salesforce and are not in the record list any more
 * @param twice items sent again after an answer had confirmed them
 * @param recovered from the end of the fault until everyone who had to be gone was; null when that never happened
 * @param saw what an operator could have seen, read off health and log
 */
record Outcome(int lost, int wronglyDeleted, int twice, Duration recovered, String saw) {

    static Outcome notRun(String why) {
        return new Outcome(-1, 0, 0, null, why);
    }

    boolean ran() {
        return lost >= 0;
    }
}
