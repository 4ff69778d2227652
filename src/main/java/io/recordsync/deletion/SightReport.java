package io.recordsync.deletion;

/**
 * What the user of Salesforce sees of one entity, as the last look found it.
 *
 * @param living how many living records were counted last; null until they were
 * @param message what a person is to know or do; null where all is well
 */
public record SightReport(String entity, SightState state, Long living, String message) {}
