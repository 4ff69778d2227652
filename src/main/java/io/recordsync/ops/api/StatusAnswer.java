package io.recordsync.ops.api;

import io.recordsync.deletion.SightReport;
import io.recordsync.deletion.Word;
import io.recordsync.inbox.Coverage;
import io.recordsync.ops.alerts.AlertsReport;
import io.recordsync.ops.health.HealthReport;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * The answer to {@code GET /api/status}, by the names of the API's document.
 *
 * @param deletions how many are in each state, by the state's name
 * @param oldestPendingSeconds null when nothing is pending
 * @param held how many wait for a person, by what holds them
 * @param knownAt when the database said what is told of it
 * @param asOf what was shown, for the orders over it
 */
public record StatusAnswer(
        String version,
        You you,
        String mode,
        HealthReport health,
        Stream stream,
        Delivery delivery,
        Map<String, Long> deletions,
        Long oldestPendingSeconds,
        Map<String, Long> held,
        Guard guard,
        List<RecordList> lists,
        Sweep sweep,
        Reconcile reconcile,
        List<Sight> sight,
        List<Problem> problems,
        Alerts alerts,
        @IsoTime Instant knownAt,
        String asOf) {

    /**
     * {@code catchingUp}, in whichever process: Salesforce is asked about what is due. {@code hoursToExpiry} is what remains of the time for which Salesforce keeps a position, never negative;
     * {@code missedBySweep} are deletions that sweeps found and that it had not told in time.
     */
    public record Stream(
            String channel,
            String state,
            boolean catchingUp,
            @IsoTime Instant lastResponseAt,
            @IsoTime Instant lastEventAt,
            @IsoTime Instant positionSavedAt,
            Double hoursToExpiry,
            long missedBySweep,
            String lastError) {}

    /** Who asks, and whether that person may do more than look. */
    public record You(String name, boolean mayChange) {}

    public record Delivery(String state, String reason, @IsoTime Instant until) {}

    /**
     * {@code since} is null while it is not tripped; it may hold deletions all the same. {@code held} are its own;
     * {@code openUntil} and {@code openedBy} are null while no person has opened it.
     */
    public record Guard(
            boolean tripped,
            @IsoTime Instant since,
            long held,
            int max,
            long windowMs,
            @IsoTime Instant openUntil,
            String openedBy) {}

    /**
     * {@code served} is whether deletions go to it, those of {@code entities} (empty: of every one); {@code name} is null while it is not
     * known; {@code joined} where it is there since the first start; {@code historyOpen} whether nobody has looked at what lies before,
     * nor declined to; {@code presenceError} why its last presence check failed, or is not believed; {@code lastCallAt} is of this
     * process.
     */
    public record RecordList(
            String id,
            String name,
            String state,
            boolean served,
            List<String> entities,
            @IsoTime Instant joined,
            @IsoTime Instant coveredUntil,
            boolean historyOpen,
            long pending,
            long parked,
            Long recordsCount,
            String identifierType,
            boolean dryRun,
            @IsoTime Instant lastCallAt,
            String lastError,
            String presenceError) {}

    /** {@code found} and {@code added} are of this process. */
    public record Sweep(
            @IsoTime Instant lastAt,
            @IsoTime Instant coveredUntil,
            String lastError,
            String owed,
            boolean ordered,
            boolean running,
            Integer found,
            Integer added,
            Stretch unproven) {}

    /** From inclusive, until exclusive. */
    public record Stretch(@IsoTime Instant from, @IsoTime Instant until) {

        /** Null when there is none. */
        static Stretch of(Coverage.Stretch stretch) {
            return stretch == null ? null : new Stretch(stretch.from(), stretch.until());
        }
    }

    public record Reconcile(
            String recordList,
            boolean running,
            List<String> waiting,
            int checked,
            Integer missing,
            int seen,
            int judged,
            int foreign,
            int foreignPrefix,
            int otherProvider,
            Integer notVisible,
            Boolean whole,
            @IsoTime Instant lastAt,
            String lastError) {}

    /** {@code living} is null until they were counted; {@code message} where all is well. */
    public record Sight(String entity, String state, Long living, String message) {

        static Sight of(SightReport sight) {
            return new Sight(sight.entity(), Word.underscored(sight.state()), sight.living(), sight.message());
        }
    }

    /** What this process told: each is null until it has happened, the error also once a message was taken. */
    public record Alerts(@IsoTime Instant lastToldAt, @IsoTime Instant lastFailedAt, String lastError) {

        static Alerts of(AlertsReport report) {
            return new Alerts(report.lastToldAt(), report.lastFailedAt(), report.lastError());
        }
    }

    public record Problem(@IsoTime Instant at, String kind, String message) {}
}
