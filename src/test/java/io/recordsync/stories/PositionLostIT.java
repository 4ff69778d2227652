package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.simulator.salesforce.MovedClock;
import io.recordsync.simulator.salesforce.Recording.Subscribe;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Where the stream cannot be resumed, no other service finds the deletions that it would have told: this one does. */
@Tag("long")
class PositionLostIT {

    private static final String LIST = "5f1c7a2e-8888-4a7e-9b2f-aaaaaaaaaaaa";

    private final MovedClock clock = new MovedClock();

    enum Loss {
        NOT_VALIDATED,
        HUNDRED_HOURS_DOWN
    }

    @ParameterizedTest
    @EnumSource(Loss.class)
    void deletions_that_the_stream_no_longer_tells_are_found_and_it_is_not_ready_before(Loss loss, @TempDir Path folder)
            throws Exception {
        try (SalesforceSimulator salesforce =
                        SalesforceSimulator.builder().clock(clock).start();
                TalkdeskSimulator talkdesk = TalkdeskSimulator.start();
                Service service = new Service(folder, salesforce, talkdesk, LIST)) {
            List<String> contacts = salesforce.createContacts(60);
            talkdesk.addList(LIST, "EXTERNAL");
            talkdesk.addRecords(LIST, "salesforce", contacts);
            // Nobody answers what lives: what the stream brings late waits no longer than this.
            service.with("stream.catch-up", "2s").startSubscribed();
            salesforce.sendKeepalive();
            service.await(
                    "the position is saved",
                    () -> service.status().at("/stream/positionSavedAt").isTextual());
            service.kill();
            contacts.subList(0, 20).forEach(salesforce::deleteContact);
            salesforce.purge(contacts.get(0));
            switch (loss) {
                case NOT_VALIDATED -> salesforce.failReplayValidation(true);
                case HUNDRED_HOURS_DOWN -> clock.advance(Duration.ofHours(100));
            }
            // What the stream forgets: it is nowhere but in the Recycle Bin and the delete log.
            salesforce.expireReplay();
            salesforce.deleteContactsUnseen(contacts.subList(20, 40));
            salesforce.deleteContact(contacts.get(40));
            salesforce.restFails(".*", 503);

            service.start();

            // Resumed at once, from as far back as there is; but not ready while nobody knows what is missing.
            talkdesk.awaitGone(LIST, contacts.subList(40, 41));
            assertThat(service.get("/observe/health/ready").path("status").asText())
                    .isEqualTo("DOWN");
            assertThat(service.text("/observe/health/ready")).contains("the stream has a hole");
            assertThat(service.status().at("/sweep/owed").asText()).contains("lost");
            assertThat(service.log().lines().filter(line -> line.contains(" ERROR ")))
                    .singleElement()
                    .asString()
                    .contains("is lost", "EARLIEST", "a sweep is ordered");
            if (loss == Loss.HUNDRED_HOURS_DOWN) {
                // It is a hole in the stream after the next restart as well.
                service.kill();
                service.start();
                assertThat(service.text("/observe/health/ready")).contains("the stream has a hole");
            }

            salesforce.restWorks();

            // The delete log covers whole minutes.
            service.await("it is ready", () -> {
                clock.advance(Duration.ofSeconds(10));
                return service.get("/observe/health/ready")
                        .path("status")
                        .asText()
                        .equals("UP");
            });
            talkdesk.awaitGone(LIST, contacts.subList(0, 41));
            assertThat(contacts.subList(41, 60)).allMatch(contact -> talkdesk.holds(LIST, contact));
            assertThat(service.status().path("problems").toString()).containsOnlyOnce("position_lost");
            assertThat(salesforce.recording().subscribes())
                    .extracting(Subscribe::preset)
                    .startsWith("LATEST", "CUSTOM", "EARLIEST")
                    .filteredOn("LATEST"::equals)
                    .hasSize(1);
            assertThat(talkdesk.mistakes()).isEmpty();
        }
    }
}
