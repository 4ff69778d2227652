package io.recordsync.deletion;

import java.util.List;

/**
 * What one stream response, sweep page or API request brings, to be accepted in one transaction.
 *
 * @param sweep that Salesforce has to be asked what was missed; null when nothing was
 * @param hole whether an UNDELETE may have been missed: what is in the inbox from the stream or a sweep and is not done yet
 *     is in doubt, and Salesforce is asked before it is sent
 * @param position the stream position that is safe once all of it is accepted; null when there is none to save
 * @param catchUp whether the stream has caught up; null where nothing is said about it
 * @param holesKnown of what was found by asking: how many holes there had been before the question, so that what a later
 *     one hides puts it in doubt; null where nobody asked
 */
public record Intake(
        List<DeletionRequest> deletions,
        List<Restoration> restorations,
        List<Problem> problems,
        SweepDemand sweep,
        boolean hole,
        StreamPosition position,
        CatchUp catchUp,
        Long holesKnown) {

    public Intake(
            List<DeletionRequest> deletions,
            List<Restoration> restorations,
            List<Problem> problems,
            SweepDemand sweep,
            boolean hole,
            StreamPosition position) {
        this(deletions, restorations, problems, sweep, hole, position, null, null);
    }

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

    /** The same, which says this of the stream. */
    public Intake saying(CatchUp other) {
        return new Intake(deletions, restorations, problems, sweep, hole, position, other, holesKnown);
    }

    /** The same, found by a question that was asked when there had been so many holes. */
    public Intake askedAfter(long holes) {
        return new Intake(deletions, restorations, problems, sweep, hole, position, catchUp, holes);
    }

    /** The first part of it: only these, and that the position is held. */
    public Intake part(List<DeletionRequest> some, List<Restoration> back) {
        return new Intake(some, back, List.of(), null, false, position, null, holesKnown);
    }

    /** All but what was in earlier parts. */
    public Intake rest(List<DeletionRequest> some, List<Restoration> back) {
        return new Intake(some, back, problems, sweep, hole, position, catchUp, holesKnown);
    }
}
