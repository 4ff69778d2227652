package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recordsync.simulator.salesforce.ContactIds;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.Answer;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An outage of Talkdesk that outlasts delivery.give-up-after parks thousands; a person decides what becomes of them. */
@Tag("long")
class DeadLettersIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String LIST = "5f1c7a2e-7777-4a7e-9b2f-aaaaaaaaaaaa";
    private static final String OTHER_LIST = "5f1c7a2e-8888-4a7e-9b2f-aaaaaaaaaaaa";
    private static final Duration GIVE_UP_AFTER = Duration.ofSeconds(1);

    @TempDir
    Path folder;

    private SalesforceSimulator salesforce;
    private TalkdeskSimulator talkdesk;
    private Service service;

    @BeforeEach
    void start() throws Exception {
        salesforce = SalesforceSimulator.start();
        talkdesk = TalkdeskSimulator.start();
        talkdesk.addList(LIST, "EXTERNAL");
        talkdesk.addList(OTHER_LIST, "EXTERNAL");
        service = new Service(folder, salesforce, talkdesk, LIST + "," + OTHER_LIST)
                .with("delivery.give-up-after", GIVE_UP_AFTER.toMillis() + "ms")
                .with("delivery.backoff", "20ms")
                .with("delivery.backoff-max", "50ms")
                .startSubscribed();
    }

    @AfterEach
    void stop() {
        service.close();
        talkdesk.close();
        salesforce.close();
    }

    @Test
    void thousands_are_parked_told_of_and_redriven_or_discarded() throws Exception {
        talkdesk.always(Answer.status(503));
        List<String> contacts = contacts(1000);
        salesforce.publishMergedDelete(contacts.toArray(String[]::new));
        service.await("all are given up", () -> service.count("parked") == 2000);

        JsonNode parked = row(LIST, contacts.get(0), "parked");
        assertThat(parked.path("failureCode").asText()).isEqualTo("gave_up");
        assertHistory(parked);

        // The same contact is deleted once more: that is a deletion of its own, and the parked one waits for its
        // person.
        talkdesk.answerNormally();
        salesforce.publishDelete(contacts.get(0));
        talkdesk.awaitGone(LIST, contacts.subList(0, 1));
        talkdesk.awaitGone(OTHER_LIST, contacts.subList(0, 1));
        service.await("both are settled", () -> service.count("deleted") == 2);
        assertThat(service.count("parked")).isEqualTo(2000);
        assertThat(service.deletions("externalId=" + contacts.get(0)))
                .extracting(row -> row.path("state").asText())
                .containsExactlyInAnyOrder("deleted", "deleted", "parked", "parked");

        List<String> byId = contacts.subList(1, 4);
        assertThat(post("redrive", ids(LIST, byId)).path("count").asInt()).isEqualTo(3);
        talkdesk.awaitGone(LIST, byId);
        List<String> given = contacts.subList(4, 9);
        assertThat(post("discard", ids(LIST, given)).path("count").asInt()).isEqualTo(5);
        JsonNode discarded = row(LIST, given.get(0), "cancelled");
        assertThat(discarded.path("settledBy").asText()).startsWith("anonymous@");
        assertHistory(discarded);

        String byList = "{\"state\":\"parked\",\"recordList\":\"" + LIST + "\",\"failureCode\":\"gave_up\"}";
        assertThat(post("redrive", byList).path("count").asInt()).isEqualTo(1000 - 3 - 5);
        talkdesk.awaitGone(LIST, contacts.subList(9, 1000));
        assertThat(given).allMatch(contact -> talkdesk.holds(LIST, contact));
        // Nobody named these.
        assertThat(contacts.subList(1, 1000)).allMatch(contact -> talkdesk.holds(OTHER_LIST, contact));
        service.await("the first list is done", () -> service.count("deleted") == 2 + 3 + 992);

        String rest = "{\"state\":\"parked\",\"recordList\":\"" + OTHER_LIST + "\"}";
        assertThat(post("discard", rest).path("count").asInt()).isEqualTo(1000);
        assertThat(post("redrive", "{\"state\":\"parked\"}").path("count").asInt())
                .isZero();
        assertThat(service.count("parked")).isZero();
        assertThat(service.count("cancelled")).isEqualTo(1005);
        assertThat(talkdesk.recordCount(OTHER_LIST)).isEqualTo(999);
        assertThat(talkdesk.mistakes()).isEmpty();
        assertThat(salesforce.recording().refusals()).isEmpty();
    }

    /** When, which call, with which status and code: enough to ask Talkdesk about it. */
    private void assertHistory(JsonNode row) {
        List<JsonNode> attempts = new ArrayList<>();
        service.get("/api/deletions/" + row.path("id").asLong())
                .path("attempts")
                .forEach(attempts::add);
        assertThat(attempts).isNotEmpty().allSatisfy(attempt -> {
            assertThat(attempt.path("status").asInt()).isEqualTo(503);
            assertThat(attempt.path("code").asText()).isEqualTo("unavailable");
            assertThat(attempt.path("callId").asText()).isNotEmpty();
        });
        Instant last =
                Instant.parse(attempts.get(attempts.size() - 1).path("at").asText());
        assertThat(last)
                .isAfterOrEqualTo(Instant.parse(row.path("acceptedAt").asText()).plus(GIVE_UP_AFTER));
        assertThat(attempts)
                .extracting(attempt -> attempt.path("callId").asText())
                .doesNotHaveDuplicates();
    }

    private JsonNode row(String list, String contact, String state) {
        List<JsonNode> found = service.deletions("externalId=" + contact + "&recordList=" + list + "&state=" + state);
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    private String ids(String list, List<String> contacts) {
        List<Long> ids = contacts.stream()
                .map(contact -> row(list, contact, "parked").path("id").asLong())
                .toList();
        return "{\"ids\":" + ids + "}";
    }

    private JsonNode post(String act, String json) throws IOException {
        HttpResponse<String> answer = service.post("/api/deletions/" + act, json);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private List<String> contacts(int n) {
        List<String> ids = Stream.generate(ContactIds::next).limit(n).toList();
        talkdesk.addRecords(LIST, "salesforce", ids);
        talkdesk.addRecords(OTHER_LIST, "salesforce", ids);
        return ids;
    }
}
