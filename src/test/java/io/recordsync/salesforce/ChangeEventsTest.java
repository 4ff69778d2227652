package io.recordsync.salesforce;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.deletion.CatchUp;
import io.recordsync.deletion.Commit;
import io.recordsync.deletion.DeletionRequest;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.Identifier;
import io.recordsync.deletion.Intake;
import io.recordsync.deletion.Origin;
import io.recordsync.deletion.Problem;
import io.recordsync.deletion.Restoration;
import io.recordsync.deletion.StreamPosition;
import io.recordsync.inbox.ServedLists;
import io.recordsync.salesforce.stream.StreamEvent;
import io.recordsync.salesforce.stream.StreamEvent.ChangeEvent;
import io.recordsync.salesforce.stream.StreamEvent.UndecodableEvent;
import io.recordsync.salesforce.stream.StreamResponse;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChangeEventsTest {

    private static final Instant COMMITTED = Instant.parse("2026-03-01T10:00:00Z");
    private static final StreamPosition POSITION = new StreamPosition("/data/ContactChangeEvent", new byte[] {7}, 3);
    private static final String FIRST = "003DL0000212DetYAE";
    private static final String SECOND = "003DL0000214OYdYAM";

    private final ChangeEvents changeEvents = changeEvents(true);

    @Test
    void a_delete_becomes_a_deletion_for_each_id_and_each_list_in_order() {
        Intake intake = read(event("DELETE", FIRST, SECOND));

        assertThat(intake.deletions())
                .containsExactly(
                        deletion("list-1", FIRST, DeletionState.PENDING),
                        deletion("list-2", FIRST, DeletionState.PENDING),
                        deletion("list-1", SECOND, DeletionState.PENDING),
                        deletion("list-2", SECOND, DeletionState.PENDING));
        assertThat(intake.problems()).isEmpty();
        assertThat(intake.position()).isSameAs(POSITION);
    }

    @Test
    void an_id_of_fifteen_characters_is_completed() {
        assertThat(read(event("DELETE", "003DL0000212Det")).deletions())
                .extracting(DeletionRequest::identifier)
                .containsOnly(Identifier.external("salesforce", FIRST));
    }

    @Test
    void a_gap_delete_is_checked_first() {
        assertThat(read(event("GAP_DELETE", FIRST)).deletions())
                .containsExactly(
                        deletion("list-1", FIRST, DeletionState.CHECKING),
                        deletion("list-2", FIRST, DeletionState.CHECKING));
    }

    @Test
    void a_gap_overflow_is_a_problem_and_never_a_deletion() {
        Intake intake = read(event("GAP_OVERFLOW", "000000000000000AAA"));

        assertThat(intake.deletions()).isEmpty();
        assertThat(intake.problems()).extracting(Problem::kind).containsExactly("gap_overflow");
    }

    @ParameterizedTest
    @ValueSource(strings = {"CREATE", "UPDATE", "GAP_CREATE", "GAP_UPDATE", "SOMETHING_NEW"})
    void every_other_change_only_moves_the_position(String changeType) {
        assertThat(read(event(changeType, FIRST, "003*"))).isEqualTo(new Intake(List.of(), List.of(), POSITION));
    }

    @Test
    void another_entity_only_moves_the_position() {
        ChangeEvent account = new ChangeEvent("Account", "DELETE", List.of(FIRST), "key", 1, COMMITTED);

        assertThat(read(account)).isEqualTo(new Intake(List.of(), List.of(), POSITION));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"003*", "000000000000000AAA", "003000000000000AAA", "003DL0000212DetYAM", "001DL0000212Det", ""})
    void what_is_no_contact_id_is_a_problem_and_its_neighbours_are_deleted(String id) {
        Intake intake = read(event("DELETE", FIRST, id, SECOND));

        assertThat(intake.deletions())
                .extracting(deletion -> deletion.identifier().value())
                .containsExactly(FIRST, FIRST, SECOND, SECOND);
        assertThat(intake.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.kind()).isEqualTo("refused_id");
            assertThat(problem.message()).contains("'" + id + "'", "key/1", "prefix 003");
        });
    }

    @Test
    void a_delete_without_ids_is_a_problem() {
        assertThat(read(event("DELETE")).problems()).extracting(Problem::kind).containsExactly("refused_id");
    }

    @Test
    void an_id_that_is_none_is_shown_short_and_on_one_line() {
        String message = read(event("DELETE", "003\n\u2028\u202e" + "x".repeat(500)))
                .problems()
                .get(0)
                .message();

        assertThat(message).contains("'003???xxx").hasSizeLessThan(300);
    }

    @Test
    void an_undecodable_event_is_a_problem_and_its_neighbours_are_deleted() {
        Intake intake =
                read(event("DELETE", FIRST), new UndecodableEvent("event-2", "EOFException"), event("DELETE", SECOND));

        assertThat(intake.deletions())
                .extracting(deletion -> deletion.identifier().value())
                .containsExactly(FIRST, FIRST, SECOND, SECOND);
        assertThat(intake.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.kind()).isEqualTo("undecodable_event");
            assertThat(problem.message()).contains("event-2", "EOFException");
        });
    }

    @Test
    void thousands_of_refused_ids_are_all_kept_as_problems() {
        assertThat(read(event("DELETE", Collections.nCopies(2_000, "003*").toArray(String[]::new)))
                        .problems())
                .hasSize(2_000);
    }

    @Test
    void deletions_and_restorations_bear_the_place_of_their_commit() {
        Commit commit = new Commit(1_721_136_551_405_445_123L, 7);

        Intake intake = read(numbered("DELETE", 7), numbered("UNDELETE", 7), numbered("GAP_UNDELETE", 7));

        assertThat(intake.deletions()).extracting(DeletionRequest::commit).containsOnly(commit);
        assertThat(intake.restorations()).extracting(Restoration::commit).containsOnly(commit);
    }

    private static ChangeEvent numbered(String changeType, int sequence) {
        return new ChangeEvent(
                "Contact", changeType, List.of(FIRST), "key", sequence, COMMITTED, 1_721_136_551_405_445_123L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1721136551405445123", "\"1721136551405445123\""})
    void the_json_of_the_stock_consumer_has_the_commit_number_as_number_or_as_text(String number) {
        Intake intake = changeEvents.readJson(
                """
                {"ChangeEventHeader": {"entityName": "Contact", "recordIds": ["003DL0000212DetYAE"],
                 "changeType": "DELETE", "transactionKey": "key", "sequenceNumber": 3, "commitNumber": %s,
                 "commitTimestamp": 1772359200000}}"""
                        .formatted(number));

        assertThat(intake.deletions())
                .extracting(DeletionRequest::commit)
                .containsOnly(new Commit(1_721_136_551_405_445_123L, 3));
    }

    // ---- what may hide an UNDELETE

    @Test
    void what_came_before_an_event_that_cannot_be_read_is_checked_first() {
        Intake intake =
                read(event("DELETE", FIRST), new UndecodableEvent("event-2", "EOFException"), event("DELETE", SECOND));

        assertThat(intake.hole()).isTrue();
        assertThat(intake.deletions())
                .extracting(DeletionRequest::state)
                .containsExactly(
                        DeletionState.CHECKING, DeletionState.CHECKING, DeletionState.PENDING, DeletionState.PENDING);
    }

    @Test
    void an_overflow_and_an_undelete_of_nobody_in_particular_are_holes() {
        assertThat(read(event("GAP_OVERFLOW", "000000000000000AAA")).hole()).isTrue();
        assertThat(read(event("UNDELETE", "003*")).hole()).isTrue();
        assertThat(read(event("UNDELETE")).hole()).isTrue();
        assertThat(read(event("GAP_UNDELETE", "003*")).hole()).isTrue();
        assertThat(changeEvents(false).readJson("no json").hole()).isTrue();
    }

    @Test
    void what_hides_a_deletion_only_is_no_hole() {
        assertThat(read(event("DELETE", "003*"), event("GAP_DELETE", "003*"), event("UPDATE", "003*"))
                        .hole())
                .isFalse();
    }

    @Test
    void the_json_of_the_stock_consumer_gives_the_same_deletions_and_no_position() {
        Intake intake = changeEvents.readJson(
                """
                {"ChangeEventHeader": {"entityName": "Contact", "recordIds": ["003DL0000212DetYAE"],
                 "changeType": "DELETE", "transactionKey": "key", "sequenceNumber": 1,
                 "commitTimestamp": 1772359200000}, "Email": null}""");

        assertThat(intake)
                .isEqualTo(new Intake(
                                List.of(
                                        deletion("list-1", FIRST, DeletionState.PENDING),
                                        deletion("list-2", FIRST, DeletionState.PENDING)),
                                List.of(),
                                null)
                        .saying(new CatchUp("camel-salesforce", false)));
    }

    /** Nothing else says that camel-salesforce's consumer is reading three days again. */
    @Test
    void the_json_of_the_stock_consumer_says_by_its_age_whether_the_stream_has_caught_up() {
        String event =
                """
                {"ChangeEventHeader": {"entityName": "Account", "recordIds": ["001DL0000212DetYAE"],
                 "changeType": "UPDATE", "transactionKey": "key", "sequenceNumber": 1, "commitTimestamp": %d}}""";

        assertThat(changeEvents
                        .readJson(event.formatted(System.currentTimeMillis()))
                        .catchUp()
                        .over())
                .isTrue();
        assertThat(changeEvents
                        .readJson(event.formatted(System.currentTimeMillis() - 70_000))
                        .catchUp()
                        .over())
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "{\"ChangeEventHeader\": {\"entityName\": \"Contact\"}}", "null"})
    void json_that_is_no_change_event_is_a_problem(String json) {
        Intake intake = changeEvents.readJson(json);

        assertThat(intake.deletions()).isEmpty();
        assertThat(intake.problems()).extracting(Problem::kind).containsExactly("undecodable_event");
    }

    // ---- restorations

    @Test
    void an_undelete_restores_each_contact_and_a_gap_undelete_is_checked_first() {
        assertThat(read(event("UNDELETE", FIRST, SECOND)).restorations())
                .containsExactly(restoration(FIRST, true), restoration(SECOND, true));
        assertThat(read(event("GAP_UNDELETE", FIRST)).restorations()).containsExactly(restoration(FIRST, false));
        assertThat(read(event("UNDELETE", FIRST)).deletions()).isEmpty();
    }

    @Test
    void an_unusable_id_of_an_undelete_is_told_and_hides_no_deletion() {
        Intake intake = read(event("UNDELETE", "003*"));

        assertThat(intake.problems()).extracting(Problem::kind).containsExactly("refused_id");
        assertThat(intake.sweep()).isNull();
    }

    // ---- what may hide a deletion

    @ParameterizedTest
    @ValueSource(strings = {"DELETE", "GAP_DELETE", "GAP_UNDELETE"})
    void an_event_without_a_usable_id_demands_a_sweep(String changeType) {
        for (StreamEvent event :
                List.of(event(changeType), event(changeType, "003*"), event(changeType, FIRST, "000000000000000AAA"))) {
            Intake intake = read(event);

            assertThat(intake.sweep().since()).isNull();
            assertThat(intake.sweep().positionLost()).isFalse();
            assertThat(intake.sweep().reason()).contains(changeType, "key/1");
            assertThat(intake.problems()).singleElement().satisfies(problem -> assertThat(problem.message())
                    .contains("a sweep is ordered"));
        }
    }

    @Test
    void an_overflow_and_an_undecodable_event_demand_one_sweep_together() {
        Intake intake = read(
                event("DELETE", FIRST),
                event("GAP_OVERFLOW", "000000000000000AAA"),
                new UndecodableEvent("event-2", "EOFException"));

        assertThat(intake.deletions()).hasSize(2);
        assertThat(intake.sweep().reason()).contains("GAP_OVERFLOW", "key/1", "and 1 more");
        assertThat(read(new UndecodableEvent("event-2", "EOFException")).sweep().reason())
                .contains("event-2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"DELETE", "GAP_DELETE", "UNDELETE", "GAP_UNDELETE", "UPDATE"})
    void what_can_be_read_demands_none(String changeType) {
        assertThat(read(event(changeType, FIRST)).sweep()).isNull();
    }

    @Test
    void without_sweep_on_gap_it_is_told_that_something_was_missed() {
        Intake intake = changeEvents(false)
                .read(new StreamResponse(
                        List.of(event("GAP_OVERFLOW", "000000000000000AAA"), event("DELETE", "003*")), POSITION));

        assertThat(intake.sweep()).isNull();
        assertThat(intake.problems()).hasSize(2).allSatisfy(problem -> assertThat(problem.message())
                .contains("missed", "sweep.on-gap"));
    }

    private static ChangeEvents changeEvents(boolean sweepOnGap) {
        return new ChangeEvents(
                new SyncedRecords(ServedLists.of(List.of("list-1", "list-2")), "salesforce", List.of("003")),
                List.of("Contact"),
                sweepOnGap,
                InstantSource.system());
    }

    private static Restoration restoration(String id, boolean confirmed) {
        return new Restoration(Identifier.external("salesforce", id), "key/1", COMMITTED, confirmed);
    }

    private Intake read(StreamEvent... events) {
        return changeEvents.read(new StreamResponse(List.of(events), POSITION));
    }

    private static ChangeEvent event(String changeType, String... ids) {
        return new ChangeEvent("Contact", changeType, List.of(ids), "key", 1, COMMITTED);
    }

    private static DeletionRequest deletion(String list, String id, DeletionState state) {
        return new DeletionRequest(
                list, Identifier.external("salesforce", id), "key/1", Origin.STREAM, COMMITTED, state);
    }
}
