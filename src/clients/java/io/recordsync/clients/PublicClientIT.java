package io.recordsync.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.simulator.salesforce.ContactIds;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.stories.TestCa;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The simulated org as a client sees it that nobody of us has written: the public npm package for the Pub/Sub API. */
class PublicClientIT {

    @TempDir
    private Path folder;

    @Test
    void it_logs_in_reads_and_resumes_behind_what_it_has_read() throws Exception {
        TestCa ca = new TestCa();
        try (SalesforceSimulator salesforce =
                SalesforceSimulator.builder().tls(ca.server()).start()) {
            List<String> contacts =
                    Stream.generate(ContactIds::next).limit(3).toList();
            salesforce.publishDelete(contacts);

            List<String> read = Node.run(
                    Map.of("NODE_EXTRA_CA_CERTS", ca.bundle(folder.resolve("ca.pem")).toString()),
                    "follow-the-stream.mjs",
                    salesforce.loginUrl(),
                    salesforce.pubsubHost() + ":" + salesforce.pubsubPort(),
                    SalesforceSimulator.CLIENT_ID,
                    SalesforceSimulator.CLIENT_SECRET,
                    "/data/ContactChangeEvent");

            assertThat(read).hasSize(3);
            for (int i = 0; i < 3; i++) {
                assertThat(read.get(i)).matches("DELETE " + contacts.get(i) + " \\d{10}000 \\d{19}");
            }
            assertThat(salesforce.recording().subscribes())
                    .extracting(subscribe -> subscribe.preset() + " " + subscribe.refusedWith())
                    .containsExactly("EARLIEST null", "CUSTOM null");
            // It keeps the number, and drops the zeros that follow it.
            assertThat(salesforce.recording().subscribes().get(1).replayId()).hasSize(16);
        }
    }
}
