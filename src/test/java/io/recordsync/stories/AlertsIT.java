package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.recordsync.simulator.salesforce.ContactIds;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.Answer;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import io.recordsync.simulator.webhook.WebhookServer;
import io.recordsync.simulator.webhook.WebhookServer.Post;
import io.recordsync.simulator.webhook.WebhookServer.Receiver;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** People are told what changes, once, and the work goes on whatever becomes of the message. */
@Tag("long")
class AlertsIT {

    private static final String LIST = "5f1c7a2e-a1e7-4a7e-9b2f-aaaaaaaaaaaa";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private SalesforceSimulator salesforce;
    private TalkdeskSimulator talkdesk;
    private WebhookServer webhook;
    private Service service;

    @BeforeEach
    void start() throws Exception {
        salesforce = SalesforceSimulator.start();
        talkdesk = TalkdeskSimulator.start();
        talkdesk.addList(LIST, "EXTERNAL");
        webhook = WebhookServer.start(Receiver.JSON);
        service = alerting();
    }

    private Service alerting() throws Exception {
        return new Service(folder, salesforce, talkdesk, LIST)
                .with("alerts.webhook", webhook.url())
                .with("alerts.webhook.header", "X-Token: kept-in-a-header")
                .with("alerts.webhook.after", "1s")
                .with("ops.public-url", "https://sync.example");
    }

    @AfterEach
    void stop() {
        service.close();
        webhook.close();
        talkdesk.close();
        salesforce.close();
    }

    @Test
    void what_goes_down_and_comes_back_is_told_once_each_also_over_a_kill() throws Exception {
        try (WebhookServer monitor = WebhookServer.start(Receiver.HEARTBEAT)) {
            service.with("alerts.heartbeat", monitor.url())
                    .with("guard.max-deletions", "3")
                    .with("delivery.give-up-after", "1s")
                    .startSubscribed();

            service.post("/api/pause", "");
            Post down = awaitTold("delivery", "down");
            assertThat(down.headers().getFirst("X-Token")).isEqualTo("kept-in-a-header");
            assertThat(down.json().path("words").asText()).startsWith("Delivery is paused");
            assertThat(down.json().path("link").asText()).isEqualTo("https://sync.example/");
            assertThat(down.json().path("since").asText()).endsWith("Z");
            service.await("it is known that it was told", () -> lastToldAt() != null);

            service.kill();
            service.startSubscribed();
            monitor.await(1, PATIENCE);
            service.await(
                    "it looked again", () -> service.text("/observe/health").contains("paused"));
            service.post("/api/resume", "");
            Post up = awaitTold("delivery", "up");
            assertThat(up.json().path("words").asText()).startsWith("It was down for ");
            assertThat(told("delivery")).containsExactly("down", "up");

            // What a person decides about.
            talkdesk.always(Answer.status(503));
            salesforce.publishDelete(ids(1).get(0));
            awaitTold("dead-letters", "down");
            talkdesk.answerNormally();
            salesforce.publishMergedDelete(ids(5).toArray(String[]::new));
            awaitTold("guard", "down");
            service.post("/api/deletions/discard", "{\"state\":\"parked\"}");
            awaitTold("dead-letters", "up");
            assertThat(told("guard")).containsExactly("down");
            assertThat(told("dead-letters")).containsExactly("down", "up");
            assertThat(webhook.posts()).allMatch(Post::shown);
        }
    }

    @Test
    void a_webhook_that_never_answers_holds_up_nothing_and_one_that_is_gone_is_named_in_health() throws Exception {
        webhook.hang(true);
        service.startSubscribed();
        service.post("/api/pause", "");
        webhook.await(1, PATIENCE);
        service.post("/api/resume", "");

        List<String> contacts = ids(20);
        talkdesk.addRecords(LIST, "salesforce", contacts);
        salesforce.publishDelete(contacts);
        talkdesk.awaitGone(LIST, contacts, Duration.ofSeconds(9));
        assertThat(service.text("/observe/health/live")).contains("UP");

        service.await(
                "it is known that it did not answer",
                () -> service.status().at("/alerts/lastError").asText().contains("is not reached: "));

        webhook.answers(404, "no_service");
        webhook.hang(false);
        service.post("/api/pause", "");
        service.await("health says that nobody is told", Duration.ofSeconds(60), () -> service.text("/observe/health")
                .contains("The webhook of alerts (127.0.0.1) answered 404 no_service: it was removed"));
        assertThat(service.status().at("/alerts/lastError").asText()).contains("404 no_service");
        assertThat(webhook.shown()).isEmpty();
        assertThat(service.status().at("/alerts/lastFailedAt").asText()).endsWith("Z");
    }

    @Test
    void of_two_nodes_one_tells_and_the_other_one_takes_over_what_was_told() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
            String url = postgres.getJdbcUrl("postgres", "postgres");
            service.with("store.url", url).startSubscribed();
            try (Service other = alerting().with("store.url", url).start()) {
                other.await("it stands by", () -> "standby"
                        .equals(other.status().at("/stream/state").asText()));
                service.post("/api/pause", "");
                awaitTold("delivery", "down");
                other.await("the other one sees it too", () -> other.text("/observe/health")
                        .contains("Delivery is paused"));

                service.kill();
                other.awaitSubscribed();
                other.post("/api/resume", "");
                awaitTold("delivery", "up");
                assertThat(told("delivery")).containsExactly("down", "up");
            }
        }
    }

    private static List<String> ids(int n) {
        return Stream.generate(ContactIds::next).limit(n).toList();
    }

    private String lastToldAt() {
        return service.status().at("/alerts/lastToldAt").asText(null);
    }

    private Post awaitTold(String check, String state) {
        service.await(
                check + " is told to be " + state, PATIENCE, () -> told(check).contains(state));
        return webhook.shown().stream()
                .filter(post -> is(post.json(), check, state))
                .findFirst()
                .orElseThrow();
    }

    private static boolean is(JsonNode told, String check, String state) {
        return told.path("check").asText().equals(check)
                && told.path("state").asText().equals(state);
    }

    /** How it was told to be, one after the other. */
    private List<String> told(String check) {
        return webhook.shown().stream()
                .map(Post::json)
                .filter(told -> told.path("check").asText().equals(check))
                .map(told -> told.path("state").asText())
                .toList();
    }
}
