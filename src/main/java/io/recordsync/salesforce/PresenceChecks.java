package io.recordsync.salesforce;

import io.recordsync.deletion.DeletionRequest;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.Find;
import io.recordsync.deletion.HeldReason;
import io.recordsync.deletion.Identifier;
import io.recordsync.deletion.Intake;
import io.recordsync.deletion.ListedRecord;
import io.recordsync.deletion.Origin;
import io.recordsync.deletion.PresenceReport;
import io.recordsync.deletion.Problem;
import io.recordsync.deletion.Sign;
import io.recordsync.delivery.Backoff;
import io.recordsync.inbox.Intakes;
import io.recordsync.inbox.RecordLists;
import io.recordsync.inbox.ServedLists;
import io.recordsync.inbox.Signs;
import io.recordsync.salesforce.SalesforceAccess.RefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
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
 * <p>A check that comes to its end asks for the deletion of those of whose deletion there is a sign. What Salesforce just does not
 * show is held until a person decides, or, where the settings say so, deleted too, unless that is too much or nothing was found:
 * then the org, the list or the user's permission is wrong. A check that did not see all of the list, or judged little of it, says
 * so. One that fails is run again from its beginning, by this process or another; an order that has not begun is forgotten by a restart.
 * Thread-safe where one thread runs the checks. The lock is never held while the database is asked: what is shown of the checks waits for
 * no database that hangs.
 */
public final class PresenceChecks implements Supplier<PresenceReport> {

    private static final Logger LOG = LoggerFactory.getLogger(PresenceChecks.class);
    /** How often it is looked whether one is due. */
    private static final Duration LOOK = Duration.ofSeconds(1);
    /** A check that failed is made again after so many pauses of a sweep that failed: a scope that was granted takes minutes. */
    private static final int PAUSES = 10;

    private final Intakes intakes;
    private final RecordLists lists;
    private final Signs signs;
    private final SyncedRecords records;
    private final ServedLists recordLists;
    private final List<String> entities;
    private final String apiVersion;
    private final Optional<Duration> schedule;
    private final Beliefs beliefs;
    private final Duration retry;
    private final Backoff backoff;
    private final Clock clock;

    private final Set<String> ordered = new LinkedHashSet<>();
    private final FirstChecks firstChecks;

    private PresenceCheck running;
    private String last;
    private int lastMissing;
    private PresenceReport.Counts lastCounts = PresenceReport.Counts.NONE;
    private Instant lastAt;
    /** Why the check that has just come to its end is not believed; empty where it is. */
    private String doubt = "";

    private long lookAgainAt = System.nanoTime();
    private int failures;
    private long notBefore = System.nanoTime();

    /**
     * What a check may believe.
     *
     * @param notVisibleIsDeleted {@code reconcile.not-visible = delete}
     * @param maxMissingPercent the largest share of ids without a sign that is deleted then
     * @param minJudgedPercent the smallest share of a list's records that makes a check of it
     */
    public record Beliefs(boolean notVisibleIsDeleted, int maxMissingPercent, int minJudgedPercent) {}

    /** @param schedule how often; empty: only by order */
    public PresenceChecks(
            Intakes intakes,
            RecordLists lists,
            Signs signs,
            SyncedRecords records,
            ServedLists recordLists,
            List<String> entities,
            String apiVersion,
            Optional<Duration> schedule,
            Beliefs beliefs,
            Duration retry,
            Clock clock) {
        this.intakes = intakes;
        this.lists = lists;
        this.signs = signs;
        this.records = records;
        this.recordLists = recordLists;
        this.firstChecks = new FirstChecks(lists, recordLists, clock);
        this.entities = List.copyOf(entities);
        this.apiVersion = apiVersion;
        this.schedule = schedule;
        this.beliefs = beliefs;
        this.retry = retry;
        this.backoff = new Backoff(retry, retry.multipliedBy(60));
        this.clock = clock;
    }

    /** Each is checked as soon as those before it are. */
    public synchronized void order(Collection<String> lists) {
        ordered.addAll(lists);
        notBefore = System.nanoTime();
    }

    /** The check to be run now; null when none is. */
    public PresenceCheck begin() {
        if (isTooSoon()) {
            return null;
        }
        List<String> due = new ArrayList<>(firstChecks.due());
        due.addAll(failedBefore());
        String list = next(due);
        if (list == null && schedule.isPresent()) {
            list = next(lists.presenceUnchecked(firstChecks.readable(), schedule.get()));
        }
        if (list == null) {
            return null;
        }
        PresenceCheck check = new PresenceCheck(
                list,
                clock.instant(),
                records,
                entities,
                apiVersion,
                intakes.holes(),
                lists.underway(list),
                signs.awaited(list));
        synchronized (this) {
            running = check;
        }
        return check;
    }

    private synchronized boolean isTooSoon() {
        if (System.nanoTime() - notBefore < 0) {
            return true;
        }
        pause(LOOK);
        return false;
    }

    /** @return null when none waits */
    private synchronized String next(Collection<String> due) {
        ordered.addAll(due);
        return ordered.isEmpty() ? null : ordered.iterator().next();
    }

    /** By any process; whatever the reason was, it may be gone. */
    private List<String> failedBefore() {
        if (System.nanoTime() - lookAgainAt < 0) {
            return List.of();
        }
        lookAgainAt = System.nanoTime() + retry.toNanos();
        return lists.presenceAgain(firstChecks.readable(), again());
    }

    private Duration again() {
        return retry.multipliedBy(PAUSES);
    }

    /** How many records the list has, before a pass through it or after it; negative where nobody knows. */
    public void counted(PresenceCheck check, long records, boolean filled) {
        check.counted(records, filled);
    }

    public void page(PresenceCheck check, List<ListedRecord> listed, String next) {
        check.page(listed, next);
    }

    /** @param date the answer's Date header */
    public void read(PresenceCheck check, InputStream answer, String date) throws IOException {
        check.read(answer, date);
    }

    /** A window of the delete log. */
    public void readLog(PresenceCheck check, InputStream answer) throws IOException {
        check.readLog(answer);
    }

    public void logRefused(PresenceCheck check, RefusedException refused) throws IOException {
        check.logRefused(refused);
    }

    public void logTimedOut(PresenceCheck check) {
        check.logTimedOut();
    }

    /**
     * All of the list was read, and Salesforce was asked about all of it.
     *
     * @return the deletions of what is missing; and the problems, where that is not to be believed or was not all
     * @throws IllegalStateException when it was not: who is not asked about is not missing
     */
    public Intake conclude(PresenceCheck check) {
        if (check.unfinished() || check.asking()) {
            throw new IllegalStateException("The check of record list " + named(check)
                    + " is not at its end (expected every page to be read and asked about): nothing is deleted");
        }
        Map<String, Found> signed = signed(check);
        int unsigned = check.missing().size() - signed.size();
        check.notVisible(unsigned);
        List<Problem> problems = new ArrayList<>();
        boolean refused = beliefs.notVisibleIsDeleted() && tooMany(check, unsigned);
        if (refused) {
            String message =
                    ("Of the %s Salesforce ids in record list %s, %s are not in Salesforce, without a sign of their"
                                    + " deletion: more than reconcile.max-missing-percent = %s allows, so none of these was deleted. Are"
                                    + " the org, the list and the user's permission (View All) right? If they are, raise the limit")
                            .formatted(check.list().judged(), named(check), unsigned, beliefs.maxMissingPercent());
            LOG.error(message);
            problems.add(new Problem("reconcile_refused", message));
        }
        incomplete(named(check), check.list()).forEach(message -> {
            LOG.warn(message);
            problems.add(new Problem("reconcile_incomplete", message));
        });
        doubt = String.join("; ", problems.stream().map(Problem::message).toList());
        signs.noLongerAwaited(check.recordList(), check.awaitedLiving(), signed.keySet(), check.awaitedGone());
        List<DeletionRequest> deletions = new ArrayList<>();
        check.missing().forEach((id, forms) -> {
            Found found = signed.getOrDefault(id, Found.NOWHERE);
            if (found.sign() != Sign.NONE || !refused) {
                deletions.addAll(deletions(check, id, forms, found));
            }
        });
        return new Intake(deletions, problems, null).askedAfter(check.holes());
    }

    /** @param at null where the sign does not say */
    private record Found(Sign sign, Instant at) {

        static final Found NOWHERE = new Found(Sign.NONE, null);
    }

    /** Those of the missing of whose deletion there is a sign. */
    private Map<String, Found> signed(PresenceCheck check) {
        Map<String, Found> signed = new LinkedHashMap<>();
        check.binned().forEach((id, at) -> signed.put(id, new Found(Sign.IS_DELETED, at)));
        Map<String, Instant> logged = new LinkedHashMap<>(check.logged());
        logged.keySet().removeAll(signed.keySet());
        signs.restoredSince(records.provider(), logged).forEach(logged::remove);
        logged.forEach((id, at) -> signed.put(id, new Found(Sign.DELETE_LOG, at)));
        List<String> rest = check.missing().keySet().stream()
                .filter(id -> !signed.containsKey(id))
                .toList();
        signs.deletedAt(records.provider(), rest).forEach((id, at) -> signed.put(id, new Found(Sign.INBOX, at)));
        return signed;
    }

    private boolean tooMany(PresenceCheck check, int unsigned) {
        int judged = check.list().judged();
        boolean canary =
                check.missing().size() < judged && unsigned * 100L <= (long) beliefs.maxMissingPercent() * judged;
        return unsigned > 0 && !canary;
    }

    /** What the check did not look at, in words; empty when it looked at enough. */
    private List<String> incomplete(String named, ListReading list) {
        List<String> words = new ArrayList<>();
        if (!Boolean.TRUE.equals(list.whole())) {
            words.add(list.whyNotWhole(named));
        }
        if (list.judged() * 100L < (long) beliefs.minJudgedPercent() * list.seen()) {
            words.add(
                    ("Of the %s records of list %s only %s were judged (%s have another external_provider, %s an external id"
                                    + " that is none of the entities'; reconcile.min-judged-percent = %s): %s")
                            .formatted(
                                    list.seen(),
                                    named,
                                    list.judged(),
                                    list.otherProvider(),
                                    list.foreign(),
                                    beliefs.minJudgedPercent(),
                                    list.whyFewAreJudged()));
        }
        return words;
    }

    /** One for each form of the id that the list holds: Talkdesk finds a record by its external id as it holds it. */
    private List<DeletionRequest> deletions(PresenceCheck check, String id, Set<String> forms, Found found) {
        boolean held = found.sign() == Sign.NONE && !beliefs.notVisibleIsDeleted();
        List<DeletionRequest> deletions = new ArrayList<>();
        for (String form : forms) {
            boolean plain = form.equals(id);
            deletions.add(records.mergeAsked(new DeletionRequest(
                            check.recordList(),
                            Identifier.external(records.provider(), id),
                            "reconcile:" + check.began() + (plain ? "" : "/" + (deletions.size() + 1)),
                            Origin.RECONCILE,
                            check.asOf(),
                            held ? DeletionState.HELD : DeletionState.PENDING,
                            "")
                    .foundWith(new Find(
                            found.sign(), found.at(), plain ? "" : form, held ? HeldReason.NOT_VISIBLE : null))));
        }
        return deletions;
    }

    /** What was concluded is in the inbox. */
    public void finish(PresenceCheck check) {
        lists.presenceChecked(check.recordList());
        if (doubt.isEmpty()) {
            lists.looked(check.recordList());
        } else {
            lists.presenceFailed(check.recordList(), doubt, null);
        }
        ended(check);
        failures = 0;
        LOG.info(
                "Checked record list {}: of {} records {} were judged, {} are not in Salesforce, {} of them without a sign of"
                        + " their deletion{}; {} have an id that is none of the entities', {} another provider",
                named(check),
                lastCounts.seen(),
                lastCounts.judged(),
                lastMissing,
                lastCounts.notVisible(),
                beliefs.notVisibleIsDeleted() ? "" : " (held until a person decides)",
                lastCounts.foreign(),
                lastCounts.otherProvider());
    }

    /** Run again later; where that is of no use before a person has done something, much later. */
    public void fail(PresenceCheck check, Exception e) {
        boolean again = !(e instanceof IllegalStateException);
        String words = words(e);
        if (again) {
            failures++;
            postponed(check);
            LOG.warn("Record list {} could not be checked: {}; tried again", named(check), words);
        } else {
            ended(check);
        }
        boolean news = lists.presenceFailed(check.recordList(), words, again());
        if (!again && news) {
            String message =
                    "Record list " + named(check) + " could not be checked: " + words + "; nothing was deleted";
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

    private String named(PresenceCheck check) {
        return recordLists.named(check.recordList());
    }

    private synchronized void postponed(PresenceCheck check) {
        pause(backoff.after(failures));
        running = null;
        // The others need not wait until it can be checked.
        ordered.remove(check.recordList());
        ordered.add(check.recordList());
    }

    private synchronized void ended(PresenceCheck check) {
        ordered.remove(check.recordList());
        running = null;
        last = check.recordList();
        lastCounts = check.counts();
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
                now == null ? lastCounts.judged() : now.counts().judged(),
                now == null ? lastMissing : null,
                now == null ? lastCounts : now.counts(),
                lastAt);
    }
}
