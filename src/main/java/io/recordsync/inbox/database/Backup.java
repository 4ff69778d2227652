package io.recordsync.inbox.database;

/**
 * A copy of a database that was written and verified.
 *
 * @param bytes of the file
 * @param deletions that it holds
 */
public record Backup(long bytes, long deletions) {}
