package io.recordsync.inbox;

import io.recordsync.deletion.Batch;
import io.recordsync.deletion.ClaimedDeletion;
import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.DeletionRequest;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.Failure;
import io.recordsync.deletion.Identifier;
import io.recordsync.deletion.IdentifierKind;
import io.recordsync.deletion.Intake;
import io.recordsync.deletion.Origin;
import io.recordsync.deletion.Problem;
import io.recordsync.deletion.StreamPosition;
import io.recordsync.inbox.Guard.Arrival;
import io.recordsync.inbox.Guard.Contact;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The inbox on JDBC. Each act stands beside its SQL; {@link Dialect} says what the words in braces are.
 *
 * <p>No act costs more because many deletions are pending or settled: each finds its rows by an index. All times are the
 * database's, so that the clocks of several processes need not agree.
 */
public final class JdbcInbox implements Inbox {

    private static final Logger LOG = LoggerFactory.getLogger(JdbcInbox.class);

    /** Rows in one transaction of an intake. Longer ones would keep the claims waiting. */
    static final int CHUNK = 20_000;
    /** Rows of an intake up to which SQLite keeps in memory what it changes: nearly every response of the stream. */
    private static final int MOST_IN_MEMORY = 5_000;
    /** Rows that are forgotten in one transaction. */
    static final int FORGET_STEP = 1_000;

    private final Store store;
    private final InboxSettings settings;
    private final PhoneSeal seal;
    private final Guard guard;
    private final Tally tally;
    /** Lists that certainly have their row in record_list; rows of it are never deleted. */
    private final Set<String> knownLists = ConcurrentHashMap.newKeySet();

    private final Object heart = new Object();
    private volatile String session;
    /** When the session was last seen, by {@link System#nanoTime()}, which goes on while the process is frozen. */
    private volatile long seenAt;
    /** The lane that came last in the last claim: the next one starts behind it. Guarded by this. */
    private String lastLane = "";
    /** How far {@link #forget} has come; 0 = it begins anew. */
    private volatile long forgottenUpTo;
    /** The lists that may be claimed of; null = all. */
    private volatile Set<String> served;
    /** Rows of claims whose commit was not answered: perhaps ours, and in nobody's hands. */
    private volatile List<Long> unanswered = List.of();
    /** False only where nobody but this process can have tripped the guard, and it never has. */
    private volatile boolean perhapsTripped;

    /** Opens a session, and frees the claims of those that are over. */
    public JdbcInbox(Store store, InboxSettings settings) {
        this(store, settings, Tally.NONE);
    }

    /** Likewise; the tally is told of every row that is accepted, settled or parked. */
    public JdbcInbox(Store store, InboxSettings settings, Tally tally) {
        this.store = store;
        this.settings = settings;
        this.tally = tally;
        this.seal = new PhoneSeal(settings.phoneKey());
        this.guard = new Guard(settings.guardMost(), settings.guardWindow());
        this.session = newSession();
        heartbeat();
        perhapsTripped = store.write("start the guard", transaction -> {
            guard.start(transaction);
            return guard.trippedEver(transaction);
        });
    }

    // ---- lists

    private static final String REGISTER =
            """
            insert into record_list (id)
            select value ->> 0 from {rows ?} where true
            on conflict do nothing""";

    @Override
    public void register(Collection<String> recordLists) {
        if (!knownLists.containsAll(recordLists)) {
            store.write("register", transaction -> register(transaction, new HashSet<>(recordLists)));
            knownLists.addAll(recordLists);
        }
    }

    private int register(Transaction transaction, Set<String> recordLists) throws SQLException {
        JsonRows rows = new JsonRows();
        // Sorted, here and below: two transactions that insert the same keys in opposite order would deadlock.
        recordLists.stream().sorted().forEach(rows::add);
        return transaction.change(REGISTER, rows.toString());
    }

    private static final String PARK_REMOVED =
            """
            update deletion set state = 'parked', failure_code = 'list_removed',
                   message = 'Its record list is not in talkdesk.record-lists any more (discard it; or add the list, and redrive)'
            where state = 'pending' and record_list = ?""";

    @Override
    public void serveOnly(Collection<String> recordLists) {
        served = Set.copyOf(recordLists);
        for (String removed : store.read(
                "look for lists",
                transaction -> transaction.list("select id from record_list", row -> row.getString("id")))) {
            if (!served.contains(removed)) {
                int parked = store.write("park what is not served", transaction -> {
                    transaction.takeTime();
                    return transaction.change(PARK_REMOVED, removed);
                });
                if (parked > 0) {
                    tally.parked(parked);
                    LOG.error(
                            "{} deletions wait for record list {}, which is not in talkdesk.record-lists any more: parked,"
                                    + " discard them, or add the list and redrive them",
                            parked,
                            removed);
                }
            }
        }
    }

    // ---- subscribe and accept

    /**
     * A live session of somebody else that was heard of as the subscriber lately stands in the way; a dead or a silent one,
     * or this one, does not.
     */
    private static final String SUBSCRIBE =
            """
            insert into stream_position (channel, epoch, session, first_start, seen_at)
            select ?, 1, id, {now}, {now} from session where id = ? and seen_at > {now} - ?
            on conflict (channel) do update set epoch = stream_position.epoch + 1, session = excluded.session,
                   seen_at = excluded.seen_at
            where stream_position.session = excluded.session
               or stream_position.seen_at <= {now} - ?
               or not exists (
                 select 1 from session where id = stream_position.session and seen_at > {now} - ?)
            returning epoch, replay_id, first_start, {now} - coalesce(saved_at, {now}) as silence""";

    @Override
    public Optional<Subscription> subscribe(String channel) {
        long ttl = settings.sessionTtl().toMillis();
        return store.write(
                "subscribe",
                transaction -> transaction.first(
                        SUBSCRIBE,
                        row -> new Subscription(
                                new StreamPosition(channel, row.getBytes("replay_id"), row.getLong("epoch")),
                                Instant.ofEpochMilli(row.getLong("first_start")),
                                Duration.ofMillis(Math.max(0, row.getLong("silence")))),
                        channel,
                        session,
                        ttl,
                        ttl,
                        ttl));
    }

    /** Tells whether there is anything that an event might adopt: there hardly ever is, and looking costs a statement. */
    private static final String ADOPTABLE =
            """

            returning (
              select count(*) from (
                select 1 from deletion where origin = 'sweep' and state in ('pending', 'held') limit 1) one) as adoptable""";

    private static final String SAVE_POSITION =
            "update stream_position set replay_id = ?, saved_at = {now}, seen_at = {now} where channel = ? and epoch = ?"
                    + ADOPTABLE;

    /** Takes the row's lock, as saving does: until the commit no other session can take over. */
    private static final String CHECK_EPOCH =
            "update stream_position set seen_at = {now} where channel = ? and epoch = ?" + ADOPTABLE;

    private static final String INSERT_DELETIONS =
            """
            insert into deletion (record_list, kind, provider, identifier, event_key, origin, committed_at, state, hmac, note,
                                  accepted_at, due_at, pending_since)
            select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5,
                   cast(value ->> 6 as bigint), %s, value ->> 8, value ->> 9,
                   {now}, {now} + cast(value ->> 10 as bigint), {now} + cast(value ->> 10 as bigint)
            from {rows ?} where\s""";

    /** Of what Salesforce was asked for, and may have changed since. */
    private static final Set<Origin> FOUND = Set.of(Origin.SWEEP, Origin.RECONCILE);

    private static final String ONCE = " on conflict do nothing returning id";

    private static final String INSERT_TOLD = INSERT_DELETIONS.formatted("value ->> 7") + "true" + ONCE;

    private static final String LATER_RESTORATION =
            """
            exists (
              select 1 from restoration
              where restoration.identifier = value ->> 3 and restoration.provider = value ->> 2
                and restoration.committed_at > cast(value ->> 6 as bigint)""";

    /**
     * What was found by asking, not told: not where a row of the same record or a later restoration knows better. A sweep's
     * find is as old as its change; the presence check says what is so now, unless it is being done or a person said no.
     * Where a gap event alone tells of the restoration it waits for Salesforce's answer: skipped, it would be lost if that
     * is no. Within a {@code case} PostgreSQL looks each contact up; as a join it would walk through the whole past where its
     * statistics are older than that.
     */
    private static final String INSERT_FOUND = INSERT_DELETIONS.formatted(
                    "case when " + LATER_RESTORATION + " and state = 'checking') then 'checking' else value ->> 7 end")
            + """
            case when exists (
              select 1 from deletion known
              where known.identifier = value ->> 3 and known.record_list || '' = value ->> 0
                and known.kind = value ->> 1 and known.provider = value ->> 2
                and case value ->> 5
                      when 'sweep' then known.committed_at >= cast(value ->> 6 as bigint)
                      else case known.state
                        when 'deleted' then known.settled_at >= cast(value ->> 6 as bigint)
                        when 'cancelled' then known.settled_by <> ''
                        else true end
                    end) then false else true end
            and case when\s"""
            + LATER_RESTORATION
            + " and state = 'confirmed') then false else true end"
            + ONCE;

    /**
     * A sweep was faster than the event: its row becomes the event's, so that a replay of the event meets it. Two statements,
     * because a planner without statistics would walk through all that sweeps found, and look at each event from there; an
     * expression keeps it from that, and added to, the id is not looked for along the primary key, through the whole past.
     */
    private static final String FIND_ADOPTED =
            """
            select event.value ->> 4 as event_key, event.value ->> 6 as committed_at, (
                select max(swept.id + 0) from deletion swept
                where swept.origin = 'sweep' and swept.state in ('pending', 'held')
                  and swept.identifier = event.value ->> 3 and swept.record_list = event.value ->> 0
                  and swept.kind = event.value ->> 1 and swept.provider = event.value ->> 2
                  and swept.committed_at <= cast(event.value ->> 6 as bigint)) as id
            from {rows ?} event
            where case when exists (
              select 1 from deletion known
              where known.identifier = event.value ->> 3 and known.record_list || '' = event.value ->> 0
                and known.kind = event.value ->> 1 and known.provider = event.value ->> 2
                and known.event_key = event.value ->> 4) then false else true end""";

    private static final String ADOPT =
            """
            update deletion set origin = 'stream',
                   event_key = (
                     select event.value ->> 1 from {rows ?} event where cast(event.value ->> 0 as bigint) = deletion.id),
                   committed_at = (
                     select cast(event.value ->> 2 as bigint) from {rows ?} event
                     where cast(event.value ->> 0 as bigint) = deletion.id)
            where id {in ?} and origin || '' = 'sweep' and state in ('pending', 'held')""";

    /** An event that adopts a row. */
    private record Adoption(long id, String eventKey, String committedAt) {}

    private static void adopt(Transaction transaction, String events) throws SQLException {
        Map<Long, Adoption> byId = new TreeMap<>();
        transaction
                .list(
                        FIND_ADOPTED,
                        row -> new Adoption(
                                row.getLong("id"), row.getString("event_key"), row.getString("committed_at")),
                        events)
                .stream()
                .filter(adoption -> adoption.id() > 0) // none is null, and that is 0
                .forEach(adoption -> byId.put(adoption.id(), adoption));
        if (byId.isEmpty()) {
            return;
        }
        JsonRows adopted = new JsonRows();
        byId.values().forEach(each -> adopted.add(each.id(), each.eventKey(), each.committedAt()));
        transaction.change(ADOPT, adopted.toString(), adopted.toString(), List.copyOf(byId.keySet()));
    }

    private static final String INSERT_PROBLEMS =
            """
            insert into problem (kind, message, at)
            select value ->> 0, value ->> 1, {now} from {rows ?} where true
            on conflict (kind, message) do update set at = excluded.at""";

    /**
     * For the reason in {@link #register(Transaction, Set)}. What has one event key is brought in the same order by everyone
     * who brings it, and stays in that order: the items of a call are those of the request that asked for them.
     */
    private static final Comparator<DeletionRequest> KEY_ORDER = Comparator.comparing(DeletionRequest::eventKey);

    @Override
    public Accepted accept(Intake intake) {
        List<DeletionRequest> requests =
                intake.deletions().stream().sorted(KEY_ORDER).toList();
        List<Long> ids = new ArrayList<>();
        int from = 0;
        while (requests.size() - from > CHUNK) {
            Intake chunk = new Intake(requests.subList(from, from + CHUNK), List.of(), intake.position());
            ids.addAll(accept(chunk, false));
            from += CHUNK;
        }
        Intake rest = new Intake(
                requests.subList(from, requests.size()),
                intake.restorations(),
                intake.problems(),
                intake.sweep(),
                intake.position());
        ids.addAll(accept(rest, true));
        return new Accepted(List.copyOf(ids), requests.size() - ids.size());
    }

    /** In one transaction; the position is saved with the last only. */
    private List<Long> accept(Intake intake, boolean last) {
        if (intake.equals(new Intake(List.of(), List.of(), null))) {
            return List.of();
        }
        Set<String> newLists =
                intake.deletions().stream().map(DeletionRequest::recordList).collect(Collectors.toSet());
        newLists.removeAll(knownLists);
        List<Long> ids = guarded("accept", transaction -> {
            if (intake.deletions().size() > MOST_IN_MEMORY) {
                transaction.takeRoom();
            }
            boolean adoptable = intake.position() == null || holdSubscription(transaction, intake.position(), last);
            // A contact that was found and one that is restored may be the same: the second has to see the first.
            if (!intake.restorations().isEmpty()
                    || intake.deletions().stream().anyMatch(request -> FOUND.contains(request.origin()))) {
                JdbcCoverage.lock(transaction);
            }
            if (!newLists.isEmpty()) {
                register(transaction, newLists);
            }
            if (!intake.problems().isEmpty()) {
                transaction.change(INSERT_PROBLEMS, rowsOf(intake.problems()));
            }
            if (intake.sweep() != null) {
                JdbcCoverage.demand(transaction, intake.sweep());
            }
            if (!intake.restorations().isEmpty()) {
                // They change what is held, as a decision does: in the same order.
                guard.lock(transaction);
            }
            Guard.Look look = guard.enter(transaction, contacts(intake.deletions()));
            List<Long> inserted = insert(transaction, intake.deletions(), adoptable, look.tripped());
            int held =
                    guard.count(transaction, look, arrivals(transaction, inserted, intake.deletions(), look.tripped()));
            // After the deletions: an UNDELETE of the same response cancels those that were committed before it.
            if (!intake.restorations().isEmpty()) {
                Restorations.apply(transaction, intake.restorations());
            }
            return new Guarded<>(inserted, held);
        });
        knownLists.addAll(newLists);
        if (!ids.isEmpty()) {
            // What comes in together was asked for by one: the stream, a sweep, a check or a person.
            tally.accepted(intake.deletions().get(0).origin(), ids.size());
        }
        return ids;
    }

    /** How many contacts at most are about to count. */
    private static long contacts(List<DeletionRequest> requests) {
        return requests.stream()
                .filter(request -> request.state() == DeletionState.PENDING)
                .map(DeletionRequest::identifier)
                .distinct()
                .count();
    }

    /** @return whether there may be rows for events to adopt */
    private static boolean holdSubscription(Transaction transaction, StreamPosition position, boolean last)
            throws SQLException {
        Transaction.Row<Boolean> adoptable = row -> row.getInt("adoptable") > 0;
        Optional<Boolean> held = last && position.replayId() != null
                ? transaction.first(SAVE_POSITION, adoptable, position.replayId(), position.channel(), position.epoch())
                : transaction.first(CHECK_EPOCH, adoptable, position.channel(), position.epoch());
        return held.orElseThrow(() -> subscriptionLost(position));
    }

    private static SubscriptionLostException subscriptionLost(StreamPosition position) {
        return new SubscriptionLostException(
                "Another session subscribes to %s now (this one holds epoch %d, which is over); nothing was written, what was read is left to it"
                        .formatted(position.channel(), position.epoch()));
    }

    /**
     * @param held whether what would be pending is held
     * @return the ids of those that were not known
     */
    private List<Long> insert(Transaction transaction, List<DeletionRequest> requests, boolean adoptable, boolean held)
            throws SQLException {
        JsonRows told = new JsonRows();
        JsonRows streamed = new JsonRows();
        JsonRows adopting = new JsonRows();
        JsonRows found = new JsonRows();
        for (DeletionRequest request : requests) {
            switch (request.origin()) {
                case STREAM -> {
                    add(streamed, request, held);
                    // A gap event's word is worth less than what the sweep saw: it adopts nothing.
                    if (request.state() == DeletionState.PENDING) {
                        add(adopting, request, held);
                    }
                }
                case API -> add(told, request, held);
                case SWEEP, RECONCILE -> add(found, request, held);
            }
        }
        List<Long> ids = new ArrayList<>();
        if (!streamed.isEmpty()) {
            if (adoptable && !adopting.isEmpty()) {
                adopt(transaction, adopting.toString());
            }
            ids.addAll(transaction.list(INSERT_TOLD, JdbcInbox::id, streamed.toString()));
        }
        if (!told.isEmpty()) {
            ids.addAll(transaction.list(INSERT_TOLD, JdbcInbox::id, told.toString()));
        }
        if (!found.isEmpty()) {
            ids.addAll(transaction.list(INSERT_FOUND, JdbcInbox::id, found.toString()));
        }
        return ids;
    }

    private static final String ARRIVALS = "select " + Arrival.COLUMNS + " from deletion where id {in ?}";

    /** Where nothing was known before, what was asked for is what was written, and need not be read back. */
    private List<Arrival> arrivals(
            Transaction transaction, List<Long> ids, List<DeletionRequest> requests, boolean held) throws SQLException {
        boolean all = ids.size() == requests.size();
        if (!all || requests.stream().anyMatch(request -> FOUND.contains(request.origin()))) {
            return ids.isEmpty() ? List.of() : transaction.list(ARRIVALS, Arrival::of, ids);
        }
        return requests.stream()
                .map(request -> new Arrival(state(request, held), contact(request.identifier())))
                .toList();
    }

    private Contact contact(Identifier identifier) {
        String sealed = seal(identifier);
        return new Contact(
                sealed == null ? identifier.value() : sealed, identifier.provider(), word(identifier.kind()));
    }

    private static DeletionState state(DeletionRequest request, boolean held) {
        return held && request.state() == DeletionState.PENDING ? DeletionState.HELD : request.state();
    }

    /** Of a phone number; null of any other. */
    private String seal(Identifier identifier) {
        return identifier.kind() == IdentifierKind.PHONE ? seal.of(identifier.value()) : null;
    }

    private void add(JsonRows rows, DeletionRequest request, boolean held) {
        Identifier identifier = request.identifier();
        // What a person asked for stands whatever comes meanwhile.
        Duration wait = request.origin() == Origin.API ? Duration.ZERO : settings.holdWindow();
        rows.add(
                request.recordList(),
                word(identifier.kind()),
                identifier.provider(),
                identifier.value(),
                request.eventKey(),
                word(request.origin()),
                request.committedAt().toEpochMilli(),
                word(state(request, held)),
                seal(identifier),
                request.note(),
                wait.toMillis());
    }

    private static String rowsOf(List<Problem> problems) {
        JsonRows rows = new JsonRows();
        problems.stream()
                .map(problem -> new Problem(problem.kind(), JsonRows.shortened(problem.message())))
                .distinct() // a statement may update a row once
                .sorted(Comparator.comparing(Problem::kind).thenComparing(Problem::message))
                .forEach(problem -> rows.add(problem.kind(), problem.message()));
        return rows.toString();
    }

    private static final String PIN_ORG = "insert into pinned_org (one, org_id) values (1, ?) on conflict do nothing";
    private static final String PINNED_ORG = "select org_id from pinned_org";

    @Override
    public String pinOrg(String orgId) {
        return store.write("pin org", transaction -> {
            transaction.change(PIN_ORG, orgId);
            return transaction.first(PINNED_ORG, row -> row.getString("org_id")).orElseThrow();
        });
    }

    private static final String MOVE_PIN =
            """
            insert into pinned_org (one, org_id) values (1, ?)
            on conflict (one) do update set org_id = excluded.org_id where pinned_org.org_id <> excluded.org_id""";

    /** The epoch goes on: to start it anew would let an old subscriber of the other org meet its own number again. */
    private static final String FORGET_POSITIONS =
            "update stream_position set replay_id = null, saved_at = null, first_start = {now}, epoch = epoch + 1";

    @Override
    public void confirmOrg(String orgId) {
        store.write("confirm org", transaction -> {
            transaction.takeRoom();
            if (transaction.change(MOVE_PIN, orgId) > 0) {
                transaction.change(FORGET_POSITIONS);
                JdbcCoverage.forget(transaction);
                Restorations.orgMoved(transaction);
            }
            return null;
        });
    }

    private static final String KEEP_SUBSCRIPTION =
            "update stream_position set seen_at = {now} where channel = ? and epoch = ?";

    @Override
    public void keepSubscription(StreamPosition position) {
        int kept = store.write(
                "keep the subscription",
                transaction -> transaction.change(KEEP_SUBSCRIPTION, position.channel(), position.epoch()));
        if (kept == 0) {
            throw subscriptionLost(position);
        }
    }

    // ---- the guard

    /** What an act brought, and how many deletions the guard holds because of it; -1 = it was not tripped by it. */
    private record Guarded<T>(T result, int held) {}

    private <T> T guarded(String act, Store.Work<Guarded<T>> work) {
        Guarded<T> done;
        try {
            done = store.write(act, work);
        } catch (InboxException e) {
            // Perhaps committed all the same.
            perhapsTripped = true;
            throw e;
        }
        if (done.held() >= 0) {
            perhapsTripped = true;
            LOG.error(
                    "The guard is tripped: more than guard.max-deletions = {} contacts were deleted within guard.window ="
                            + " {} s; {} deletions are held, and all that come, until a person approves or rejects them (on"
                            + " the page, or POST /api/guard/approve, /api/guard/reject)",
                    settings.guardMost(),
                    settings.guardWindow().toSeconds(),
                    done.held());
        }
        return done.result();
    }

    @Override
    public boolean stopped(Batch batch) {
        if (!perhapsTripped && !store.isShared()) {
            return false;
        }
        return store.read(
                "ask the guard",
                transaction -> guard.trippedEver(transaction) && guard.stops(transaction, batch.ids()));
    }

    // ---- gap events

    @Override
    public List<GapCheck> gapChecks(int limit) {
        return store.read("look for gap events", transaction -> Restorations.checks(transaction, limit));
    }

    @Override
    public int living(List<GapCheck> checks) {
        return store.write("keep the living", transaction -> Restorations.living(transaction, checks));
    }

    @Override
    public int gone(List<GapCheck> checks) {
        long contacts =
                checks.stream().filter(check -> !check.deletions().isEmpty()).count();
        return guarded("believe gap events", transaction -> {
            Guard.Look look = guard.enter(transaction, contacts);
            List<Arrival> believed = Restorations.gone(transaction, checks, look.tripped());
            return new Guarded<>(believed.size(), guard.count(transaction, look, believed));
        });
    }

    // ---- claim

    /** Every lane with something pending, and from when it may be claimed: one probe of the index for each lane. */
    private static final String LANES =
            """
            select list.id as record_list, kinds.kind, list.suspended_until, {now} as now,
                   (select due_at from deletion
                    where state = 'pending' and record_list = list.id and kind = kinds.kind
                    order by due_at, id limit 1) as due_at
            from record_list list
            cross join (select 'external' as kind union all select 'record' union all select 'phone') kinds""";

    /** A lane with something pending, and in how many milliseconds it may be claimed. */
    private record Lane(String recordList, String kind, long millisToWait) {
        String name() {
            return recordList + '/' + kind;
        }
    }

    private List<Lane> lanes(Transaction transaction) throws SQLException {
        Set<String> only = served;
        return transaction
                .list(LANES, row -> {
                    long from = Math.max(row.getLong("suspended_until"), row.getLong("due_at"));
                    boolean empty = row.getObject("due_at") == null;
                    return new Lane(
                            row.getString("record_list"),
                            row.getString("kind"),
                            empty ? Long.MAX_VALUE : from - row.getLong("now"));
                })
                .stream()
                .filter(lane -> lane.millisToWait() != Long.MAX_VALUE)
                .filter(lane -> only == null || only.contains(lane.recordList()))
                .toList();
    }

    @Override
    public Optional<Duration> nextDue() {
        if (!unanswered.isEmpty()) {
            return Optional.of(Duration.ZERO);
        }
        return store.read("look for what is due", transaction -> lanes(transaction)).stream()
                .map(lane -> Duration.ofMillis(Math.max(0, lane.millisToWait())))
                .min(Comparator.naturalOrder());
    }

    /** Needs a live session: one that was silent for too long may have been taken for dead already. */
    private static final String CLAIM =
            """
            update deletion set state = 'claimed', session = ?
            where id {due}
              and exists (select 1 from session where id = ? and seen_at > {now} - ?)
            returning id, record_list || '/' || kind as lane, provider, identifier, attempts, unconfirmed, due_at""";

    /** A row as it was claimed; {@code dueAt} is only for the order. */
    private record Claim(String lane, ClaimedDeletion deletion, long dueAt) {
        static final Comparator<Claim> OLDEST_FIRST = Comparator.comparingLong(Claim::dueAt)
                .thenComparing(claim -> claim.deletion().id());
    }

    @Override
    public synchronized List<Batch> claim(int batches, int size) {
        List<Long> taken = new ArrayList<>(unanswered);
        try {
            Map<String, List<Claim>> byLane = store.write("claim", transaction -> {
                if (!unanswered.isEmpty()) {
                    release(transaction, unanswered);
                }
                List<Lane> lanes = nextLanes(transaction, batches);
                Map<String, List<Claim>> claims = new LinkedHashMap<>();
                lanes.forEach(lane -> claims.put(lane.name(), new ArrayList<>()));
                for (Claim claim : claim(transaction, lanes, batches, size)) {
                    claims.get(claim.lane()).add(claim);
                    taken.add(claim.deletion().id());
                }
                return claims;
            });
            unanswered = List.of();
            byLane.keySet().forEach(lane -> lastLane = lane);
            return batchesOf(byLane.values(), size);
        } catch (InboxException e) {
            // Perhaps committed all the same. Nobody would ever settle these: the next claim gives them back first.
            unanswered = List.copyOf(taken);
            throw e;
        }
    }

    /** The due lanes whose turn it is: those behind the lane that came last, then round again. */
    private List<Lane> nextLanes(Transaction transaction, int most) throws SQLException {
        List<Lane> due = lanes(transaction).stream()
                .filter(lane -> lane.millisToWait() <= 0)
                .sorted(Comparator.comparing(Lane::name))
                .collect(Collectors.toCollection(ArrayList::new));
        long before = due.stream()
                .filter(lane -> lane.name().compareTo(lastLane) <= 0)
                .count();
        Collections.rotate(due, (int) -before);
        return due.subList(0, Math.min(most, due.size()));
    }

    private List<Claim> claim(Transaction transaction, List<Lane> lanes, int batches, int size) throws SQLException {
        if (lanes.isEmpty()) {
            return List.of();
        }
        JsonRows rows = new JsonRows();
        lanes.forEach(lane -> rows.add(lane.recordList(), lane.kind()));
        long mostOfEach = (long) batches / lanes.size() * size;
        long ttl = settings.sessionTtl().toMillis();
        String mine = session;
        Map<String, Lane> byName = lanes.stream().collect(Collectors.toMap(Lane::name, lane -> lane));
        return transaction.list(
                CLAIM,
                row -> claimed(row, byName.get(row.getString("lane")), mine),
                mine,
                rows.toString(),
                mostOfEach,
                mine,
                ttl);
    }

    private static Claim claimed(ResultSet row, Lane lane, String session) throws SQLException {
        Identifier identifier = new Identifier(
                IdentifierKind.valueOf(lane.kind().toUpperCase(Locale.ROOT)),
                row.getString("provider"),
                row.getString("identifier"));
        return new Claim(
                lane.name(),
                new ClaimedDeletion(
                        row.getLong("id"),
                        lane.recordList(),
                        identifier,
                        row.getInt("attempts"),
                        row.getInt("unconfirmed"),
                        session),
                row.getLong("due_at"));
    }

    @Override
    public boolean holds(Batch batch) {
        if (silent()) {
            synchronized (heart) {
                if (silent()) {
                    heartbeat();
                }
            }
        }
        String mine = session;
        return batch.deletions().stream()
                .allMatch(deletion -> deletion.session().equals(mine));
    }

    private boolean silent() {
        return System.nanoTime() - seenAt > settings.sessionTtl().toNanos() / 2;
    }

    /** The first batch of every lane, then the second of every lane, and so on. */
    private static List<Batch> batchesOf(Collection<List<Claim>> lanes, int size) {
        List<Batch> batches = new ArrayList<>();
        int longest = lanes.stream().mapToInt(List::size).max().orElse(0);
        lanes.forEach(lane -> lane.sort(Claim.OLDEST_FIRST));
        for (int from = 0; from < longest; from += size) {
            for (List<Claim> lane : lanes) {
                if (from < lane.size()) {
                    List<Claim> batch = lane.subList(from, Math.min(from + size, lane.size()));
                    batches.add(new Batch(batch.stream().map(Claim::deletion).toList()));
                }
            }
        }
        return batches;
    }

    // ---- the ends of a claim

    private static final String SETTLE =
            """
            update deletion set state = 'deleted', session = '', confirmation = ?, settled_at = {now}, called_at = {now} - ?,
                   failure_code = '', message = ''
            where id {in ?} and session = ? and state = 'claimed'
            returning case when restored <> '' then identifier end as restored, hmac is not null as phone,
                      origin, settled_at - committed_at as since_commit""";

    /** Of its own: a statement that sets a column writes its index for every row, and this one's is the widest. */
    private static final String FORGET_NUMBERS =
            "update deletion set identifier = hmac where id {in ?} and hmac is not null and state = 'deleted'";

    private record SettledRow(String restored, boolean phone, Tally.Settled told) {
        static SettledRow of(ResultSet row) throws SQLException {
            Origin origin = Origin.valueOf(row.getString("origin").toUpperCase(Locale.ROOT));
            // Salesforce's clock and the database's need not agree.
            Duration sinceCommit = Duration.ofMillis(Math.max(0, row.getLong("since_commit")));
            return new SettledRow(
                    row.getString("restored"), row.getBoolean("phone"), new Tally.Settled(origin, sinceCommit));
        }
    }

    private static final String COUNT_SETTLED = "update settled set total = total + ? where confirmation = ?";

    @Override
    public int settle(List<Long> ids, Confirmation confirmation, Duration sinceCall) {
        List<SettledRow> settled = store.write("settle", transaction -> {
            List<SettledRow> rows =
                    transaction.list(SETTLE, SettledRow::of, word(confirmation), sinceCall.toMillis(), ids, session);
            if (!rows.isEmpty()) {
                transaction.change(COUNT_SETTLED, (long) rows.size(), word(confirmation));
            }
            if (rows.stream().anyMatch(SettledRow::phone)) {
                transaction.change(FORGET_NUMBERS, ids);
            }
            Restorations.tooLate(
                    transaction, rows.stream().map(SettledRow::restored).toList());
            return rows;
        });
        tally.settled(confirmation, settled.stream().map(SettledRow::told).toList());
        return settled.size();
    }

    private static final String POSTPONE =
            """
            update deletion set session = '', due_at = {now} + ?, attempts = attempts + ?, unconfirmed = unconfirmed + ?,
                   answer_lost = answer_lost or ?, message = ?,
                   state = case when pending_since <= {now} - ? then 'parked' else\s"""
                    + Guard.PENDING_OR_HELD
                    + """
             end,
                   failure_code = case when pending_since <= {now} - ? then 'gave_up' else ? end
            where id {in ?} and session = ? and state = 'claimed'
            returning id, state""";

    @Override
    public int postpone(List<Long> ids, Duration delay, Failure failure, Postponement why) {
        long giveUpAfter = settings.giveUpAfter().toMillis();
        boolean unconfirmed = why == Postponement.UNCONFIRMED;
        int[] parked = new int[1];
        int changed = store.write("postpone", transaction -> {
            parked[0] = 0;
            List<Long> postponed = transaction.list(
                    POSTPONE,
                    row -> {
                        parked[0] += "parked".equals(row.getString("state")) ? 1 : 0;
                        return row.getLong("id");
                    },
                    delay.toMillis(),
                    unconfirmed ? 0 : 1,
                    unconfirmed ? 1 : 0,
                    why == Postponement.ANSWER_LOST,
                    JsonRows.shortened(failure.message()),
                    giveUpAfter,
                    giveUpAfter,
                    failure.code(),
                    ids,
                    session);
            return remember(transaction, postponed, failure);
        });
        tally.parked(parked[0]);
        return changed;
    }

    private static final String PARK =
            """
            update deletion set state = 'parked', session = '', attempts = attempts + 1, failure_code = ?, message = ?
            where id {in ?} and session = ? and state = 'claimed'
            returning id""";

    @Override
    public int park(List<Long> ids, Failure failure) {
        int changed = store.write("park", transaction -> {
            List<Long> parked = transaction.list(
                    PARK, JdbcInbox::id, failure.code(), JsonRows.shortened(failure.message()), ids, session);
            return remember(transaction, parked, failure);
        });
        tally.parked(changed);
        return changed;
    }

    private static final String REHEARSE =
            """
            update deletion set state = 'rehearsed', session = '', failure_code = '', message = ''
            where id {in ?} and session = ? and state = 'claimed'""";

    @Override
    public int rehearse(List<Long> ids) {
        return store.write("rehearse", transaction -> {
            int rehearsed = transaction.change(REHEARSE, ids, session);
            Restorations.cancelMarked(transaction, ids);
            return rehearsed;
        });
    }

    private static final String INSERT_ATTEMPTS =
            """
            insert into attempt (deletion, at, call_id, status, code, message)
            select id, {now}, ?, ?, ?, ? from deletion where id {in ?}""";

    private static int remember(Transaction transaction, List<Long> ids, Failure failure) throws SQLException {
        if (ids.isEmpty()) {
            return 0;
        }
        int remembered = transaction.change(
                INSERT_ATTEMPTS,
                failure.callId(),
                failure.status(),
                failure.code(),
                JsonRows.shortened(failure.message()),
                ids);
        Restorations.cancelMarked(transaction, ids);
        return remembered;
    }

    private static final String PERHAPS_DONE =
            "update deletion set answer_lost = true where id {in ?} and session = ? and state = 'claimed'";

    @Override
    public void perhapsDone(List<Long> ids) {
        store.write("remember a call", transaction -> transaction.change(PERHAPS_DONE, ids, session));
    }

    private static final String RELEASE = "update deletion set session = '', state = " + Guard.PENDING_OR_HELD
            + " where id {in ?} and session = ? and state = 'claimed'";

    @Override
    public int release(List<Long> ids) {
        return store.write("release", transaction -> release(transaction, ids));
    }

    private int release(Transaction transaction, List<Long> ids) throws SQLException {
        int released = transaction.change(RELEASE, ids, session);
        Restorations.cancelMarked(transaction, ids);
        return released;
    }

    // ---- suspension

    private static final String SUSPEND =
            """
            insert into record_list (id, suspended_until, failure_code, message) values (?, {now} + ?, ?, ?)
            on conflict (id) do update set suspended_until = excluded.suspended_until,
                   failure_code = excluded.failure_code, message = excluded.message""";

    @Override
    public void suspend(String recordList, Duration pause, Failure failure) {
        store.write(
                "suspend",
                transaction -> transaction.change(
                        SUSPEND, recordList, pause.toMillis(), failure.code(), JsonRows.shortened(failure.message())));
    }

    private static final String RESUME =
            "update record_list set suspended_until = 0, failure_code = '', message = '' where id = ?";

    @Override
    public void resume(String recordList) {
        store.write("resume", transaction -> transaction.change(RESUME, recordList));
    }

    private static final String SUSPENDED = "select id from record_list where suspended_until > {now}";

    @Override
    public Set<String> suspended() {
        return Set.copyOf(store.read(
                "look for suspended lists", transaction -> transaction.list(SUSPENDED, row -> row.getString("id"))));
    }

    // ---- the presence check

    private static final String PRESENCE_CHECKED_SINCE = "select id from record_list where reconciled_at > {now} - ?";

    @Override
    public List<String> presenceUnchecked(Collection<String> recordLists, Duration period) {
        List<String> checked = store.read(
                "look for presence checks",
                transaction -> transaction.list(PRESENCE_CHECKED_SINCE, row -> row.getString("id"), period.toMillis()));
        return recordLists.stream().filter(list -> !checked.contains(list)).toList();
    }

    private static final String PRESENCE_CHECKED = "update record_list set reconciled_at = {now} where id = ?";

    @Override
    public void presenceChecked(String recordList) {
        register(Set.of(recordList));
        store.write("note a presence check", transaction -> transaction.change(PRESENCE_CHECKED, recordList));
    }

    // ---- a person's side

    /** An answer that confirmed nothing is counted anew, but not forgotten: the record may be gone. */
    private static final String REDRIVE = "update deletion set state = " + Restorations.unlessDoubtful("'pending'")
            + """
            , due_at = {now}, pending_since = {now}, attempts = 0, unconfirmed = 0, approved_by = ?,
            answer_lost = answer_lost or unconfirmed > 0 or failure_code = 'unconfirmed'
            where state = 'parked' and state <> 'deleted'""";

    @Override
    public int redrive(Selection selection, String user) {
        return changeMany("redrive", REDRIVE, selection, user);
    }

    private static final String DISCARD =
            """
            update deletion set state = 'cancelled', settled_by = ?, settled_at = {now},
                   identifier = coalesce(hmac, identifier)
            where state = '%s' and state <> 'deleted'""";

    private static final String DISCARD_PARKED = DISCARD.formatted("parked");
    private static final String DISCARD_REHEARSED = DISCARD.formatted("rehearsed");

    @Override
    public int discard(Selection selection, String user) {
        return changeMany("discard", DISCARD_PARKED, selection, user);
    }

    @Override
    public int discardRehearsed(Selection selection, String user) {
        return changeMany("discard", DISCARD_REHEARSED, selection, user);
    }

    /** What is left of its hold window it still waits. */
    private static final String APPROVE = "update deletion set state = " + Restorations.unlessDoubtful("'pending'")
            + """
            , pending_since = case when due_at > {now} then due_at else {now} end, approved_by = ?
            where state = 'held' and state <> 'deleted'""";

    @Override
    public int approve(Selection selection, String user) {
        return decide("approve", APPROVE, selection, user);
    }

    private static final String REJECT =
            """
            update deletion set state = 'cancelled', settled_by = ?, settled_at = {now}, failure_code = 'rejected',
                   message = 'Held by the guard, and rejected by a person', identifier = coalesce(hmac, identifier)
            where state = 'held' and state <> 'deleted'""";

    @Override
    public int reject(Selection selection, String user) {
        return decide("reject", REJECT, selection, user);
    }

    private int decide(String act, String sql, Selection selection, String user) {
        return store.write(act, transaction -> {
            transaction.takeTime();
            guard.lock(transaction);
            int decided = change(transaction, sql, selection, user);
            guard.relax(transaction);
            return decided;
        });
    }

    private static final String GO_LIVE = "update deletion set state = " + Restorations.unlessDoubtful("?")
            + """
            , due_at = {now}, pending_since = {now}, attempts = 0, unconfirmed = 0,
            answer_lost = answer_lost or unconfirmed > 0
            where state = 'rehearsed' and state <> 'deleted'
              and not exists (select 1 from {rows ?} dry where dry.value ->> 0 = deletion.record_list)""";

    @Override
    public int goLive(Selection selection, Set<String> except) {
        return guarded("go live", transaction -> {
            transaction.takeTime();
            boolean tripped = guard.enter(transaction, 1).tripped();
            JsonRows lists = new JsonRows();
            except.stream().sorted().forEach(lists::add);
            Narrowed live = narrowed(GO_LIVE, selection, tripped ? "held" : "pending", lists.toString());
            List<Arrival> arrivals =
                    transaction.list(live.sql() + " returning " + Arrival.COLUMNS, Arrival::of, live.parameters());
            checkExpected(selection, arrivals.size());
            Guard.Look look = guard.enter(transaction, arrivals.size());
            return new Guarded<>(arrivals.size(), guard.count(transaction, look, arrivals));
        });
    }

    private int changeMany(String act, String sql, Selection selection, String user) {
        return store.write(act, transaction -> {
            transaction.takeTime();
            return change(transaction, sql, selection, user);
        });
    }

    private static int change(Transaction transaction, String sql, Selection selection, Object... first)
            throws SQLException {
        Narrowed narrowed = narrowed(sql, selection, first);
        int changed = transaction.change(narrowed.sql(), narrowed.parameters());
        checkExpected(selection, changed);
        return changed;
    }

    private static void checkExpected(Selection selection, int count) {
        if (selection.expected() != null && selection.expected() != count) {
            throw new UnexpectedCountException(selection.expected(), count);
        }
    }

    private record Narrowed(String sql, Object... parameters) {}

    private static Narrowed narrowed(String sql, Selection selection, Object... first) {
        StringBuilder narrowed = new StringBuilder(sql);
        List<Object> parameters = new ArrayList<>(List.of(first));
        if (!selection.ids().isEmpty()) {
            narrowed.append(" and id {in ?}");
            parameters.add(selection.ids());
        }
        if (selection.recordList() != null) {
            // An expression, so that no index leads through the whole past of the list.
            narrowed.append(" and record_list || '' = ?");
            parameters.add(selection.recordList());
        }
        if (selection.failureCode() != null) {
            narrowed.append(" and failure_code = ?");
            parameters.add(selection.failureCode());
        }
        if (selection.origin() != null) {
            narrowed.append(" and origin = ?");
            parameters.add(word(selection.origin()));
        }
        return new Narrowed(narrowed.toString(), parameters.toArray());
    }

    // ---- upkeep

    /** By the key, not by the time of the end: no index is kept for what happens once in 400 days. */
    private static final String OLDEST =
            """
            select id, accepted_at <= {now} - ? as old,
                   state in ('deleted', 'cancelled') and settled_at <= {now} - ? as ended
            from deletion where id > ? order by id limit ?""";

    private static final String FORGET_ATTEMPTS = "delete from attempt where deletion {in ?}";
    private static final String FORGET_DELETIONS = "delete from deletion where id {in ?} returning confirmation";
    private static final String UNCOUNT_SETTLED = "update settled set total = total - ? where confirmation = ?";
    private static final String FORGET_PROBLEMS = "delete from problem where at <= {now} - ?";
    private static final String FORGET_RESTORATIONS =
            "delete from restoration where at <= {now} - ? and state <> 'checking'";
    /** A week is shown. */
    private static final String FORGET_HISTORY = "delete from history where minute < {now} / 60000 - 8 * 24 * 60";

    private record Oldest(long id, boolean old, boolean ended) {}

    @Override
    public int forget() {
        long retention = settings.retention().toMillis();
        while (true) {
            long from = forgottenUpTo;
            List<Oldest> oldest = store.read("look for what is old", transaction -> {
                return transaction.list(OLDEST, JdbcInbox::oldest, retention, retention, from, FORGET_STEP);
            });
            // Ids rise with the time of acceptance: behind the first that is young nothing has ended long ago.
            List<Oldest> old = oldest.stream().takeWhile(Oldest::old).toList();
            List<Oldest> ended = old.stream().filter(Oldest::ended).toList();
            if (!ended.isEmpty()) {
                store.write("forget", transaction -> forget(transaction, ended));
            }
            boolean more = old.size() == FORGET_STEP;
            forgottenUpTo = more ? old.get(old.size() - 1).id() : 0;
            if (!ended.isEmpty()) {
                return ended.size();
            }
            if (!more) {
                return store.write("forget", transaction -> {
                    transaction.takeRoom();
                    transaction.change(FORGET_PROBLEMS, retention);
                    transaction.change(FORGET_RESTORATIONS, retention);
                    guard.forget(transaction);
                    transaction.change(FORGET_HISTORY);
                    return 0;
                });
            }
        }
    }

    private static Oldest oldest(ResultSet row) throws SQLException {
        return new Oldest(row.getLong("id"), row.getBoolean("old"), row.getBoolean("ended"));
    }

    private static int forget(Transaction transaction, List<Oldest> ended) throws SQLException {
        List<Long> ids = ended.stream().map(Oldest::id).toList();
        transaction.change(FORGET_ATTEMPTS, ids);
        // Another node may be at the same rows: each is counted by the one that deletes it.
        List<String> forgotten = transaction.list(FORGET_DELETIONS, row -> row.getString("confirmation"), ids);
        Map<String, Long> settled = forgotten.stream()
                .collect(Collectors.groupingBy(confirmation -> confirmation, TreeMap::new, Collectors.counting()));
        for (Map.Entry<String, Long> total : settled.entrySet()) {
            transaction.change(UNCOUNT_SETTLED, total.getValue(), total.getKey());
        }
        return forgotten.size();
    }

    // ---- the session

    private static final String RENEW_SESSION = "update session set seen_at = {now} where id = ?";
    private static final String OPEN_SESSION = "insert into session (id, seen_at) values (?, {now})";
    private static final String END_EXPIRED_SESSIONS = "delete from session where seen_at <= {now} - ?";

    /**
     * A session id that is missing once is missing for ever, so what this finds cannot be wrong by the time it is updated;
     * {@code not in (select id from session)} in the update itself could free a claim of a session that opened meanwhile.
     */
    private static final String FREE_CLAIMS =
            """
            update deletion set session = '', answer_lost = true, state =\s"""
                    + Guard.PENDING_OR_HELD
                    + """

            where state = 'claimed' and state <> 'deleted' and session in (
              select session from deletion
              where state = 'claimed' and state <> 'deleted' and not exists (select 1 from session where session.id = deletion.session))
            returning id""";

    @Override
    public void heartbeat() {
        synchronized (heart) {
            beat();
        }
    }

    private void beat() {
        long now = System.nanoTime();
        String mine = session;
        String opened = newSession();
        boolean[] expired = new boolean[1];
        int freed = store.write("heartbeat", transaction -> {
            followClock(transaction);
            expired[0] = transaction.change(RENEW_SESSION, mine) == 0;
            if (expired[0]) {
                transaction.change(OPEN_SESSION, opened);
            }
            transaction.change(END_EXPIRED_SESSIONS, settings.sessionTtl().toMillis());
            List<Long> ids = transaction.list(FREE_CLAIMS, JdbcInbox::id);
            if (!ids.isEmpty()) {
                Restorations.cancelMarked(transaction, ids);
            }
            return ids.size();
        });
        if (expired[0]) {
            session = opened;
        }
        seenAt = now;
        if (freed > 0) {
            LOG.warn("{} deletions were claimed by a process that is gone; they are due again", freed);
        }
    }

    /** A smaller step delays by as much, and no more. */
    private static final long CLOCK_STEP = TimeUnit.MINUTES.toMillis(1);

    /** Nobody is seen in the future, unless the database's clock was ahead then. */
    private static final String CLOCK_WENT_BACK = "select max(seen_at) - {now} as by_millis from session";
    /** Of several nodes the first one follows the clock: to the others nobody is ahead any more. */
    private static final String FOLLOW_CLOCK = "update session set seen_at = {now} where seen_at > {now} + ?";

    private static final String FOLLOW_CLOCK_SUBSCRIBER =
            "update stream_position set seen_at = seen_at - ? where seen_at > {now}";
    private static final String FOLLOW_CLOCK_LISTS =
            "update record_list set suspended_until = suspended_until - ? where suspended_until > {now}";
    private static final String FOLLOW_CLOCK_DELETIONS =
            "update deletion set due_at = due_at - ?, pending_since = pending_since - ?"
                    + " where state in ('pending', 'claimed', 'held', 'checking') and state <> 'deleted'";

    /** What was due, or would have been in a minute, must not wait for as long as the clock was set back by. */
    private void followClock(Transaction transaction) throws SQLException {
        long by = transaction
                .first(CLOCK_WENT_BACK, row -> row.getLong("by_millis"))
                .orElse(0L);
        if (by <= CLOCK_STEP) {
            return;
        }
        transaction.takeRoom();
        if (transaction.change(FOLLOW_CLOCK, CLOCK_STEP) > 0) {
            transaction.change(FOLLOW_CLOCK_SUBSCRIBER, by);
            transaction.change(FOLLOW_CLOCK_LISTS, by);
            guard.followClock(transaction, by);
            int deletions = transaction.change(FOLLOW_CLOCK_DELETIONS, by, by);
            LOG.warn(
                    "The clock of the database was set back by {} s; {} deletions that are not sent yet follow it",
                    by / 1000,
                    deletions);
        }
    }

    private static final String END_SESSION = "delete from session where id = ?";

    @Override
    public void close() {
        store.write("end session", transaction -> transaction.change(END_SESSION, session));
    }

    /** Ends the session and closes the store, in this order; for the inbox that is the store's only one. */
    public void closeStore() {
        // Whoever ended another wait of this thread did not mean this one.
        Thread.interrupted();
        try {
            close();
        } finally {
            store.close();
        }
    }

    /** Of this process, as it stands now: it changes when it was taken for dead. */
    String session() {
        return session;
    }

    private static String newSession() {
        return UUID.randomUUID().toString();
    }

    // ---- words

    private static long id(ResultSet row) throws SQLException {
        return row.getLong("id");
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
