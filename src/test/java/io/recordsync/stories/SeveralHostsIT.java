package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The URL of the store names several hosts, and the first of them is away. */
@Tag("servers")
class SeveralHostsIT {

    private static final String LIST = "5f1c7a2e-5656-4a7e-9b2f-aaaaaaaaaaaa";

    @TempDir
    Path folder;

    @Test
    void the_next_host_serves_start_doctor_and_deliveries_whether_the_first_refuses_or_is_frozen() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                        .setDataDirectory(folder.resolve("postgresql"))
                        .start();
                ServerSocket frozen = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
                SalesforceSimulator salesforce = SalesforceSimulator.start();
                TalkdeskSimulator talkdesk = TalkdeskSimulator.start();
                Service service = new Service(folder, salesforce, talkdesk, LIST)) {
            List<String> ids = salesforce.createContacts(2);
            talkdesk.addList(LIST, "EXTERNAL");
            talkdesk.addRecords(LIST, "salesforce", ids);

            int dead = unused();
            service.with("store.url", url(dead, postgres.getPort())).startSubscribed();
            salesforce.publishDelete(ids.get(0));
            talkdesk.awaitGone(LIST, List.of(ids.get(0)));
            assertThat(service.terminate()).isZero();

            service.with("store.url", url(frozen.getLocalPort(), postgres.getPort()));
            assertThat(Command.run(service.environment(), "doctor").out().lines())
                    .anyMatch(line -> line.startsWith("ok   | store"));
            service.launch();
            service.await(
                    "it listens",
                    java.time.Duration.ofSeconds(90),
                    () -> service.answer("/api/status").statusCode() == 200);
            service.awaitSubscribed();
            salesforce.publishDelete(ids.get(1));
            talkdesk.awaitGone(LIST, List.of(ids.get(1)));
            assertThat(service.terminate()).isZero();

            int before = service.log().length();
            service.with("store.url", url(dead, unused())).launch();
            assertThat(service.awaitEnd()).isEqualTo(75);
            assertThat(service.log().substring(before).lines().filter(line -> line.startsWith("The start failed")))
                    .singleElement()
                    .asString()
                    .contains("127.0.0.1:" + dead + ",127.0.0.1:", "refused");
        }
    }

    private static String url(int first, int second) {
        return "jdbc:postgresql://127.0.0.1:" + first + ",127.0.0.1:" + second + "/postgres?user=postgres";
    }

    private static int unused() throws Exception {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
