package io.recordsync.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recordsync.deletion.Batch;
import io.recordsync.deletion.ClaimedDeletion;
import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.DeletionRequest;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.Identifier;
import io.recordsync.deletion.Intake;
import io.recordsync.deletion.Origin;
import io.recordsync.deletion.Restoration;
import io.recordsync.deletion.SweepDemand;
import io.recordsync.inbox.Doubts.GapCheck;
import io.recordsync.inbox.Intakes.Subscription;
import io.recordsync.inbox.database.Transaction;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A database that holds an older state under the running inbox, whatever database it is. */
abstract class BackInTimeContract extends OnEitherDatabase {

    private static final List<String> TABLES = List.of(
            "deletion_row",
            "lane",
            "claim",
            "session",
            "stream_position",
            "record_list",
            "sweep",
            "problem",
            "settled",
            "clock");

    /** Of an insert that brings its ids. */
    abstract String withIds();

    /** The next deletion gets the id behind the last one that is there. */
    abstract void restartIds(Transaction transaction) throws SQLException;

    /** What a standby has that gets nothing any more. */
    private void copy() {
        store.write("test", transaction -> {
            for (String table : TABLES) {
                transaction.change("create table old_" + table + " as select * from " + table);
            }
            return null;
        });
    }

    private void goBack() {
        goBack(TABLES);
    }

    private void goBack(List<String> tables) {
        store.write("test", transaction -> {
            for (String table : tables) {
                transaction.change("delete from " + table);
                transaction.change("insert into " + table + withIds() + "select * from old_" + table);
            }
            restartIds(transaction);
            return null;
        });
    }

    @AfterEach
    void forget() {
        store.write("test", transaction -> {
            for (String table : TABLES) {
                transaction.change("drop table if exists old_" + table);
            }
            return null;
        });
    }

    @Test
    void a_position_is_saved_only_over_the_one_that_was_saved_last() {
        Subscription subscription = inbox.intakes().subscribe(CHANNEL).orElseThrow();
        inbox.intakes().accept(new Intake(List.of(request("L1", "before")), List.of(), position(subscription, 1)));
        copy();
        inbox.intakes().accept(new Intake(List.of(request("L1", "lost")), List.of(), position(subscription, 2)));
        goBack();

        Intake next = new Intake(List.of(request("L1", "next")), List.of(), position(subscription, 3));
        assertThatThrownBy(() -> inbox.intakes().accept(next))
                .isInstanceOf(InboxException.class)
                .hasMessageContaining("gone back in time");
        assertThatThrownBy(() -> inbox.intakes().accept(next)).isInstanceOf(SubscriptionLostException.class);

        assertThat(savedReplayId()).containsExactly(1);
        assertThat(ledger.find(all())).extracting(Ledger.Entry::identifier).containsExactly("before");
        assertSweepDue();
        assertThat(inbox.intakes().subscribe(CHANNEL).orElseThrow().position().replayId())
                .containsExactly(1);
    }

    /** A position is one event behind: the first event of a stream is accepted without moving it. */
    @Test
    void a_position_that_was_saved_twice_is_not_taken_for_the_same() {
        Subscription subscription = inbox.intakes().subscribe(CHANNEL).orElseThrow();
        inbox.intakes().accept(new Intake(List.of(), List.of(), position(subscription, 1)));
        copy();
        inbox.intakes().accept(new Intake(List.of(request("L1", "lost")), List.of(), position(subscription, 1)));
        goBack();

        assertThatThrownBy(() -> inbox.intakes()
                        .accept(new Intake(List.of(request("L1", "next")), List.of(), position(subscription, 2))))
                .hasMessageContaining("gone back in time");
        assertSweepDue();
    }

    @Test
    void a_subscriber_in_quiet_times_finds_out_as_well() {
        Subscription subscription = inbox.intakes().subscribe(CHANNEL).orElseThrow();
        copy();
        inbox.intakes().accept(new Intake(List.of(request("L1", "lost")), List.of(), position(subscription, 2)));
        goBack();

        assertThatThrownBy(() -> inbox.intakes().keepSubscription(subscription.position()))
                .hasMessageContaining("gone back in time");
        assertSweepDue();
    }

    @Test
    void a_heartbeat_finds_out_and_the_claims_of_the_session_that_was_are_free() {
        acceptMany("L1", 3);
        List<Long> ids = ids(inbox.queue().claim(1, 100));
        copy();
        inbox.session().heartbeat();
        goBack();

        inbox.session().heartbeat();

        assertSweepDue();
        believe();
        assertThat(ids(inbox.queue().claim(1, 100))).containsExactlyElementsOf(ids);
        assertThat(ledger.problems(9)).extracting(Ledger.ProblemEntry::kind).containsExactly("database_went_back");
    }

    @Test
    void what_comes_back_as_claimed_and_is_in_nobodys_hands_is_due_again() {
        acceptMany("L1", 3);
        List<Batch> claimed = inbox.queue().claim(1, 100);
        copy();
        inbox.queue().settle(deletions(claimed), Confirmation.EXACT, Duration.ZERO);
        goBack();
        assertThat(ledger.counts()).containsEntry(DeletionState.CLAIMED, 3L);

        inbox.session().heartbeat();

        assertThat(ids(inbox.queue().claim(1, 100))).containsExactlyElementsOf(ids(claimed));
    }

    @Test
    void what_is_in_hand_stays_claimed() {
        acceptMany("L1", 3);
        List<Batch> claimed = inbox.queue().claim(1, 100);

        inbox.session().heartbeat();
        inbox.session().heartbeat();

        assertThat(inbox.queue().settle(deletions(claimed), Confirmation.EXACT, Duration.ZERO))
                .isEqualTo(3);
    }

    @Test
    void the_answer_to_an_old_call_settles_nothing_that_got_its_ids_afterwards() {
        inbox.recordLists().register(List.of("L1"));
        copy();
        acceptMany("L1", "sent", 3);
        List<ClaimedDeletion> inFlight = deletions(inbox.queue().claim(1, 100));
        // Nobody has found out yet; the first deletion of a lane that is gone would be refused.
        goBack(TABLES.stream()
                .filter(table -> !List.of("session", "lane").contains(table))
                .toList());
        acceptMany("L1", "never sent", 3);
        List<Batch> again = inbox.queue().claim(1, 100);
        assertThat(ids(again))
                .isEqualTo(inFlight.stream().map(ClaimedDeletion::id).toList());

        assertThat(inbox.queue().settle(inFlight, Confirmation.EXACT, Duration.ZERO))
                .isZero();

        assertThat(ledger.counts()).containsEntry(DeletionState.CLAIMED, 3L);
        assertThat(inbox.queue().settle(deletions(again), Confirmation.EXACT, Duration.ZERO))
                .isEqualTo(3);
    }

    @Test
    void a_list_that_is_not_there_any_more_is_registered_again() {
        copy();
        acceptMany("L1", 1);
        inbox.session().heartbeat();
        goBack();
        inbox.session().heartbeat();

        acceptMany("L1", 1);

        assertThat(ids(inbox.queue().claim(1, 100))).hasSize(1);
    }

    /** The UNDELETE of one of them may be among what is lost. */
    @Test
    void salesforce_is_asked_about_all_that_waits_in_the_older_state() {
        acceptMany("L1", "waits", 2);
        copy();
        restore("waits-0");
        inbox.session().heartbeat();
        goBack();

        inbox.session().heartbeat();

        assertThat(ledger.counts()).containsEntry(DeletionState.CHECKING, 2L);
        assertThat(inbox.queue().claim(1, 100)).isEmpty();
    }

    @Test
    void what_is_taken_in_beside_the_stream_shows_when_it_was_lost() {
        copy();
        acceptMany("L1", "lost", 1);
        goBack();

        assertThatThrownBy(() -> acceptMany("L1", "next", 1)).hasMessageContaining("gone back in time");

        assertSweepDue();
        acceptMany("L1", "next", 1);
        assertThat(ledger.find(all())).extracting(Ledger.Entry::identifier).containsExactly("next-0");
    }

    @Test
    void an_answer_of_salesforce_changes_nothing_that_got_its_ids_afterwards() {
        inbox.recordLists().register(List.of("L1"));
        copy();
        check("asked about");
        List<GapCheck> asked = inbox.doubts().gapChecks(10);
        goBack();
        inbox.session().heartbeat();
        check("another one");
        assertThat(inbox.doubts().gapChecks(10).get(0).deletions())
                .isEqualTo(asked.get(0).deletions());

        assertThat(inbox.doubts().gone(asked)).isZero();
        assertThat(inbox.doubts().living(asked)).isZero();

        assertThat(ledger.counts()).containsEntry(DeletionState.CHECKING, 1L);
    }

    /** A sweep that is over would answer the next demand otherwise. */
    @Test
    void the_number_of_a_demand_that_is_lost_is_not_given_out_again() {
        inbox.intakes().subscribe(CHANNEL);
        copy();
        inbox.coverage().demand(new SweepDemand("lost", null, false));
        long lost = inbox.coverage().begin(Duration.ofDays(1)).orElseThrow().demand();
        inbox.session().heartbeat();
        goBack();
        inbox.session().heartbeat();

        assertThat(inbox.coverage().begin(Duration.ofDays(1)).orElseThrow().demand())
                .isGreaterThan(lost);
    }

    private void check(String contact) {
        inbox.intakes()
                .accept(intake(new DeletionRequest(
                        "L1",
                        Identifier.external("salesforce", contact),
                        "tx-" + contact,
                        Origin.STREAM,
                        START,
                        DeletionState.CHECKING)));
    }

    private void restore(String contact) {
        Restoration back = new Restoration(
                Identifier.external("salesforce", contact), "back-" + contact, START.plusSeconds(1), true);
        inbox.intakes().accept(new Intake(List.of(), List.of(back), List.of(), null, null));
    }

    /** None of those that are in doubt lives. */
    private void believe() {
        inbox.doubts().gone(inbox.doubts().gapChecks(200));
    }

    private void assertSweepDue() {
        assertThat(inbox.coverage().state().owed()).contains("gone back in time");
    }
}
