package io.recordsync.ops.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.recordsync.config.AlertSettings;
import io.recordsync.config.Secret;
import io.recordsync.config.WebhookForm;
import io.recordsync.network.Outbound;
import io.recordsync.ops.alerts.Notice.State;
import io.recordsync.ops.alerts.Posted.Fate;
import io.recordsync.simulator.webhook.WebhookServer;
import io.recordsync.simulator.webhook.WebhookServer.Post;
import io.recordsync.simulator.webhook.WebhookServer.Receiver;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each form, as a server takes it that is as strict as the receiver. */
class WebhookTest {

    private static final Instant SINCE = Instant.parse("2026-03-01T08:00:00Z");
    private static final String KEY = "R015N42AXFTXWE4XJOQA9CPS2VSG1HVM";
    private static final String NAMES =
            "The list \"A & B <!channel> *x*_y_ [z](http://evil.example) \\ `c` ~d~\" is gone";

    private WebhookServer server;

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    private Webhook webhook(Receiver receiver, WebhookForm form, String publicUrl) throws Exception {
        server = WebhookServer.start(receiver);
        return new Webhook(
                new AlertSettings(
                        new Secret(server.url()),
                        form,
                        new Secret("X-Token: abc def"),
                        new Secret(form == WebhookForm.PAGERDUTY ? KEY : ""),
                        Duration.ZERO,
                        Secret.NONE,
                        publicUrl),
                "https://sync.example",
                Outbound.direct(),
                Clock.systemUTC());
    }

    private static Notice notice(State state, String words) {
        return new Notice("guard", state, words, SINCE, 0);
    }

    @Test
    void json_says_which_check_how_it_is_why_since_when_and_where_to_look() throws Exception {
        Webhook webhook = webhook(Receiver.JSON, WebhookForm.JSON, "https://sync.example/a");

        assertThat(webhook.post(notice(State.DOWN, NAMES)).fate()).isEqualTo(Fate.TAKEN);
        assertThat(webhook.post(notice(State.UP, "It was down for 3 s")).fate()).isEqualTo(Fate.TAKEN);

        Post down = server.shown().get(0);
        assertThat(down.target()).isEqualTo(server.target());
        assertThat(down.headers().getFirst("X-Token")).isEqualTo("abc def");
        assertThat(down.json().toString())
                .isEqualTo("{\"check\":\"guard\",\"state\":\"down\",\"words\":"
                        + new com.fasterxml.jackson.databind.ObjectMapper().writeValueAsString(NAMES)
                        + ",\"since\":\"2026-03-01T08:00:00Z\",\"link\":\"https://sync.example/a/\"}");
        assertThat(server.shown().get(1).json().path("state").asText()).isEqualTo("up");
    }

    @Test
    void without_the_address_of_the_page_there_is_no_link() throws Exception {
        Webhook webhook = webhook(Receiver.JSON, WebhookForm.JSON, "");
        webhook.post(notice(State.DOWN, "x"));
        assertThat(server.shown().get(0).json().path("link").isNull()).isTrue();
    }

    @Test
    void slack_gets_a_text_in_which_nothing_rings_everybody() throws Exception {
        Webhook webhook = webhook(Receiver.SLACK, WebhookForm.SLACK, "https://sync.example");

        assertThat(webhook.post(notice(State.DOWN, NAMES)).fate()).isEqualTo(Fate.TAKEN);

        JsonNode json = server.shown().get(0).json();
        assertThat(json.size()).isOne();
        assertThat(json.path("text").asText())
                .startsWith("*guard is down*\nThe list \"A &amp; B &lt;!channel&gt; ")
                .endsWith("\nsince 2026-03-01T08:00:00Z\n<https://sync.example/|Open the page>")
                .doesNotContain("<!");
    }

    @Test
    void teams_gets_a_card_that_it_shows() throws Exception {
        Webhook webhook = webhook(Receiver.TEAMS, WebhookForm.TEAMS, "https://sync.example");

        assertThat(webhook.post(notice(State.DOWN, NAMES)).fate()).isEqualTo(Fate.TAKEN);
        assertThat(webhook.post(notice(State.UP, "x".repeat(100_000))).fate()).isEqualTo(Fate.TAKEN);

        assertThat(server.shown()).hasSize(2);
        JsonNode card = server.shown().get(0).json().at("/attachments/0/content");
        assertThat(card.at("/body/0/text").asText()).isEqualTo("guard is down");
        assertThat(card.at("/body/0/color").asText()).isEqualTo("Attention");
        assertThat(card.at("/body/1/text").asText())
                .contains("\\*x\\*\\_y\\_ \\[z\\](http://evil.example) \\\\ \\`c\\` \\~d\\~");
        assertThat(card.path("body"))
                .allSatisfy(block -> assertThat(block.path("wrap").asBoolean()).isTrue());
        assertThat(card.at("/actions/0/type").asText()).isEqualTo("Action.OpenUrl");
        assertThat(card.at("/actions/0/url").asText()).isEqualTo("https://sync.example/");
    }

    @Test
    void what_teams_would_drop_is_not_shown_by_the_server_either() throws Exception {
        Webhook webhook = webhook(Receiver.TEAMS, WebhookForm.SLACK, "");

        assertThat(webhook.post(notice(State.DOWN, "x")).fate())
                .as("202 proves nothing")
                .isEqualTo(Fate.TAKEN);
        assertThat(server.shown()).isEmpty();
    }

    @Test
    void pagerduty_opens_one_alert_for_a_check_and_resolves_it() throws Exception {
        Webhook webhook = webhook(Receiver.PAGERDUTY, WebhookForm.PAGERDUTY, "https://sync.example");

        assertThat(webhook.post(notice(State.DOWN, "x".repeat(5000))).fate()).isEqualTo(Fate.TAKEN);
        webhook.post(notice(State.DOWN, "more"));
        assertThat(server.openAlerts()).containsExactly("salesforce-talkdesk-sync/guard/https://sync.example");
        assertThat(server.posts().get(0).json().at("/payload/severity").asText())
                .isEqualTo("error");

        assertThat(webhook.post(notice(State.UP, "It was down for 3 s")).fate()).isEqualTo(Fate.TAKEN);
        assertThat(server.openAlerts()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "200, TAKEN",
        "202, TAKEN",
        "204, TAKEN",
        "301, REFUSED",
        "307, REFUSED",
        "400, REFUSED",
        "401, REFUSED",
        "403, REFUSED",
        "404, REFUSED",
        "408, AGAIN",
        "410, REFUSED",
        "429, AGAIN",
        "500, AGAIN",
        "503, AGAIN"
    })
    void the_status_says_whether_it_is_sent_again(int status, Fate fate) throws Exception {
        Webhook webhook = webhook(Receiver.SLACK, WebhookForm.SLACK, "");
        server.answers(
                status, status == 204 ? "" : "channel_is_archived", "Location", server.url(), "Retry-After", "90");

        Posted posted = webhook.post(notice(State.DOWN, "x"));

        assertThat(posted.fate()).isEqualTo(fate);
        assertThat(server.posts())
                .as("none is repeated, no redirect is followed")
                .hasSize(1);
        assertThat(posted.words()).doesNotContain("kept-secret", "sig=");
        if (fate != Fate.TAKEN) {
            assertThat(posted.words())
                    .startsWith("The webhook of alerts (127.0.0.1) answered " + status + " channel_is_archived");
        }
        if (fate == Fate.AGAIN) {
            assertThat(posted.askedFor()).contains(Duration.ofSeconds(90));
        }
    }

    @Test
    void a_limit_that_does_not_say_how_long_is_waited_for_half_a_minute() throws Exception {
        Webhook webhook = webhook(Receiver.PAGERDUTY, WebhookForm.PAGERDUTY, "");
        server.answers(429, "");
        server.answers(503, "");

        assertThat(webhook.post(notice(State.DOWN, "x")).askedFor()).contains(Duration.ofSeconds(30));
        assertThat(webhook.post(notice(State.DOWN, "x")).askedFor()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"<html>kept secret</html>", "{\"error\":\"a person's name\"}", "Bad Thing", ""})
    void of_a_body_only_a_code_is_shown(String body) throws Exception {
        Webhook webhook = webhook(Receiver.SLACK, WebhookForm.SLACK, "");
        server.answers(404, body);

        assertThat(webhook.post(notice(State.DOWN, "x")).words())
                .isEqualTo(
                        "The webhook of alerts (127.0.0.1) answered 404: it was removed, or the URL is wrong; make a new"
                                + " one and set alerts.webhook");
    }

    @Test
    void an_answer_without_end_is_not_read_to_its_end_and_counts_by_its_status() throws Exception {
        Webhook webhook = webhook(Receiver.JSON, WebhookForm.JSON, "");
        server.answers(200, "x".repeat(10_000_000));
        assertThat(webhook.post(notice(State.DOWN, "x")).fate()).isEqualTo(Fate.TAKEN);
    }

    @Test
    void one_that_is_not_there_is_tried_again_and_its_secret_is_in_no_word() throws Exception {
        Webhook webhook = webhook(Receiver.JSON, WebhookForm.JSON, "");
        server.close();

        Posted posted = webhook.post(notice(State.DOWN, "x"));

        assertThat(posted.fate()).isEqualTo(Fate.AGAIN);
        assertThat(posted.words())
                .startsWith("The webhook of alerts is not reached: ")
                .doesNotContain("kept-secret", "sig=");
    }
}
