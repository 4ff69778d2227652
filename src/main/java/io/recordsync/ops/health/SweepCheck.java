package io.recordsync.ops.health;

import io.recordsync.inbox.Coverage;
import java.time.Clock;
import java.time.Duration;

/**
 * Whether everything that Salesforce deleted is known: no hole in the stream, no stretch that nothing can prove, and
 * something was proven within two times {@code sweep.period}.
 */
public final class SweepCheck extends ReadinessCheck {

    private final Coverage coverage;
    private final Duration period;
    private final Clock clock;

    public SweepCheck(Coverage coverage, Duration period, Clock clock) {
        super("sweep");
        this.coverage = coverage;
        this.period = period;
        this.clock = clock;
    }

    @Override
    String trouble() {
        Coverage.State now = coverage.state();
        if (now.unproven() != null) {
            return ("Salesforce can no longer report what was deleted from %s to %s: a person has to confirm (POST"
                            + " /api/sweep/confirm-unproven)")
                    .formatted(now.unproven().from(), now.unproven().until());
        }
        if (now.positionLost()) {
            return "A sweep is due (%s): the stream has a hole%s"
                    .formatted(now.owed(), now.lastError() == null ? "" : "; " + lastTry(now));
        }
        if (now.owed() != null && now.lastError() != null) {
            return "A sweep is due (%s), and %s".formatted(now.owed(), lastTry(now));
        }
        // One sweep of the period that fails heals by itself; a log that stands still, or a refusal, does not.
        if (now.coveredUntil() != null
                && now.coveredUntil().plus(period.multipliedBy(2)).isBefore(clock.instant())) {
            return "Sweeps have proven nothing after %s, longer ago than two times sweep.period (%s)"
                    .formatted(
                            now.coveredUntil(),
                            now.lastError() == null ? "Salesforce's delete log covers no more" : lastTry(now));
        }
        return null;
    }

    private static String lastTry(Coverage.State now) {
        return "the last try failed: " + now.lastError();
    }
}
