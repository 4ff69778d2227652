package io.recordsync.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.deletion.Batch;
import io.recordsync.deletion.CallbackRow;
import io.recordsync.deletion.CallbackState;
import io.recordsync.deletion.CatchUp;
import io.recordsync.deletion.Commit;
import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.DeletionRequest;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.Failure;
import io.recordsync.deletion.Identifier;
import io.recordsync.deletion.Intake;
import io.recordsync.deletion.ListRules;
import io.recordsync.deletion.Merge;
import io.recordsync.deletion.Origin;
import io.recordsync.deletion.Problem;
import io.recordsync.deletion.Restoration;
import io.recordsync.deletion.SweepDemand;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What an act costs must not depend on how many deletions are pending or settled.
 *
 * <p>The database counts the rows that an act reads, or shows its plan; a clock would only tell how busy the machine is.
 * The table is filled at once, so that PostgreSQL has no statistics: that is when its planner sorts the whole backlog.
 */
@Tag("long")
abstract class FlatCost {

    static final int PENDING = 200_000;
    static final int SETTLED = 100_000;
    private static final Instant AT = Instant.parse("2026-03-01T10:00:00Z");

    abstract Store open(UnaryOperator<DataSource> tap);

    abstract void fill(Store store, int pending, int settled);

    /** What the database is asked for the plan of a statement with. */
    abstract String explain();

    /** Where the plan stands in each row of the answer. */
    abstract int planColumn();

    private DataSource writing;

    private Store recorded(List<Recording.Statement> statements) {
        return open(source -> {
            // The first one writes.
            writing = writing == null ? source : writing;
            return Recording.of(source, statements);
        });
    }

    /** The plan of a statement as one text, parameters as given. */
    private String plan(Recording.Statement statement) {
        try (Connection connection = writing.getConnection();
                PreparedStatement explain = connection.prepareStatement(explain() + " " + statement.sql())) {
            for (int i = 0; i < statement.parameters().size(); i++) {
                explain.setObject(i + 1, statement.parameters().get(i));
            }
            StringJoiner plan = new StringJoiner("\n");
            try (ResultSet lines = explain.executeQuery()) {
                while (lines.next()) {
                    plan.add(lines.getString(planColumn()));
                }
            }
            return plan.toString();
        } catch (SQLException e) {
            throw new IllegalStateException("No plan for " + statement.sql(), e);
        }
    }

    /** Tells the planner what there is; it has to do well without, too. */
    abstract void analyze(Store store);

    /** Fails unless the plan walks indexes only: no scan of all rows and no sort of the backlog. */
    abstract void assertIndexed(String plan);

    @Test
    void no_statement_reads_the_backlog_or_the_past() {
        List<Recording.Statement> statements = new ArrayList<>();
        try (Store store = recorded(statements)) {
            fill(store, PENDING, SETTLED);
            Inbox inbox = Inbox.open(
                    store,
                    new InboxSettings(Duration.ofHours(24), Duration.ofSeconds(30), Duration.ofDays(400), "a key"));
            JdbcLedger ledger = new JdbcLedger(store);
            Failure failure = new Failure("unavailable", 503, "no", "c");
            statements.clear();

            inbox.queue().nextDue();
            List<Long> ids = OnEitherDatabase.ids(inbox.queue().claim(4, 100));
            assertThat(ids).hasSize(400);
            inbox.queue()
                    .settle(OnEitherDatabase.claimed(store, ids.subList(0, 100)), Confirmation.EXACT, Duration.ZERO);
            inbox.queue()
                    .postpone(
                            OnEitherDatabase.claimed(store, ids.subList(100, 200)),
                            Duration.ofSeconds(1),
                            failure,
                            Queue.Postponement.FAILED);
            inbox.queue().park(OnEitherDatabase.claimed(store, ids.subList(200, 300)), failure);
            inbox.queue().release(OnEitherDatabase.claimed(store, ids.subList(300, 400)));
            inbox.decisions().redrive(new Decisions.Selection(ids, null, null), "kim");
            inbox.decisions().redrive(new Decisions.Selection(List.of(), "L1", "refused"), "kim");
            inbox.decisions().discard(new Decisions.Selection(List.of(), "L1", "refused"), "kim");
            inbox.decisions().discard(new Decisions.Selection(List.of(), null, null), "kim");
            inbox.decisions().discardRehearsed(new Decisions.Selection(List.of(), "L1", null), "kim");
            inbox.session().heartbeat();
            inbox.intakes().accept(OnEitherDatabase.intake(OnEitherDatabase.request("L1", "new")));
            ledger.recordLists();
            ledger.oldestPending();
            ledger.deadLetters();
            ledger.get(ids.get(0));
            ledger.attempts(ids.get(0));
            ledger.find(new Ledger.Filter(null, null, null, 50, 1_000L));
            ledger.find(new Ledger.Filter(null, "L1", null, 50, null));
            ledger.find(new Ledger.Filter(DeletionState.PARKED, null, null, 50, null));
            ledger.find(new Ledger.Filter(DeletionState.PENDING, "L1", null, 50, 1_000L));
            ledger.find(new Ledger.Filter(null, null, "003-1", 50, null));
            assertThat(ledger.ofContact("003-1")).hasSize(1);
            assertThat(ledger.accepted(Instant.EPOCH, Instant.ofEpochMilli(100)))
                    .hasSize(99);
            acceptOfSweep(inbox);
            acceptOfRestored(inbox);
            inbox.retention().forget();
            List<Recording.Statement> seen = List.copyOf(statements);

            assertThat(seen).hasSizeGreaterThan(40);
            assertPlans(store, seen, (sql, plan) -> {
                if (sql.contains("identifier = ?")) {
                    assertThat(plan).as("the rows of one contact").contains("deletion_key");
                }
                if (sql.matches("(?s)(update|insert).*")) {
                    assertThat(plan).as("the past of a list").doesNotContain("deletion_lane");
                    assertThat(plan)
                            .as("an index of all rows is entered by its key")
                            .doesNotContainPattern("using deletion_p?key on deletion.*\n(?!\\s+Index Cond)")
                            .doesNotContainPattern("SCAN .*deletion_key");
                }
            });
        }
    }

    /** Who trips it and who decides walks what is open, and never what is done. */
    @Test
    void no_statement_of_the_guard_reads_the_past() {
        List<Recording.Statement> statements = new ArrayList<>();
        try (Store store = recorded(statements)) {
            fill(store, PENDING, SETTLED);
            Inbox inbox = Inbox.open(
                    store,
                    new InboxSettings(
                            Duration.ofHours(24),
                            Duration.ofSeconds(30),
                            Duration.ofDays(400),
                            "a key",
                            Duration.ZERO,
                            3,
                            Duration.ofHours(1)));
            List<Batch> claimed = inbox.queue().claim(1, 100);
            inbox.queue().rehearse(OnEitherDatabase.claimed(store, OnEitherDatabase.ids(claimed)));
            Decisions.Selection some = new Decisions.Selection(List.of(), "L1", null);
            statements.clear();

            inbox.intakes()
                    .accept(OnEitherDatabase.intake(
                            OnEitherDatabase.request("L1", "new"), OnEitherDatabase.request("L2", "new")));
            inbox.intakes()
                    .accept(OnEitherDatabase.intake(
                            OnEitherDatabase.request("L1", "1"),
                            OnEitherDatabase.request("L1", "2"),
                            OnEitherDatabase.request("L1", "3")));
            assertThat(new JdbcLedger(store).guard().trippedAt()).isNotNull();
            inbox.queue().stopped(claimed.get(0));
            inbox.decisions().goLive(some, Set.of("L3"), "ada");
            inbox.decisions().approve(some, "kim");
            inbox.decisions().reject(some, "kim");
            inbox.decisions().discardRehearsed(some, "kim");
            inbox.queue().perhapsDone(OnEitherDatabase.claimed(store, List.of(1L, 2L)));
            inbox.retention().forget();
            List<Recording.Statement> seen = List.copyOf(statements);

            assertThat(seen).hasSizeGreaterThan(20);
            assertPlans(store, seen, (sql, plan) -> assertThat(plan)
                    .as("the past of a list")
                    .doesNotContain("deletion_lane"));
        }
    }

    /** Every plan is indexed and passes, without statistics and with. */
    private void assertPlans(Store store, List<Recording.Statement> statements, BiConsumer<String, String> assertPlan) {
        for (Runnable prepare : List.<Runnable>of(() -> {}, () -> analyze(store))) {
            prepare.run();
            for (Recording.Statement statement : statements) {
                String plan = plan(statement);
                assertIndexed(plan);
                assertPlan.accept(statement.sql(), plan);
            }
        }
    }

    /** A page of contacts that are known all, and an event that may adopt one that is not. */
    private static void acceptOfSweep(Inbox inbox) {
        List<DeletionRequest> page = IntStream.rangeClosed(1, 2_000)
                .mapToObj(i -> found("L" + i % 4, "003-" + i, Origin.SWEEP, 0))
                .toList();
        assertThat(inbox.intakes().accept(new Intake(page, List.of(), null)).ids())
                .isEmpty();
        inbox.intakes()
                .accept(OnEitherDatabase.intake(
                        found("L1", "swept", Origin.SWEEP, 1), found("L1", "missing", Origin.RECONCILE, 1)));
        inbox.intakes().accept(OnEitherDatabase.intake(OnEitherDatabase.request("L1", "swept")));
    }

    private static void acceptOfRestored(Inbox inbox) {
        inbox.intakes()
                .accept(new Intake(
                        List.of(),
                        List.of(
                                restored("003-" + (SETTLED + 7), true),
                                restored("003-7", true),
                                restored("new", false)),
                        List.of(),
                        new SweepDemand("gap_overflow", null, false),
                        null));
        List<Doubts.GapCheck> checks = inbox.doubts().gapChecks(10);
        assertThat(checks).hasSize(1);
        inbox.doubts().living(checks.subList(0, 1));
        inbox.doubts().gone(checks);
    }

    private static DeletionRequest found(String recordList, String contact, Origin origin, long at) {
        return new DeletionRequest(
                recordList,
                Identifier.external("salesforce", contact),
                "sweep:" + at,
                origin,
                Instant.ofEpochMilli(at),
                DeletionState.PENDING);
    }

    private static Restoration restored(String contact, boolean confirmed) {
        return new Restoration(
                Identifier.external("salesforce", contact), "back/1", OnEitherDatabase.START.plusSeconds(1), confirmed);
    }

    @Test
    void what_sweeps_and_restorations_do_reads_no_more_than_the_contacts_they_name() {
        List<Recording.Statement> statements = new ArrayList<>();
        try (Store store = recorded(statements)) {
            fill(store, PENDING, SETTLED);
            Inbox inbox = Inbox.open(
                    store,
                    new InboxSettings(Duration.ofHours(24), Duration.ofSeconds(30), Duration.ofDays(400), "a key"));
            // What an event may adopt, so that the statement that does is run.
            inbox.intakes().accept(OnEitherDatabase.intake(RestorationContract.found("003-swept", AT)));
            statements.clear();

            inbox.intakes()
                    .accept(new Intake(
                            List.of(
                                    RestorationContract.found("003-1", AT),
                                    RestorationContract.found("003-new", AT),
                                    RestorationContract.deletion("L1", "003-swept", AT.plusSeconds(1)),
                                    RestorationContract.deletion("L1", "003-2", AT)),
                            List.of(restoration("003-3", true), restoration("003-250000", false)),
                            List.of(new Problem("kind", "message")),
                            new SweepDemand("reason", null, false),
                            inbox.intakes()
                                    .subscribe("/data/ContactChangeEvent")
                                    .orElseThrow()
                                    .position()));
            List<Doubts.GapCheck> checks = inbox.doubts().gapChecks(10);
            assertThat(checks).hasSize(1);
            inbox.doubts().living(checks);
            inbox.doubts().gone(checks);
            List<Recording.Statement> seen = List.copyOf(statements);

            assertThat(seen).hasSizeGreaterThan(15);
            assertPlans(store, seen, (sql, plan) -> {
                // Of PostgreSQL: each of them reads one side whole, all that waits or all that was ever restored.
                assertThat(plan).doesNotContain("Hash Join", "Materialize", "deletion_pending");
                if (sql.startsWith("update deletion")) {
                    assertThat(plan)
                            .as("all that sweeps found")
                            .doesNotContainPattern("deletion_swept on deletion\\s+\\(");
                }
            });
        }
    }

    /** A hole concerns all that is open, and none of the past; numbered changes and the last look only their own rows. */
    @Test
    void no_statement_of_order_and_doubt_reads_the_past() {
        List<Recording.Statement> statements = new ArrayList<>();
        try (Store store = recorded(statements)) {
            fill(store, 1_000, SETTLED);
            Inbox inbox = Inbox.open(
                    store,
                    new InboxSettings(Duration.ofHours(24), Duration.ofSeconds(30), Duration.ofDays(400), "a key"));
            List<Batch> claimed = inbox.queue().claim(1, 100);
            DeletionRequest request = RestorationContract.deletion("L1", "003-numbered", AT);
            Identifier contact = request.identifier();
            statements.clear();

            inbox.intakes()
                    .accept(new Intake(
                            List.of(new DeletionRequest(
                                    "L1",
                                    contact,
                                    "tx/1",
                                    Origin.STREAM,
                                    AT,
                                    DeletionState.PENDING,
                                    "",
                                    new Commit(1, 1))),
                            List.of(
                                    new Restoration(contact, "back/1", AT, true, new Commit(2, 1)),
                                    new Restoration(
                                            Identifier.external("salesforce", "003-" + SETTLED),
                                            "back/2",
                                            Instant.ofEpochMilli(SETTLED),
                                            true)),
                            List.of(),
                            null,
                            true,
                            null));
            assertThat(inbox.queue().overtaken(claimed.get(0))).isTrue();
            inbox.queue().release(claimed.get(0).deletions());
            List<Doubts.GapCheck> checks = inbox.doubts().gapChecks(200);
            assertThat(checks).hasSize(200);
            inbox.doubts().gone(checks);
            inbox.doubts().living(inbox.doubts().gapChecks(200));
            List<Recording.Statement> seen = List.copyOf(statements);

            assertThat(seen).hasSizeGreaterThan(15);
            assertPlans(store, seen, (sql, plan) -> {
                assertThat(plan).as("the past of a list").doesNotContain("deletion_lane");
                assertThat(plan).doesNotContain("Hash Join", "Materialize");
            });
        }
    }

    /** What is looked at are the rows that are due now, or wait for an answer, and never the backlog. */
    @Test
    void no_statement_of_catching_up_reads_the_backlog_or_the_past() {
        List<Recording.Statement> statements = new ArrayList<>();
        try (Store store = recorded(statements)) {
            fill(store, PENDING, SETTLED);
            Inbox inbox = Inbox.open(
                    store,
                    new InboxSettings(Duration.ofHours(24), Duration.ofSeconds(30), Duration.ofDays(400), "a key"));
            List<Batch> before = inbox.queue().claim(1, 100);
            JdbcLedger ledger = new JdbcLedger(store);
            statements.clear();

            inbox.intakes().subscribe("/data/ContactChangeEvent");
            inbox.intakes().subscribe("/data/ContactChangeEvent");
            assertThat(ledger.catchingUp()).isTrue();
            assertThat(inbox.queue().overtaken(before.get(0))).isTrue();
            assertThat(inbox.queue().claim(4, 100)).isEmpty();
            List<Doubts.GapCheck> checks = inbox.doubts().gapChecks(200);
            assertThat(checks).isNotEmpty();
            inbox.doubts().gone(checks);
            assertThat(inbox.queue().claim(4, 100)).isNotEmpty();
            inbox.doubts().letGo(Duration.ZERO);
            inbox.intakes()
                    .accept(new Intake(List.of(), List.of(), null)
                            .saying(new CatchUp("/data/ContactChangeEvent", true)));
            List<Recording.Statement> seen = List.copyOf(statements);

            assertThat(seen).hasSizeGreaterThan(15);
            assertPlans(store, seen, (sql, plan) -> assertThat(plan)
                    .as("the past of a list")
                    .doesNotContain("deletion_lane"));
        }
    }

    /** Of a merge, of callbacks and of a list that is given up: the rows of the contacts, or what is open. */
    @Test
    void no_statement_of_merges_callbacks_and_found_lists_reads_the_past() {
        List<Recording.Statement> statements = new ArrayList<>();
        try (Store store = recorded(statements)) {
            fill(store, 1_000, SETTLED);
            Inbox inbox = Inbox.open(
                    store,
                    new InboxSettings(Duration.ofHours(24), Duration.ofSeconds(30), Duration.ofDays(400), "a key"));
            DeletionRequest loser =
                    RestorationContract.deletion("L1", "003-loser", AT).askingForMerge();
            inbox.foundLists()
                    .serve(ListRules.of(List.of("L0", "L1", "L2", "L3")), FoundListsContract.SCOPE, Duration.ofDays(7));
            statements.clear();

            inbox.intakes().accept(OnEitherDatabase.intake(loser));
            Merge merge = new Merge(List.of("003-winner"), Merge.End.LIVES, AT);
            inbox.doubts().merged(inbox.doubts().gapChecks(10), Map.of("003-loser", merge), true);
            inbox.intakes()
                    .accept(OnEitherDatabase.intake(new DeletionRequest(
                            "L1",
                            Identifier.external("salesforce", "003-5"),
                            "sweep:0",
                            Origin.SWEEP,
                            Instant.EPOCH,
                            DeletionState.PENDING,
                            "merged into 003-winner")));
            inbox.callbacks().acceptedAt(List.of(1L, 2L));
            assertThat(inbox.callbacks().deleted(List.of(callbackOf("003-5"), callbackOf("003-none"))))
                    .hasSize(1);
            finish(inbox.foundLists(), Set.of(), Set.of("L1", "L2"));
            finish(inbox.foundLists(), Set.of("L1"), Set.of());
            assertThat(inbox.foundLists().forget(List.of("L2"), "kim").deletions())
                    .isEqualTo(250);
            List<Recording.Statement> seen = List.copyOf(statements);

            assertThat(seen).hasSizeGreaterThan(20);
            assertPlans(store, seen, (sql, plan) -> {
                assertThat(plan).as("the past of a list").doesNotContain("deletion_lane");
                assertThat(plan).doesNotContain("Hash Join");
            });
        }
    }

    private static CallbackRow callbackOf(String contact) {
        return new CallbackRow(
                "c-" + contact,
                "L1",
                "record",
                "salesforce",
                contact,
                CallbackState.LIVING,
                false,
                AT,
                null,
                null,
                null);
    }

    private static void finish(FoundLists lists, Set<String> back, Set<String> vanished) {
        lists.order();
        assertThat(lists.begin()).isTrue();
        lists.finish(
                new FoundLists.Found(List.of(), Map.of(), false, back, vanished, Set.of(), Set.of(), "", ""),
                Duration.ofMinutes(10));
    }

    @Test
    void who_was_restored_too_late_is_found_from_the_restorations() {
        List<Recording.Statement> statements = new ArrayList<>();
        try (Store store = recorded(statements)) {
            fill(store, 1_000, SETTLED);
            Inbox inbox = Inbox.open(
                    store,
                    new InboxSettings(Duration.ofHours(24), Duration.ofSeconds(30), Duration.ofDays(400), "a key"));
            inbox.intakes().accept(new Intake(List.of(), List.of(restoration("003-3", true)), List.of(), null, null));
            statements.clear();

            assertThat(new JdbcLateRestorations(store).restoredTooLate(10)).hasSize(1);
            List<Recording.Statement> seen = List.copyOf(statements);

            for (Runnable prepare : List.<Runnable>of(() -> {}, () -> analyze(store))) {
                prepare.run();
                assertThat(seen.stream().map(this::plan).filter(plan -> plan.contains("deletion_row")))
                        .hasSize(2)
                        .allSatisfy(plan -> assertThat(plan)
                                .contains("deletion_key")
                                .doesNotContain("SCAN deletion_row", "Seq Scan on deletion", "deletion_lane"));
            }
        }
    }

    /** What is counted by contact is what came since: the identifiers of the whole past have an order in the key. */
    @Test
    void what_is_counted_by_contact_is_looked_for_by_id() {
        List<Recording.Statement> statements = new ArrayList<>();
        try (Store store = recorded(statements)) {
            fill(store, 1_000, SETTLED);
            Inbox inbox = Inbox.open(
                    store,
                    new InboxSettings(Duration.ofHours(24), Duration.ofSeconds(30), Duration.ofDays(400), "a key"));
            long before = inbox.untold().newestRow();
            inbox.intakes().accept(OnEitherDatabase.intake(found("L1", "missing", Origin.SWEEP, 1)));
            inbox.untold().swept(new Untold.Swept(before, List.of(), AT));
            statements.clear();

            inbox.untold().judge(Duration.ofHours(1));
            inbox.sights().toldSince(before, Set.of("003"));
            List<Recording.Statement> seen = statements.stream()
                    .filter(statement -> statement.sql().contains("count(distinct"))
                    .toList();

            assertThat(seen).hasSize(2);
            assertPlans(store, seen, (sql, plan) -> assertThat(plan)
                    .doesNotContainPattern("using deletion_key on deletion_row.*\n(?!\\s+Index Cond)")
                    .doesNotContainPattern("SCAN .*deletion_key"));
        }
    }

    private static Restoration restoration(String contactId, boolean confirmed) {
        return new Restoration(Identifier.external("salesforce", contactId), "back", AT.plusSeconds(5), confirmed);
    }

    @Test
    void counting_what_is_held_reads_no_settled_row() {
        List<Recording.Statement> statements = new ArrayList<>();
        try (Store store = recorded(statements)) {
            fill(store, 10, 1_000);
            statements.clear();

            assertThat(new JdbcLedger(store).held()).containsValue(0L);
            List<Recording.Statement> seen = statements.stream()
                    .filter(statement -> statement.sql().contains("deletion_row"))
                    .toList();

            assertThat(seen).hasSize(2);
            assertPlans(
                    store, seen, (sql, plan) -> assertThat(plan).containsAnyOf("deletion_open", "deletion_row_pkey"));
        }
    }

    @Test
    void counting_reads_no_settled_row() {
        List<Recording.Statement> statements = new ArrayList<>();
        try (Store store = recorded(statements)) {
            fill(store, 10, 1_000);
            statements.clear();

            new JdbcLedger(store).counts();

            for (Recording.Statement statement : List.copyOf(statements)) {
                assertThat(plan(statement)).containsAnyOf("deletion_open", "settled", "entering");
            }
        }
    }
}
