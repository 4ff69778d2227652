package io.recordsync.salesforce;

import io.recordsync.deletion.DeletionRequest;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.Identifier;
import io.recordsync.deletion.Intake;
import io.recordsync.deletion.Origin;
import io.recordsync.deletion.PresenceReport;
import io.recordsync.deletion.Problem;
import io.recordsync.delivery.Backoff;
import io.recordsync.inbox.Intakes;
import io.recordsync.inbox.ListCoverage;
import io.recordsync.inbox.RecordLists;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The presence checks that are to be run, by schedule or by order, one record list after the other, and what became of the
 * last.
 *
 * <p>A check that comes to its end asks for the deletion of what Salesforce does not know, unless too much is missing or
 * nothing was found: then the org, the list or the user's permission is wrong, and nothing at all is deleted. A check that
 * fails is run again from its beginning; an order is forgotten by a restart. Thread-safe.
 */
public final class PresenceChecks implements Supplier<PresenceReport> {

    private static final Logger LOG = LoggerFactory.getLogger(PresenceChecks.class);
    /** How often it is looked whether one is due. */
    private static final Duration LOOK = Duration.ofSeconds(1);
    /** Of the first check of a list that joined. */
    private static final Duration MAX_WAIT_FOR_SWEEP = Duration.ofMinutes(10);

    private final Intakes intakes;
    private final RecordLists lists;
    private final SyncedRecords records;
    private final List<String> recordLists;
    private final String externalProvider;
    private final List<String> entities;
    private final String apiVersion;
    private final Optional<Duration> schedule;
    private final int maxMissingPercent;
    private final Backoff backoff;
    private final Clock clock;

    private final Set<String> ordered = new LinkedHashSet<>();
    /** Of the lists that joined, those whose first check was ordered; and whether that is so for all of them. */
    private final Set<String> joined = new HashSet<>();

    private boolean allJoined;
    private PresenceCheck running;
    private String last;
    private int lastChecked;
    private int lastMissing;
    private Instant lastAt;
    /** Of each list's last check, until one comes to its end. */
    private final Map<String, String> errors = new LinkedHashMap<>();

    private int failures;
    private long notBefore = System.nanoTime();

    /** @param schedule how often; empty: only by order */
    public PresenceChecks(
            Intakes intakes,
            RecordLists lists,
            SyncedRecords records,
            List<String> recordLists,
            String externalProvider,
            List<String> entities,
            String apiVersion,
            Optional<Duration> schedule,
            int maxMissingPercent,
            Duration retry,
            Clock clock) {
        this.intakes = intakes;
        this.lists = lists;
        this.records = records;
        this.recordLists = List.copyOf(recordLists);
        this.externalProvider = externalProvider;
        this.entities = List.copyOf(entities);
        this.apiVersion = apiVersion;
        this.schedule = schedule;
        this.maxMissingPercent = maxMissingPercent;
        this.backoff = new Backoff(retry, retry.multipliedBy(60));
        this.clock = clock;
    }

    /** Each is checked as soon as those before it are. */
    public synchronized void order(Collection<String> lists) {
        ordered.addAll(lists);
        notBefore = System.nanoTime();
    }

    /** The check to be run now; null when none is. */
    public synchronized PresenceCheck begin() {
        if (System.nanoTime() - notBefore < 0) {
            return null;
        }
        pause(LOOK);
        if (!allJoined) {
            orderJoined();
        }
        if (ordered.isEmpty()) {
            schedule.ifPresent(period -> ordered.addAll(lists.presenceUnchecked(recordLists, period)));
        }
        if (ordered.isEmpty()) {
            return null;
        }
        String list = ordered.iterator().next();
        running = new PresenceCheck(
                list, clock.instant(), records, entities, apiVersion, intakes.holes(), lists.underway(list));
        return running;
    }

    /**
     * A list that joined after the first start is checked once what the sweep for it found is in the inbox, so that only the rest is
     * judged. Once in each process, until one is believed.
     */
    private void orderJoined() {
        List<ListCoverage> open = lists.coverage().stream()
                .filter(list -> recordLists.contains(list.recordList()))
                .filter(list -> list.joinedAt() != null && list.historyOpen())
                .toList();
        open.stream()
                .filter(list ->
                        list.swept() || list.joinedAt().plus(MAX_WAIT_FOR_SWEEP).isBefore(clock.instant()))
                .filter(list -> joined.add(list.recordList()))
                .forEach(list -> ordered.add(list.recordList()));
        allJoined = open.stream().map(ListCoverage::recordList).allMatch(joined::contains);
    }

    public void page(PresenceCheck check, List<String> externalIds, String next) {
        check.page(externalIds, next);
    }

    /** @param date the answer's Date header */
    public void read(PresenceCheck check, InputStream answer, String date) throws IOException {
        check.read(answer, date);
    }

    /**
     * All of the list was read, and Salesforce was asked about all of it.
     *
     * @return the deletions of what is missing; or the problem, when that is not to be believed
     * @throws IllegalStateException when it was not: who is not asked about is not missing
     */
    public synchronized Intake conclude(PresenceCheck check) {
        if (check.unfinished() || check.asking()) {
            throw new IllegalStateException("The check of record list " + check.recordList()
                    + " is not at its end (expected every page to be read and asked about): nothing is deleted");
        }
        int missing = check.missing().size();
        int found = check.checked() - missing;
        boolean canary = found > 0 && missing * 100L <= (long) maxMissingPercent * check.checked();
        if (missing > 0 && !canary) {
            String message = ("Of the %s Salesforce ids in record list %s, %s are not in Salesforce: more than"
                            + " reconcile.max-missing-percent = %s allows, so nothing was deleted. Are the org, the list and"
                            + " the user's permission (View All) right? If they are, raise the limit")
                    .formatted(check.checked(), check.recordList(), missing, maxMissingPercent);
            LOG.error(message);
            errors.put(check.recordList(), message);
            return new Intake(List.of(), List.of(new Problem("reconcile_refused", message)), null);
        }
        errors.remove(check.recordList());
        List<DeletionRequest> deletions = check.missing().stream()
                .map(id -> new DeletionRequest(
                        check.recordList(),
                        Identifier.external(externalProvider, id),
                        "reconcile:" + check.began(),
                        Origin.RECONCILE,
                        check.asOf(),
                        DeletionState.PENDING))
                .toList();
        return new Intake(deletions, List.of(), null).askedAfter(check.holes());
    }

    /** What was concluded is in the inbox. */
    public synchronized void finish(PresenceCheck check) {
        lists.presenceChecked(check.recordList());
        if (!errors.containsKey(check.recordList())) {
            lists.looked(check.recordList());
        }
        ended(check);
        failures = 0;
        LOG.info(
                "Checked record list {}: of {} Salesforce ids {} are not in Salesforce{}",
                check.recordList(),
                check.checked(),
                lastMissing,
                check.foreign() == 0
                        ? ""
                        : "; " + check.foreign() + " records have an id that is none of Salesforce's");
    }

    /** Run again later; not where that is of no use. */
    public synchronized void fail(PresenceCheck check, Exception e) {
        boolean again = !(e instanceof IllegalStateException);
        String words = words(e);
        errors.put(check.recordList(), words);
        if (again) {
            failures++;
            pause(backoff.after(failures));
            running = null;
            // The others need not wait until it can be checked.
            ordered.remove(check.recordList());
            ordered.add(check.recordList());
            LOG.warn("Record list {} could not be checked: {}; tried again", check.recordList(), words);
        } else {
            ended(check);
            String message =
                    "Record list " + check.recordList() + " could not be checked: " + words + "; nothing was deleted";
            LOG.error(message);
            intakes.accept(new Intake(List.of(), List.of(new Problem("reconcile_refused", message)), null));
        }
    }

    /** Ours are for people; of what the network or a library says, only the kind. */
    private static String words(Throwable e) {
        boolean ours = e.getClass().getName().startsWith("io.recordsync.")
                || e.getClass() == IOException.class
                || e.getClass() == IllegalStateException.class;
        return ours ? e.getMessage() : "not reached (" + e.getClass().getSimpleName() + ")";
    }

    private void ended(PresenceCheck check) {
        ordered.remove(check.recordList());
        running = null;
        last = check.recordList();
        lastChecked = check.checked();
        lastMissing = check.missing().size();
        lastAt = clock.instant();
        notBefore = System.nanoTime();
    }

    private void pause(Duration time) {
        notBefore = System.nanoTime() + time.toNanos();
    }

    @Override
    public synchronized PresenceReport get() {
        PresenceCheck now = running;
        return new PresenceReport(
                now == null ? last : now.recordList(),
                now != null,
                List.copyOf(ordered),
                now == null ? lastChecked : now.checked(),
                now == null ? lastMissing : null,
                lastAt,
                errors.isEmpty() ? null : String.join("; ", errors.values()));
    }
}
