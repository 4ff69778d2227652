package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.simulator.salesforce.ContactIds;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.Answer;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What persons order, what becomes of it, and what is kept of who they were. */
class OrdersOfPeopleIT {

    private static final String LIST = "people-a";

    @TempDir
    private static Path folder;

    private static SalesforceSimulator salesforce;
    private static TalkdeskSimulator talkdesk;
    private static Service service;

    @BeforeAll
    static void start() throws Exception {
        salesforce = SalesforceSimulator.start();
        talkdesk = TalkdeskSimulator.start();
        talkdesk.addList(LIST, "EXTERNAL");
        service = new Service(folder, salesforce, talkdesk, LIST)
                .with("delivery.retry-after-max", "40m")
                .startSubscribed();
    }

    @AfterAll
    static void stop() {
        service.close();
        talkdesk.close();
        salesforce.close();
    }

    @Test
    void a_sweep_that_was_ordered_is_withdrawn_what_lies_too_far_back_is_refused() throws Exception {
        assertThat(service.post("/api/sweep", "{\"since\": \"0001-01-01T00:00:00Z\"}")
                        .statusCode())
                .isEqualTo(400);
        assertThat(service.post("/api/sweep/withdraw", "{}").statusCode()).isEqualTo(409);
        salesforce.restFails(".*", 503);
        String since = Instant.now().minus(Duration.ofDays(14)).toString();
        assertThat(service.post("/api/sweep", "{\"since\": \"" + since + "\"}").statusCode())
                .isEqualTo(202);
        service.await("it is due", () -> service.status().at("/sweep/ordered").asBoolean());

        assertThat(service.post("/api/sweep/withdraw", "{}").statusCode()).isEqualTo(200);

        assertThat(service.status().at("/sweep/ordered").asBoolean()).isFalse();
        assertThat(service.status().at("/sweep/owed").isNull()).isTrue();
        salesforce.restWorks();
    }

    @Test
    void who_ordered_and_who_decided_is_in_the_ledger_and_in_receipts() throws Exception {
        String contact = ContactIds.next();
        talkdesk.addRecord(LIST, "salesforce", contact);
        talkdesk.refuses(contact);
        assertThat(service.post(
                                "/api/deletions",
                                "[{\"external_provider\": \"salesforce\", \"external_id\": \"" + contact + "\"}]")
                        .statusCode())
                .isEqualTo(202);
        service.await("it is parked", () -> !service.deletions("state=parked&externalId=" + contact)
                .isEmpty());
        talkdesk.answerNormally();
        service.post("/api/deletions/discard", "{\"state\": \"parked\"}");

        var row = service.deletions("externalId=" + contact).get(0);
        assertThat(row.path("orderedBy").asText()).contains("anonymous");
        assertThat(row.path("decidedBy").asText()).contains("anonymous");
        var receipt =
                service.get("/api/receipts?format=json&externalId=" + contact).at("/receipts/0");
        assertThat(receipt.path("orderedBy").asText()).contains("anonymous");
        assertThat(receipt.path("decision").asText()).isEqualTo("discarded");
    }

    @Test
    void a_wait_that_talkdesk_asks_for_is_cut_and_a_person_ends_it() throws Exception {
        String contact = ContactIds.next();
        talkdesk.addRecord(LIST, "salesforce", contact);
        talkdesk.answer(Answer.status(429).header("Retry-After", "999999"));
        salesforce.publishDelete(contact);
        service.await(
                "it waits",
                () -> service.status().at("/delivery/state").asText().equals("waiting"));
        assertThat(Instant.parse(service.status().at("/delivery/until").asText()))
                .isBetween(
                        Instant.now().plus(Duration.ofMinutes(38)),
                        Instant.now().plus(Duration.ofMinutes(41)));

        assertThat(service.post("/api/resume", "{}").statusCode()).isEqualTo(200);

        talkdesk.awaitGone(LIST, List.of(contact));
    }

    @Test
    void a_known_kind_of_problem_counts_from_zero_and_the_first_one_is_seen() throws Exception {
        assertThat(service.text("/observe/metrics")).contains("recordsync_problems_total{kind=\"refused_id\"} 0.0");

        salesforce.publishDelete("003*");

        service.await("it is counted", () -> service.text("/observe/metrics")
                .contains("recordsync_problems_total{kind=\"refused_id\"} 1.0"));
        assertThat(service.answer("/assets/null").statusCode()).isEqualTo(404);
        assertThat(service.log()).contains("page on http://127.0.0.1:" + service.port() + "/");
    }
}
