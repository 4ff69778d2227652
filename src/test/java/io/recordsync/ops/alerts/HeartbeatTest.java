package io.recordsync.ops.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.config.Secret;
import io.recordsync.network.Outbound;
import io.recordsync.simulator.webhook.WebhookServer;
import io.recordsync.simulator.webhook.WebhookServer.Receiver;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** The ping, while the process lives. */
class HeartbeatTest {

    private final AtomicBoolean alive = new AtomicBoolean(true);

    @Test
    void it_is_sent_while_the_process_lives_and_once_more_where_it_was_not_taken() throws Exception {
        try (WebhookServer server = WebhookServer.start(Receiver.HEARTBEAT)) {
            Heartbeat heartbeat = new Heartbeat(new Secret(server.url()), alive::get, Outbound.direct());
            heartbeat.beat();
            assertThat(server.posts()).singleElement().satisfies(post -> {
                assertThat(post.method()).isEqualTo("POST");
                assertThat(post.target()).isEqualTo(server.target());
                assertThat(post.body()).isEmpty();
            });

            server.answers(503, "");
            heartbeat.beat();
            assertThat(server.posts()).hasSize(3);
            assertThat(server.shown()).hasSize(2);

            server.answers(409, "");
            server.answers(409, "");
            heartbeat.beat();
            assertThat(server.posts()).as("no more than twice").hasSize(5);

            alive.set(false);
            heartbeat.beat();
            assertThat(server.posts()).hasSize(5);
        }
    }

    @Test
    void nothing_is_sent_where_no_url_is_set() {
        new Heartbeat(Secret.NONE, alive::get, Outbound.direct()).beat();
    }
}
