package io.recordsync.ops.receipts;

import static io.recordsync.deletion.DeletionState.CANCELLED;
import static io.recordsync.deletion.DeletionState.CHECKING;
import static io.recordsync.deletion.DeletionState.CLAIMED;
import static io.recordsync.deletion.DeletionState.DELETED;
import static io.recordsync.deletion.DeletionState.HELD;
import static io.recordsync.deletion.DeletionState.PARKED;
import static io.recordsync.deletion.DeletionState.PENDING;
import static io.recordsync.deletion.DeletionState.REHEARSED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import io.recordsync.deletion.CallbackRow;
import io.recordsync.deletion.CallbackState;
import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.HeldReason;
import io.recordsync.deletion.IdentifierKind;
import io.recordsync.deletion.Word;
import io.recordsync.inbox.Ledger.Entry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The words of receipts: true to the row, and no more than it knows. */
class ReceiptTest {

    private static final Instant AT = Instant.parse("2026-03-01T12:00:00Z");
    private static final String EARLIER =
            " An earlier answer was lost or confirmed nothing, so that an earlier call may have removed it.";
    private static final String KEPT = "Not removed from the record list by this service: ";
    private static final String UNKNOWN = "Whether it was removed from the record list is not known: ";
    private static final String BATCH =
            "Most likely removed from the record list, or not in it when asked: Talkdesk accepted the batch without an error"
                    + " for this record and counted another number of deletions than were sent, without naming which.";
    private static final String ABSENT =
            "Not in the record list when asked: Talkdesk answered that it does not find this record, and that the list"
                    + " exists.";

    /** A row, and what is said of it. */
    private record Said(Row row, String words) {}

    private static final List<Said> TABLE = List.of(
            new Said(
                    row(DELETED).confirmed("exact"),
                    "Removed from the record list: Talkdesk answered that it deleted as many records as were sent, not"
                            + " counting any that it named as failed."),
            new Said(
                    row(DELETED).confirmed("exact").lost(),
                    "Removed from the record list: Talkdesk answered that it deleted as many records as were sent, not"
                            + " counting any that it named as failed."),
            new Said(row(DELETED).confirmed("batch"), BATCH),
            new Said(row(DELETED).confirmed("batch").lost(), BATCH + EARLIER),
            new Said(row(DELETED).confirmed("batch").unconfirmed(1), BATCH + EARLIER),
            new Said(row(DELETED).confirmed("absent"), ABSENT),
            new Said(row(DELETED).confirmed("absent").lost(), ABSENT + EARLIER),
            new Said(row(DELETED).confirmed("absent").unconfirmed(2), ABSENT + EARLIER),
            new Said(
                    row(DELETED).confirmed("accepted").unconfirmed(2),
                    "Accepted by Talkdesk 3 times and never confirmed: whether it was removed from the record list is not"
                            + " known."),
            new Said(
                    row(DELETED).confirmed("accepted"),
                    "Accepted by Talkdesk once and never confirmed: whether it was removed from the record list is not"
                            + " known."),
            new Said(row(CHECKING), KEPT + "Salesforce is asked first whether the contact lives."),
            new Said(row(CHECKING).lost(), UNKNOWN + "Salesforce is asked first whether the contact lives." + EARLIER),
            new Said(row(PENDING), KEPT + "it waits to be sent to Talkdesk."),
            new Said(row(PENDING).unconfirmed(1), UNKNOWN + "it waits to be sent to Talkdesk." + EARLIER),
            new Said(
                    row(CLAIMED),
                    "Whether it was removed from the record list is not known yet: it is being sent to Talkdesk."),
            new Said(row(HELD), KEPT + "the guard against mass deletions holds it until a person decides."),
            new Said(
                    row(REHEARSED),
                    KEPT + "a dry run ended just before the call; it is sent only if a person says so."),
            new Said(
                    row(PARKED).failed("failed_record", "Talkdesk reports it as failed"),
                    KEPT
                            + "Talkdesk refused it (failed_record); a person decides (reason: Talkdesk reports it as failed)."),
            new Said(row(PARKED).failed("refused", ""), KEPT + "Talkdesk refused it (refused); a person decides."),
            new Said(
                    row(PARKED).failed("gave_up", "No answer in time").lost(),
                    UNKNOWN + "it could not be delivered within delivery.give-up-after; a person decides"
                            + " (last failure: No answer in time)." + EARLIER),
            new Said(
                    row(PARKED)
                            .failed("unconfirmed", "Talkdesk accepted the call and confirmed nothing")
                            .unconfirmed(2),
                    "Accepted by Talkdesk 3 times and never confirmed: whether it was removed from the record list is not"
                            + " known; a person decides."),
            new Said(
                    row(PARKED).failed("other_org", "Only the org that was left could tell"),
                    KEPT + "only the Salesforce org that was left knows whether the contact lives; a person"
                            + " decides."),
            new Said(
                    row(CANCELLED).failed("restored", "Restored in Salesforce (UNDELETE tx/1)"),
                    KEPT + "the contact was restored in Salesforce first."),
            new Said(
                    row(CANCELLED)
                            .failed("restored", "while a call was on its way")
                            .lost(),
                    UNKNOWN + "the contact was restored in Salesforce first." + EARLIER),
            new Said(row(CANCELLED).failed("living", ""), KEPT + "Salesforce, asked, knew the contact as living."),
            new Said(
                    row(CANCELLED).failed("rejected", "").by("kim@10.0.0.7"),
                    KEPT + "the guard against mass deletions held it, and kim@10.0.0.7 rejected it."),
            new Said(row(CANCELLED).by("kim@10.0.0.7"), KEPT + "kim@10.0.0.7 discarded it."),
            new Said(
                    row(CANCELLED).failed("failed_record", "no").by("kim@10.0.0.7"),
                    KEPT + "kim@10.0.0.7 discarded it after it had failed (failed_record)."),
            new Said(
                    row(PENDING).noted("merged into 003DL0000214OYdYAM"),
                    KEPT + "it waits to be sent to Talkdesk. In Salesforce the contact was merged into"
                            + " 003DL0000214OYdYAM."));

    @ParameterizedTest
    @FieldSource("TABLE")
    void words_are_those_of_the_table(Said said) {
        assertThat(Receipt.of(said.row().entry()).words()).isEqualTo(said.words());
    }

    @Test
    void whatever_the_row_the_words_claim_no_more_than_is_known() {
        for (DeletionState state : DeletionState.values()) {
            for (Confirmation confirmation : Confirmation.values()) {
                for (String code :
                        List.of("", "refused", "gave_up", "unconfirmed", "other_org", "restored", "living")) {
                    for (int unconfirmed = 0; unconfirmed < 3; unconfirmed++) {
                        Row row = row(state).failed(code, "why").by("kim").unconfirmed(unconfirmed);
                        row = state == DELETED
                                ? row.confirmed(confirmation.name().toLowerCase(Locale.ROOT))
                                : row;
                        for (Row each : List.of(row, row.lost())) {
                            assertClaimsNoMore(each);
                        }
                    }
                }
            }
        }
    }

    private static void assertClaimsNoMore(Row row) {
        String words = Receipt.of(row.entry()).words();
        assertThat(words).contains("the record list").endsWith(".").doesNotContainIgnoringCase("dial");
        boolean exact = row.confirmation().equals("exact");
        assertThat(words.startsWith("Removed")).as(words).isEqualTo(exact);
        if (row.state() != DELETED && row.state() != CLAIMED && (row.isLost() || row.unconfirmed() > 0)) {
            assertThat(words).contains("not known").doesNotContain("Not removed");
        }
        if (!exact && (row.isLost() || row.unconfirmed() > 0) && row.state() != CLAIMED) {
            assertThat(words).containsAnyOf("may have removed it", "never confirmed");
        }
    }

    @Test
    void a_receipt_has_the_fields_of_the_contract_and_the_identifier_of_its_kind() throws IOException {
        JsonNode contact = json(row(DELETED).confirmed("exact").entry()).get(0);

        assertThat(contact.properties())
                .extracting(Map.Entry::getKey)
                .containsExactly(
                        "externalProvider",
                        "externalId",
                        "recordList",
                        "recordListName",
                        "origin",
                        "eventKey",
                        "committedAt",
                        "acceptedAt",
                        "calledAt",
                        "settledAt",
                        "state",
                        "confirmation",
                        "settledBy",
                        "approvedBy",
                        "orderedBy",
                        "decidedBy",
                        "decision",
                        "sign",
                        "listedAs",
                        "attempts",
                        "words");
        assertThat(contact.path("committedAt").asText()).isEqualTo("2026-03-01T12:00:00Z");
        assertThat(contact.path("settledBy").isNull()).isTrue();
        JsonNode phone = json(entry(row(DELETED).confirmed("exact"), IdentifierKind.PHONE, "", "hmac:00ff"))
                .get(0);
        assertThat(phone.path("phoneNumber").asText()).isEqualTo("hmac:00ff");
        assertThat(phone.has("externalId")).isFalse();
        assertThat(json(entry(row(PENDING), IdentifierKind.RECORD, "", "8858c834"))
                        .get(0)
                        .path("recordId")
                        .asText())
                .isEqualTo("8858c834");
    }

    @ParameterizedTest
    @ValueSource(strings = {"=1+1", "+351", "-2", "@SUM(A1)", "\tx", "\rx", "\nx"})
    void what_a_spreadsheet_would_compute_is_text(String externalId) throws IOException {
        Entry entry = entry(row(PENDING), IdentifierKind.EXTERNAL, "salesforce", externalId);

        assertThat(lines(csv(entry)).get(0).get("externalId")).isEqualTo("'" + externalId);
        assertThat(json(entry).get(0).path("externalId").asText()).isEqualTo(externalId);
    }

    @Test
    void what_needs_quotes_is_read_back_as_it_was() throws IOException {
        String odd = "a \"quote\", a comma,\r\na line, an ü and an emoji 😀";

        String csv = csv(
                entry(row(PENDING), IdentifierKind.EXTERNAL, "salesforce", odd),
                entry(row(PENDING), IdentifierKind.EXTERNAL, "salesforce", "003A"));

        assertThat(csv)
                .startsWith(
                        "externalProvider,externalId,recordId,phoneNumber,recordList,recordListName,origin,eventKey,committedAt,"
                                + "acceptedAt,calledAt,settledAt,state,confirmation,settledBy,approvedBy,"
                                + "orderedBy,decidedBy,decision,sign,listedAs,attempts,words\r\n")
                .contains("\"a \"\"quote\"\", a comma,\r\na line, an ü and an emoji 😀\"")
                .endsWith("\r\n");
        assertThat(lines(csv)).extracting(line -> line.get("externalId")).containsExactly(odd, "003A");
    }

    @Test
    void what_was_asked_for_before_its_list_joined_or_came_back_does_not_say_otherwise() throws IOException {
        String words = json(entry(
                        row(DELETED).confirmed("exact"),
                        IdentifierKind.EXTERNAL,
                        "salesforce",
                        "003DL0000212DetYAE",
                        AT))
                .get(0)
                .path("words")
                .asText();
        assertThat(words).as("asked for at that time").doesNotContain("before it joined");
        Entry late = entry(
                row(DELETED).confirmed("exact"),
                IdentifierKind.EXTERNAL,
                "salesforce",
                "003DL0000212DetYAE",
                AT.plusSeconds(60));
        assertThat(json(late).get(0).path("words").asText())
                .as("it was asked for before: the list was away meanwhile")
                .doesNotContain("before it joined");
    }

    @Test
    void words_name_the_entity_by_the_prefix_of_the_id() throws IOException {
        for (String[] each : new String[][] {
            {"003DL0000212DetYAE", "contact"}, {"00QDL0000212DetYAE", "lead"}, {"001DL0000212DetYAE", "account"}
        }) {
            String id = io.recordsync.simulator.salesforce.ContactIds.toEighteen(each[0].substring(0, 15));
            assertThat(json(entry(row(CHECKING), IdentifierKind.EXTERNAL, "salesforce", id))
                            .get(0)
                            .path("words")
                            .asText())
                    .contains("whether the " + each[1] + " lives");
        }
    }

    @Test
    void callbacks_that_were_seen_while_the_record_lived_are_named_with_their_fate() throws IOException {
        SeenCallbacks seen =
                (list, provider, id) -> Stream.of(CallbackState.CANCELLED, CallbackState.ENDED, CallbackState.GONE)
                        .map(state -> callback(state, id))
                        .toList();
        Entry deleted = entry(row(DELETED).confirmed("exact"), IdentifierKind.EXTERNAL, "salesforce", "003A");
        Entry byPhone = entry(row(DELETED).confirmed("exact"), IdentifierKind.PHONE, "", "hmac:1");

        assertThat(seen.words(deleted))
                .isEqualTo(" Callback cancelled-1 of this record was cancelled by this service at 2026-03-01T12:00:00Z."
                        + " Callback ended-1 of this record was not to be made any more at 2026-03-01T12:00:00Z."
                        + " Callback gone-1 of this record was still to be made when last looked at; this service has not"
                        + " cancelled it.");
        assertThat(seen.words(byPhone)).isEmpty();
        assertThat(Receipt.of(deleted, seen.words(deleted)).words())
                .startsWith("Removed from the record list")
                .contains("Callback cancelled-1");
    }

    private static CallbackRow callback(CallbackState state, String externalId) {
        Instant at = Instant.parse("2026-03-01T12:00:00Z");
        return new CallbackRow(
                Word.underscored(state) + "-1", "list-a", "r1", "salesforce", externalId, state, true, at, at, at, at);
    }

    @Test
    void without_receipts_there_is_the_header_and_an_empty_array() throws IOException {
        assertThat(csv().lines()).hasSize(1);
        assertThat(json()).isEmpty();
    }

    @Test
    void what_breaks_off_in_the_middle_does_not_end_as_if_it_were_whole() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Stream<Entry> broken = Stream.of(1, 2).map(number -> {
            if (number == 2) {
                throw new IllegalStateException("the database is away");
            }
            return row(PENDING).entry();
        });

        assertThatThrownBy(() -> ReceiptFormat.JSON.write(broken, SeenCallbacks.NONE, out))
                .hasMessage("the database is away");

        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("003DL0000212DetYAE")
                .endsWith("}");
        assertThatThrownBy(() -> new ObjectMapper().readTree(out.toByteArray())).isInstanceOf(IOException.class);
    }

    private static JsonNode json(Entry... entries) throws IOException {
        return new ObjectMapper().readTree(written(ReceiptFormat.JSON, entries)).path("receipts");
    }

    private static String csv(Entry... entries) throws IOException {
        return written(ReceiptFormat.CSV, entries);
    }

    private static String written(ReceiptFormat format, Entry... entries) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(format.write(Stream.of(entries), SeenCallbacks.NONE, out)).isEqualTo(entries.length);
        return out.toString(StandardCharsets.UTF_8);
    }

    private static List<Map<String, String>> lines(String csv) throws IOException {
        try (MappingIterator<Map<String, String>> lines = new CsvMapper()
                .readerForMapOf(String.class)
                .with(CsvSchema.emptySchema().withHeader())
                .readValues(csv)) {
            return lines.readAll();
        }
    }

    private static Row row(DeletionState state) {
        return new Row(state, "", 0, false, "", "", "", "");
    }

    private record Row(
            DeletionState state,
            String confirmation,
            int unconfirmed,
            boolean isLost,
            String code,
            String message,
            String settledBy,
            String note) {

        Row confirmed(String how) {
            return new Row(state, how, unconfirmed, isLost, code, message, settledBy, note);
        }

        Row unconfirmed(int times) {
            return new Row(state, confirmation, times, isLost, code, message, settledBy, note);
        }

        Row lost() {
            return new Row(state, confirmation, unconfirmed, true, code, message, settledBy, note);
        }

        Row failed(String why, String words) {
            return new Row(state, confirmation, unconfirmed, isLost, why, words, settledBy, note);
        }

        Row by(String user) {
            return new Row(state, confirmation, unconfirmed, isLost, code, message, user, note);
        }

        Row noted(String known) {
            return new Row(state, confirmation, unconfirmed, isLost, code, message, settledBy, known);
        }

        Entry entry() {
            return ReceiptTest.entry(this, IdentifierKind.EXTERNAL, "salesforce", "003DL0000212DetYAE");
        }
    }

    private static Entry entry(Row row, IdentifierKind kind, String provider, String identifier) {
        return entry(row, kind, provider, identifier, null);
    }

    private static Entry entry(Row row, IdentifierKind kind, String provider, String identifier, Instant joined) {
        return new Entry(
                1,
                "list-a",
                kind,
                provider,
                identifier,
                row.state(),
                "stream",
                "tx/1",
                AT,
                AT,
                AT,
                1,
                row.unconfirmed(),
                row.isLost(),
                null,
                row.settledBy(),
                row.confirmation(),
                row.code(),
                row.message(),
                row.note(),
                "",
                null,
                row.state() == DeletionState.HELD ? HeldReason.GUARD : null,
                false,
                "",
                "",
                "",
                "",
                "",
                "SF May",
                joined);
    }
}
