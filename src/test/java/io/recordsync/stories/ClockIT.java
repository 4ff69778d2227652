package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.simulator.salesforce.ContactIds;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The wall clock of the service is wrong, or is set while it runs: nothing waits longer for that, and nothing is lost. */
@Tag("servers")
class ClockIT {

    private static final String LIST = "list-of-clocks";
    private static final String LOOKED = "looked for what is old";
    private static final Duration HOUR_BACK = Duration.ofHours(-1);

    @TempDir
    Path folder;

    private SalesforceSimulator salesforce;
    private TalkdeskSimulator talkdesk;
    private ShiftedClock clock;
    private Service service;

    @BeforeEach
    void start() throws Exception {
        // Compiles it.
        Programs.require("cc");
        salesforce = SalesforceSimulator.start();
        talkdesk = TalkdeskSimulator.start();
        talkdesk.addList(LIST, "EXTERNAL");
        clock = new ShiftedClock(folder);
        service = new Service(folder, salesforce, talkdesk, LIST);
        clock.of(service);
    }

    @AfterEach
    void stop() {
        service.close();
        talkdesk.close();
        salesforce.close();
    }

    @Test
    void an_hour_back_after_a_failed_login_a_failed_call_and_a_suspension_prolongs_no_pause() throws Exception {
        talkdesk.tokenAnswers(503);
        service.startSubscribed();
        List<String> first = deleted(3);
        service.await("a login failed", () -> talkdesk.tokenCalls().size() > 0);
        clock.shift(HOUR_BACK);
        talkdesk.awaitGone(LIST, first);

        talkdesk.answers(503);
        List<String> second = deleted(3);
        service.await("a call failed", () -> talkdesk.deletes().stream().anyMatch(call -> call.status() == 503));
        clock.shift(HOUR_BACK.multipliedBy(2));
        talkdesk.awaitGone(LIST, second);

        talkdesk.answers(403);
        List<String> third = deleted(3);
        service.await("the list is suspended", () -> service.log().contains("403"));
        clock.shift(HOUR_BACK.multipliedBy(3));
        talkdesk.awaitGone(LIST, third);
    }

    @Test
    void an_hour_back_while_it_is_stopped_holds_up_nothing_that_is_due() throws Exception {
        service.startSubscribed();
        talkdesk.answers(503, 503, 503, 503, 503, 503, 503, 503, 503, 503);
        List<String> contacts = deleted(10);
        service.await("they are postponed", () -> talkdesk.deleteCount() > 0 && service.count("pending") == 10);
        service.kill();
        talkdesk.answerNormally();
        clock.shift(HOUR_BACK);

        service.start();

        talkdesk.awaitGone(LIST, contacts);
    }

    @Test
    void a_clock_that_is_401_days_ahead_forgets_nothing() throws Exception {
        // Every hour is too seldom to be seen.
        Path home = Files.createDirectories(folder.resolve("home"));
        Path routes = Files.createDirectory(home.resolve("routes"));
        try (Stream<Path> ours = Files.list(Path.of("routes"))) {
            for (Path route : ours.filter(Files::isRegularFile).toList()) {
                Files.writeString(
                        routes.resolve(route.getFileName()),
                        Files.readString(route)
                                .replace("delay: 3600000", "delay: 100")
                                .replace("method: forget\n", "method: forget\n        - log: \"" + LOOKED + "\"\n"));
            }
        }
        service.in(home).startSubscribed();
        List<String> contacts = deleted(5);
        talkdesk.awaitGone(LIST, contacts);
        service.await("they are settled", () -> service.count("deleted") == 5);
        assertThat(service.terminate()).isZero();
        clock.shift(Duration.ofDays(401));

        service.startSubscribed();

        talkdesk.awaitGone(LIST, deleted(1));
        long looks = looks();
        service.await("it looked for what is old", () -> looks() > looks + 5);
        assertThat(service.deletions("state=deleted")).hasSize(6);
    }

    @Test
    void an_hour_ahead_at_the_very_first_start_drops_nothing() throws Exception {
        clock.shift(Duration.ofHours(1));
        service.startSubscribed();
        // Before a keepalive or an event has brought a position.
        salesforce.completeStream();
        List<String> contacts = deleted(10);

        talkdesk.awaitGone(LIST, contacts);
        assertThat(talkdesk.mistakes()).isEmpty();
    }

    private List<String> deleted(int contacts) {
        List<String> ids = Stream.generate(ContactIds::next).limit(contacts).toList();
        talkdesk.addRecords(LIST, "salesforce", ids);
        salesforce.publishDelete(ids);
        return ids;
    }

    private long looks() {
        return service.log().lines().filter(line -> line.endsWith(LOOKED)).count();
    }
}
