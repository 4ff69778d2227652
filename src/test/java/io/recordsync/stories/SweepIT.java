package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.recordsync.simulator.salesforce.ChangeEvent;
import io.recordsync.simulator.salesforce.MovedClock;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the stream does not tell is asked for, and nothing is missed. */
class SweepIT {

    private static final String LIST = "5f1c7a2e-6666-4a7e-9b2f-aaaaaaaaaaaa";

    private final MovedClock clock = new MovedClock();

    @Test
    void after_an_overflow_everything_that_was_deleted_behind_it_is_found(@TempDir Path folder) throws Exception {
        try (SalesforceSimulator salesforce =
                        SalesforceSimulator.builder().clock(clock).start();
                TalkdeskSimulator talkdesk = TalkdeskSimulator.start();
                Service service = new Service(folder, salesforce, talkdesk, LIST)) {
            talkdesk.addList(LIST, "EXTERNAL");
            service.startSubscribed();
            List<String> contacts = salesforce.createContacts(250);
            talkdesk.addRecords(LIST, "salesforce", contacts);
            salesforce.deleteContactsUnseen(contacts.subList(0, 240));
            salesforce.purge(contacts.subList(0, 20).toArray(String[]::new));
            clock.advance(Duration.ofMinutes(2));

            salesforce.publish(ChangeEvent.gapOverflow());

            talkdesk.awaitGone(LIST, contacts.subList(0, 240));
            clock.advance(Duration.ofMinutes(2));
            service.await("it is proven", () -> owed(service).isNull());
            assertThat(talkdesk.holds(LIST, contacts.get(249))).isTrue();
            assertThat(service.deletions("state=deleted")).hasSize(240).allSatisfy(deletion -> assertThat(
                            deletion.path("origin").asText())
                    .isEqualTo("sweep"));
            assertThat(service.log()).contains("Swept (GAP_OVERFLOW", "240 in the delete log");
            assertThat(Instant.parse(service.status().at("/sweep/coveredUntil").asText()))
                    .isBetween(clock.instant().minus(Duration.ofMinutes(3)), clock.instant());
            assertThat(service.text("/observe/health/ready")).contains("UP");
            assertThat(talkdesk.repeats()).isEmpty();
            assertThat(talkdesk.mistakes()).isEmpty();
            assertThat(salesforce.recording().refusals()).isEmpty();
        }
    }

    private static JsonNode owed(Service service) {
        return service.status().at("/sweep/owed");
    }
}
