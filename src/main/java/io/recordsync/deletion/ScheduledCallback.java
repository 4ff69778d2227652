package io.recordsync.deletion;

/** A callback that is still to be made, and the record that it came from; of the person it knows nothing else. */
public record ScheduledCallback(String id, String recordList, String recordId) {}
