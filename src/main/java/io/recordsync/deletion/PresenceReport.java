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
 * @param lastAt when the last check ended; null before that
 * @param lastError null when none failed, or all that failed were checked since
 */
public record PresenceReport(
        String recordList,
        boolean running,
        List<String> waiting,
        int checked,
        Integer missing,
        Instant lastAt,
        String lastError) {}
