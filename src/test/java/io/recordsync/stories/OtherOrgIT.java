package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.recordsync.simulator.salesforce.ContactIds;
import io.recordsync.simulator.salesforce.Recording;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A full sandbox has the record ids of production: its deletions must not reach Talkdesk by mistake. */
class OtherOrgIT {

    private static final String LIST = "5f1c7a2e-4444-4a7e-9b2f-aaaaaaaaaaaa";
    private static final String SANDBOX = "00D58000000zzzzEAA";

    @Test
    void credentials_of_another_org_stop_intake_and_delivery_until_a_person_confirms(@TempDir Path folder)
            throws Exception {
        try (SalesforceSimulator salesforce = SalesforceSimulator.start();
                TalkdeskSimulator talkdesk = TalkdeskSimulator.start();
                Service service = new Service(folder, salesforce, talkdesk, LIST)) {
            Recording recording = salesforce.recording();
            String production = salesforce.orgId();
            List<String> ids = Stream.generate(ContactIds::next).limit(4).toList();
            talkdesk.addList(LIST, "EXTERNAL");
            talkdesk.addRecords(LIST, "salesforce", ids);
            service.startSubscribed();
            service.post("/api/pause", "");
            salesforce.publishDelete(ids.subList(0, 2));
            service.await("two deletions are pending", () -> service.count("pending") == 2);
            service.kill();

            salesforce.orgId(SANDBOX);
            int logins = recording.logins().size();
            service.start();
            service.await("it says so", () -> "other_org"
                    .equals(service.status().at("/stream/state").asText()));
            salesforce.publishDelete(ids.subList(2, 4));
            recording.awaitLogin(logins + 3);

            JsonNode status = service.status();
            assertThat(status.at("/stream/lastError").asText()).contains(SANDBOX, production, "confirm-org");
            assertThat(status.at("/delivery/state").asText()).isEqualTo("other_org");
            assertThat(service.log().lines().filter(line -> line.contains(" ERROR ") && line.contains(SANDBOX)))
                    .hasSize(1);
            assertThat(recording.subscribes()).hasSize(1);
            assertThat(talkdesk.deletes()).isEmpty();
            assertThat(service.count("pending")).isEqualTo(2);

            assertThat(service.post("/api/salesforce/confirm-org", "{\"orgId\": \"" + SANDBOX + "\"}")
                            .statusCode())
                    .isEqualTo(200);

            service.await("a pause survives a kill", () -> "paused"
                    .equals(service.status().at("/delivery/state").asText()));
            service.post("/api/resume", "");
            talkdesk.awaitGone(LIST, ids);
            assertThat(service.status().at("/stream/state").asText()).isEqualTo("connected");
            assertThat(recording.awaitSubscription(2).preset()).isEqualTo("EARLIEST");
            assertThat(talkdesk.mistakes()).isEmpty();
            assertThat(recording.refusals()).isEmpty();
        }
    }
}
