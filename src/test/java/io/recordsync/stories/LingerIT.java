package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.DeleteCall;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long a deletion waits for company, and how fast and how many calls go. */
@Tag("long")
class LingerIT {

    private static final List<String> LISTS =
            IntStream.range(0, 12).mapToObj("linger-%02d"::formatted).toList();

    @TempDir
    Path folder;

    private SalesforceSimulator salesforce;
    private TalkdeskSimulator talkdesk;
    private Service service;

    @BeforeEach
    void start() throws Exception {
        salesforce = SalesforceSimulator.start();
        talkdesk = TalkdeskSimulator.start();
        LISTS.forEach(list -> talkdesk.addList(list, "EXTERNAL"));
        service = new Service(folder, salesforce, talkdesk, String.join(",", LISTS));
    }

    @AfterEach
    void stop() {
        service.close();
        talkdesk.close();
        salesforce.close();
    }

    @Test
    void a_deletion_waits_for_company_for_batch_linger_at_most_however_much_company_comes() throws Exception {
        service.with("batch.linger", "1s").start();
        // The first call of a process fetches a token and loads classes: late itself, it would seem close to the next
        // one.
        delete(LISTS.get(1), "003LG9000000000000");
        talkdesk.awaitDeletes(1);
        String list = LISTS.get(0);
        // A trickle: each comes well within a second of the one before, which would put off an inactivity timeout.
        long published = System.nanoTime();
        int sent = 0;
        while (talkdesk.deleteCount() < 3
                && System.nanoTime() - published < Duration.ofSeconds(10).toNanos()) {
            delete(list, "003LG%013d".formatted(++sent));
            long rows = sent;
            service.await(
                    "it is accepted",
                    () -> service.deletions("recordList=" + list).size() >= rows);
        }

        talkdesk.awaitDeletes(3);
        // The first goes with the next tick, perhaps at once; until the one after that company comes.
        List<DeleteCall> calls = talkdesk.deletesOf(list);
        assertThat(Duration.ofNanos(calls.get(0).arrivedNanos() - published)).isLessThan(Duration.ofSeconds(5));
        assertThat(Duration.ofNanos(calls.get(1).arrivedNanos() - calls.get(0).arrivedNanos()))
                .isBetween(Duration.ofMillis(500), Duration.ofSeconds(5));
        assertThat(calls.get(1).items()).hasSizeGreaterThan(1);
        assertThat(talkdesk.mistakes()).isEmpty();
    }

    @Test
    void without_a_linger_it_goes_at_once_and_calls_keep_to_the_rate_and_the_number_in_flight() throws Exception {
        service.with("batch.linger", "0")
                .with("delivery.rate", "5")
                .with("delivery.concurrency", "2")
                .start();
        // The first call of a process fetches a token and loads classes.
        delete(LISTS.get(0), "003LG9000000000000");
        talkdesk.awaitDeletes(1);
        long published = System.nanoTime();
        delete(LISTS.get(1), "003LG9000000000000");
        talkdesk.awaitDeletes(2);
        // A linger of the least length that makes sense would be longer.
        assertThat(Duration.ofNanos(talkdesk.deletes().get(1).arrivedNanos() - published))
                .isLessThan(Duration.ofMillis(500));

        talkdesk.latency(Duration.ofMillis(100));
        for (String list : LISTS) {
            delete(list, "003LG9000000000001");
        }
        talkdesk.awaitDeletes(2 + LISTS.size());
        List<Long> arrivals = new ArrayList<>(
                talkdesk.deletes().stream().map(DeleteCall::arrivedNanos).toList());
        for (int i = 6; i < arrivals.size(); i++) {
            // Of seven calls the first and the last are more than a second apart; some milliseconds pass on the way.
            assertThat(Duration.ofNanos(arrivals.get(i) - arrivals.get(i - 6)))
                    .as("from call %d to call %d", i - 6, i)
                    .isGreaterThan(Duration.ofMillis(900));
        }
        assertThat(talkdesk.maxConcurrentDeletes()).isBetween(1, 2);
        assertThat(talkdesk.mistakes()).isEmpty();
    }

    private void delete(String list, String externalId) throws Exception {
        String items = "[{\"recordList\":\"%s\",\"external_provider\":\"salesforce\",\"external_id\":\"%s\"}]"
                .formatted(list, externalId);
        assertThat(service.post("/api/deletions", items).statusCode()).isEqualTo(202);
    }
}
