package io.recordsync.inbox;

import static io.recordsync.inbox.database.Parameters.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.DeletionRequest;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.Identifier;
import io.recordsync.deletion.Intake;
import io.recordsync.deletion.Origin;
import io.recordsync.inbox.Decisions.Selection;
import io.recordsync.inbox.Ledger.Entry;
import io.recordsync.inbox.Queue.Postponement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the ledger can prove afterwards, and what reading it costs, whatever the database. */
abstract class ReceiptContract extends OnEitherDatabase {

    /** Opens the database of this test as the command does, beside the service's. */
    abstract Store openToRead();

    @Test
    void every_deletion_of_a_contact_is_found_oldest_first_and_nobody_elses() {
        accept("L1", "003A", "e1");
        accept("L2", "003B", "e2");
        accept("L2", "003A", "e1");
        inbox.queue().settle(claimed(claim()), Confirmation.EXACT, Duration.ZERO);
        accept("L1", "003A", "e3");

        assertThat(ledger.ofContact("003A"))
                .extracting(entry -> entry.recordList() + " " + entry.eventKey() + " " + entry.state())
                .containsExactly("L1 e1 DELETED", "L2 e1 DELETED", "L1 e3 PENDING");
        assertThat(ledger.ofContact("003a")).isEmpty();
    }

    @Test
    void who_approved_and_when_the_call_began_are_read_as_they_are_written() {
        accept("L1", "003A", "e1");
        store.write(
                "test",
                transaction -> transaction.change(
                        "update deletion set approved_by = 'kim', called_at = :at", with("at", START.plusSeconds(7))));

        Entry entry = ledger.ofContact("003A").findFirst().orElseThrow();

        assertThat(entry.approvedBy()).isEqualTo("kim");
        assertThat(entry.calledAt()).isEqualTo(START.plusSeconds(7));
    }

    @Test
    void what_was_accepted_in_a_time_is_found_from_its_begin_to_just_before_its_end() {
        for (int hour = 0; hour < 30; hour++) {
            accept("L1", "003-" + hour, "e");
            accept("L2", "003-" + hour, "e");
            advance(Duration.ofHours(1));
        }

        assertThat(contacts(hour(10), hour(12))).containsExactly("003-10", "003-10", "003-11", "003-11");
        assertThat(contacts(hour(10).plusMillis(1), hour(12).plusMillis(1)))
                .containsExactly("003-11", "003-11", "003-12", "003-12");
        assertThat(contacts(hour(-9), hour(1))).containsExactly("003-0", "003-0");
        assertThat(contacts(hour(29), hour(99))).containsExactly("003-29", "003-29");
        assertThat(contacts(hour(-9), hour(99))).hasSize(60);
        assertThat(contacts(hour(12), hour(12))).isEmpty();
        assertThat(contacts(hour(-9), hour(0))).isEmpty();
        assertThat(contacts(hour(30), hour(99))).isEmpty();
    }

    @Test
    void an_empty_ledger_has_no_receipts() {
        assertThat(contacts(hour(-1), hour(1))).isEmpty();
        assertThat(ledger.ofContact("003A")).isEmpty();
    }

    /** Two nodes that accept at once, or a clock that was corrected. */
    @Test
    void ids_that_do_not_rise_with_the_time_by_minutes_hide_nothing() {
        for (int i = 0; i < 40; i++) {
            accept("L1", "003-" + i, "e");
            advance(i % 2 == 0 ? Duration.ofMinutes(50) : Duration.ofMinutes(-40));
        }

        for (int minute = 0; minute < 400; minute += 7) {
            Instant from = START.plus(Duration.ofMinutes(minute));
            Instant until = from.plus(Duration.ofMinutes(10));
            List<Instant> all = ledger.accepted(START, hour(99))
                    .map(Entry::acceptedAt)
                    .filter(at -> !at.isBefore(from) && at.isBefore(until))
                    .toList();
            assertThat(ledger.accepted(from, until))
                    .extracting(Entry::acceptedAt)
                    .isEqualTo(all);
        }
    }

    @Test
    void gaps_in_the_ids_hide_nothing() {
        for (int hour = 0; hour < 40; hour++) {
            accept("L1", "003-" + hour, "e");
            advance(Duration.ofHours(1));
        }
        store.write(
                "test",
                transaction -> transaction.change(
                        "delete from deletion where id % 7 <> 3 and id < 30 or id between 33 and 38"));
        List<Entry> left = ledger.accepted(START, hour(99)).toList();
        assertThat(left).hasSizeBetween(5, 15);

        for (int hour = 0; hour < 40; hour++) {
            Instant from = hour(hour);
            assertThat(ledger.accepted(from, hour(hour + 5)))
                    .isEqualTo(left.stream()
                            .filter(entry -> !entry.acceptedAt().isBefore(from)
                                    && entry.acceptedAt().isBefore(from.plus(Duration.ofHours(5))))
                            .toList());
        }
    }

    @Test
    void pages_join_without_a_gap_or_a_double_and_are_read_only_when_needed() {
        int many = Receipts.PAGE * 2;
        inbox.intakes()
                .accept(new Intake(
                        IntStream.range(0, many)
                                .mapToObj(i ->
                                        requestAtStart("L1", Identifier.external("salesforce", "003-" + i), "e" + i))
                                .toList(),
                        List.of(),
                        null));

        assertThat(contacts(START, hour(1))).hasSize(many).doesNotHaveDuplicates();
        faults.executed.clear();
        assertThat(ledger.accepted(START, hour(1)).limit(3)).hasSize(3);
        assertThat(faults.executed.stream().filter(sql -> sql.contains("accepted_at >= ?")))
                .hasSize(1);
    }

    @Test
    void a_phone_number_is_found_while_it_waits_and_by_its_seal_when_it_is_done() {
        Identifier phone = Identifier.phone("+15551234567");
        inbox.intakes().accept(new Intake(List.of(requestAtStart("L1", phone, "api:1")), List.of(), null));
        inbox.queue().settle(claimed(claim()), Confirmation.ABSENT, Duration.ZERO);
        inbox.intakes().accept(new Intake(List.of(requestAtStart("L1", phone, "api:2")), List.of(), null));

        assertThat(ledger.ofPhone("+15551234567", SETTINGS.phoneKey()))
                .extracting(Entry::eventKey)
                .containsExactlyInAnyOrder("api:1", "api:2");
        assertThat(ledger.ofPhone("+15551234567", "another key"))
                .extracting(Entry::eventKey)
                .containsExactly("api:2");
        assertThat(ledger.ofPhone("+15551234567", SETTINGS.phoneKey()))
                .allSatisfy(entry -> assertThat(entry.identifier()).doesNotContain("5551234"));
    }

    /** It said afterwards that nothing had been accepted, so that a receipt would have claimed too much. */
    @Test
    void a_redrive_does_not_forget_that_talkdesk_had_accepted_a_call() {
        accept("L1", "003A", "e");
        inbox.queue().postpone(claimed(claim()), Duration.ZERO, UNAVAILABLE, Postponement.UNCONFIRMED);
        inbox.queue().park(claimed(claim()), REFUSED);
        accept("L1", "003B", "e");
        inbox.queue().park(claimed(claim()), REFUSED);

        inbox.decisions().redrive(new Selection(List.of(), null, null), "kim");

        assertThat(ledger.ofContact("003A").findFirst().orElseThrow().answerLost())
                .isTrue();
        assertThat(ledger.ofContact("003B").findFirst().orElseThrow().answerLost())
                .isFalse();
    }

    @Test
    void neither_does_going_live() {
        accept("L1", "003A", "e");
        inbox.queue().postpone(claimed(claim()), Duration.ZERO, UNAVAILABLE, Postponement.UNCONFIRMED);
        inbox.queue().rehearse(claimed(claim()));

        inbox.decisions().goLive(new Selection(List.of(), null, null), Set.of(), "ada");

        assertThat(ledger.ofContact("003A").findFirst().orElseThrow().answerLost())
                .isTrue();
    }

    @Test
    void a_store_opened_to_read_reads_while_the_service_writes_and_changes_nothing() {
        accept("L1", "003A", "e1");
        try (Store reading = openToRead()) {
            JdbcLedger seen = new JdbcLedger(reading);
            assertThat(seen.ofContact("003A")).hasSize(1);

            accept("L1", "003A", "e2");
            assertThat(seen.ofContact("003A")).hasSize(2);
            assertThatThrownBy(() -> reading.write(
                            "change", transaction -> transaction.change("update deletion set origin = 'api'")))
                    .isInstanceOf(InboxException.class);

            try (Store second = openToRead()) {
                assertThat(new JdbcLedger(second).accepted(START, hour(1))).hasSize(2);
            }
        }
        accept("L1", "003A", "e3");
    }

    @Test
    void a_schema_that_is_older_is_refused_and_left_as_it_is() {
        store.write(
                "test",
                transaction -> transaction.change(
                        "update flyway_schema_history set version = '0.' || version where installed_rank ="
                                + " (select max(installed_rank) from flyway_schema_history)"));
        try {
            for (int attempt = 0; attempt < 2; attempt++) {
                assertThatThrownBy(this::openToRead)
                        .isInstanceOf(InboxException.class)
                        .hasMessageMatching(
                                "The schema of store jdbc:\\S+ is version [\\d.]+ \\(expected version \\d+\\); start the service once, which"
                                        + " brings it up to date");
            }
        } finally {
            store.write(
                    "test",
                    transaction -> transaction.change("update flyway_schema_history set version = substr(version, 3)"
                            + " where version like '0.%'"));
        }
    }

    private static Instant hour(int hour) {
        return START.plus(Duration.ofHours(hour));
    }

    private Stream<String> contacts(Instant from, Instant until) {
        return ledger.accepted(from, until).map(Entry::identifier);
    }

    private void accept(String list, String contact, String eventKey) {
        inbox.intakes()
                .accept(new Intake(
                        List.of(requestAtStart(list, Identifier.external("salesforce", contact), eventKey)),
                        List.of(),
                        null));
    }

    private List<Long> claim() {
        return inbox.queue().claim(10, 100).stream()
                .flatMap(batch -> batch.ids().stream())
                .toList();
    }

    private static DeletionRequest requestAtStart(String list, Identifier identifier, String eventKey) {
        return new DeletionRequest(list, identifier, eventKey, Origin.STREAM, START, DeletionState.PENDING);
    }

    @Test
    void who_ordered_and_who_decided_last_stay_with_each_row() {
        List<Long> ordered = inbox.intakes()
                .order(
                        List.of(
                                request("L1", Identifier.external("salesforce", "003A"), "api:1"),
                                request("L2", Identifier.external("salesforce", "003A"), "api:1")),
                        "olga")
                .ids();
        accept("L3", "003A", "e1");
        Selection first = new Selection(ordered.subList(0, 1), null, null);
        claim();
        inbox.queue().park(claimed(ordered), REFUSED);

        inbox.decisions().redrive(first, "kim");
        assertThat(ledger.ofContact("003A"))
                .extracting(entry -> entry.orderedBy() + "," + entry.decidedBy() + "," + entry.decision())
                .containsExactly("olga,kim,redriven", "olga,,", ",,");

        inbox.queue().claim(10, 10);
        inbox.queue().rehearse(claimed(ordered.subList(0, 1)));
        inbox.decisions().goLive(first, Set.of(), "leo");
        assertThat(ledger.get(ordered.get(0)).orElseThrow().decidedBy()).isEqualTo("leo");
        assertThat(ledger.get(ordered.get(0)).orElseThrow().decision()).isEqualTo("went_live");

        inbox.decisions().discard(new Selection(List.of(), "L2", null), "mia");
        assertThat(ledger.get(ordered.get(1)).orElseThrow().decision()).isEqualTo("discarded");
        assertThat(ledger.get(ordered.get(1)).orElseThrow().decidedBy()).isEqualTo("mia");
    }

    @Test
    void who_approved_and_who_rejected_stay_with_each_row() {
        accept("L1", "003A", "e1");
        accept("L1", "003B", "e2");
        store.write("test", transaction -> transaction.change("update deletion set state = 'held'"));
        long first = ledger.ofContact("003A").findFirst().orElseThrow().id();

        inbox.decisions().approve(new Selection(List.of(first), null, null), "kim");
        inbox.decisions().reject(new Selection(List.of(), null, null), "leo");

        assertThat(ledger.get(first).orElseThrow().decision()).isEqualTo("approved");
        assertThat(ledger.get(first).orElseThrow().decidedBy()).isEqualTo("kim");
        Entry second = ledger.ofContact("003B").findFirst().orElseThrow();
        assertThat(second.decision() + " " + second.decidedBy()).isEqualTo("rejected leo");
    }
}
