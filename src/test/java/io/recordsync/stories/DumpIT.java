package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.simulator.salesforce.ContactIds;
import io.recordsync.simulator.salesforce.MovedClock;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.Answer;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A dump is made of the PostgreSQL database of a running service, and is what it is started on later. */
@Tag("servers")
class DumpIT {

    private static final String LIST = "5f1c7a2e-9494-4a7e-9b2f-aaaaaaaaaaaa";

    private final MovedClock clock = new MovedClock();

    @TempDir
    Path folder;

    private final List<String> deleted = new CopyOnWriteArrayList<>();

    @Test
    void what_was_accepted_after_the_dump_comes_again_from_the_stream_or_where_that_has_forgotten_it_by_a_sweep()
            throws Exception {
        try (DebianPostgres postgres = DebianPostgres.start();
                SalesforceSimulator salesforce =
                        SalesforceSimulator.builder().clock(clock).start();
                TalkdeskSimulator talkdesk = TalkdeskSimulator.start();
                Service service = new Service(folder, salesforce, talkdesk, LIST)) {
            // Without any that it sees, Salesforce could not be asked who lives.
            salesforce.createContacts(1);
            talkdesk.addList(LIST, "EXTERNAL");
            service.with("store.url", postgres.url())
                    .with("store.user", "postgres")
                    .startSubscribed();
            ScheduledExecutorService traffic = Executors.newSingleThreadScheduledExecutor();
            traffic.scheduleAtFixedRate(() -> delete(salesforce, talkdesk), 0, 33, TimeUnit.MILLISECONDS);
            service.await("it is busy", () -> service.count("deleted") > 20);

            Path dump = postgres.dump();

            int atTheDump = deleted.size();
            service.await("it goes on", () -> service.count("deleted") > atTheDump + 20);
            talkdesk.always(Answer.status(503));
            service.await("some wait", () -> service.count("pending") > 10);
            traffic.shutdown();
            assertThat(traffic.awaitTermination(5, TimeUnit.SECONDS)).isTrue();
            service.kill();
            talkdesk.answerNormally();

            startOn(service, postgres.restore(dump, "restored"));
            assertNothingLost(service, talkdesk);
            assertThat(service.terminate()).isZero();

            // The same dump, days later.
            List<String> unseen = Stream.generate(ContactIds::next).limit(5).toList();
            talkdesk.addRecords(LIST, "salesforce", unseen);
            salesforce.publishDelete(unseen);
            deleted.addAll(unseen);
            salesforce.expireReplay();
            int sweeps = sweeps(salesforce);
            startOn(service, postgres.restore(dump, "late"));
            assertNothingLost(service, talkdesk);
            service.await("a sweep is made", () -> sweeps(salesforce) > sweeps);
            // The delete log covers whole minutes.
            service.await("it has proven all", () -> {
                clock.advance(Duration.ofSeconds(10));
                return !service.status().path("sweep").hasNonNull("owed");
            });
        }
    }

    private static void startOn(Service service, String restored) throws Exception {
        service.with("store.url", restored).launch();
        service.await(
                "it listens",
                Duration.ofMinutes(1),
                () -> service.answer("/api/status").statusCode() == 200);
        service.awaitSubscribed();
    }

    private void assertNothingLost(Service service, TalkdeskSimulator talkdesk) {
        talkdesk.awaitGone(LIST, deleted, Duration.ofMinutes(1));
        service.await(
                "all is settled",
                Duration.ofMinutes(1),
                () -> service.count("deleted") >= deleted.size()
                        && service.count("pending") + service.count("claimed") + service.count("checking") == 0);
    }

    private static int sweeps(SalesforceSimulator salesforce) {
        return (int) salesforce.recording().restCalls().stream()
                .filter(call -> call.path().contains("/queryAll"))
                .count();
    }

    private void delete(SalesforceSimulator salesforce, TalkdeskSimulator talkdesk) {
        String contact = ContactIds.next();
        talkdesk.addRecords(LIST, "salesforce", List.of(contact));
        deleted.add(contact);
        salesforce.publishDelete(contact);
    }
}
