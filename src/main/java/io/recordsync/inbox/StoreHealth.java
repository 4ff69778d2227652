package io.recordsync.inbox;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What cannot be written to the database now: the acts that failed and have not succeeded since.
 *
 * <p>On a full disk a small act may go through where a large one does not, so that each answers for itself; what is not tried
 * again is forgotten soon, once anything else has succeeded. What only a person can fix is one ERROR line, however often it
 * fails. Thread-safe.
 */
final class StoreHealth {

    private static final Logger LOG = LoggerFactory.getLogger(StoreHealth.class);

    private static final long MIN_TIME_SHOWN = Duration.ofSeconds(5).toNanos();
    /** Between two attempts; nothing waits longer. */
    private static final long MAX_PAUSE = Duration.ofMinutes(2).toNanos();

    private final LongSupplier nanoTime;
    private final Map<String, Failure> failures = new HashMap<>();
    private long succeededAt;
    private long brokenAt;
    private boolean broken;

    private record Failure(long at, String message) {}

    /** @param nanoTime as {@link System#nanoTime()} */
    StoreHealth(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.succeededAt = nanoTime.getAsLong();
        this.brokenAt = succeededAt - MAX_PAUSE;
    }

    synchronized void failed(String act, SQLException e) {
        long now = nanoTime.getAsLong();
        failures.put(act, new Failure(now, act + " failed: " + e.getMessage()));
        if (needsPerson(e)) {
            if (now - brokenAt >= MAX_PAUSE) {
                LOG.error(
                        "The database cannot be written to until that is fixed: {}; nothing is acknowledged, all of it"
                                + " is tried again",
                        e.getMessage());
            }
            broken = true;
            brokenAt = now;
        }
    }

    synchronized void succeeded(String act) {
        failures.remove(act);
        succeededAt = nanoTime.getAsLong();
        if (broken && trouble().isEmpty()) {
            broken = false;
            LOG.info("The database can be written to again");
        }
    }

    /** In words; empty when all is well. */
    synchronized Optional<String> trouble() {
        long now = nanoTime.getAsLong();
        return failures.values().stream()
                .filter(failure -> now - failure.at() < MIN_TIME_SHOWN || failure.at() - succeededAt >= 0)
                .max(Comparator.comparingLong(Failure::at))
                .map(Failure::message);
    }

    /** A full or broken disk, no permission; not a database that is away for a while. */
    static boolean needsPerson(SQLException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException failure
                    && (failure.getSQLState() == null
                            ? brokenSqlite(failure.getErrorCode())
                            : failure.getSQLState().matches("28...|42501|53100|58...|XX..."))) {
                return true;
            }
        }
        return false;
    }

    /** Primary result codes: readonly, ioerr, corrupt, full, cantopen, notadb. */
    private static boolean brokenSqlite(int code) {
        return switch (code & 0xff) {
            case 8, 10, 11, 13, 14, 26 -> true;
            default -> false;
        };
    }
}
