package io.recordsync.ops.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.recordsync.deletion.DeletionRequest;
import io.recordsync.deletion.DeliveryMode;
import io.recordsync.inbox.Coverage;
import io.recordsync.inbox.Decisions;
import io.recordsync.inbox.Decisions.Act;
import io.recordsync.inbox.Intakes;
import io.recordsync.inbox.ListCoverage;
import io.recordsync.inbox.NotAsShownException;
import io.recordsync.inbox.Pauses;
import io.recordsync.inbox.Pauses.Pause;
import io.recordsync.inbox.RecordLists;
import io.recordsync.inbox.ServedLists;
import io.recordsync.inbox.Sights;
import io.recordsync.inbox.WrittenOrders;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a person may order. Each order is logged with the user once it has happened; its answer is what the API answers.
 *
 * <p>An order happens or throws: {@link Refusal} when the request is wrong, {@link io.recordsync.inbox.InboxException} when
 * the database fails and the order may be sent again.
 */
public final class Orders {

    private static final Logger LOG = LoggerFactory.getLogger(Orders.class);
    private static final Pattern DURATION = Pattern.compile("(\\d{1,6})([smhd])");
    private static final Duration MAX_OPEN = Duration.ofDays(7);
    /** Above it they are accepted in several acts. */
    private static final int MAX_IN_ONE_ACT = 20_000;

    private static final Set<String> AS_OF = Set.of("asOf");
    private static final Pattern ORG_ID = Pattern.compile("00D[A-Za-z0-9]{15}");

    private final Intakes intakes;
    private final Decisions decisions;
    private final SelectionOrders selections;
    private final WrittenOrders written;
    private final Pauses pauses;
    private final Coverage coverage;
    private final RecordLists known;
    private final Sights sights;
    private final ServedLists recordLists;
    private final RequestedDeletions requested;
    private final Clock clock;

    /** Until when the guard is open, and by whom. */
    public record Opened(@IsoTime Instant openUntil, String openedBy) {}

    /** The deletions that were accepted. */
    public record Ids(List<Long> ids) {}

    /** From where a sweep was ordered: {@code since}, or where that is null from {@code coveredUntil}. */
    public record SweepFrom(@IsoTime Instant since, @IsoTime Instant coveredUntil) {}

    /** What a person ordered is withdrawn; {@code owed} is what is due all the same, null when nothing is. */
    public record Withdrawn(boolean withdrawn, String owed) {}

    /** The record lists that are to be checked. */
    public record Lists(List<String> recordLists) {}

    /** The stretch that was confirmed; null when there was none. */
    public record Confirmed(StatusAnswer.Stretch confirmed) {}

    /** The entities of which fewer records are shown, and that is right; none where none was lost. */
    public record Entities(List<String> confirmed) {}

    /** The Salesforce org from now on. */
    public record Org(String orgId) {}

    /**
     * @param known the record lists that the inbox knows
     * @param recordLists that are served
     */
    public Orders(
            Intakes intakes,
            Decisions decisions,
            WrittenOrders written,
            Pauses pauses,
            Coverage coverage,
            RecordLists known,
            Sights sights,
            ServedLists recordLists,
            DeliveryMode mode,
            Clock clock) {
        this.intakes = intakes;
        this.decisions = decisions;
        this.written = written;
        this.selections = new SelectionOrders(decisions, written, mode);
        this.pauses = pauses;
        this.coverage = coverage;
        this.known = known;
        this.sights = sights;
        this.recordLists = recordLists;
        this.requested = new RequestedDeletions(recordLists);
        this.clock = clock;
    }

    /** Answers only when all of it is in the inbox. */
    public Ids delete(byte[] body, String user) {
        String eventKey = "api:" + UUID.randomUUID();
        List<DeletionRequest> deletions = requested.read(body, eventKey, clock.instant());
        if (deletions.size() <= MAX_IN_ONE_ACT) {
            written.answering(202, (List<Long> ids) -> OrderKeys.json(new Ids(ids)));
        }
        Intakes.Accepted accepted = intakes.order(deletions, user);
        LOG.info(
                "{} asked for {} deletions; accepted as {}",
                user,
                accepted.ids().size(),
                eventKey);
        return new Ids(accepted.ids());
    }

    public Object redrive(byte[] body, String user) {
        return selections.order(Act.REDRIVE, body, user);
    }

    /** What is parked is given up, or what was rehearsed where the order says so. */
    public Object discard(byte[] body, String user) {
        boolean rehearsed = "rehearsed".equals(RequestedSelection.state(body));
        return selections.order(rehearsed ? Act.DISCARD_REHEARSED : Act.DISCARD, body, user);
    }

    public Object approve(byte[] body, String user) {
        return selections.order(Act.APPROVE, body, user);
    }

    public Object reject(byte[] body, String user) {
        return selections.order(Act.REJECT, body, user);
    }

    /** What was rehearsed is to be deleted, but for the lists that are in a dry run. */
    public Object goLive(byte[] body, String user) {
        return selections.order(Act.GO_LIVE, body, user);
    }

    /** Takes the next step of an order over many deletions. @return whether there was one */
    public boolean workOff() {
        return selections.workOff();
    }

    /** A purge is going on: for so long the guard lets pass what comes. */
    public Opened openGuard(byte[] body, String user) {
        String text = RequestBody.text(RequestBody.readObject(body, Set.of("for")), "for");
        Duration length = text == null ? null : duration(text);
        if (length == null || length.compareTo(MAX_OPEN) > 0) {
            throw Refusal.of(
                    400,
                    "Expected {\"for\": \"1h\"}: a number with s, m, h or d, at most %s days; 0s shuts it again"
                            .formatted(MAX_OPEN.toDays()));
        }
        answered((Instant until) -> new Opened(until, user));
        Instant until = decisions.openGuard(length, user);
        LOG.warn(
                "{} opened the guard for {}, until {}: what comes until then is deleted, however many there are",
                user,
                text,
                until);
        return new Opened(until, user);
    }

    private static Duration duration(String text) {
        Matcher duration = DURATION.matcher(text);
        if (!duration.matches()) {
            return null;
        }
        long number = Long.parseLong(duration.group(1));
        return switch (duration.group(2)) {
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
    }

    private <T> void answered(Function<T, Object> answer) {
        written.answering(200, (T result) -> OrderKeys.json(answer.apply(result)));
    }

    /** What is no longer as it was shown is refused. */
    private static <T> T asShown(Supplier<T> order) {
        try {
            return order.get();
        } catch (NotAsShownException e) {
            throw Refusal.of(409, RequestedSelection.oneLine(e.getMessage()) + "; nothing was changed, look again");
        }
    }

    /** Before the delivery resumes: where the order says what was shown, that has to be so now. */
    public void resuming(byte[] body) {
        AsOf asOf = AsOf.of(RequestBody.readObjectOrNothing(body, AS_OF));
        if (asOf == null) {
            return;
        }
        Long shown = asOf.status().paused();
        Pause now = pauses.look().orElse(null);
        if (!Objects.equals(shown, now == null ? null : now.since().toEpochMilli())) {
            throw Refusal.of(
                    409,
                    (now == null
                                    ? "The delivery is not paused by now"
                                    : "The delivery was paused by %s at %s".formatted(now.user(), now.since()))
                            + "; nothing was changed, look again");
        }
    }

    public Org confirmOrg(byte[] body, String user) {
        JsonNode order = RequestBody.readObject(body, Set.of("orgId", "asOf"));
        String orgId = RequestBody.text(order, "orgId");
        AsOf asOf = AsOf.of(order);
        if (orgId == null || !ORG_ID.matcher(orgId).matches()) {
            throw Refusal.of(
                    400, "orgId is expected to be the 18 characters of a Salesforce org id, beginning with 00D");
        }
        String pinned = asOf == null ? null : asOf.status().org();
        answered(nothing -> new Org(orgId));
        asShown(() -> {
            decisions.confirmOrg(orgId, pinned);
            return orgId;
        });
        LOG.info("{} confirmed {} as the Salesforce org from now on; saved positions are dropped", user, orgId);
        return new Org(orgId);
    }

    /** There may be none that was lost: then nothing is changed. */
    public Entities confirmSight(byte[] body, String user) {
        AsOf asOf = AsOf.of(RequestBody.readObjectOrNothing(body, AS_OF));
        AsOf.Rest seen = asOf == null ? null : asOf.status();
        answered((List<String> entities) -> new Entities(entities));
        List<String> confirmed = asShown(() -> sights.accept(user, seen == null ? null : seen::shownOf));
        if (!confirmed.isEmpty()) {
            LOG.info("{} confirmed that what Salesforce shows of {} is all that there is", user, confirmed);
        }
        return new Entities(confirmed);
    }

    /** Without {@code since} it begins where everything is proven until. */
    public SweepFrom sweep(byte[] body, String user) {
        Instant since = since(RequestBody.readObject(body, Set.of("since")));
        Instant coveredUntil = coverage.state().coveredUntil();
        written.answering(202, ordered -> OrderKeys.json(new SweepFrom(since, coveredUntil)));
        coverage.order(user, since);
        LOG.info("{} ordered a sweep since {}", user, since == null ? coveredUntil : since);
        return new SweepFrom(since, coveredUntil);
    }

    /** What gaps, lost positions and lists that joined demand cannot be withdrawn. */
    public Withdrawn withdrawSweep(String user) {
        if (!coverage.withdraw()) {
            throw Refusal.of(
                    409,
                    "No sweep that a person ordered is due; what a gap, a lost position or a record list demands cannot be"
                            + " withdrawn");
        }
        LOG.info("{} withdrew the sweep that was ordered", user);
        return new Withdrawn(true, coverage.state().owed());
    }

    /** What waits after a failed call is tried now, whatever the answer had asked for. */
    public SelectionOrders.Count retryNow(String user) {
        known.tryAll();
        int count = decisions.retryNow();
        if (count > 0) {
            LOG.info("{} lets {} deletions be tried again at once", user, count);
        }
        return SelectionOrders.Count.of(count);
    }

    /** Without {@code recordList} each configured list is meant; others are refused. */
    public Lists reconcile(byte[] body, String user) {
        String recordList = RequestBody.text(RequestBody.readObject(body, Set.of("recordList")), "recordList");
        if (recordList != null && recordLists.find(recordList).isEmpty()) {
            throw Refusal.of(400, "recordList is expected to be one of the record lists that are served");
        }
        List<String> ordered = recordList == null ? recordLists.ids() : List.of(recordList);
        LOG.info("{} ordered the presence check of {}", user, named(ordered));
        return new Lists(ordered);
    }

    /** Lists that the delivery has stopped go on; the count is of those that were stopped. */
    public SelectionOrders.Count goOn(byte[] body, String user) {
        JsonNode order = RequestedLists.order(body);
        List<String> lists = RequestedLists.ids(order);
        AsOf asOf = AsOf.of(order);
        AsOf.Rest seen = asOf == null ? null : asOf.status();
        answered((Integer count) -> SelectionOrders.Count.of(count));
        int count = asShown(() -> known.goOn(lists, seen == null ? null : seen::showsStopped));
        LOG.info("{} let {} stopped record lists go on, of {}", user, count, named(lists));
        return SelectionOrders.Count.of(count);
    }

    /** A person declines the look at what lies before these lists joined; the count is of those where it was open. */
    public SelectionOrders.Count skipHistory(byte[] body, String user) {
        JsonNode order = RequestedLists.order(body);
        List<String> lists = RequestedLists.ids(order);
        AsOf asOf = AsOf.of(order);
        AsOf.Rest seen = asOf == null ? null : asOf.status();
        answered((Integer count) -> SelectionOrders.Count.of(count));
        int count = asShown(() -> known.skipHistory(lists, user, seen == null ? null : seen::showsOpen));
        LOG.info(
                "{} declined the look at what was deleted before record lists joined: {}, of {}",
                user,
                count,
                named(lists));
        return SelectionOrders.Count.of(count);
    }

    private String named(List<String> lists) {
        return RequestedSelection.oneLine(
                lists.stream().map(recordLists::named).toList().toString());
    }

    private Instant since(JsonNode order) {
        String text = RequestBody.text(order, "since");
        if (text == null) {
            return null;
        }
        try {
            Instant since = OffsetDateTime.parse(text).toInstant();
            if (since.isAfter(clock.instant())) {
                throw Refusal.of(400, "since is expected to be in the past");
            }
            if (since.isBefore(clock.instant().minus(ListCoverage.LOOK_BACK))) {
                throw Refusal.of(
                        400,
                        "since is expected to be at most %s days ago: Salesforce does not know what was deleted before; a presence check finds what is gone (POST /api/reconcile)"
                                .formatted(ListCoverage.LOOK_BACK.toDays()));
            }
            return since;
        } catch (DateTimeParseException e) {
            throw Refusal.of(400, "since is expected to be a time such as 2026-03-01T10:00:00Z");
        }
    }

    /** There may be none: then nothing is changed. */
    public Confirmed confirmUnproven(byte[] body, String user) {
        AsOf asOf = AsOf.of(RequestBody.readObjectOrNothing(body, AS_OF));
        answered((Optional<Coverage.Stretch> stretch) -> new Confirmed(StatusAnswer.Stretch.of(stretch.orElse(null))));
        Coverage.Stretch unproven = asOf == null
                ? coverage.acceptUnproven().orElse(null)
                : asShown(() -> coverage.acceptUnproven(asOf.status().stretch()));
        if (unproven != null) {
            LOG.info(
                    "{} confirmed that no deletion was missed from {} to {}, which no sweep could prove",
                    user,
                    unproven.from(),
                    unproven.until());
        }
        return new Confirmed(StatusAnswer.Stretch.of(unproven));
    }
}
