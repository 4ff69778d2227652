package io.recordsync.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recordsync.deletion.DeletionRequest;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.Identifier;
import io.recordsync.deletion.Intake;
import io.recordsync.deletion.Origin;
import io.recordsync.deletion.Problem;
import io.recordsync.inbox.Coverage.Stretch;
import io.recordsync.inbox.Coverage.Sweep;
import io.recordsync.salesforce.SalesforceAccess.RefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * One sweep: what to ask Salesforce next, and what its answers have brought so far.
 *
 * <p>Of each entity it asks for the Recycle Bin by {@code queryAll}, page by page, and then for the delete log by
 * getDeleted, which also knows what was purged from the bin, window by window; neither sees everything, and only the log
 * says what it covers. What only the log names is checked first: no page documents that it forgets what was restored,
 * and the UNDELETE may be in the hole that is swept. All times are Salesforce's: the sweep ends at the Date of the first
 * answer. Used by one thread; any thread may read what it has found so far.
 */
public final class Sweeping {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** getDeleted refuses a start of more than 15 days ago; a sweep takes its time. */
    private static final Duration LOG_KEPT = Duration.ofDays(15).minusMinutes(10);
    /** getDeleted ignores seconds and wants start and end more than a minute apart. */
    private static final Duration MIN_WINDOW = Duration.ofMinutes(2);
    /** The floor is the database's time, deletions bear Salesforce's, in whole seconds. */
    private static final Duration CLOCK_SKEW = Duration.ofMinutes(5);

    private final Sweep sweep;
    private final SyncedRecords records;
    private final String apiVersion;
    private final Instant floor;
    private final Duration overlap;
    /** From here it asks; earlier than for most lists where one has to catch up. */
    private final Instant start;

    private final long holes;
    /** What lies before is of no list, or only of those that have to catch up. */
    private final Instant common;

    private final Deque<Question> left = new ArrayDeque<>();

    private Instant end;
    private Instant coveredUntil;
    private Instant provenFrom = Instant.MIN;
    private volatile boolean withdrawn;
    private volatile int inBin;
    private volatile int inLog;
    private volatile int added;

    private sealed interface Question {}

    /** @param next null for the first page */
    private record BinPage(String entity, SalesforceQuery next) implements Question {}

    /**
     * @param from null with {@code until}: the whole of the sweep, which is known once its end is
     * @param covered what earlier windows have covered
     */
    private record LogWindow(String entity, Instant from, Instant until, Instant covered) implements Question {}

    /** @param holes how many the stream has had: a later one puts in doubt what is found */
    Sweeping(
            Sweep sweep,
            SyncedRecords records,
            Collection<String> entities,
            String apiVersion,
            Duration overlap,
            long holes) {
        this.holes = holes;
        this.sweep = sweep;
        this.records = records;
        this.apiVersion = apiVersion;
        this.floor = sweep.floor().minus(CLOCK_SKEW);
        Instant wanted = sweep.since().minus(overlap);
        Instant ordinary = later(wanted, floor);
        this.overlap = overlap;
        this.start = sweep.lagging().keySet().stream().map(this::catchUpFrom).reduce(ordinary, Sweeping::earlier);
        this.common = start.isBefore(ordinary) ? ordinary : floor;
        for (String entity : entities) {
            left.add(new BinPage(entity, null));
            left.add(new LogWindow(entity, null, null, Instant.MIN));
        }
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
        if (left.element() instanceof BinPage page) {
            return page.next() != null
                    ? page.next()
                    : SalesforceQuery.all(
                            apiVersion,
                            "SELECT Id, SystemModstamp, MasterRecordId FROM " + page.entity()
                                    + " WHERE IsDeleted = true AND SystemModstamp >= "
                                    + start.truncatedTo(ChronoUnit.SECONDS));
        }
        LogWindow window = window();
        return SalesforceQuery.deleted(apiVersion, window.entity(), window.from(), window.until());
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
        if (end == null) {
            end = SalesforceTime.ofDateHeader(date);
            coveredUntil = end;
        }
        if (left.element() instanceof BinPage page) {
            return List.of(readPage(page, JSON.readTree(answer), instanceUrl)).iterator();
        }
        return readLog(window(), answer);
    }

    /**
     * The question was refused: too much for one answer is asked for in halves, and where the log does not reach back so
     * far (the bin was purged, or the log) its later half is asked for; anything else ends the sweep.
     */
    void refused(RefusedException refusal) throws RefusedException {
        if (!(left.element() instanceof LogWindow)) {
            throw refusal;
        }
        LogWindow window = window();
        Duration half = Duration.between(window.from(), window.until()).dividedBy(2);
        Instant middle = minute(window.from().plus(half));
        boolean tooMuch = refusal.code().equals("EXCEEDED_ID_LIMIT");
        if (half.compareTo(MIN_WINDOW) < 0 || !tooMuch && !refusal.code().equals("INVALID_REPLICATION_DATE")) {
            throw refusal;
        }
        left.remove();
        if (tooMuch) {
            left.push(new LogWindow(window.entity(), window.from(), middle, window.covered()));
        } else {
            provenFrom = later(provenFrom, middle);
            left.push(new LogWindow(window.entity(), middle, window.until(), window.covered()));
        }
    }

    void accepted(int rows) {
        added += rows;
    }

    private Intake readPage(BinPage page, JsonNode answer, String instanceUrl) throws IOException {
        if (!answer.path("records").isArray() || !answer.path("done").isBoolean()) {
            throw new IOException("Salesforce's answer to queryAll has no records (expected records and done)");
        }
        Findings findings = new Findings();
        for (JsonNode row : answer.path("records")) {
            String master = row.path("MasterRecordId").asText("");
            findings.add(
                    row.path("Id").asText(),
                    SalesforceTime.read(
                            "SystemModstamp", row.path("SystemModstamp").asText(null)),
                    DeletionState.PENDING,
                    records.identifier(master).map(winner -> "merged into " + winner.value()));
        }
        left.remove();
        if (!answer.path("done").booleanValue()) {
            String next = answer.path("nextRecordsUrl").asText();
            left.push(new BinPage(
                    page.entity(),
                    SalesforceQuery.nextPage(next, instanceUrl)
                            .orElseThrow(() ->
                                    new IOException("Salesforce's nextRecordsUrl is " + SyncedRecords.printable(next)
                                            + " (expected a path /services/data/v" + apiVersion
                                            + "/query/… on the instance that was asked)"))));
        }
        inBin += findings.count;
        return findings.intake();
    }

    private Iterator<Intake> readLog(LogWindow window, InputStream answer) throws IOException {
        DeleteLog log = new DeleteLog(answer, (earliest, latest) -> covered(window, earliest, latest));
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return log.hasNext();
            }

            @Override
            public Intake next() {
                Findings findings = new Findings();
                log.next()
                        .forEach(deleted ->
                                findings.add(deleted.id(), deleted.at(), DeletionState.CHECKING, Optional.empty()));
                inLog += findings.count;
                return findings.intake();
            }
        };
    }

    private void covered(LogWindow window, Instant earliest, Instant said) {
        left.remove();
        provenFrom = later(provenFrom, earliest);
        // Whatever it says, it covers no more than it was asked for.
        Instant latest = earlier(said, window.until());
        boolean whole = !latest.isBefore(minute(end));
        // The log lags behind: what is later than it covers is asked for by the next sweep.
        boolean stuck = !latest.isAfter(later(window.covered(), window.from()));
        if (whole || stuck) {
            coveredUntil = earlier(coveredUntil, latest);
            return;
        }
        Instant until = window.until().isBefore(minute(end))
                ? latest.plus(Duration.between(window.from(), window.until()))
                : minute(end);
        left.push(fitting(window.entity(), latest, earlier(until, minute(end)), latest));
    }

    private LogWindow window() {
        LogWindow window = (LogWindow) left.element();
        if (window.from() != null) {
            return window;
        }
        // The log goes no further back; what is missing is reported at the end.
        Instant earliest = minute(end.minus(LOG_KEPT));
        if (start.isBefore(earliest)) {
            provenFrom = later(provenFrom, earliest);
        }
        return fitting(window.entity(), later(minute(start), earliest), minute(end), Instant.MIN);
    }

    private static LogWindow fitting(String entity, Instant from, Instant until, Instant covered) {
        return new LogWindow(entity, earlier(from, until.minus(MIN_WINDOW)), until, covered);
    }

    // ---- what came of it

    Sweep sweep() {
        return sweep;
    }

    /** When it began, by Salesforce's clock; null before the first answer. */
    Instant end() {
        return end;
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

    /** Becomes one intake. */
    private final class Findings {

        private final List<DeletionRequest> deletions = new ArrayList<>();
        private final List<Problem> problems = new ArrayList<>();
        private int count;

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
            records.deletions(identifier.get(), "sweep:" + at, Origin.SWEEP, at, state, note.orElse(""), null).stream()
                    .filter(deletion -> isDue(deletion.recordList(), at))
                    .forEach(deletions::add);
        }

        Intake intake() {
            return new Intake(deletions, problems, null).askedAfter(holes);
        }
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

    private static Instant minute(Instant time) {
        return time.truncatedTo(ChronoUnit.MINUTES);
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }
}
