package io.recordsync.deletion;

/**
 * A record as its record list shows it.
 *
 * @param id empty where it has none
 * @param provider of the external id; empty where it has none
 * @param externalId as the list holds it
 */
public record ListedRecord(String id, String provider, String externalId) {}
