package io.recordsync.ops.alerts;

import io.recordsync.deletion.StreamReport;
import io.recordsync.delivery.Backoff;
import io.recordsync.inbox.Alerts;
import io.recordsync.inbox.Alerts.Told;
import io.recordsync.inbox.InboxException;
import io.recordsync.ops.alerts.Posted.Fate;
import io.recordsync.ops.health.AlertsCheck;
import io.recordsync.ops.health.Health.Said;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What people are to be told: once for each change, by one process of several, and not again after a restart.
 *
 * <p>What was told is in the inbox; while that does not answer, the process that told last goes on from memory, since this is what
 * people are to be told then. A process that dies between a message and its note tells it once more. What came and went while the
 * webhook took nothing is not told. Thread-safe.
 */
public final class Alerting {

    private static final Logger LOG = LoggerFactory.getLogger(Alerting.class);

    /** A person decides about it: it does not pass by itself. */
    private static final Set<String> AT_ONCE = Set.of("guard");
    /** Until then a webhook that does not answer is tried again, and that is all. */
    private static final Duration MAX_SILENCE = Duration.ofMinutes(10);

    private static final Duration AFTER_REFUSAL = Duration.ofMinutes(1);

    private final boolean wanted;
    private final Supplier<List<Said>> checks;
    private final List<Waiting> waiting;
    private final Supplier<StreamReport> stream;
    private final Alerts alerts;
    private final Duration after;
    private final Backoff backoff;
    private final Clock clock;

    private final Map<String, Watched> watched = new LinkedHashMap<>();
    private final Map<String, Told> unsaved = new LinkedHashMap<>();
    private boolean mine;
    private boolean known;
    private int failures;
    private Instant failingSince;
    private Instant notBefore;
    private boolean refused;
    private volatile AlertsReport report = AlertsReport.NOTHING;
    private volatile String trouble;

    /**
     * @param wanted false: nobody is told anything
     * @param after how long a check must be as it is
     * @param backoff of a webhook that does not answer
     */
    public Alerting(
            boolean wanted,
            Supplier<List<Said>> checks,
            List<Waiting> waiting,
            Supplier<StreamReport> stream,
            Alerts alerts,
            Duration after,
            Backoff backoff,
            Clock clock) {
        this.wanted = wanted;
        this.checks = checks;
        this.waiting = List.copyOf(waiting);
        this.stream = stream;
        this.alerts = alerts;
        this.after = after;
        this.backoff = backoff;
        this.clock = clock;
    }

    /** @return what is to be told first; null where there is nothing */
    public Notice look() {
        if (!wanted) {
            return null;
        }
        List<Said> says = checks.get();
        synchronized (this) {
            says.forEach(this::see);
            waiting.forEach(this::see);
            takeTurn();
            return next();
        }
    }

    private void see(Said said) {
        // One that is about the webhook cannot go by it.
        if (said.up() != null && !said.check().equals(AlertsCheck.ID)) {
            watched(said.check(), AT_ONCE.contains(said.check()) ? Duration.ZERO : after)
                    .see(!said.up(), said.words(), 0, clock.instant());
        }
    }

    private void see(Waiting wait) {
        try {
            Waiting.Amount now = wait.now().get();
            boolean any = now.number() > 0;
            watched(wait.subject(), Duration.ZERO)
                    .see(any, any ? now.words() : wait.nothing(), now.number(), clock.instant());
        } catch (InboxException e) {
            // The check of the database says so.
        }
    }

    private Watched watched(String check, Duration itsAfter) {
        return watched.computeIfAbsent(check, its -> new Watched(its, itsAfter));
    }

    // ---- whose turn it is

    /** The process that subscribes sees most: one that stands by leaves it to others. */
    private void takeTurn() {
        boolean standsBy = stream.get().state() == StreamReport.State.STANDBY;
        try {
            if (standsBy) {
                leave();
                return;
            }
            boolean before = mine;
            mine = alerts.take();
            if (mine && (!before || !known)) {
                alerts.told().forEach(told -> watched(
                                told.subject(),
                                AT_ONCE.contains(told.subject()) || isWaiting(told.subject()) ? Duration.ZERO : after)
                        .know(told));
                known = true;
            }
            save();
        } catch (InboxException e) {
            LOG.debug("What people were told is not to be read: {}", e.getMessage());
        }
    }

    private boolean isWaiting(String subject) {
        return waiting.stream().anyMatch(each -> each.subject().equals(subject));
    }

    private void leave() {
        if (mine) {
            mine = false;
            known = false;
            save();
            alerts.leave();
        }
    }

    private void save() {
        for (Told told : List.copyOf(unsaved.values())) {
            alerts.tell(told);
            unsaved.remove(told.subject(), told);
        }
    }

    // ---- what is told

    private Notice next() {
        Instant now = clock.instant();
        if (!mine || !known || notBefore != null && now.isBefore(notBefore)) {
            return null;
        }
        return watched.values().stream()
                .map(each -> each.due(now))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /** What became of a message. @return what is to be told next; null where there is nothing */
    public synchronized Notice heed(Posted posted) {
        Instant now = clock.instant();
        Notice notice = posted.notice();
        if (posted.fate() == Fate.TAKEN) {
            remember(watched.get(notice.check()).tell(notice, now));
            succeeded(now);
        } else {
            failed(posted, now);
        }
        return next();
    }

    private void remember(Told told) {
        unsaved.put(told.subject(), told);
        try {
            save();
        } catch (InboxException e) {
            LOG.debug("What people were told is not kept yet: {}", e.getMessage());
        }
    }

    private void succeeded(Instant now) {
        if (failures > 0) {
            LOG.info("The webhook of alerts takes messages again");
        }
        failures = 0;
        failingSince = null;
        notBefore = null;
        refused = false;
        trouble = null;
        report = new AlertsReport(now, report.lastFailedAt(), null);
    }

    private void failed(Posted posted, Instant now) {
        boolean first = failures == 0 || refused != (posted.fate() == Fate.REFUSED);
        failures++;
        failingSince = failingSince == null ? now : failingSince;
        refused = posted.fate() == Fate.REFUSED;
        if (refused) {
            watched.get(posted.notice().check()).refuse(posted.notice());
            notBefore = now.plus(AFTER_REFUSAL);
        } else {
            Duration grown = backoff.after(failures);
            Duration wait = posted.askedFor()
                    .filter(asked -> asked.compareTo(grown) > 0)
                    .orElse(grown);
            notBefore = now.plus(wait);
        }
        report = new AlertsReport(report.lastToldAt(), now, posted.words());
        boolean lasts = refused || !now.isBefore(failingSince.plus(MAX_SILENCE));
        trouble = lasts ? posted.words() + "; nobody is told of what changes" : null;
        if (first) {
            LOG.warn(
                    "That {} was not told: {}{}",
                    posted.notice().title(),
                    posted.words(),
                    refused ? "" : "; it is tried again");
        }
    }

    /** Why nobody is told; empty while all is well. */
    public Optional<String> trouble() {
        return Optional.ofNullable(trouble);
    }

    public AlertsReport report() {
        return report;
    }
}
