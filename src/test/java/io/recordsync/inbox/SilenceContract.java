package io.recordsync.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recordsync.deletion.CatchUp;
import io.recordsync.deletion.DeletionRequest;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.Identifier;
import io.recordsync.deletion.Intake;
import io.recordsync.deletion.MissedReport;
import io.recordsync.deletion.Origin;
import io.recordsync.deletion.Restoration;
import io.recordsync.deletion.SightState;
import io.recordsync.inbox.Sights.Known;
import io.recordsync.inbox.Sights.Lost;
import io.recordsync.inbox.Sights.Seen;
import io.recordsync.inbox.Sights.Told;
import io.recordsync.inbox.Untold.Judged;
import io.recordsync.inbox.Untold.Swept;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What is remembered of what Salesforce shows, and of what the stream did not tell, whatever the database. */
abstract class SilenceContract extends OnEitherDatabase {

    private static final String ADA = "003DL0000212DetYAE";
    private static final String BOB = "003DL0000214OYdYAM";
    private static final String LEAD = "00QDL0000214OYdYAM";

    // ---- what the user sees

    @Test
    void what_a_look_has_found_is_known_until_the_next() {
        assertThat(inbox.sights().known()).isEmpty();
        inbox.sights().note(new Seen("Contact", SightState.SEEN, "", 100L, 7, ADA));

        assertThat(inbox.sights().known())
                .containsExactly(new Known("Contact", SightState.SEEN, "", 100L, 7, false, ADA));

        inbox.sights().note(new Seen("Contact", SightState.UNSURE, "look", null, 9, ""));
        assertThat(inbox.sights().known("Contact"))
                .as("what could not be counted leaves the last count, and its row")
                .contains(new Known("Contact", SightState.UNSURE, "look", 100L, 7, false, ADA));
        assertThat(inbox.sights().known("Lead")).isEmpty();
    }

    @Test
    void what_is_not_believed_is_kept_apart_until_a_person_accepts_it() {
        inbox.sights().note(new Seen("Contact", SightState.SEEN, "", 100L, 0, ADA));
        inbox.sights().note(new Seen("Lead", SightState.SEEN, "", 5L, 0, LEAD));
        inbox.sights().note(new Seen("Contact", SightState.LOST, "lost", 20L, 0, BOB));
        assertThat(inbox.sights().known("Contact"))
                .contains(new Known("Contact", SightState.LOST, "lost", 100L, 0, false, ADA));
        List<Long> ids = acceptMany("list-1", 3);

        assertThat(inbox.sights().accept("kim", null)).containsExactly("Contact");

        Known accepted = inbox.sights().known("Contact").orElseThrow();
        assertThat(accepted.state()).isEqualTo(SightState.UNSURE);
        assertThat(accepted.message()).contains("accepted by kim");
        assertThat(accepted.living()).isEqualTo(20);
        assertThat(accepted.deletion()).isEqualTo(ids.get(2));
        assertThat(accepted.accepted()).isTrue();
        assertThat(inbox.sights().accept("kim", null)).isEmpty();
        inbox.sights().note(new Seen("Contact", SightState.SEEN, "", 21L, 0, ADA));
        assertThat(inbox.sights().known("Contact").orElseThrow().accepted()).isFalse();
    }

    @Test
    void what_is_lost_is_accepted_as_it_was_shown_or_not_at_all() {
        inbox.sights().note(new Seen("Contact", SightState.SEEN, "", 100L, 0, ADA));
        inbox.sights().note(new Seen("Contact", SightState.LOST, "20 of 100", 20L, 0, BOB));
        inbox.sights().note(new Seen("Contact", SightState.LOST, "3 of 100", 3L, 0, BOB));

        assertThatThrownBy(() -> inbox.sights().accept("kim", only(new Lost("Contact", "20 of 100"))))
                .isInstanceOf(NotAsShownException.class)
                .hasMessageContaining("3 of 100");

        Known lost = inbox.sights().known("Contact").orElseThrow();
        assertThat(lost.state()).isEqualTo(SightState.LOST);
        assertThat(lost.message()).isEqualTo("3 of 100");
        assertThat(lost.living()).isEqualTo(100);
        UnaryOperator<List<Lost>> shown = only(new Lost("Contact", "3 of 100"));
        assertThat(inbox.sights().accept("kim", shown)).containsExactly("Contact");
        assertThatThrownBy(() -> inbox.sights().accept("kim", shown)).isInstanceOf(NotAsShownException.class);
    }

    /** It was lost since, or is no longer configured, so that no page shows it. */
    @Test
    void what_was_not_shown_stays_lost() {
        for (String entity : List.of("Contact", "Lead")) {
            inbox.sights().note(new Seen(entity, SightState.SEEN, "", 100L, 0, ADA));
            inbox.sights().note(new Seen(entity, SightState.LOST, "1 of 100", 1L, 0, BOB));
        }

        assertThat(inbox.sights().accept("kim", only(new Lost("Contact", "1 of 100"))))
                .containsExactly("Contact");

        assertThat(inbox.sights().known("Contact").orElseThrow().living()).isEqualTo(1);
        Known lead = inbox.sights().known("Lead").orElseThrow();
        assertThat(lead.state()).isEqualTo(SightState.LOST);
        assertThat(lead.living()).isEqualTo(100);
        assertThat(lead.accepted()).isFalse();
    }

    private static UnaryOperator<List<Lost>> only(Lost shown) {
        return lost -> lost.stream().filter(shown::equals).toList();
    }

    @Test
    void a_sign_is_kept_without_a_look() {
        inbox.sights().sign("Contact", ADA);
        assertThat(inbox.sights().known()).isEmpty();
        assertThat(inbox.sights().known("Contact").orElseThrow().sign()).isEqualTo(ADA);
        inbox.sights().sign("Contact", BOB);
        assertThat(inbox.sights().known("Contact").orElseThrow().sign()).isEqualTo(BOB);
    }

    @Test
    void of_another_org_nothing_was_seen() {
        inbox.intakes().pinOrg("00D000000000001AAA");
        inbox.sights().note(new Seen("Contact", SightState.LOST, "lost", 20L, 0, BOB));

        inbox.decisions().confirmOrg("00D000000000002AAA");

        assertThat(inbox.sights().known()).isEmpty();
    }

    @Test
    void the_newest_deletions_that_salesforce_told_of_are_known_each_once() {
        accept(Origin.STREAM, START, ADA, "list-1", "list-2");
        accept(Origin.SWEEP, START.minusSeconds(9), BOB, "list-1", "list-2");
        accept(Origin.STREAM, START, LEAD, "list-1");
        accept(Origin.API, START, "003DL0000212DeuYAE", "list-1");
        accept(Origin.RECONCILE, START, "003DL0000212DevYAE", "list-1");
        accept(Origin.STREAM, START.minus(Duration.ofDays(11)), "003DL0000212DewYAE", "list-1");

        assertThat(inbox.sights().told(List.of("003"), 20))
                .containsExactly(new Told(BOB, START.minusSeconds(9)), new Told(ADA, START));
        assertThat(inbox.sights().told(List.of("003"), 1))
                .extracting(Told::externalId)
                .containsExactly(BOB);
        assertThat(inbox.sights().told(List.of("00Q"), 20))
                .extracting(Told::externalId)
                .containsExactly(LEAD);
        assertThat(inbox.sights().told(List.of(), 20)).isEmpty();
    }

    @Test
    void the_deletions_since_a_row_are_counted_by_contact() {
        accept(Origin.STREAM, START, ADA, "list-1", "list-2");
        long then = inbox.sights().newestDeletion();
        assertThat(inbox.sights().toldSince(0, List.of("003"))).isEqualTo(1);
        accept(Origin.SWEEP, START, BOB, "list-1", "list-2");
        accept(Origin.API, START, "003DL0000212DeuYAE", "list-1");
        accept(Origin.STREAM, START, LEAD, "list-1");

        assertThat(inbox.sights().toldSince(then, List.of("003"))).isEqualTo(1);
        assertThat(inbox.sights().toldSince(inbox.sights().newestDeletion(), List.of("003")))
                .isZero();
    }

    // ---- what the stream did not tell

    private static final Duration HOUR = Duration.ofHours(1);
    private static final Instant LONG_AGO = START.minus(Duration.ofHours(3));

    @Test
    void what_a_sweep_added_and_the_stream_did_not_tell_is_counted_by_contact() {
        long before = inbox.untold().newestRow();
        accept(Origin.SWEEP, LONG_AGO, ADA, "list-1", "list-2");
        accept(Origin.SWEEP, LONG_AGO, BOB, "list-1");
        accept(Origin.API, LONG_AGO, LEAD, "list-1");
        inbox.untold().swept(new Swept(before, List.of(), START));

        assertThat(inbox.untold().judge(HOUR)).isEqualTo(new Judged(2, true));
        assertThat(inbox.untold().report()).isEqualTo(new MissedReport(2, List.of(2L)));
        assertThat(inbox.untold().judge(HOUR)).as("once").isEqualTo(new Judged(0, true));

        advance(HOUR);
        assertThat(inbox.untold().judge(HOUR)).isEqualTo(new Judged(0, false));
        assertThat(inbox.untold().judge(HOUR)).isEqualTo(new Judged(0, false));
    }

    @Test
    void a_find_that_is_too_young_is_counted_later_unless_the_stream_tells_it_in_time() {
        long before = inbox.untold().newestRow();
        accept(Origin.SWEEP, START.minusSeconds(9), ADA, "list-1");
        accept(Origin.SWEEP, START.minusSeconds(9), BOB, "list-1");
        inbox.untold().swept(new Swept(before, List.of(), START));
        assertThat(inbox.untold().judge(HOUR)).isEqualTo(new Judged(0, true));

        accept(Origin.STREAM, START.minusSeconds(9), ADA, "list-1");
        advance(HOUR);

        assertThat(inbox.untold().judge(HOUR)).isEqualTo(new Judged(1, false));
    }

    @Test
    void what_the_stream_told_before_is_told_unless_the_contact_was_restored_since() {
        accept(Origin.STREAM, LONG_AGO.minusSeconds(60), ADA, "list-1");
        accept(Origin.STREAM, LONG_AGO.minusSeconds(60), BOB, "list-1");
        inbox.intakes()
                .accept(new Intake(
                        List.of(),
                        List.of(new Restoration(
                                Identifier.external("salesforce", BOB), "tx/2", LONG_AGO.minusSeconds(30), true)),
                        List.of(),
                        null,
                        null));
        long before = inbox.untold().newestRow();
        accept(Origin.SWEEP, LONG_AGO, ADA, "list-2");
        accept(Origin.SWEEP, LONG_AGO, BOB, "list-1");

        inbox.untold().swept(new Swept(before, List.of(), START));

        assertThat(inbox.untold().judge(HOUR).more()).isEqualTo(1);
    }

    @Test
    void what_a_list_that_joined_had_to_catch_up_with_is_not_counted_nor_what_lies_before_the_first_start() {
        inbox.intakes().subscribe(CHANNEL);
        long before = inbox.untold().newestRow();
        accept(Origin.SWEEP, START.plusSeconds(60), ADA, "list-1");
        accept(Origin.SWEEP, START.minusSeconds(60), BOB, "list-2");
        inbox.untold().swept(new Swept(before, List.of("list-1"), START.plus(HOUR.multipliedBy(2))));

        assertThat(inbox.untold().judge(HOUR).more()).isZero();
    }

    @Test
    void nothing_is_counted_while_a_stream_catches_up() {
        long before = inbox.untold().newestRow();
        accept(Origin.SWEEP, LONG_AGO, ADA, "list-1");
        inbox.untold().swept(new Swept(before, List.of(), START));
        inbox.intakes().accept(new Intake(List.of(), List.of(), null).saying(new CatchUp(CHANNEL, false)));
        advance(HOUR);
        assertThat(inbox.untold().judge(HOUR)).isEqualTo(new Judged(0, true));

        inbox.intakes().accept(new Intake(List.of(), List.of(), null).saying(new CatchUp(CHANNEL, true)));

        assertThat(inbox.untold().judge(HOUR)).isEqualTo(new Judged(1, false));
    }

    /** A sweep that found nothing where nothing was deleted says nothing of the stream. */
    @Test
    void sweeps_in_a_row_end_with_one_that_missed_nothing_of_what_the_stream_told() {
        sweepFinds(ADA);
        sweepFinds();
        sweepFinds(BOB);
        assertThat(inbox.untold().report()).isEqualTo(new MissedReport(2, List.of(1L, 1L)));
        assertThat(inbox.untold().report().isSerious()).isTrue();

        accept(Origin.STREAM, LONG_AGO, LEAD, "list-1");
        sweepFinds();

        assertThat(inbox.untold().report()).isEqualTo(new MissedReport(2, List.of()));
    }

    @Test
    void what_a_sweep_finds_that_goes_on_belongs_to_the_one_before() {
        long before = inbox.untold().newestRow();
        inbox.untold().swept(new Swept(before, List.of(), START));
        accept(Origin.SWEEP, LONG_AGO, ADA, "list-1");
        inbox.untold().sweptOn();

        assertThat(inbox.untold().judge(HOUR).more()).isEqualTo(1);
        assertThat(inbox.untold().report().inARow()).containsExactly(1L);
    }

    private void sweepFinds(String... contacts) {
        long before = inbox.untold().newestRow();
        for (String contact : contacts) {
            accept(Origin.SWEEP, LONG_AGO, contact, "list-1");
        }
        inbox.untold().swept(new Swept(before, List.of(), START));
        inbox.untold().judge(HOUR);
    }

    private void accept(Origin origin, Instant committedAt, String contact, String... lists) {
        inbox.intakes()
                .accept(new Intake(
                        List.of(lists).stream()
                                .map(list -> new DeletionRequest(
                                        list,
                                        Identifier.external("salesforce", contact),
                                        origin + ":" + contact,
                                        origin,
                                        committedAt,
                                        DeletionState.PENDING))
                                .toList(),
                        List.of(),
                        null));
    }
}
