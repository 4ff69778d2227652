package io.recordsync.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.deletion.DeletionRequest;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.Find;
import io.recordsync.deletion.HeldReason;
import io.recordsync.deletion.Identifier;
import io.recordsync.deletion.Merge;
import io.recordsync.deletion.Origin;
import io.recordsync.deletion.Restoration;
import io.recordsync.deletion.Sign;
import io.recordsync.inbox.Decisions.Selection;
import io.recordsync.inbox.Doubts.GapCheck;
import io.recordsync.inbox.Ledger.Entry;
import io.recordsync.inbox.Ledger.Filter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The losers of merges: asked about first where a person decides, and decided about apart from the guard. */
abstract class MergesContract extends OnEitherDatabase {

    private static final String ANN = "003DL0000212DetYAE";
    private static final String BEN = "003DL0000214OYdYAM";
    private static final Instant DELETED = START.minusSeconds(5);
    /** Of the loser in the Recycle Bin: a little later than its event. */
    private static final Instant SEEN = DELETED.plusSeconds(1);

    private static final Merge MERGE = new Merge(List.of(BEN), Merge.End.LIVES, SEEN);
    private static final Selection MERGED = new Selection(List.of(), null, null, null, null, HeldReason.MERGE);

    @Test
    void what_may_be_a_loser_is_checking_first_and_goes_on_where_it_is_none() {
        accept(streamed("L1", ANN));

        assertThat(entry(ANN).state()).isEqualTo(DeletionState.CHECKING);
        assertThat(inbox.doubts().gone(checks())).isOne();
        assertThat(entry(ANN).state()).isEqualTo(DeletionState.PENDING);
        assertThat(entry(ANN).note()).isEmpty();
    }

    @Test
    void a_loser_is_held_for_a_person_with_the_words_in_every_list() {
        accept(streamed("L1", ANN), streamed("L2", ANN));

        assertThat(hold()).isZero();

        assertThat(ledger.ofContact(ANN).toList()).hasSize(2).allSatisfy(row -> {
            assertThat(row.state()).isEqualTo(DeletionState.HELD);
            assertThat(row.heldReason()).isEqualTo(HeldReason.MERGE);
            assertThat(row.note()).isEqualTo("merged into " + BEN);
        });
        assertThat(ledger.held()).containsEntry(HeldReason.MERGE, 2L);
        assertThat(ledger.guard().held()).isZero();
    }

    @Test
    void where_nobody_decides_it_goes_on_and_the_merge_is_told_all_the_same() {
        accept(streamed("L1", ANN));

        assertThat(inbox.doubts().merged(checks(), Map.of(ANN, MERGE), false)).isOne();

        assertThat(entry(ANN).state()).isEqualTo(DeletionState.PENDING);
        assertThat(entry(ANN).note()).isEqualTo("merged into " + BEN);
    }

    @Test
    void where_the_master_was_deleted_itself_nobody_lives_on_and_it_goes_on() {
        accept(streamed("L1", ANN));

        Merge ended = new Merge(List.of(BEN), Merge.End.DELETED, SEEN);
        assertThat(inbox.doubts().merged(checks(), Map.of(ANN, ended), true)).isOne();

        assertThat(entry(ANN).state()).isEqualTo(DeletionState.PENDING);
        assertThat(entry(ANN).note()).isEqualTo("merged into " + BEN + ", which was deleted itself");
    }

    @Test
    void what_was_approved_is_sent_and_is_not_held_again_when_it_is_asked_about_again() {
        accept(streamed("L1", ANN));
        hold();

        assertThat(inbox.decisions().approve(MERGED, "kim")).isOne();
        assertThat(entry(ANN).state()).isEqualTo(DeletionState.PENDING);
        store.write("test", transaction -> transaction.change("update deletion set state = 'checking'"));
        assertThat(hold()).isOne();

        assertThat(ids(inbox.queue().claim(1, 10))).hasSize(1);
        assertThat(entry(ANN).approvedBy()).isEqualTo("kim");
    }

    /** The time in the Recycle Bin is a little later than that of the event: it would be a later sign. */
    @Test
    void a_rejection_is_not_undone_by_a_later_sweep_or_presence_check_of_the_same_merge() {
        accept(streamed("L1", ANN));
        hold();
        assertThat(inbox.decisions().reject(MERGED, "kim")).isOne();
        assertThat(entry(ANN).message()).isEqualTo("Held (merge), and rejected by a person");

        accept(found("L1", ANN, Origin.SWEEP, SEEN));
        accept(found("L1", ANN, Origin.RECONCILE, START.plusSeconds(60))
                .foundWith(new Find(Sign.IS_DELETED, SEEN, "", null)));
        accept(found("L1", ANN, Origin.RECONCILE, START.plusSeconds(61))
                .foundWith(new Find(Sign.NONE, null, "", HeldReason.NOT_VISIBLE))
                .in(DeletionState.HELD));

        assertThat(ledger.ofContact(ANN)).hasSize(1);
        accept(found("L1", ANN, Origin.SWEEP, SEEN.plusSeconds(60)));
        assertThat(ledger.ofContact(ANN)).as("deleted again").hasSize(2);
    }

    @Test
    void a_restored_loser_is_let_go() {
        accept(streamed("L1", ANN));
        hold();

        inbox.intakes()
                .accept(new io.recordsync.deletion.Intake(
                        List.of(),
                        List.of(new Restoration(Identifier.external("salesforce", ANN), "back/1", START, true, null)),
                        List.of(),
                        null,
                        null));

        assertThat(entry(ANN).state()).isEqualTo(DeletionState.CANCELLED);
        assertThat(entry(ANN).failureCode()).isEqualTo("restored");
    }

    @Test
    void what_is_not_shown_any_more_goes_on_with_a_note() {
        accept(streamed("L1", ANN));

        assertThat(inbox.doubts().notShown(checks(), "purged, so that nobody can tell"))
                .isOne();

        assertThat(entry(ANN).state()).isEqualTo(DeletionState.PENDING);
        assertThat(entry(ANN).note()).isEqualTo("purged, so that nobody can tell");
    }

    @Test
    void the_guard_neither_counts_what_is_held_for_a_merge_nor_stays_shut_for_it() {
        store.close();
        store = open(NOW, source -> FaultyDataSource.of(source, faults));
        inbox = Inbox.open(
                store,
                new InboxSettings(
                        GIVE_UP_AFTER,
                        SESSION_TTL,
                        SETTINGS.retention(),
                        "a key",
                        Duration.ZERO,
                        1,
                        Duration.ofHours(1),
                        null));
        ledger = new JdbcLedger(store);
        accept(streamed("L1", ANN), streamed("L1", "003DL0000219999YAA"), streamed("L1", "003DL0000219998YAA"));
        List<GapCheck> checks = checks();
        Map<String, Merge> merges = Map.of(ANN, MERGE, "003DL0000219999YAA", MERGE, "003DL0000219998YAA", MERGE);

        inbox.doubts().merged(checks, merges, true);
        assertThat(ledger.guard().trippedAt()).isNull();
        assertThat(ledger.guard().held()).isZero();

        accept(plain(BEN), plain("003DL0000219997YAA"));
        assertThat(ledger.guard().held()).isEqualTo(2);
        inbox.decisions().reject(new Selection(List.of(), null, null), "kim");
        advance(Duration.ofHours(2));
        inbox.session().heartbeat();
        assertThat(ledger.guard().trippedAt()).as("with merges still held").isNull();
        assertThat(ledger.held()).containsEntry(HeldReason.MERGE, 3L);
        assertThat(inbox.decisions().approve(MERGED, "kim")).isEqualTo(3);
        assertThat(ledger.guard().held()).isZero();
    }

    @Test
    void a_late_event_adopts_what_a_sweep_has_found_and_a_person_decided_about() {
        accept(found("L1", ANN, Origin.SWEEP, DELETED));
        hold();
        inbox.intakes().subscribe(CHANNEL);

        accept(streamed("L1", ANN));

        assertThat(ledger.ofContact(ANN)).singleElement().satisfies(row -> {
            assertThat(row.origin()).isEqualTo("stream");
            assertThat(row.heldReason()).isEqualTo(HeldReason.MERGE);
        });
    }

    private int hold() {
        return inbox.doubts().merged(checks(), Map.of(ANN, MERGE), true);
    }

    private List<GapCheck> checks() {
        return inbox.doubts().gapChecks(10);
    }

    private void accept(DeletionRequest... requests) {
        inbox.intakes().accept(intake(requests));
    }

    private Entry entry(String contact) {
        return ledger.find(new Filter(null, "L1", contact, 10, null)).get(0);
    }

    private static DeletionRequest plain(String contact) {
        return found("L1", contact, Origin.STREAM, DELETED);
    }

    private static DeletionRequest streamed(String list, String contact) {
        return found(list, contact, Origin.STREAM, DELETED).askingForMerge();
    }

    private static DeletionRequest found(String list, String contact, Origin origin, Instant at) {
        DeletionRequest found = new DeletionRequest(
                list,
                Identifier.external("salesforce", contact),
                origin + ":" + contact + at,
                origin,
                at,
                DeletionState.PENDING);
        return origin == Origin.STREAM ? found : found.askingForMerge();
    }
}
