package io.recordsync.deletion;

/**
 * What the sweep that runs, or the last one of this process, has found.
 *
 * @param found deletions that Salesforce reported; null before the first sweep
 * @param added those of them that the inbox did not know; null before the first sweep
 */
public record SweepReport(Integer found, Integer added) {

    /** Before the first sweep. */
    public static final SweepReport NONE = new SweepReport(null, null);
}
