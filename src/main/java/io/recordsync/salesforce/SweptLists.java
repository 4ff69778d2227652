package io.recordsync.salesforce;

import static io.recordsync.salesforce.SalesforceTime.earlier;
import static io.recordsync.salesforce.SalesforceTime.later;

import io.recordsync.deletion.DeletionRequest;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.Identifier;
import io.recordsync.deletion.Intake;
import io.recordsync.deletion.Origin;
import io.recordsync.deletion.Problem;
import io.recordsync.inbox.Coverage.Sweep;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * From where each record list is swept, and what becomes of a record that is found deleted: a deletion from the lists for which
 * that is not too long ago, or a problem.
 *
 * <p>Most lists are swept from one instant, and those that have to catch up from an earlier one. Immutable.
 */
final class SweptLists {

    /** The floor is the database's time, deletions bear Salesforce's, in whole seconds. */
    private static final Duration CLOCK_SKEW = Duration.ofMinutes(5);

    private final Sweep sweep;
    private final SyncedRecords records;
    private final Instant floor;
    private final Duration overlap;
    private final Instant start;
    /** What lies before is of no list, or only of those that have to catch up. */
    private final Instant common;

    SweptLists(Sweep sweep, SyncedRecords records, Duration overlap) {
        this.sweep = sweep;
        this.records = records;
        this.overlap = overlap;
        this.floor = sweep.floor().minus(CLOCK_SKEW);
        Instant ordinary = later(sweep.since().minus(overlap), floor);
        this.start = sweep.lagging().keySet().stream().map(this::catchUpFrom).reduce(ordinary, SalesforceTime::earlier);
        this.common = start.isBefore(ordinary) ? ordinary : floor;
    }

    private SweptLists(Sweep sweep, SweptLists before, Instant start) {
        this.sweep = sweep;
        this.records = before.records;
        this.overlap = before.overlap;
        this.floor = before.floor;
        this.common = before.common;
        this.start = start;
    }

    /** The same lists, for what is later than most of what was wanted. */
    SweptLists goOn(Sweep next, Instant coveredUntil) {
        // A deletion may bear a second later than the log says that it covers.
        return new SweptLists(next, this, later(start, coveredUntil.minus(LogWindows.MIN_WINDOW)));
    }

    /** From here Salesforce is asked; earlier than for most lists where one has to catch up. */
    Instant start() {
        return start;
    }

    /** Of a list that has to catch up, also what lies before the rest of the sweep. */
    private boolean isDue(String recordList, Instant at) {
        return !at.isBefore(common) || sweep.lagging().containsKey(recordList) && !at.isBefore(catchUpFrom(recordList));
    }

    /** One that was there at the first start began with it; one that joined did not. */
    private Instant catchUpFrom(String recordList) {
        Instant from = sweep.lagging().get(recordList);
        return from.isBefore(floor) ? from.minus(overlap) : later(from.minus(overlap), floor);
    }

    /** What one answer names of an entity. */
    Finds finds(String entity) {
        return new Finds(entity);
    }

    /** Becomes one intake. */
    final class Finds {

        private final List<DeletionRequest> deletions = new ArrayList<>();
        private final List<Problem> problems = new ArrayList<>();
        private final String entity;
        private int count;

        private Finds(String entity) {
            this.entity = entity;
        }

        void add(String id, Instant at, DeletionState state, Optional<String> note) {
            if (at.isBefore(earlier(start, common))) {
                return;
            }
            count++;
            Optional<Identifier> identifier = records.identifier(id);
            if (identifier.isEmpty()) {
                problems.add(new Problem(
                        "refused_id",
                        "A sweep found record id " + SyncedRecords.printable(id) + " (expected " + records.expectedIds()
                                + "); not deleted, reported"));
                return;
            }
            records
                    .deletions(entity, identifier.get(), "sweep:" + at, Origin.SWEEP, at, state, note.orElse(""), null)
                    .stream()
                    .filter(deletion -> isDue(deletion.recordList(), at))
                    .forEach(deletions::add);
        }

        int count() {
            return count;
        }

        /** @param holes how many the stream had had when it was asked for */
        Intake intake(long holes) {
            return new Intake(deletions, problems, null).askedAfter(holes);
        }
    }
}
