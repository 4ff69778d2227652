package io.recordsync.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.DeletionRequest;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.Identifier;
import io.recordsync.deletion.Intake;
import io.recordsync.deletion.Origin;
import io.recordsync.inbox.History.Point;
import io.recordsync.inbox.Queue.Postponement;
import io.recordsync.inbox.Tally.Settled;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the inbox counts while it works, and the history that comes of it, whatever the database. */
abstract class HistoryContract extends OnEitherDatabase {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    /** What the tally was told. */
    private final List<String> told = new ArrayList<>();

    private JdbcHistory history;

    @BeforeEach
    void watch() {
        history = new JdbcHistory(store);
        inbox = Inbox.open(store, SETTINGS, Tally.both(history, new Tally() {
            @Override
            public void accepted(Origin origin, int rows) {
                told.add("accepted " + rows + " of " + origin);
            }

            @Override
            public void settled(Confirmation confirmation, List<Settled> rows) {
                told.add("settled " + confirmation + " " + rows);
            }

            @Override
            public void parked(int rows) {
                told.add("parked " + rows);
            }
        }));
    }

    @Test
    void the_tally_is_told_of_what_is_new_done_and_parked_and_of_nothing_else() {
        accept("003A", "003B");
        accept("003A", "003B");
        advance(Duration.ofSeconds(2));
        List<Long> ids = claim();
        inbox.queue().settle(claimed(ids.subList(0, 1)), Confirmation.EXACT, Duration.ZERO);
        inbox.queue().settle(claimed(List.of(4711L)), Confirmation.EXACT, Duration.ZERO);
        inbox.queue().postpone(claimed(ids.subList(1, 2)), Duration.ZERO, UNAVAILABLE, Postponement.FAILED);
        inbox.queue().park(claimed(claim()), REFUSED);

        assertThat(told)
                .containsExactly(
                        "accepted 2 of STREAM",
                        "settled EXACT " + List.of(new Settled(Origin.STREAM, Duration.ofSeconds(7))),
                        "settled EXACT []",
                        "parked 0",
                        "parked 1");
    }

    @Test
    void what_gave_up_is_parked_too() {
        accept("003A");
        advance(GIVE_UP_AFTER);
        inbox.session().heartbeat();

        inbox.queue().postpone(claimed(claim()), Duration.ZERO, UNAVAILABLE, Postponement.FAILED);

        assertThat(told).endsWith("parked 1");
    }

    @Test
    void what_was_not_written_is_not_counted() {
        faults.failOn("insert into deletion");

        assertThatThrownBy(() -> accept("003A")).isInstanceOf(InboxException.class);

        assertThat(told).isEmpty();
    }

    @Test
    void every_step_is_there_oldest_first_and_nodes_add_up() {
        accept("003A", "003B", "003C");
        history.flush();
        JdbcHistory otherNode = new JdbcHistory(store);
        otherNode.accepted(Origin.SWEEP, 4);
        otherNode.flush();
        advance(Duration.ofSeconds(119));
        inbox.session().heartbeat();
        List<Long> ids = claim();
        inbox.queue().settle(claimed(ids.subList(0, 2)), Confirmation.BATCH, Duration.ZERO);
        inbox.queue().park(claimed(ids.subList(2, 3)), REFUSED);
        history.flush();
        history.flush();

        assertThat(history.points(MINUTE, 4))
                .containsExactly(
                        new Point(START.minus(MINUTE.multipliedBy(2)), 0, 0, 0),
                        new Point(START.minus(MINUTE), 0, 0, 0),
                        new Point(START, 7, 0, 0),
                        new Point(START.plus(MINUTE), 0, 2, 1));
        assertThat(history.points(Duration.ofMinutes(15), 2))
                .containsExactly(new Point(START.minus(Duration.ofMinutes(15)), 0, 0, 0), new Point(START, 7, 2, 1));
        assertThat(history.points(MINUTE, 1)).containsExactly(new Point(START.plus(MINUTE), 0, 2, 1));
    }

    @Test
    void a_flush_is_one_statement_and_none_where_nothing_happened() {
        faults.executed.clear();
        history.flush();
        assertThat(faults.executed).isEmpty();

        history.accepted(Origin.API, 1);
        history.parked(1);
        history.flush();
        history.flush();

        assertThat(faults.executed).hasSize(1);
    }

    @Test
    void what_a_database_that_is_away_did_not_take_is_added_later() {
        history.parked(2);
        faults.failOn("insert into history");
        assertThatThrownBy(history::flush).isInstanceOf(InboxException.class);
        faults.heal();
        history.parked(1);

        history.flush();

        assertThat(history.points(MINUTE, 1)).containsExactly(new Point(START, 0, 0, 3));
    }

    @Test
    void a_week_and_a_day_is_kept() {
        history.parked(1);
        history.flush();
        advance(Duration.ofDays(8));
        inbox.retention().forget();
        assertThat(history.points(Duration.ofHours(1), 8 * 24 + 1)).contains(new Point(START, 0, 0, 1));

        advance(MINUTE);
        inbox.retention().forget();

        assertThat(history.points(Duration.ofHours(1), 8 * 24 + 1)).contains(new Point(START, 0, 0, 0));
    }

    @Test
    void dead_letters_are_grouped_by_list_and_reason_the_most_first() {
        Instant later = START.plus(MINUTE);
        accept("003A");
        inbox.queue().park(claimed(claim()), UNAVAILABLE);
        advance(MINUTE);
        inbox.session().heartbeat();
        accept("003B", "003C");
        inbox.queue().park(claimed(claim()), REFUSED);
        accept("003D");

        assertThat(ledger.deadLetters())
                .containsExactly(
                        new Ledger.DeadLetters("L1", "refused", "Talkdesk refused the item", 2, later),
                        new Ledger.DeadLetters("L1", "unavailable", "Talkdesk answered 503", 1, START));
    }

    private void accept(String... contacts) {
        List<DeletionRequest> deletions = Stream.of(contacts)
                .map(contact -> new DeletionRequest(
                        "L1",
                        Identifier.external("salesforce", contact),
                        "tx-" + contact,
                        Origin.STREAM,
                        START.minusSeconds(5),
                        DeletionState.PENDING))
                .toList();
        inbox.intakes().accept(new Intake(deletions, List.of(), null));
    }

    private List<Long> claim() {
        return OnEitherDatabase.ids(inbox.queue().claim(10, 100));
    }
}
