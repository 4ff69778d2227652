package io.recordsync.inbox;

import static io.recordsync.inbox.database.Parameters.with;

import io.recordsync.deletion.CatchUp;
import io.recordsync.deletion.DeletionRequest;
import io.recordsync.deletion.Identifier;
import io.recordsync.deletion.Intake;
import io.recordsync.deletion.Problem;
import io.recordsync.deletion.Restoration;
import io.recordsync.deletion.StreamPosition;
import io.recordsync.inbox.GuardedStore.Guarded;
import io.recordsync.inbox.Subscriptions.Saved;
import io.recordsync.inbox.database.JsonRows;
import io.recordsync.inbox.database.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The intakes on JDBC: the deletions of a response and its position in one transaction.
 *
 * <p>No act costs more because many deletions are pending or settled: each finds its rows by an index. All times are the
 * database's, so that the clocks of several processes need not agree.
 */
public final class JdbcIntakes implements Intakes {

    /** Rows in one transaction of an intake. Longer ones would keep the claims waiting. */
    static final int CHUNK = 20_000;
    /** Rows of an intake up to which SQLite keeps in memory what it changes: nearly every response of the stream. */
    private static final int MAX_ROWS_IN_MEMORY = 5_000;

    private static final Intake NOTHING = new Intake(List.of(), List.of(), null);

    private final GuardedStore guarded;
    private final Store store;
    private final Guard guard;
    private final JdbcSession session;
    private final Subscriptions subscriptions;
    private final JdbcRecordLists recordLists;
    private final InboxSettings settings;
    private final NewDeletions newDeletions;
    private final LaneNumbers laneNumbers;
    private final Tally tally;

    JdbcIntakes(
            GuardedStore guarded,
            JdbcSession session,
            JdbcRecordLists recordLists,
            InboxSettings settings,
            Tally tally) {
        this.guarded = guarded;
        this.store = guarded.store();
        this.guard = guarded.guard();
        this.session = session;
        this.subscriptions = new Subscriptions(session, settings.sessionTtl());
        this.recordLists = recordLists;
        this.settings = settings;
        this.newDeletions = new NewDeletions(new PhoneSeal(settings.phoneKey()), settings.holdWindow());
        this.laneNumbers = new LaneNumbers(store);
        this.tally = tally;
        store.beforeFirstUse(subscriptions::look);
    }

    // ---- subscribe

    @Override
    public Optional<Subscription> subscribe(String channel) {
        String mine = session.id();
        long turn = Subscriptions.firstTurn();
        guarded.catchUps().forget();
        Optional<Subscription> subscription = store.write("subscribe", transaction -> {
            Optional<Subscription> begun =
                    subscriptions.subscribe(transaction, channel, mine, turn, settings.salesforceMillis());
            if (begun.isPresent()) {
                // What the very first one reads of the past says so itself.
                boolean resumes = begun.get().position().epoch() > 1;
                CatchUps.subscribed(transaction, channel, resumes);
            }
            return begun;
        });
        subscription.ifPresent(begun -> subscriptions.subscribed(begun.position(), mine, turn));
        return subscription;
    }

    @Override
    public long holes() {
        return store.read("look for holes", DoubtMarks::holes);
    }

    @Override
    public void keepSubscription(StreamPosition position) {
        store.write("keep the subscription", transaction -> subscriptions.keep(transaction, position))
                .committed()
                .run();
    }

    private static final String PIN_ORG =
            "insert into pinned_org (one, org_id) values (1, :org) on conflict do nothing";
    private static final String PINNED_ORG = "select org_id from pinned_org";

    @Override
    public String pinOrg(String orgId) {
        return store.write("pin org", transaction -> {
            transaction.change(PIN_ORG, with("org", orgId));
            return transaction.first(PINNED_ORG, row -> row.getString("org_id")).orElseThrow();
        });
    }

    // ---- accept

    /**
     * Sorted: two transactions that insert the same keys in opposite order would deadlock. What has one event key is brought in
     * the same order by everyone who brings it, and stays in that order: the items of a call are those of the request that
     * asked for them.
     */
    private static final Comparator<DeletionRequest> KEY_ORDER = Comparator.comparing(DeletionRequest::eventKey);

    @Override
    public Accepted accept(Intake intake) {
        return accept(intake, "");
    }

    @Override
    public Accepted order(List<DeletionRequest> deletions, String user) {
        return accept(new Intake(deletions, List.of(), null), user);
    }

    /** @param user who asked for it; empty: nobody did by name */
    private Accepted accept(Intake intake, String user) {
        List<Long> ids = new ArrayList<>();
        List<Intake> chunks = chunks(intake);
        for (Intake chunk : chunks.subList(0, chunks.size() - 1)) {
            ids.addAll(accept(chunk, false, user));
        }
        ids.addAll(accept(chunks.get(chunks.size() - 1), true, user));
        return new Accepted(List.copyOf(ids), intake.deletions().size() - ids.size());
    }

    /**
     * What is accepted in one transaction each. Restorations come first, with all deletions of their contacts: else a contact that
     * lives would be claimed between two of them.
     */
    private static List<Intake> chunks(Intake intake) {
        if (intake.deletions().size() + intake.restorations().size() <= CHUNK) {
            return List.of(intake.rest(sorted(intake.deletions()), intake.restorations()));
        }
        Map<Identifier, List<Restoration>> restored = intake.restorations().stream()
                .collect(Collectors.groupingBy(Restoration::identifier, LinkedHashMap::new, Collectors.toList()));
        Map<Identifier, List<DeletionRequest>> theirs = intake.deletions().stream()
                .filter(request -> restored.containsKey(request.identifier()))
                .collect(Collectors.groupingBy(DeletionRequest::identifier));
        List<Intake> chunks = new ArrayList<>();
        List<DeletionRequest> requests = new ArrayList<>();
        List<Restoration> restorations = new ArrayList<>();
        for (Identifier contact : restored.keySet()) {
            requests.addAll(theirs.getOrDefault(contact, List.of()));
            restorations.addAll(restored.get(contact));
            if (requests.size() + restorations.size() >= CHUNK) {
                chunks.add(intake.part(sorted(requests), restorations));
                requests = new ArrayList<>();
                restorations = new ArrayList<>();
            }
        }
        if (!restorations.isEmpty()) {
            chunks.add(intake.part(sorted(requests), restorations));
        }
        List<DeletionRequest> others = intake.deletions().stream()
                .filter(request -> !restored.containsKey(request.identifier()))
                .sorted(KEY_ORDER)
                .toList();
        int from = 0;
        while (others.size() - from > CHUNK) {
            chunks.add(intake.part(others.subList(from, from + CHUNK), List.of()));
            from += CHUNK;
        }
        chunks.add(intake.rest(others.subList(from, others.size()), List.of()));
        return chunks;
    }

    private static List<DeletionRequest> sorted(List<DeletionRequest> requests) {
        return requests.stream().sorted(KEY_ORDER).toList();
    }

    /** In one transaction; the position is saved with the last only. */
    private List<Long> accept(Intake intake, boolean last, String user) {
        if (intake.equals(NOTHING)) {
            return List.of();
        }
        List<DeletionRequest> requests = intake.deletions();
        Set<String> newLists = recordLists.unknown(
                requests.stream().map(DeletionRequest::recordList).toList());
        LaneNumbers.Numbered lanes = laneNumbers.take(LaneNumbers.names(requests));
        boolean overtakes = intake.hole() || !intake.restorations().isEmpty();
        if (overtakes) {
            guarded.mayOvertake();
        }
        boolean takesRoom = intake.hole() || requests.size() > MAX_ROWS_IN_MEMORY;
        Saved[] saved = new Saved[1];
        CatchUp catchUp = guarded.catchUps().isNews(intake.catchUp()) ? intake.catchUp() : null;
        if (catchUp != null) {
            guarded.catchUps().forget();
        }
        Transaction.Work<Guarded<List<Long>>> accept = transaction -> {
            if (takesRoom) {
                transaction.takeRoom();
            }
            saved[0] = holdSubscription(transaction, intake.position(), last);
            boolean adoptable = saved[0].adoptable();
            if (catchUp != null) {
                CatchUps.note(transaction, catchUp);
            }
            lockWhatMayMeet(transaction, intake);
            if (!newLists.isEmpty()) {
                recordLists.register(transaction, newLists);
            }
            lanes.complete(transaction);
            if (!intake.problems().isEmpty()) {
                transaction.change(INSERT_PROBLEMS, with("problems", rowsOf(intake.problems())));
            }
            if (intake.sweep() != null) {
                JdbcCoverage.demand(transaction, intake.sweep());
            }
            if (overtakes) {
                // They change what is held, as a decision does: in the same order.
                guard.lock(transaction);
            }
            if (intake.hole()) {
                // Before the deletions: what comes with the hole says itself whether it came before.
                DoubtMarks.markAll(transaction);
            }
            Guard.Look look = guard.enter(transaction, contacts(requests));
            List<Long> inserted = newDeletions.insert(transaction, requests, lanes, adoptable, look);
            if (intake.holesKnown() != null && !inserted.isEmpty()) {
                DoubtMarks.markFound(transaction, inserted, intake.holesKnown());
            }
            int held = guard.count(transaction, look, newDeletions.arrivals(transaction, inserted, requests, look));
            // After the deletions: an UNDELETE of the same response cancels those that were committed before it.
            if (!intake.restorations().isEmpty()) {
                Restorations.apply(transaction, intake.restorations());
            }
            if (!user.isEmpty()) {
                People.ordered(transaction, inserted, user);
            }
            return new Guarded<>(inserted, held);
        };
        List<Long> ids = takesRoom ? guarded.write("accept", accept) : guarded.writeTogether("accept", accept);
        saved[0].committed().run();
        recordLists.committed(newLists);
        laneNumbers.committed(lanes);
        if (catchUp != null) {
            guarded.catchUps().noted(catchUp);
        }
        intake.problems().forEach(problem -> tally.problem(problem.kind()));
        if (!ids.isEmpty()) {
            // What comes in together was asked for by one: the stream, a sweep, a check or a person.
            tally.accepted(requests.get(0).origin(), ids.size());
        }
        return ids;
    }

    /** Whether there may be rows for events to adopt, once this is proven to be the database that was written last. */
    private Saved holdSubscription(Transaction transaction, StreamPosition position, boolean last) throws SQLException {
        if (position == null) {
            return new Saved(true, session.prove(transaction));
        }
        return last && position.replayId() != null
                ? subscriptions.save(transaction, position)
                : subscriptions.hold(transaction, position);
    }

    /** A contact that was found and one that is restored, perhaps in a hole, may be the same: the second has to see the first. */
    private static void lockWhatMayMeet(Transaction transaction, Intake intake) throws SQLException {
        if (intake.hole()
                || !intake.restorations().isEmpty()
                || intake.deletions().stream().anyMatch(NewDeletions::found)) {
            JdbcCoverage.lock(transaction);
        }
    }

    /** How many contacts at most are about to count. */
    private static long contacts(List<DeletionRequest> requests) {
        return requests.stream()
                .filter(DeletionRequest::isPending)
                .map(DeletionRequest::identifier)
                .distinct()
                .count();
    }

    private static final String INSERT_PROBLEMS =
            """
            insert into problem (kind, message, at)
            select value ->> 0, value ->> 1, {now} from {rows :problems} where true
            on conflict (kind, message) do update set at = excluded.at""";

    private static JsonRows rowsOf(List<Problem> problems) {
        JsonRows rows = new JsonRows();
        problems.stream()
                .map(problem -> new Problem(problem.kind(), JsonRows.shortened(problem.message())))
                .distinct() // a statement may update a row once
                .sorted(Comparator.comparing(Problem::kind).thenComparing(Problem::message))
                .forEach(problem -> rows.add(problem.kind(), problem.message()));
        return rows;
    }
}
