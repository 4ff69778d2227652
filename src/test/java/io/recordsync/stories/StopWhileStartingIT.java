package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGTERM while the service starts, at one moment after the other: exit code 0, in a line, and the next start is as any other. */
@Tag("long")
class StopWhileStartingIT {

    private static final String LIST = "5f1c7a2e-aaaa-4a7e-9b2f-aaaaaaaaaaaa";
    private static final Duration STEP = Duration.ofMillis(400);

    /** Until then a signal may come before our first line of code. */
    private static final Duration JVM_OF_ITS_OWN = Duration.ofSeconds(1);

    private static final int KILLED_BY_SIGTERM = 143;

    @TempDir
    Path folder;

    @Test
    void at_any_moment_of_the_start() throws Exception {
        try (SalesforceSimulator salesforce = SalesforceSimulator.start();
                TalkdeskSimulator talkdesk = TalkdeskSimulator.start()) {
            talkdesk.addList(LIST, "EXTERNAL");
            String log = "";
            for (Duration spent = STEP;
                    !log.contains("Started in") && spent.toSeconds() < 20;
                    spent = spent.plus(STEP)) {
                log = stoppedAfter(spent, new Service(folder, salesforce, talkdesk, LIST));
            }
            assertThat(log).contains("Started in");

            try (Service service = new Service(folder, salesforce, talkdesk, LIST)) {
                List<String> contacts = salesforce.createContacts(5);
                talkdesk.addRecords(LIST, "salesforce", contacts);
                service.startSubscribed();
                salesforce.publishDelete(contacts);
                talkdesk.awaitGone(LIST, contacts);
            }
        }
    }

    /** @param spent CPU time, which a busy machine does not stretch */
    private static String stoppedAfter(Duration spent, Service service) throws Exception {
        try (service) {
            service.launch();
            service.await(
                    "it has spent " + spent,
                    () -> !service.handle().isAlive()
                            || service.handle()
                                            .info()
                                            .totalCpuDuration()
                                            .orElseThrow()
                                            .compareTo(spent)
                                    > 0);
            int exitCode = service.terminate();
            String log = service.log();
            if (exitCode == KILLED_BY_SIGTERM && log.isEmpty() && spent.compareTo(JVM_OF_ITS_OWN) < 0) {
                return log;
            }
            assertThat(exitCode).as("after %s: %s", spent, log).isZero();
            assertThat(log).doesNotContain("Exception", "\tat ");
            if (!log.contains("Started in")) {
                assertThat(service.linesOfTheStart()).hasSizeLessThanOrEqualTo(1);
            }
            return log;
        }
    }
}
