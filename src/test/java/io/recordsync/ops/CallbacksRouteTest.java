package io.recordsync.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recordsync.deletion.CallbackRow;
import io.recordsync.deletion.CallbackState;
import io.recordsync.inbox.CallbackBook.Run;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is known of callbacks, by the API. */
class CallbacksRouteTest {

    private static OpsServer server;

    @BeforeAll
    static void start() throws Exception {
        server = OpsServer.start("127.0.0.1", "");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void callbacks_are_shown_with_what_became_of_them() throws Exception {
        server.callbacks.rows.add(new CallbackRow(
                "c1",
                "list-a",
                "r1",
                "salesforce",
                "003DL0000212DetYAE",
                CallbackState.CANCELLED,
                true,
                OpsServer.NOW,
                OpsServer.NOW,
                OpsServer.NOW,
                OpsServer.NOW));
        server.callbacks.rows.add(new CallbackRow(
                "c2",
                "list-a",
                "r2",
                "",
                "",
                CallbackState.UNSEEN,
                false,
                OpsServer.NOW,
                OpsServer.NOW,
                OpsServer.NOW,
                null));
        server.callbacks.last = new Run(OpsServer.NOW, "Talkdesk answered 503", 1, 7);

        JsonNode answer =
                new ObjectMapper().readTree(server.get("/api/callbacks").body());

        assertThat(answer.path("lastAt").asText()).isEqualTo("2026-03-01T12:00:00Z");
        assertThat(answer.path("lastError").asText()).isEqualTo("Talkdesk answered 503");
        assertThat(answer.path("tooMany").asInt()).isEqualTo(7);
        assertThat(answer.at("/counts/unseen").asInt()).isEqualTo(1);
        assertThat(answer.at("/callbacks/0/state").asText()).isEqualTo("cancelled");
        assertThat(answer.at("/callbacks/0/endedAt").asText()).isEqualTo("2026-03-01T12:00:00Z");
        assertThat(answer.at("/callbacks/1/externalId").isNull()).isTrue();
        assertThat(server.get("/api/callbacks?limit=1").statusCode()).isEqualTo(400);
    }
}
