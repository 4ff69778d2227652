package io.recordsync.deletion;

import java.util.List;

/**
 * What one stream response, sweep page or API request brings, to be accepted in one transaction.
 *
 * @param sweep that Salesforce has to be asked what was missed; null when nothing was
 * @param position the stream position that is safe once all of it is accepted; null when there is none to save
 */
public record Intake(
        List<DeletionRequest> deletions,
        List<Restoration> restorations,
        List<Problem> problems,
        SweepDemand sweep,
        StreamPosition position) {

    public Intake(List<DeletionRequest> deletions, List<Problem> problems, StreamPosition position) {
        this(deletions, List.of(), problems, null, position);
    }
}
