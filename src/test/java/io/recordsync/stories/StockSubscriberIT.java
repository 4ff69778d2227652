package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The alternative subscriber in the packaged service: what the package leaves out of Camel's Salesforce component is not needed.
 *
 * <p>That subscriber speaks TLS alone, which the simulator does not: {@code StockSubscriberTest} has the deletions of a stream.
 */
@Tag("long")
class StockSubscriberIT {

    private static final String LIST = "5f1c7a2e-1111-4a7e-9b2f-aaaaaaaaaaaa";
    private static final String CONTACT = "003DL0000212DetYAE";

    @TempDir
    Path folder;

    @Test
    void it_starts_from_the_package_and_what_people_order_is_deleted() throws Exception {
        try (SalesforceSimulator salesforce = SalesforceSimulator.start();
                TalkdeskSimulator talkdesk = TalkdeskSimulator.start();
                Service service = new Service(folder, salesforce, talkdesk, LIST)) {
            talkdesk.addList(LIST, "EXTERNAL");
            talkdesk.addRecords(LIST, "salesforce", List.of(CONTACT));
            service.with("salesforce.subscriber", "camel-salesforce");
            service.start();
            service.await("Camel's consumer connects", () -> service.log().contains("PubSubApiClient"));

            service.post(
                    "/api/deletions",
                    "[{\"external_provider\": \"salesforce\", \"external_id\": \"" + CONTACT + "\"}]");

            talkdesk.awaitGone(LIST, List.of(CONTACT));
            assertThat(service.log()).doesNotContain("NoClassDefFoundError", "ClassNotFoundException");
            assertThat(service.terminate()).isZero();
            assertThat(talkdesk.mistakes()).isEmpty();
        }
    }
}
