package io.recordsync.deletion;

import java.time.Instant;

/**
 * What the presence check knows of a contact that it misses in Salesforce.
 *
 * @param sign of the deletion
 * @param signedAt when the contact was deleted by that sign; null where it does not say
 * @param listedAs the external id as the record list holds it; empty where that is the one of 18 characters
 * @param heldReason why a person has to decide; null where nobody has to
 */
public record Find(Sign sign, Instant signedAt, String listedAs, HeldReason heldReason) {}
