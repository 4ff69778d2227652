package io.recordsync.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.deletion.Commit;
import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.DeletionRequest;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.Identifier;
import io.recordsync.deletion.Intake;
import io.recordsync.deletion.Origin;
import io.recordsync.deletion.Problem;
import io.recordsync.inbox.Decisions.Selection;
import io.recordsync.inbox.Ledger.Entry;
import io.recordsync.inbox.Ledger.Filter;
import io.recordsync.inbox.Queue.Postponement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the inbox forgets after {@code ledger.retention}, and what it keeps, whatever the database. */
abstract class RetentionContract extends OnEitherDatabase {

    private static final Duration RETENTION = SETTINGS.retention();

    @Test
    void what_ended_long_ago_is_forgotten_with_its_attempts() {
        accept("003A", "003B", "003C", "003D");
        List<Long> ids = claim();
        inbox.queue().postpone(claimed(ids), Duration.ZERO, UNAVAILABLE, Postponement.FAILED);
        claim();
        inbox.queue().settle(claimed(ids.subList(0, 2)), Confirmation.EXACT, Duration.ZERO);
        inbox.queue().park(claimed(ids.subList(2, 4)), REFUSED);
        inbox.decisions().discard(new Selection(ids.subList(2, 3), null, null), "ada");
        advance(RETENTION);
        accept("003E");

        assertThat(inbox.retention().forget()).isEqualTo(3);
        assertThat(inbox.retention().forget()).isZero();

        assertThat(ledger.find(new Filter(null, null, null, 10, null)))
                .extracting(Entry::identifier)
                .containsExactly("003E", "003D");
        assertThat(ledger.attempts(ids.get(0))).isEmpty();
        assertThat(ledger.attempts(ids.get(3))).as("parked: kept").hasSize(2);
        assertThat(ledger.counts())
                .containsEntry(DeletionState.DELETED, 0L)
                .containsEntry(DeletionState.CANCELLED, 0L)
                .containsEntry(DeletionState.PARKED, 1L)
                .containsEntry(DeletionState.PENDING, 1L);
    }

    @Test
    void the_place_of_its_commit_and_its_doubt_go_with_it() {
        inbox.intakes()
                .accept(OnEitherDatabase.intake(new DeletionRequest(
                        "L1",
                        Identifier.external("salesforce", "003A"),
                        "tx/1",
                        Origin.STREAM,
                        START,
                        DeletionState.PENDING,
                        "",
                        new Commit(1, 1))));
        List<Long> ids = claim();
        inbox.intakes().accept(new Intake(List.of(), List.of(), List.of(), null, true, null));
        inbox.queue().settle(claimed(ids), Confirmation.EXACT, Duration.ZERO);
        // As an older release wrote it.
        store.write(
                "test",
                transaction -> transaction.change("insert into deletion_commit (deletion, commit_number, sequence)"
                        + " select id, commit_number, sequence from deletion_row"));
        assertThat(beside()).isEqualTo(2);
        advance(RETENTION);

        assertThat(inbox.retention().forget()).isEqualTo(1);

        assertThat(beside()).isZero();
    }

    /** Rows in the tables beside that of the deletions. */
    private long beside() {
        return store.read(
                        "test",
                        transaction -> transaction.first(
                                "select (select count(*) from deletion_commit) + (select count(*) from deletion_doubt) as rows_beside",
                                row -> row.getLong("rows_beside")))
                .orElseThrow();
    }

    @Test
    void what_ended_lately_is_kept_however_old_it_is() {
        accept("003A");
        advance(RETENTION.minusDays(1));
        Inbox.open(store, SETTINGS).queue().settle(claimed(List.of()), Confirmation.EXACT, Duration.ZERO);
        inbox.session().heartbeat();
        inbox.queue().settle(claimed(claim()), Confirmation.EXACT, Duration.ZERO);
        advance(Duration.ofDays(1));

        assertThat(inbox.retention().forget()).isZero();
        assertThat(ledger.counts()).containsEntry(DeletionState.DELETED, 1L);
        advance(RETENTION);
        assertThat(inbox.retention().forget()).isEqualTo(1);
    }

    @Test
    void a_clock_that_is_far_ahead_forgets_nothing() {
        accept("003A");
        inbox.queue().settle(claimed(claim()), Confirmation.EXACT, Duration.ZERO);
        inbox.intakes().accept(new Intake(List.of(), List.of(new Problem("kind", "message")), null));
        AtomicReference<Instant> salesforce = new AtomicReference<>();
        Inbox other = Inbox.open(store, byTime(salesforce::get));
        advance(RETENTION.plusDays(1));

        assertThat(other.retention().forget())
                .as("Salesforce has not said its time")
                .isZero();
        assertThat(ledger.counts()).containsEntry(DeletionState.DELETED, 1L);
        salesforce.set(START.plusSeconds(5));
        assertThat(other.retention().forget()).isZero();
        assertThat(ledger.counts()).containsEntry(DeletionState.DELETED, 1L);
        assertThat(ledger.problems(10)).hasSize(1);

        salesforce.set(START.plus(RETENTION).plusSeconds(5));
        assertThat(other.retention().forget()).isEqualTo(1);
        assertThat(other.retention().forget()).isZero();
        assertThat(ledger.problems(10)).isEmpty();
    }

    @Test
    void a_clock_that_is_behind_is_believed() {
        accept("003A");
        inbox.queue().settle(claimed(claim()), Confirmation.EXACT, Duration.ZERO);
        Inbox other = Inbox.open(store, byTime(() -> START.plus(RETENTION).plusSeconds(5)));

        assertThat(other.retention().forget()).isZero();
    }

    /** Each took the rows of the other from the totals too. */
    @Test
    void what_two_nodes_forget_together_is_counted_once() throws Exception {
        Inbox other = Inbox.open(store, SETTINGS);
        for (int round = 0; round < 5; round++) {
            accept(IntStream.range(0, 500).mapToObj(i -> "003-" + i).toArray(String[]::new));
            inbox.queue().settle(claimed(claim()), Confirmation.EXACT, Duration.ZERO);
            advance(RETENTION);
            inbox.session().heartbeat();
            other.session().heartbeat();

            OnEitherDatabase.together(inbox.retention()::forget, other.retention()::forget);

            assertThat(ledger.counts()).containsEntry(DeletionState.DELETED, 0L);
        }
    }

    @Test
    void a_long_past_is_forgotten_in_small_steps_behind_what_is_open_still() {
        int many = JdbcRetention.STEP + 10;
        accept(names("open", many));
        inbox.queue().park(claimed(claim()), REFUSED);
        accept(names("done", many));
        inbox.queue().settle(claimed(claim()), Confirmation.BATCH, Duration.ZERO);
        advance(RETENTION);

        List<Integer> steps = new ArrayList<>();
        for (int forgotten = inbox.retention().forget();
                forgotten > 0;
                forgotten = inbox.retention().forget()) {
            steps.add(forgotten);
        }

        assertThat(steps).allSatisfy(step -> assertThat(step).isLessThanOrEqualTo(JdbcRetention.STEP));
        assertThat(steps.stream().mapToInt(step -> step).sum()).isEqualTo(many);
        assertThat(ledger.counts())
                .containsEntry(DeletionState.PARKED, (long) many)
                .containsEntry(DeletionState.DELETED, 0L);
    }

    @Test
    void old_problems_are_forgotten_and_young_ones_are_not() {
        inbox.intakes().accept(new Intake(List.of(), List.of(new Problem("refused_id", "old")), null));
        advance(RETENTION);
        inbox.intakes().accept(new Intake(List.of(), List.of(new Problem("refused_id", "young")), null));

        inbox.retention().forget();

        assertThat(ledger.problems(10)).extracting(Ledger.ProblemEntry::message).containsExactly("young");
    }

    @Test
    void a_contact_deleted_again_while_its_row_is_parked_is_tried_anew() {
        accept("003A");
        inbox.queue().park(claimed(claim()), REFUSED);
        DeletionRequest again = requestAtStart("003A", "tx-again/1");
        inbox.intakes().accept(new Intake(List.of(again), List.of(), null));

        assertThat(inbox.queue().settle(claimed(claim()), Confirmation.EXACT, Duration.ZERO))
                .isEqualTo(1);

        assertThat(ledger.find(new Filter(null, null, "003A", 10, null)))
                .extracting(Entry::state)
                .containsExactly(DeletionState.DELETED, DeletionState.PARKED);
    }

    private void accept(String... contacts) {
        List<DeletionRequest> requests = java.util.Arrays.stream(contacts)
                .map(id -> requestAtStart(id, "tx-" + id + "/1"))
                .toList();
        inbox.intakes().accept(new Intake(requests, List.of(), null));
    }

    private static String[] names(String name, int count) {
        return IntStream.range(0, count).mapToObj(i -> name + i).toArray(String[]::new);
    }

    private List<Long> claim() {
        inbox.session().heartbeat();
        return inbox.queue().claim(1, 100_000).stream()
                .flatMap(batch -> batch.ids().stream())
                .toList();
    }

    private static DeletionRequest requestAtStart(String id, String eventKey) {
        return new DeletionRequest(
                "L1", Identifier.external("salesforce", id), eventKey, Origin.STREAM, START, DeletionState.PENDING);
    }
}
