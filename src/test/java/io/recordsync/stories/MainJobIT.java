package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.DeleteCall;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The main job, end to end: a contact deleted in Salesforce leaves Talkdesk's record lists. */
class MainJobIT {

    private static final String LIST = "5f1c7a2e-1111-4a7e-9b2f-aaaaaaaaaaaa";

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
        service = new Service(folder, salesforce, talkdesk, LIST);
    }

    @AfterEach
    void stop() {
        service.close();
        talkdesk.close();
        salesforce.close();
    }

    @Test
    void the_two_ids_of_the_api_page_published_as_a_change_event_produce_exactly_the_body_on_that_page()
            throws Exception {
        List<String> ids = List.of("003DL0000212DetYAE", "003DL0000214OYdYAM");
        talkdesk.addRecords(LIST, "salesforce", ids);
        service.startSubscribed();

        salesforce.publishMergedDelete("003DL0000212DetYAE", "003DL0000214OYdYAM");

        talkdesk.awaitGone(LIST, ids);
        DeleteCall call = talkdesk.deletes().get(0);
        assertThat(call.bodyText())
                .isEqualTo("[{\"external_provider\":\"salesforce\",\"external_id\":\"003DL0000212DetYAE\"},"
                        + "{\"external_provider\":\"salesforce\",\"external_id\":\"003DL0000214OYdYAM\"}]");
        service.await("both are settled", () -> service.count("deleted") == 2);
        assertThat(service.deletions("state=deleted"))
                .allSatisfy(row -> assertThat(row.path("confirmation").asText()).isEqualTo("exact"));
        assertThat(talkdesk.mistakes()).isEmpty();
        assertThat(service.terminate()).isZero();
    }
}
