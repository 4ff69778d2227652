package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Something in between begins to take the body from DELETE requests, while the service runs. */
class StrippedBodyIT {

    private static final String LIST = "stripped";

    @TempDir
    Path folder;

    @Test
    void the_doctor_is_named_once_and_not_at_each_probe() throws Exception {
        try (SalesforceSimulator salesforce = SalesforceSimulator.start();
                TalkdeskSimulator talkdesk = TalkdeskSimulator.start();
                BodyStripper between = new BodyStripper(talkdesk.url());
                Service service = new Service(folder, salesforce, talkdesk, LIST)) {
            talkdesk.addList(LIST, "EXTERNAL");
            List<String> contacts = salesforce.createContacts(12);
            talkdesk.addRecords(LIST, "salesforce", contacts);
            service.with("talkdesk.api-url", between.url()).startSubscribed();
            between.strips(false);
            salesforce.deleteContact(contacts.get(0));
            talkdesk.awaitGone(LIST, contacts.subList(0, 1));

            between.strips(true);
            contacts.subList(1, 12).forEach(salesforce::deleteContact);
            service.await("it is noticed", () -> service.log().contains("the command doctor"));
            int calls = between.stripped();
            service.await("it is probed again and again", () -> between.stripped() >= calls + 5);

            assertThat(service.log().lines().filter(line -> line.contains("doctor")))
                    .singleElement()
                    .asString()
                    .contains(" ERROR ", "takes the body from DELETE requests");
            assertThat(service.log().lines().filter(line -> line.contains(" ERROR ")))
                    .as("and that the list is suspended")
                    .hasSize(2);

            between.strips(false);
            service.post("/api/deletions/redrive", "{\"state\": \"parked\"}");
            talkdesk.awaitGone(LIST, contacts);
        }
    }
}
