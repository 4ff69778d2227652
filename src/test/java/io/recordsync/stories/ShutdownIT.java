package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGTERM while Talkdesk has calls that it does not answer. */
@Tag("long")
class ShutdownIT {

    private static final List<String> LISTS =
            IntStream.range(0, 6).mapToObj("shutdown-%d"::formatted).toList();

    @TempDir
    Path folder;

    @Test
    void it_ends_in_time_with_calls_in_flight_and_what_was_unfinished_is_freed_at_the_next_start() throws Exception {
        try (SalesforceSimulator salesforce = SalesforceSimulator.start();
                TalkdeskSimulator talkdesk = TalkdeskSimulator.start();
                Service service = new Service(folder, salesforce, talkdesk, String.join(",", LISTS))
                        .with("camel.main.shutdownTimeout", "1")
                        .with("delivery.concurrency", "2")
                        .with("delivery.timeout", "60s")) {
            List<String> ids = salesforce.createContacts(3);
            LISTS.forEach(list -> {
                talkdesk.addList(list, "EXTERNAL");
                talkdesk.addRecords(list, "salesforce", ids);
            });
            // Not by start(): the first of a build spends seconds at its end on the archive of its classes.
            service.launch().awaitSubscribed();
            talkdesk.holdAnswers();
            salesforce.publishDelete(ids);
            talkdesk.awaitDeletes(2);

            long asked = System.nanoTime();
            assertThat(service.terminate()).isZero();
            assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(30));
            assertThat(talkdesk.deleteCount()).isEqualTo(2);

            talkdesk.releaseAnswers();
            service.start();
            LISTS.forEach(list -> talkdesk.awaitGone(list, ids));
            service.await("all are settled", () -> service.count("deleted") == (long) ids.size() * LISTS.size());
            assertThat(service.count("claimed")).isZero();
            assertThat(talkdesk.repeats()).isEmpty();
            assertThat(talkdesk.mistakes()).isEmpty();
        }
    }
}
