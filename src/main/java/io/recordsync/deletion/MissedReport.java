package io.recordsync.deletion;

import java.util.List;

/**
 * Deletions that sweeps found, and that a connected stream had not told within {@code stream.missed-after} of their commit.
 *
 * @param total since the first start
 * @param inARow of the last sweeps, newest first, for each that missed some; what a sweep that met no deletion at all says is nothing
 */
public record MissedReport(long total, List<Long> inARow) {

    public static final MissedReport NONE = new MissedReport(0, List.of());

    public MissedReport {
        inARow = List.copyOf(inARow);
    }

    /** Once may be chance. */
    public boolean isSerious() {
        return inARow.size() > 1;
    }
}
