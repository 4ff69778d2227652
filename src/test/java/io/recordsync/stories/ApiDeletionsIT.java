package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.Answer;
import io.recordsync.simulator.talkdesk.DeleteCall;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a person asks to delete by the API travels the same way, in the two other forms of the call. */
class ApiDeletionsIT {

    private static final String LIST = "api-deletions";

    /** The second and third body of the API page, without its line breaks. */
    private static final String RECORDS = "[{\"id\":\"8858c834-481d-4a02-8176-cffc02c50350\"},"
            + "{\"id\":\"f03004be-2853-4660-b6e8-060cc383ddbe\"},"
            + "{\"id\":\"ba85ef13-ed0c-4acc-8799-4b2e81e91dcb\"}]";

    private static final String PHONES =
            "[{\"phone_number\":\"+188888888\"},{\"phone_number\":\"+177777777\"},{\"phone_number\":\"+100000000\"}]";

    @TempDir
    Path folder;

    private SalesforceSimulator salesforce;
    private TalkdeskSimulator talkdesk;
    private Service service;

    @BeforeEach
    void start() throws Exception {
        salesforce = SalesforceSimulator.start();
        talkdesk = TalkdeskSimulator.start();
        talkdesk.addList(LIST, "NOTHING");
        service = new Service(folder, salesforce, talkdesk, LIST)
                .with("ledger.phone-key", "the-key-of-the-stories")
                .start();
    }

    @AfterEach
    void stop() {
        service.close();
        talkdesk.close();
        salesforce.close();
    }

    @Test
    void record_ids_and_phone_numbers_of_the_api_page_give_its_two_other_bodies_and_are_never_mixed() throws Exception {
        for (String number : List.of("+188888888", "+177777777", "+100000000")) {
            talkdesk.addRecord(LIST, null, null, number);
        }
        String mixed = RECORDS.substring(0, RECORDS.length() - 1) + "," + PHONES.substring(1);

        assertThat(service.post("/api/deletions", mixed).statusCode()).isEqualTo(202);

        service.await("all are settled", () -> service.count("deleted") == 6);
        assertThat(talkdesk.deletes()).extracting(DeleteCall::bodyText).containsExactlyInAnyOrder(RECORDS, PHONES);
        assertThat(talkdesk.recordCount(LIST)).isZero();
        assertThat(talkdesk.mistakes()).isEmpty();
    }

    @Test
    void a_phone_number_is_nowhere_once_it_is_settled() throws Exception {
        String number = "+14155550123";
        talkdesk.addRecord(LIST, null, null, number);
        talkdesk.answer(Answer.status(400)
                .body("{\"code\":\"invalid\",\"message\":\"" + number + " (415 555-0123) is invalid\"}"));

        service.post("/api/deletions", "[{\"phone_number\":\"" + number + "\"}]");
        service.await("it is parked", () -> service.count("parked") == 1);
        JsonNode parked = service.deletions("state=parked").get(0);
        assertThat(parked.path("failureCode").asText()).isEqualTo("invalid");
        assertThat(parked.toString()).doesNotContain("4155550123").doesNotContain("555-0123");
        service.post("/api/deletions/redrive", "{\"state\":\"parked\"}");
        service.await("it is settled", () -> service.count("deleted") == 1);
        assertThat(talkdesk.recordCount(LIST)).isZero();
        assertThat(service.terminate()).isZero();

        assertThat(service.log())
                .doesNotContain("Exception")
                .doesNotContain("4155550123")
                .doesNotContain("555-0123");
        try (Stream<Path> files = Files.walk(folder)) {
            assertThat(files.filter(Files::isRegularFile)).allSatisfy(file -> assertThat(bytes(file))
                    .as(file.toString())
                    .doesNotContain("4155550123")
                    .doesNotContain("555-0123"));
        }
    }

    private static String bytes(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
