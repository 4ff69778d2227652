package io.recordsync.inbox;

import static io.recordsync.inbox.database.Parameters.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.deletion.Commit;
import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.DeletionRequest;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.Failure;
import io.recordsync.deletion.Identifier;
import io.recordsync.deletion.Intake;
import io.recordsync.deletion.Origin;
import io.recordsync.deletion.Restoration;
import io.recordsync.inbox.Decisions.Selection;
import io.recordsync.inbox.Doubts.GapCheck;
import io.recordsync.inbox.Ledger.Entry;
import io.recordsync.inbox.Queue.Postponement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;

/**
 * Whatever happens in whatever order: no deletion vanishes, no terminal row changes, and a row has one live claim at most.
 *
 * <p>Who holds what is told by a model of sessions that knows no SQL: a session that was silent for {@code session.ttl} loses
 * its claims at anybody's next heartbeat. A failure prints the seed and the shortest story that was found for it.
 */
abstract class InboxProperties {

    private static final Instant START = OnEitherDatabase.START;
    private static final Duration TTL = OnEitherDatabase.SESSION_TTL;
    private static final Duration GUARD_WINDOW = Duration.ofSeconds(20);
    /** Of three contacts the guard lets one pass. */
    private static final InboxSettings SETTINGS = new InboxSettings(
            OnEitherDatabase.GIVE_UP_AFTER, TTL, Duration.ofDays(400), "a key", Duration.ofSeconds(3), 1, GUARD_WINDOW);

    private static final Failure FAILURE = new Failure("unavailable", 503, "no", "c");
    private static final List<String> LISTS = List.of("L1", "L2");

    /** Nothing leaves these any more. */
    private static final Set<DeletionState> TERMINAL = Set.of(DeletionState.DELETED, DeletionState.CANCELLED);

    private Store store;
    private JdbcLedger ledger;

    abstract Store open(String now);

    enum Act {
        DELETE,
        GAP_DELETE,
        SWEEP,
        ORDER,
        UNDELETE,
        GAP_UNDELETE,
        HOLE,
        LOOK_AT_GAPS,
        LIVING,
        GONE,
        CLAIM,
        SETTLE,
        POSTPONE,
        PARK,
        RELEASE,
        REDRIVE,
        DISCARD,
        REHEARSE,
        GO_LIVE,
        APPROVE,
        REJECT,
        HEARTBEAT,
        CRASH,
        END,
        WAIT,
        OUTWAIT
    }

    /**
     * @param who of two processes, or of those that crashed and, frozen, act all the same
     * @param contact 0 to 2
     * @param time when something was committed, 0 to 4: so that the same comes again
     * @param some which of the rows that it was ever handed; bits
     */
    record Step(Act act, int who, int contact, int time, int some) {}

    @Provide
    Arbitrary<List<Step>> stories() {
        List<Act> common = List.of(
                Act.DELETE, Act.CLAIM, Act.CLAIM, Act.SETTLE, Act.POSTPONE, Act.PARK, Act.RELEASE, Act.HEARTBEAT);
        Arbitrary<Act> acts =
                Arbitraries.frequencyOf(Tuple.of(1, Arbitraries.of(Act.values())), Tuple.of(1, Arbitraries.of(common)));
        return Combinators.combine(acts, upTo(2), upTo(2), upTo(4), upTo(255))
                .as(Step::new)
                .list()
                .ofMinSize(5)
                .ofMaxSize(50);
    }

    private static Arbitrary<Integer> upTo(int most) {
        return Arbitraries.integers().between(0, most);
    }

    @BeforeProperty
    void start() {
        store = open(OnEitherDatabase.NOW);
        ledger = new JdbcLedger(store, Long.MAX_VALUE);
        store.write("test", transaction -> transaction.change("create table if not exists test_clock (ms bigint)"));
    }

    @AfterProperty
    void stop() {
        store.close();
    }

    @Property(tries = 200, shrinking = ShrinkingMode.BOUNDED, edgeCases = EdgeCasesMode.NONE)
    void nothing_is_lost_or_done_twice(@ForAll("stories") List<Step> story) {
        empty();
        World world = new World();
        for (Step step : story) {
            world.happens(step);
        }
    }

    private void empty() {
        store.write("test", transaction -> {
            for (String table : List.of(
                    "deletion",
                    "deletion_commit",
                    "deletion_doubt",
                    "attempt",
                    "problem",
                    "restoration",
                    "session",
                    "test_clock")) {
                transaction.change("delete from " + table);
            }
            transaction.change("delete from guard_arrival");
            transaction.change(
                    "update guard set tripped_at = null, tripped_from = null, relaxed_at = null, counted = 0");
            transaction.change("update settled set total = 0");
            return transaction.change("insert into test_clock (ms) values (:now)", with("now", START));
        });
    }

    /** A process as the test sees it: its inbox, and what it was ever handed. */
    private final class Member {
        final Inbox inbox = Inbox.open(store, SETTINGS);
        final List<Long> handed = new ArrayList<>();
    }

    private final class World {

        private Instant now = START;
        /** The sessions there are, and when each was heard of last. */
        private final Map<Member, Instant> sessions = new HashMap<>();

        private final Map<Long, Member> holders = new HashMap<>();
        private final List<Member> members = new ArrayList<>();
        private final List<Member> frozen = new ArrayList<>();
        private final Set<Key> told = new HashSet<>();
        private final List<GapCheck> gaps = new ArrayList<>();
        private Map<Long, Entry> rows = Map.of();

        World() {
            for (int i = 0; i < 2; i++) {
                members.add(born());
            }
        }

        private Member born() {
            Member member = new Member();
            beat(member);
            return member;
        }

        /** What a heartbeat, of a start too, means. */
        private void beat(Member member) {
            sessions.put(member, now);
            sessions.values().removeIf(seen -> !seen.isAfter(now.minus(TTL)));
            holders.values().removeIf(holder -> !sessions.containsKey(holder));
        }

        private boolean lives(Member member) {
            return sessions.containsKey(member) && sessions.get(member).isAfter(now.minus(TTL));
        }

        void happens(Step step) {
            Member member = step.who() < 2 || frozen.isEmpty()
                    ? members.get(step.who() % 2)
                    : frozen.get(step.some() % frozen.size());
            List<Long> some = some(member, step.some());
            Map<Long, Entry> before = rows;
            Map<Long, Member> heldBefore = Map.copyOf(holders);
            Set<Long> mayEnd = new HashSet<>();
            switch (step.act()) {
                case DELETE -> delete(step, DeletionState.PENDING);
                case GAP_DELETE -> delete(step, DeletionState.CHECKING);
                case SWEEP -> sweep(step);
                case ORDER -> accept(request("L1", step, "api:" + step.time(), Origin.API, DeletionState.PENDING));
                case UNDELETE -> restore(step, true);
                case GAP_UNDELETE -> restore(step, false);
                case HOLE -> hole();
                case LOOK_AT_GAPS -> gaps.addAll(member.inbox.doubts().gapChecks(2));
                case LIVING -> {
                    member.inbox.doubts().living(gaps);
                    gaps.clear();
                }
                case GONE -> {
                    member.inbox.doubts().gone(gaps);
                    gaps.clear();
                }
                case CLAIM -> claim(member);
                case SETTLE -> mayEnd.addAll(ended(member, some, ids -> member.inbox
                        .queue()
                        .settle(
                                OnEitherDatabase.claimed(store, ids),
                                Confirmation.values()[step.time() % 4],
                                Duration.ZERO)));
                case POSTPONE -> mayEnd.addAll(ended(member, some, ids -> member.inbox
                        .queue()
                        .postpone(
                                OnEitherDatabase.claimed(store, ids),
                                Duration.ofSeconds(step.time()),
                                FAILURE,
                                Postponement.values()[step.contact()])));
                case PARK -> mayEnd.addAll(ended(
                        member, some, ids -> member.inbox.queue().park(OnEitherDatabase.claimed(store, ids), FAILURE)));
                case RELEASE -> mayEnd.addAll(
                        ended(member, some, ids -> member.inbox.queue().release(OnEitherDatabase.claimed(store, ids))));
                case REDRIVE -> member.inbox.decisions().redrive(new Selection(some, null, null), "kim");
                case DISCARD -> {
                    member.inbox.decisions().discard(new Selection(some, null, null), "kim");
                    member.inbox.decisions().discardRehearsed(new Selection(some, null, null), "kim");
                }
                case REHEARSE -> mayEnd.addAll(ended(
                        member, some, ids -> member.inbox.queue().rehearse(OnEitherDatabase.claimed(store, ids))));
                case GO_LIVE -> member.inbox.decisions().goLive(new Selection(some, null, null), Set.of(), "ada");
                case APPROVE -> {
                    member.inbox.decisions().approve(new Selection(some, null, null), "kim");
                }
                case REJECT -> {
                    member.inbox.decisions().reject(new Selection(some, null, null), "kim");
                }
                case HEARTBEAT -> {
                    member.inbox.session().heartbeat();
                    beat(member);
                }
                case CRASH -> {
                    frozen.add(members.get(0));
                    members.set(0, born());
                }
                case END -> {
                    // Its claims are freed by the next heartbeat, which a start is.
                    members.get(1).inbox.session().close();
                    sessions.remove(members.get(1));
                    members.set(1, born());
                }
                case WAIT -> advance(Duration.ofSeconds(7L * step.time()));
                case OUTWAIT -> advance(step.some() < 128 ? TTL : OnEitherDatabase.GIVE_UP_AFTER);
            }
            rows = ledger.find(OnEitherDatabase.all()).stream()
                    .collect(Collectors.toMap(Entry::id, Function.identity()));
            heldBefore.forEach((id, holder) -> {
                if (holders.get(id) == holder && !mayEnd.contains(id)) {
                    assertThat(rows.get(id).state())
                            .as("row %d is in the hands of a session that is not over", id)
                            .isEqualTo(DeletionState.CLAIMED);
                }
            });
            check(before);
        }

        private void check(Map<Long, Entry> before) {
            assertThat(rows.keySet()).as("rows never vanish").containsAll(before.keySet());
            before.values().stream()
                    .filter(row -> TERMINAL.contains(row.state()))
                    .forEach(row -> assertThat(rows.get(row.id()))
                            .as("terminal rows never change")
                            .isEqualTo(row));
            assertThat(rows.values().stream().map(Key::of))
                    .as("what was told is known for ever")
                    .containsAll(told);
            rows.values().forEach(row -> assertThat(row.state() == DeletionState.CLAIMED)
                    .as("row %d is claimed by one session, or by none", row.id())
                    .isEqualTo(holders.containsKey(row.id())));
            Map<DeletionState, Long> counted =
                    rows.values().stream().collect(Collectors.groupingBy(Entry::state, Collectors.counting()));
            ledger.counts()
                    .forEach((state, count) ->
                            assertThat(count).as("count of %s", state).isEqualTo(counted.getOrDefault(state, 0L)));
            if (ledger.guard().trippedAt() != null) {
                assertThat(becamePendingSinceTripped())
                        .as("while the guard is tripped only what a person let pass is pending")
                        .isEmpty();
            } else if (!wasTripped()) {
                assertThat(ledger.guard().held())
                        .as("it is tripped while anything is held, but for what was claimed until it was over")
                        .isZero();
            }
            assertThat(rows.values())
                    .as("only a person takes a person's order back")
                    .noneMatch(row -> row.origin().equals("api")
                            && row.state() == DeletionState.CANCELLED
                            && row.settledBy().isEmpty());
        }

        /** And it is over: what was claimed meanwhile is held when it comes back; the check of the guard says so. */
        private boolean wasTripped() {
            return store.read("test", transaction -> transaction
                    .first("select 1 as one from guard where relaxed_at is not null", row -> true)
                    .isPresent());
        }

        private List<Long> becamePendingSinceTripped() {
            return store.read(
                    "test",
                    transaction -> transaction.list(
                            "select id from deletion where state = 'pending' and approved_by = ''"
                                    + " and pending_since > (select tripped_from from guard)",
                            row -> row.getLong("id")));
        }

        private List<Long> some(Member member, int bits) {
            List<Long> handed = List.copyOf(new LinkedHashSet<>(member.handed));
            return IntStream.range(0, handed.size())
                    .filter(i -> (bits >> i % 8 & 1) == 1)
                    .mapToObj(handed::get)
                    .toList();
        }

        private void delete(Step step, DeletionState state) {
            for (String list : LISTS) {
                DeletionRequest request = request(list, step, "tx/" + step.time() + state, Origin.STREAM, state);
                accept(request);
            }
        }

        private void accept(DeletionRequest request) {
            members.get(0).inbox.intakes().accept(new Intake(List.of(request), List.of(), null));
            told.add(Key.of(request));
        }

        private void sweep(Step step) {
            DeletionRequest found = request("L1", step, "sweep:" + step.time(), Origin.SWEEP, DeletionState.PENDING);
            members.get(1).inbox.intakes().accept(new Intake(List.of(found), List.of(), null));
            boolean known = ledger.find(OnEitherDatabase.all()).stream()
                    .anyMatch(row -> row.recordList().equals("L1")
                            && row.identifier().equals(found.identifier().value())
                            && !row.committedAt().isBefore(found.committedAt()));
            assertThat(known || restoredAfter(found))
                    .as("what was found is known, or restored")
                    .isTrue();
        }

        private boolean restoredAfter(DeletionRequest found) {
            return store.read(
                            "test",
                            transaction -> transaction.first(
                                    "select 1 from restoration where state = 'confirmed' and identifier = :contact and committed_at > :at",
                                    with("contact", found.identifier().value()).and("at", found.committedAt()),
                                    row -> true))
                    .isPresent();
        }

        private void restore(Step step, boolean confirmed) {
            Restoration back = new Restoration(
                    contact(step),
                    "back/" + step.time() + confirmed,
                    committed(step),
                    confirmed,
                    new Commit(2L * step.time() + 1, 1));
            members.get(0).inbox.intakes().accept(new Intake(List.of(), List.of(back), List.of(), null, null));
            Set<DeletionState> waiting = confirmed
                    ? Set.of(
                            DeletionState.PENDING,
                            DeletionState.CHECKING,
                            DeletionState.HELD,
                            DeletionState.PARKED,
                            DeletionState.REHEARSED)
                    : Set.of(DeletionState.PENDING);
            assertThat(ledger.find(OnEitherDatabase.all()))
                    .as("what a restoration cancels")
                    .noneMatch(row -> row.identifier().equals(back.identifier().value())
                            && cameBefore(row, back)
                            && !row.origin().equals("api")
                            && waiting.contains(row.state()))
                    .as("nobody knows which came first")
                    .noneMatch(row -> row.identifier().equals(back.identifier().value())
                            && row.origin().equals("sweep")
                            && row.committedAt().equals(back.committedAt())
                            && row.state() == DeletionState.PENDING);
        }

        /** What a sweep found has a time only, and that of the same second is a tie. */
        private boolean cameBefore(Entry row, Restoration back) {
            return row.origin().equals("stream")
                    ? !row.committedAt().isAfter(back.committedAt())
                    : row.committedAt().isBefore(back.committedAt());
        }

        private void hole() {
            members.get(0).inbox.intakes().accept(new Intake(List.of(), List.of(), List.of(), null, true, null));
            assertThat(ledger.find(OnEitherDatabase.all()))
                    .as("whatever is not a person's order is in doubt")
                    .noneMatch(row -> !row.origin().equals("api") && row.state() == DeletionState.PENDING);
        }

        private void claim(Member member) {
            List<Long> ids = OnEitherDatabase.ids(member.inbox.queue().claim(2, 3));
            if (!lives(member)) {
                assertThat(ids).as("an expired session claims nothing").isEmpty();
            }
            assertThat(ids).as("what is handed out is in nobody's hands").noneMatch(holders::containsKey);
            ids.forEach(id -> holders.put(id, member));
            member.handed.addAll(ids);
        }

        /** An act on claims changes those that the member holds, and no other. */
        private List<Long> ended(Member member, List<Long> ids, Function<List<Long>, Integer> act) {
            List<Long> held =
                    ids.stream().filter(id -> holders.get(id) == member).toList();
            assertThat(act.apply(ids)).as("rows that a session still holds").isEqualTo(held.size());
            holders.keySet().removeAll(held);
            return held;
        }

        private void advance(Duration by) {
            now = now.plus(by);
            store.write("test", transaction -> transaction.change("update test_clock set ms = :now", with("now", now)));
        }
    }

    private static Identifier contact(Step step) {
        return Identifier.external("salesforce", "003" + step.contact());
    }

    private static Instant committed(Step step) {
        return START.minusSeconds(60).plusSeconds(step.time());
    }

    private static DeletionRequest request(String list, Step step, String key, Origin origin, DeletionState state) {
        Commit commit = origin == Origin.STREAM ? new Commit(2L * step.time(), 1) : null;
        return new DeletionRequest(list, contact(step), key, origin, committed(step), state, "", commit);
    }

    /** What makes a deletion the same one. */
    private record Key(String recordList, Identifier identifier, String eventKey) {
        static Key of(DeletionRequest request) {
            return new Key(request.recordList(), request.identifier(), request.eventKey());
        }

        static Key of(Entry row) {
            return new Key(
                    row.recordList(), new Identifier(row.kind(), row.provider(), row.identifier()), row.eventKey());
        }
    }
}
