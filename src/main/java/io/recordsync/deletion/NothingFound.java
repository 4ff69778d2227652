package io.recordsync.deletion;

/**
 * What was asked for in a record list of which no call has ever found a record: after much of it, likely the records are named
 * wrongly.
 *
 * @param batches calls of several records in a row that found none
 * @param records lone ones in a row that were not found
 */
public record NothingFound(String recordList, int batches, int records) {}
