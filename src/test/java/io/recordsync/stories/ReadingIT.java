package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.recordsync.simulator.salesforce.ChangeEvent;
import io.recordsync.simulator.salesforce.ContactIds;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What cannot be read or must not be believed is told, and neither hides its neighbours nor holds them up. */
class ReadingIT {

    private static final String LIST = "5f1c7a2e-5555-4a7e-9b2f-aaaaaaaaaaaa";

    @Test
    void malformed_ids_and_undecodable_events_are_problems_and_their_neighbours_are_deleted(@TempDir Path folder)
            throws Exception {
        try (SalesforceSimulator salesforce = SalesforceSimulator.start();
                TalkdeskSimulator talkdesk = TalkdeskSimulator.start();
                Service service = new Service(folder, salesforce, talkdesk, LIST)) {
            List<String> ids = Stream.generate(ContactIds::next).limit(6).toList();
            talkdesk.addList(LIST, "EXTERNAL");
            talkdesk.addRecords(LIST, "salesforce", ids);
            salesforce.restoreContacts(List.of(ids.get(4)), List.of());
            String first = salesforce.publishUndecodable();
            salesforce.publish(
                    ChangeEvent.delete(ids.get(0), "003*", ids.get(1)),
                    ChangeEvent.delete("003DL0000212DetYAM", ChangeEvent.NO_RECORD, "003?\n"),
                    ChangeEvent.delete(ids.get(2).substring(0, 15)));
            String middle = salesforce.publishUndecodable();
            salesforce.publish(
                    ChangeEvent.update(ids.get(4)),
                    ChangeEvent.gapDelete(ids.get(4)),
                    ChangeEvent.delete(ids.get(4)).ofEntity("Account"),
                    ChangeEvent.gapOverflow(),
                    ChangeEvent.delete(ids.get(3)));
            String last = salesforce.publishUndecodable();

            // A first start sweeps at once: what it found and is being deleted when the event comes would be there
            // twice.
            salesforce.holdRestAnswer();
            service.with("salesforce.first-start", "earliest").startSubscribed();
            assertThat(salesforce.recording().awaitResponse(1).eventIds()).contains(first, middle, last);
            service.await(
                    "the events are in the inbox",
                    () -> service.status().at("/stream/positionSavedAt").isTextual());
            salesforce.releaseRestAnswer();

            talkdesk.awaitGone(LIST, ids.subList(0, 4));
            service.await("all are settled", () -> service.count("deleted") == 4);
            service.await("the living one is let go", () -> service.count("cancelled") == 1);
            assertThat(kinds(service))
                    .containsExactlyInAnyOrder(
                            "undecodable_event",
                            "undecodable_event",
                            "undecodable_event",
                            "refused_id",
                            "refused_id",
                            "refused_id",
                            "refused_id",
                            "gap_overflow");
            assertThat(service.status().path("problems").toString())
                    .contains(first, middle, last, "'003*'", "'003DL0000212DetYAM'", "'000000000000000AAA'", "'003??'");
            assertThat(service.text("/observe/metrics"))
                    .contains(
                            "recordsync_problems_total{kind=\"undecodable_event\"} 3.0",
                            "recordsync_problems_total{kind=\"refused_id\"} 4.0",
                            "recordsync_problems_total{kind=\"gap_overflow\"} 1.0");
            assertThat(service.log()).contains("WARN").contains("'003*'");

            salesforce.sendKeepalive();
            service.await(
                    "the position is saved",
                    () -> service.status().at("/stream/positionSavedAt").isTextual());
            service.kill();
            service.startSubscribed();
            salesforce.publishDelete(ids.get(5));
            talkdesk.awaitGone(LIST, ids.subList(5, 6));

            assertThat(kinds(service)).hasSize(8);
            assertThat(service.text("/observe/metrics"))
                    .contains("recordsync_problems_total{kind=\"refused_id\"} 0.0")
                    .doesNotContainPattern("recordsync_problems_total\\{[^}]*} [1-9]");
            assertThat(talkdesk.repeats()).isEmpty();
            assertThat(talkdesk.holds(LIST, ids.get(4))).isTrue();
            assertThat(talkdesk.mistakes()).isEmpty();
            assertThat(salesforce.recording().refusals()).isEmpty();
        }
    }

    private static List<String> kinds(Service service) {
        List<String> kinds = new ArrayList<>();
        for (JsonNode problem : service.status().path("problems")) {
            kinds.add(problem.path("kind").asText());
        }
        return kinds;
    }
}
