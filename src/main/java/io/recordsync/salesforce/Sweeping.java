package io.recordsync.salesforce;

import static io.recordsync.salesforce.SalesforceTime.earlier;
import static io.recordsync.salesforce.SalesforceTime.later;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.Intake;
import io.recordsync.inbox.Coverage.Stretch;
import io.recordsync.inbox.Coverage.Sweep;
import io.recordsync.salesforce.SalesforceAccess.RefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One sweep: what to ask Salesforce next, and what its answers have brought so far.
 *
 * <p>Of each entity it asks for the Recycle Bin by {@code queryAll} and then for the delete log by getDeleted, which also
 * knows what was purged from the bin; neither sees everything, and only the log says what it covers. A question that is too
 * much is asked again for less; one that is refused all the same keeps the others from being asked no longer, and fails the
 * sweep at its end. What only the log names is checked first: no page documents that it forgets what was restored, and the
 * UNDELETE may be in the hole that is swept. All times are Salesforce's: the sweep ends at the Date of the first answer. Used
 * by one thread; any thread may read what it has found so far.
 */
public final class Sweeping {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** getDeleted refuses a start of more than 15 days ago; a sweep takes its time. */
    private static final Duration LOG_KEPT = Duration.ofDays(15).minusMinutes(10);
    /** In a row: after as many Salesforce is taken for away, not for slow. */
    private static final int MAX_TIMEOUTS = 6;

    private final Sweep sweep;
    private final SyncedRecords records;
    private final String apiVersion;
    private final SweptLists lists;
    private final long holes;
    /** When the bin was read already, by Salesforce's clock; null when it is to be asked. */
    private final Instant binSeenAt;

    private final Deque<Question> left = new ArrayDeque<>();
    private final Map<String, Duration> widths;

    private Instant end;
    private Instant coveredUntil;
    private Instant provenFrom = Instant.MIN;
    private volatile boolean withdrawn;
    private RefusedException refusal;
    /** In a row. */
    private int timeouts;

    private volatile int inBin;
    private volatile int inLog;
    private volatile int added;

    /** What is still to be asked of one entity. */
    private sealed interface Question {

        String entity();
    }

    private record Bin(String entity, BinRanges ranges) implements Question {}

    private static final class Log implements Question {

        private final String entity;
        /** Null until the end of the sweep is known. */
        private LogWindows windows;

        Log(String entity) {
            this.entity = entity;
        }

        @Override
        public String entity() {
            return entity;
        }
    }

    /**
     * @param widths of each entity, what a range of its bin may be wide, as earlier sweeps have learned; it is kept up to date
     * @param holes how many the stream has had: a later one puts in doubt what is found
     */
    Sweeping(
            Sweep sweep,
            SyncedRecords records,
            Collection<String> entities,
            String apiVersion,
            Duration overlap,
            Map<String, Duration> widths,
            long holes) {
        this.holes = holes;
        this.sweep = sweep;
        this.records = records;
        this.apiVersion = apiVersion;
        this.lists = new SweptLists(sweep, records, overlap);
        this.binSeenAt = null;
        this.widths = widths;
        for (String entity : entities) {
            left.add(new Bin(entity, new BinRanges(lists.start(), widths.get(entity))));
            left.add(new Log(entity));
        }
    }

    /** Goes on with a sweep whose bin was read, and whose log lagged behind: asks the log alone, until that instant. */
    private Sweeping(Sweep sweep, Sweeping before, Collection<String> entities, long holes) {
        this.sweep = sweep;
        this.holes = holes;
        this.records = before.records;
        this.apiVersion = before.apiVersion;
        this.lists = before.lists.goOn(sweep, before.coveredUntil);
        this.binSeenAt = before.binSeenAt == null ? before.end : before.binSeenAt;
        this.provenFrom = before.provenFrom;
        this.end = binSeenAt;
        this.coveredUntil = binSeenAt;
        this.widths = before.widths;
        entities.forEach(entity -> left.add(new Log(entity)));
    }

    /** What is still to be asked once this one has found all but what the log does not cover yet. */
    Sweeping goOn(Sweep next, Collection<String> entities, long holes) {
        return new Sweeping(next, this, entities, holes);
    }

    /** Whether it asks for nothing but what the delete log did not cover yet. */
    boolean goesOn() {
        return binSeenAt != null;
    }

    // ---- what to ask

    public boolean unfinished() {
        return !withdrawn && !left.isEmpty();
    }

    /** A person who ordered it has taken that back: nothing more is asked, and nothing is proven. */
    void withdraw() {
        withdrawn = true;
    }

    boolean withdrawn() {
        return withdrawn;
    }

    /** What to ask now. */
    public SalesforceQuery question() {
        if (left.element() instanceof Bin bin) {
            return bin.ranges().question(bin.entity(), apiVersion, end);
        }
        LogWindows.Window window = windows().window();
        return SalesforceQuery.deleted(apiVersion, left.element().entity(), window.from(), window.until());
    }

    // ---- what was answered

    /**
     * Reads the answer to what was asked.
     *
     * @param date its Date header
     * @param instanceUrl where it comes from
     * @return what it brings, to be accepted one after the other
     */
    Iterator<Intake> read(InputStream answer, String date, String instanceUrl) throws IOException {
        begunAt(date);
        timeouts = 0;
        if (left.element() instanceof Bin bin) {
            return List.of(readPage(bin, JSON.readTree(answer), instanceUrl)).iterator();
        }
        return readLog(windows(), answer);
    }

    /**
     * The question was refused: asked for less where that helps; else it is not asked again, the others are, and the sweep
     * fails at its end.
     *
     * @param date the Date header of the refusal
     */
    void refused(RefusedException refused, String date) throws IOException {
        if (end == null && date == null) {
            throw refused;
        }
        begunAt(date);
        boolean less = left.element() instanceof Bin bin
                ? BinRanges.tooMuch(refused.code()) && bin.ranges().narrow(end, 2)
                : switch (refused.code()) {
                    case "EXCEEDED_ID_LIMIT", "QUERY_TIMEOUT" -> windows().tooMany(2);
                    case "INVALID_REPLICATION_DATE" -> windows().outOfRange();
                    default -> false;
                };
        if (!less) {
            fail(refused);
        }
    }

    private void fail(RefusedException why) {
        refusal = refusal == null ? why : refusal;
        left.remove();
    }

    /**
     * The question had no whole answer in time: it may have been too much.
     *
     * @throws IOException what it was, when no less can be asked for, or nothing was answered for long
     */
    void timedOut(IOException timeout) throws IOException {
        timeouts++;
        boolean less = end != null
                && timeouts <= MAX_TIMEOUTS
                && (left.element() instanceof Bin bin
                        ? bin.ranges().narrow(end, 4)
                        : windows().tooMany(4));
        if (!less) {
            throw timeout;
        }
    }

    private void begunAt(String date) throws IOException {
        if (end == null) {
            end = SalesforceTime.ofDateHeader(date);
            coveredUntil = end;
        }
    }

    void accepted(int rows) {
        added += rows;
    }

    private Intake readPage(Bin bin, JsonNode answer, String instanceUrl) throws IOException {
        if (!answer.path("records").isArray() || !answer.path("done").isBoolean()) {
            throw new IOException("Salesforce's answer to queryAll has no records (expected records and done)");
        }
        SweptLists.Finds finds = lists.finds(bin.entity());
        for (JsonNode row : answer.path("records")) {
            String master = row.path("MasterRecordId").asText("");
            Optional<Instant> at = time(row.path("SystemModstamp").asText(null));
            // When it was deleted is not known: it may have been restored since.
            finds.add(
                    row.path("Id").asText(),
                    at.orElse(end),
                    at.isPresent() ? DeletionState.PENDING : DeletionState.CHECKING,
                    records.identifier(master).map(winner -> "merged into " + winner.value()));
        }
        SalesforceQuery next = answer.path("done").booleanValue()
                ? null
                : next(answer.path("nextRecordsUrl").asText(), instanceUrl);
        if (!bin.ranges().answered(next, end)) {
            if (!bin.ranges().narrow(end, 2)) {
                fail(new RefusedException(
                        "Salesforce's nextRecordsUrl leads back to a page that was read (expected a new page)", ""));
            }
            inBin += finds.count();
            return finds.intake(holes);
        }
        if (bin.ranges().width() != null) {
            widths.put(bin.entity(), bin.ranges().width());
        }
        if (!bin.ranges().unfinished()) {
            left.remove();
        }
        inBin += finds.count();
        return finds.intake(holes);
    }

    private static Optional<Instant> time(String text) {
        try {
            return Optional.of(SalesforceTime.read("SystemModstamp", text));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private SalesforceQuery next(String url, String instanceUrl) throws IOException {
        return SalesforceQuery.nextPage(url, instanceUrl)
                .orElseThrow(() -> new IOException("Salesforce's nextRecordsUrl is " + SyncedRecords.printable(url)
                        + " (expected a path /services/data/v" + apiVersion
                        + "/query/… on the instance that was asked)"));
    }

    private Iterator<Intake> readLog(LogWindows windows, InputStream answer) throws IOException {
        DeleteLog log = new DeleteLog(
                answer, windows.window().until(), (earliest, latest) -> covered(windows, earliest, latest));
        String entity = left.element().entity();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return log.hasNext();
            }

            @Override
            public Intake next() {
                SweptLists.Finds finds = lists.finds(entity);
                log.next()
                        .forEach(deleted ->
                                finds.add(deleted.id(), deleted.at(), DeletionState.CHECKING, Optional.empty()));
                inLog += finds.count();
                return finds.intake(holes);
            }
        };
    }

    private void covered(LogWindows windows, Instant earliest, Instant latest) {
        if (earliest == null || latest == null) {
            fail(new RefusedException(
                    "Salesforce's answer to getDeleted does not say what it covers (expected earliestDateAvailable and"
                            + " latestDateCovered, as 2026-03-01T10:00:00.000+0000); what it names is in the inbox,"
                            + " nothing is proven",
                    ""));
            return;
        }
        windows.answered(earliest, latest);
        if (windows.unfinished()) {
            return;
        }
        left.remove();
        if (windows.provenFrom().isAfter(windows.start())) {
            provenFrom = later(provenFrom, windows.provenFrom());
        }
        coveredUntil = earlier(coveredUntil, windows.coveredUntil());
    }

    private LogWindows windows() {
        Log log = (Log) left.element();
        if (log.windows == null) {
            // The log goes no further back; what is missing is reported at the end.
            Instant earliest = minute(end.minus(LOG_KEPT));
            if (lists.start().isBefore(earliest)) {
                provenFrom = later(provenFrom, earliest);
            }
            // At first no later than it is; then all of the minute in which the bin was read.
            Instant until = minute(binSeenAt == null ? end : end.plus(Duration.ofMinutes(1)));
            log.windows = new LogWindows(
                    earlier(later(minute(lists.start()), earliest), until.minus(LogWindows.MIN_WINDOW)), until);
        }
        return log.windows;
    }

    // ---- what came of it

    Sweep sweep() {
        return sweep;
    }

    /** When it began, by Salesforce's clock; null before the first answer. */
    Instant end() {
        return end;
    }

    /** Why not everything could be asked; null when all was. */
    RefusedException refusal() {
        return refusal;
    }

    /** Up to here everything was found. */
    Instant coveredUntil() {
        return coveredUntil;
    }

    /** From here on everything was found. */
    Instant provenFrom() {
        return later(later(sweep.since(), sweep.floor()), provenFrom);
    }

    /** The stretch that was wanted and that Salesforce could not report; null when there is none. */
    Stretch unproven() {
        Instant from = later(sweep.since(), sweep.floor());
        return provenFrom.isAfter(from) ? new Stretch(from, earlier(provenFrom, end)) : null;
    }

    int inBin() {
        return inBin;
    }

    int inLog() {
        return inLog;
    }

    /** How many rows of the inbox are new. */
    int added() {
        return added;
    }

    private static Instant minute(Instant time) {
        return time.truncatedTo(ChronoUnit.MINUTES);
    }
}
