package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.simulator.salesforce.ChangeEvent;
import io.recordsync.simulator.salesforce.ContactIds;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stdout and stderr are a pipe that nobody reads: a collector is stuck, a terminal paused. */
class UnreadLogIT {

    private static final String LIST = "5f1c7a2e-1919-4a7e-9b2f-aaaaaaaaaaaa";
    private static final String GOES_ON =
            "lines of the log were dropped, the least important first: nobody read stdout";

    @Test
    void work_does_not_wait_for_the_log_what_it_drops_is_counted_and_told_and_it_stops_in_time(@TempDir Path folder)
            throws Exception {
        try (SalesforceSimulator salesforce = SalesforceSimulator.start();
                TalkdeskSimulator talkdesk = TalkdeskSimulator.start();
                Service service = new Service(folder, salesforce, talkdesk, LIST).intoPipe()) {
            List<String> ids = Stream.generate(ContactIds::next).limit(20).toList();
            talkdesk.addList(LIST, "EXTERNAL");
            talkdesk.addRecords(LIST, "salesforce", ids);
            service.launch().awaitListening().awaitSubscribed();
            assertThat(dropped(service)).isZero();

            sayMuch(service, salesforce);
            salesforce.publishDelete(ids.subList(0, 10));

            talkdesk.awaitGone(LIST, ids.subList(0, 10));
            service.await("the drops are counted", () -> dropped(service) > 0);
            assertThat(service.answer("/observe/health/live").statusCode()).isEqualTo(200);

            service.readPipe(GOES_ON);
            assertThat(service.log().lines().filter(line -> line.contains(GOES_ON)))
                    .hasSize(1);
            assertThat(service.log()).containsPattern(" WARN +\\[.*\\] .*Console - \\d+ " + GOES_ON);

            // Nobody reads again: it stops all the same.
            sayMuch(service, salesforce);
            salesforce.publishDelete(ids.subList(10, 20));
            talkdesk.awaitGone(LIST, ids.subList(10, 20));
            long asked = System.nanoTime();
            assertThat(service.terminate()).isZero();
            assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(30));
            assertThat(talkdesk.mistakes()).isEmpty();
        }
    }

    @Test
    void a_start_that_fails_says_why_on_stderr_to_the_last_line(@TempDir Path folder) throws Exception {
        try (SalesforceSimulator salesforce = SalesforceSimulator.start();
                TalkdeskSimulator talkdesk = TalkdeskSimulator.start();
                Service service = new Service(folder, salesforce, talkdesk, LIST)
                        .with("delivery.rate", "much")
                        .with("guard.window", "soon")) {
            service.launch();

            assertThat(service.awaitEnd()).isEqualTo(1);
            assertThat(service.log()).contains("DELIVERY_RATE", "GUARD_WINDOW").endsWith("\n");
        }
    }

    /** More than a pipe takes; of what arrives together only the first ten mistakes are told. */
    private static void sayMuch(Service service, SalesforceSimulator salesforce) throws IOException {
        double before = dropped(service);
        for (int event = 0; event < 2_000 && dropped(service) == before; event++) {
            String number = "%02d".formatted(event);
            salesforce.publish(ChangeEvent.delete(IntStream.range(0, 12)
                    .mapToObj(i -> "unusable-" + number + "-" + i)
                    .toArray(String[]::new)));
        }
    }

    private static double dropped(Service service) throws IOException {
        return service.text("/observe/metrics")
                .lines()
                .filter(line -> line.startsWith("recordsync_log_dropped_total "))
                .mapToDouble(line -> Double.parseDouble(line.split(" ")[1]))
                .findFirst()
                .orElseThrow();
    }
}
