package io.recordsync.salesforce;

import io.recordsync.deletion.SalesforceId;
import io.recordsync.salesforce.SalesforceAccess.RefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Which of some contacts Salesforce's delete log names: each entity's is read as far back as it reaches.
 *
 * <p>What a log names is a sign; what it does not name says nothing, so that one that cannot be read, or only in part, is no
 * failure. Not thread-safe.
 */
final class LogSigns {

    /** getDeleted refuses a start of more than 15 days ago; a check takes its time. */
    private static final Duration LOG_KEPT = Duration.ofDays(15).minusHours(1);
    /** After as many the log is left alone. */
    private static final int MAX_TIMEOUTS = 6;

    private final Set<String> wanted;
    private final Deque<String> entities;
    private final String apiVersion;
    private final Instant until;
    private final Map<String, Instant> deletedAt = new HashMap<>();
    private LogWindows windows;
    private int timeouts;

    /** @param now by Salesforce's clock, or earlier */
    LogSigns(Set<String> wanted, Collection<String> entities, String apiVersion, Instant now) {
        this.wanted = new HashSet<>(wanted);
        this.entities = new ArrayDeque<>(entities);
        this.apiVersion = apiVersion;
        this.until = now.truncatedTo(ChronoUnit.MINUTES);
        begin();
    }

    private void begin() {
        windows = new LogWindows(until.minus(LOG_KEPT), until);
    }

    boolean unfinished() {
        return !wanted.isEmpty() && !entities.isEmpty();
    }

    SalesforceQuery question() {
        LogWindows.Window window = windows.window();
        return SalesforceQuery.deleted(apiVersion, entities.element(), window.from(), window.until());
    }

    void read(InputStream answer) throws IOException {
        boolean[] says = new boolean[1];
        DeleteLog log = new DeleteLog(answer, windows.window().from(), (earliest, latest) -> {
            says[0] = earliest != null && latest != null;
            if (says[0]) {
                windows.answered(earliest, latest);
            }
        });
        while (log.hasNext()) {
            log.next().forEach(deleted -> SalesforceId.complete(deleted.id())
                    .filter(wanted::contains)
                    .ifPresent(
                            id -> deletedAt.merge(id, deleted.at(), (one, other) -> one.isAfter(other) ? one : other)));
        }
        if (!says[0] || !windows.unfinished()) {
            nextEntity();
        }
    }

    /** Its own words where it is cut off. */
    private static boolean hasNext(DeleteLog log) throws IOException {
        try {
            return log.hasNext();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** @throws IOException where it is not about the log: it may be asked again later */
    void refused(RefusedException refused) throws IOException {
        if (refused.code().equals("REQUEST_LIMIT_EXCEEDED")) {
            throw new IOException(refused.getMessage());
        }
        boolean less =
                switch (refused.code()) {
                    case "EXCEEDED_ID_LIMIT", "QUERY_TIMEOUT" -> windows.tooMany(2);
                    case "INVALID_REPLICATION_DATE" -> windows.outOfRange();
                    default -> false;
                };
        if (!less) {
            nextEntity();
        }
    }

    void timedOut() {
        timeouts++;
        if (timeouts > MAX_TIMEOUTS || !windows.tooMany(4)) {
            nextEntity();
        }
    }

    private void nextEntity() {
        entities.remove();
        begin();
    }

    /** When those that it names were deleted. */
    Map<String, Instant> deletedAt() {
        return deletedAt;
    }
}
