package io.recordsync.deletion;

import java.time.Instant;

/**
 * A callback as it is remembered.
 *
 * @param provider with {@code externalId}, of its record while that lived; both are empty where nobody saw it, or it had none
 * @param ours whether the deletion of that external id from the list was carried out here
 * @param foundAt when it was listed first
 * @param askedAt when its record was asked for last
 * @param goneAt when its record was found to be gone; null while it lives
 * @param endedAt when it was cancelled or not listed any more; null before
 */
public record CallbackRow(
        String id,
        String recordList,
        String recordId,
        String provider,
        String externalId,
        CallbackState state,
        boolean ours,
        Instant foundAt,
        Instant askedAt,
        Instant goneAt,
        Instant endedAt) {}
