package io.recordsync.deletion;

import java.time.Instant;
import java.util.List;

/**
 * How far the presence checks are.
 *
 * @param recordList the list that is being checked, or the last one that was; null before the first
 * @param running whether a check runs now
 * @param waiting the lists that are to be checked, in their order; the one at hand is among them
 * @param checked how many ids were read of {@code recordList}
 * @param missing how many of them Salesforce does not know; null while the check runs
 * @param counts what was read of the list; of the running check so far
 * @param lastAt when the last check ended; null before that
 */
public record PresenceReport(
        String recordList,
        boolean running,
        List<String> waiting,
        int checked,
        Integer missing,
        Counts counts,
        Instant lastAt) {

    /**
     * What a check has read of a list.
     *
     * @param seen records, each once
     * @param judged those that Salesforce was asked about
     * @param foreign those of our provider whose external id is not one of ours: by its form, or by its prefix
     * @param foreignPrefix of these, the ids of another entity
     * @param otherProvider records of another provider, or of none
     * @param notVisible contacts without any sign of their deletion; null while the check runs
     * @param whole whether all of the list was read; null while the check runs
     */
    public record Counts(
            int seen,
            int judged,
            int foreign,
            int foreignPrefix,
            int otherProvider,
            Integer notVisible,
            Boolean whole) {

        /** Before the first check. */
        public static final Counts NONE = new Counts(0, 0, 0, 0, 0, null, null);
    }
}
