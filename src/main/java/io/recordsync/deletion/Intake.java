package io.recordsync.deletion;

import java.util.List;

/**
 * What one stream response, sweep page or API request brings, to be accepted in one transaction.
 *
 * @param sweep that Salesforce has to be asked what was missed; null when nothing was
 * @param hole whether an UNDELETE may have been missed: what is in the inbox from the stream or a sweep and is not done yet
 *     is in doubt, and Salesforce is asked before it is sent
 * @param position the stream position that is safe once all of it is accepted; null when there is none to save
 */
public record Intake(
        List<DeletionRequest> deletions,
        List<Restoration> restorations,
        List<Problem> problems,
        SweepDemand sweep,
        boolean hole,
        StreamPosition position) {

    public Intake(
            List<DeletionRequest> deletions,
            List<Restoration> restorations,
            List<Problem> problems,
            SweepDemand sweep,
            StreamPosition position) {
        this(deletions, restorations, problems, sweep, false, position);
    }

    public Intake(List<DeletionRequest> deletions, List<Problem> problems, StreamPosition position) {
        this(deletions, List.of(), problems, null, position);
    }
}
