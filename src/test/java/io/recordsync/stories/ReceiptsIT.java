package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import io.recordsync.simulator.salesforce.ContactIds;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.Answer;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Receipts of a running service: by its API, and by the command from the same SQLite file. Only the store is configured for
 * the command.
 */
@Timeout(120)
@Tag("long")
class ReceiptsIT {

    private static final String LIST = "5f1c7a2e-6666-4a7e-9b2f-aaaaaaaaaaaa";
    private static final String REMOVED = ContactIds.next();
    private static final String ABSENT = ContactIds.next();
    private static final String LOST = ContactIds.next();
    private static final String PARKED = ContactIds.next();
    private static final String DISCARDED = ContactIds.next();
    private static final String LATER = ContactIds.next();
    private static final String PHONE = "+15551234567";
    private static final String PHONE_KEY = "a-key-of-the-ledger";
    /** More than a pipe holds. */
    private static final int MANY = 600;

    @TempDir
    static Path folder;

    private static SalesforceSimulator salesforce;
    private static TalkdeskSimulator talkdesk;
    private static Service service;
    private static Map<String, String> store;
    private static String today;
    private static String tomorrow;

    @BeforeAll
    static void delete_in_every_way() throws Exception {
        Instant day = Instant.now().truncatedTo(ChronoUnit.DAYS);
        today = day.toString();
        // Also when the day ends meanwhile.
        tomorrow = day.plus(2, ChronoUnit.DAYS).toString();
        store = Map.of("STORE_URL", "jdbc:sqlite:" + folder.resolve("recordsync.db"), "LEDGER_PHONE_KEY", PHONE_KEY);
        salesforce = SalesforceSimulator.start();
        talkdesk = TalkdeskSimulator.start();
        talkdesk.addList(LIST, "EXTERNAL");
        talkdesk.addRecords(LIST, "salesforce", List.of(REMOVED, LOST, PARKED, DISCARDED));
        talkdesk.refuses(PARKED, DISCARDED);
        talkdesk.notFoundWhenNothingMatches(true);
        service = new Service(folder, salesforce, talkdesk, LIST)
                .with("ledger.phone-key", PHONE_KEY)
                .startSubscribed();

        salesforce.publishDelete(REMOVED);
        await(REMOVED, "deleted");
        order(contact(ABSENT));
        await(ABSENT, "deleted");
        talkdesk.answer(Answer.reset().afterDeleting());
        order(contact(LOST));
        await(LOST, "deleted");
        order(contact(DISCARDED));
        await(DISCARDED, "parked");
        service.post("/api/deletions/discard", "{\"state\": \"parked\"}");
        order(contact(PARKED));
        await(PARKED, "parked");
        talkdesk.notFoundWhenNothingMatches(false);
        order("{\"phone_number\": \"" + PHONE + "\"}");
        order(IntStream.range(0, MANY)
                .mapToObj(i -> "{\"id\": \"" + new UUID(7, i) + "\"}")
                .collect(Collectors.joining(",")));
        service.await("all are done with", () -> service.count("pending") + service.count("claimed") == 0);
    }

    @AfterAll
    static void stop() {
        service.close();
        talkdesk.close();
        salesforce.close();
    }

    @Test
    void each_receipt_says_what_happened_and_how_it_is_known() throws Exception {
        JsonNode removed = receipt(REMOVED);
        assertThat(removed.path("words").asText()).startsWith("Removed from the record list: ");
        assertThat(removed.path("origin").asText()).isEqualTo("stream");
        assertThat(removed.path("recordList").asText()).isEqualTo(LIST);
        Instant committed = Instant.parse(removed.path("committedAt").asText());
        Instant accepted = Instant.parse(removed.path("acceptedAt").asText());
        Instant settled = Instant.parse(removed.path("settledAt").asText());
        assertThat(committed.truncatedTo(ChronoUnit.MILLIS)).isBeforeOrEqualTo(accepted);
        assertThat(accepted).isBeforeOrEqualTo(settled);

        assertThat(words(ABSENT))
                .startsWith("Not in the record list when asked")
                .doesNotContain("may have");
        assertThat(words(LOST))
                .startsWith("Not in the record list when asked")
                .contains(
                        "An earlier answer was lost or confirmed nothing, so that an earlier call may have removed it");
        assertThat(words(PARKED)).startsWith("Not removed from the record list by this service: Talkdesk refused it (");
        assertThat(words(DISCARDED)).contains("anonymous@127.0.0.1 discarded it after it had failed");
    }

    @Test
    void the_command_writes_what_the_api_shows_while_the_service_goes_on() throws Exception {
        String logBefore = service.log();
        String times = "from=" + today + "&to=" + tomorrow;

        Command csv = Command.run(store, "receipts", "--from", today, "--to", tomorrow);
        Path file = folder.resolve("receipts.json");
        Command json = Command.run(
                store, "receipts", "--from", today, "--to", tomorrow, "--format", "json", "--output", file.toString());

        assertThat(csv.err()).isEmpty();
        assertThat(csv.exitCode()).isZero();
        assertThat(csv.out()).isEqualTo(service.text("/api/receipts?format=csv&" + times));
        assertThat(json.exitCode()).isZero();
        assertThat(json.err()).isEqualTo(MANY + 6 + " receipts are in " + file + System.lineSeparator());
        assertThat(json.out()).isEmpty();
        assertThat(Files.readString(file)).isEqualTo(service.text("/api/receipts?" + times));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(folder.resolve("receipts.json.part")).doesNotExist();

        Map<String, String> words = lines(csv.out()).stream()
                .filter(line -> !line.get("externalId").isEmpty())
                .collect(Collectors.toMap(line -> line.get("externalId"), line -> line.get("words")));
        assertThat(words).hasSize(5).containsEntry(LOST, words(LOST));

        talkdesk.addRecord(LIST, "salesforce", LATER);
        salesforce.publishDelete(LATER);
        await(LATER, "deleted");
        assertThat(service.log().substring(logBefore.length())).doesNotContain(" WARN ", " ERROR ");
        assertThat(service.get("/observe/health").path("status").asText()).isEqualTo("UP");
    }

    @Test
    void a_reader_that_has_had_enough_ends_it_quietly() throws Exception {
        Command head = Command.shell(
                store,
                "{ $COMMAND receipts --from %s --to %s; echo \"exit $?\" >&2; } | head -1".formatted(today, tomorrow));

        assertThat(head.out()).startsWith("externalProvider,").hasLineCount(1);
        assertThat(head.err()).isEqualTo("exit 0\n");
    }

    @Test
    void a_contact_is_found_by_either_form_of_its_id_and_what_is_no_id_is_a_mistake() throws Exception {
        String half = REMOVED.substring(0, 15);
        String whole = Command.run(store, "receipts", "--contact", REMOVED).out();
        assertThat(lines(whole)).hasSize(1);

        for (String form : List.of(half, half + " ")) {
            assertThat(Command.run(store, "receipts", "--contact", form).out()).isEqualTo(whole);
        }
        assertThat(receipt(half)).isEqualTo(receipt(REMOVED));
        assertThat(receipt("%20" + half)).isEqualTo(receipt(REMOVED));
        assertThat(service.deletions("externalId=" + half)).hasSize(1);

        for (String none : List.of("12345", half + "AAA")) {
            Command command = Command.run(store, "receipts", "--contact", none);
            assertThat(command.exitCode()).isEqualTo(2);
            assertThat(command.err())
                    .startsWith("This is no id of a Salesforce record")
                    .hasLineCount(1);
            assertThat(command.out()).isEmpty();
            for (String path : List.of("/api/receipts", "/api/deletions")) {
                var answer = service.answer(path + "?externalId=" + none);
                assertThat(answer.statusCode()).isEqualTo(400);
                assertThat(answer.body())
                        .contains("no id of a Salesforce record")
                        .doesNotContain(none);
            }
        }
    }

    @Test
    void a_phone_number_is_found_by_its_seal_and_never_shown() throws Exception {
        Command found = Command.run(store, "receipts", "--phone", PHONE);

        assertThat(lines(found.out())).singleElement().satisfies(line -> assertThat(line.get("phoneNumber"))
                .startsWith("hmac:"));
        assertThat(found.out()).doesNotContain("5551234");
    }

    @Test
    void a_mistake_is_one_line_on_stderr_and_nothing_on_stdout() throws Exception {
        Map<String, Command> byExit = Map.of(
                "1 The receipts could not be read: Store jdbc:sqlite:" + folder.resolve("none.db")
                        + " does not exist (expected the file of a service that was started before)",
                Command.run(
                        Map.of("STORE_URL", "jdbc:sqlite:" + folder.resolve("none.db")),
                        "receipts",
                        "--contact",
                        REMOVED),
                "2 from is expected to be before to; usage: receipts",
                Command.run(store, "receipts", "--from", tomorrow, "--to", today));

        byExit.forEach((expected, command) -> {
            assertThat(command.exitCode() + " " + command.err()).startsWith(expected);
            assertThat(command.err()).hasLineCount(1);
            assertThat(command.out()).isEmpty();
        });
        var unknown = Command.run(store, "recipts");
        assertThat(unknown.exitCode()).isEqualTo(2);
        assertThat(unknown.err()).startsWith("Unknown command recipts\nusage: ");
        assertThat(unknown.out()).isEmpty();
        assertThat(folder.resolve("none.db")).doesNotExist();
    }

    private static JsonNode receipt(String contact) {
        JsonNode receipts = service.get("/api/receipts?externalId=" + contact).path("receipts");
        assertThat(receipts).hasSize(1);
        return receipts.get(0);
    }

    private static String words(String contact) {
        return receipt(contact).path("words").asText();
    }

    private static void order(String items) throws IOException {
        assertThat(service.post("/api/deletions", "[" + items + "]").statusCode())
                .isEqualTo(202);
    }

    private static String contact(String id) {
        return "{\"external_provider\": \"salesforce\", \"external_id\": \"" + id + "\"}";
    }

    private static void await(String contact, String state) {
        service.await(contact + " is " + state, () -> service.deletions("externalId=" + contact).stream()
                .map(row -> row.path("state").asText())
                .toList()
                .equals(List.of(state)));
    }

    private static List<Map<String, String>> lines(String csv) throws IOException {
        try (var lines = new CsvMapper()
                .readerForMapOf(String.class)
                .with(CsvSchema.emptySchema().withHeader())
                .<Map<String, String>>readValues(csv)) {
            return lines.readAll();
        }
    }
}
