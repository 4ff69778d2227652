package io.recordsync.ops.alerts;

import java.time.Instant;

/**
 * What became of the messages of this process.
 *
 * @param lastToldAt null while nothing was told
 * @param lastFailedAt null while nothing failed
 * @param lastError why the last one was not taken; null once one was
 */
public record AlertsReport(Instant lastToldAt, Instant lastFailedAt, String lastError) {

    /** Of one that has told nothing yet. */
    public static final AlertsReport NOTHING = new AlertsReport(null, null, null);
}
