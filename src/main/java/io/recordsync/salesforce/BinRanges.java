package io.recordsync.salesforce;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.Set;

/**
 * The Recycle Bin of one entity, asked range by range ({@code queryAll}), each page by page: what to ask for next.
 *
 * <p>It begins with one range for all; where that is too much for one answer the range is divided, and what comes after it is
 * asked for in ranges as wide. The last range has no end, for the clock goes on. Not thread-safe.
 */
final class BinRanges {

    /** By these Salesforce says that less has to be asked for, or that it forgot the pages of what was asked. */
    private static final Set<String> TOO_MUCH = Set.of(
            "QUERY_TIMEOUT",
            "OPERATION_TOO_LARGE",
            "QUERY_TOO_COMPLICATED",
            "EXCEEDED_ID_LIMIT",
            "INVALID_QUERY_LOCATOR");

    private static final Duration MIN_WIDTH = Duration.ofMinutes(1);

    private Instant from;
    private Duration width;
    private final Set<SalesforceQuery> pages = new HashSet<>();
    private SalesforceQuery nextPage;
    private boolean finished;

    /** @param width what a range may be wide; null while nothing is known */
    BinRanges(Instant from, Duration width) {
        this.from = from.truncatedTo(ChronoUnit.SECONDS);
        this.width = width;
    }

    static boolean tooMuch(String errorCode) {
        return TOO_MUCH.contains(errorCode);
    }

    boolean unfinished() {
        return !finished;
    }

    /** @param until null when the range has no end */
    record Range(Instant from, Instant until) {}

    /** @param now when the sweep began, by Salesforce's clock; null while that is not known */
    Range range(Instant now) {
        Instant until = width == null ? null : from.plus(width);
        return new Range(from, until == null || now != null && !until.isBefore(now) ? null : until);
    }

    /** What to ask for now: a range, or another page of one. */
    SalesforceQuery question(String entity, String apiVersion, Instant now) {
        if (nextPage != null) {
            return nextPage;
        }
        Range range = range(now);
        String fields = KeyPrefixes.canBeMerged(entity) ? "Id, SystemModstamp, MasterRecordId" : "Id, SystemModstamp";
        String until = range.until() == null ? "" : " AND SystemModstamp < " + range.until();
        return SalesforceQuery.all(
                apiVersion,
                "SELECT " + fields + " FROM " + entity + " WHERE IsDeleted = true AND SystemModstamp >= " + range.from()
                        + until);
    }

    /**
     * A page was answered.
     *
     * @param next null when it is the last of its range
     * @return whether the walk goes on; not where the next page is one that was read
     */
    boolean answered(SalesforceQuery next, Instant now) {
        if (next != null && !pages.add(next)) {
            return false;
        }
        nextPage = next;
        if (next != null) {
            return true;
        }
        pages.clear();
        Instant until = range(now).until();
        finished = until == null;
        from = finished ? from : until;
        return true;
    }

    /**
     * The range was too much for one answer.
     *
     * @param parts into which it is divided
     * @return whether less can be asked for
     */
    boolean narrow(Instant now, int parts) {
        Range range = range(now);
        Duration asked = Duration.between(range.from(), range.until() == null ? now : range.until());
        Duration part = asked.dividedBy(parts).truncatedTo(ChronoUnit.SECONDS);
        if (part.compareTo(MIN_WIDTH) < 0) {
            return false;
        }
        width = part;
        nextPage = null;
        pages.clear();
        return true;
    }

    /** What a range may be wide; null while one was enough. */
    Duration width() {
        return width;
    }
}
