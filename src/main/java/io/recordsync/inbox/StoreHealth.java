package io.recordsync.inbox;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What cannot be written to the database now: the acts that failed lately and have not succeeded since.
 *
 * <p>On a full disk a small act may go through where a large one does not, so that each answers for itself. What only a
 * person can mend is one ERROR line, however often it fails. Thread-safe.
 */
final class StoreHealth {

    private static final Logger LOG = LoggerFactory.getLogger(StoreHealth.class);

    /** Longer than anything waits before it is tried again; what is not tried again was a person's. */
    private static final Duration LATELY = Duration.ofMinutes(2);

    private final Map<String, Failure> failures = new ConcurrentHashMap<>();
    private final AtomicBoolean alarmed = new AtomicBoolean();

    private record Failure(long at, String message) {}

    void failed(String act, SQLException e) {
        failures.put(act, new Failure(System.nanoTime(), act + " failed: " + e.getMessage()));
        if (needsPerson(e) && alarmed.compareAndSet(false, true)) {
            LOG.error(
                    "The database cannot be written to until that is mended: {}; nothing is acknowledged, all of it is"
                            + " tried again",
                    e.getMessage());
        }
    }

    void succeeded(String act) {
        if (failures.isEmpty()) {
            return;
        }
        failures.remove(act);
        if (trouble().isEmpty() && alarmed.compareAndSet(true, false)) {
            LOG.info("The database can be written to again");
        }
    }

    /** In words; empty when all is well. */
    Optional<String> trouble() {
        failures.values().removeIf(failure -> System.nanoTime() - failure.at() > LATELY.toNanos());
        return failures.values().stream()
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
