package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Salesforce or Talkdesk take what is sent and never answer: what people and probes ask is answered all the same. */
class HangingEndsIT {

    private static final String LIST = "5f1c7a2e-3535-4a7e-9b2f-aaaaaaaaaaaa";
    private static final List<String> PATHS = List.of(
            "/observe/health", "/observe/health/live", "/observe/health/ready", "/observe/metrics", "/api/status");

    @Test
    void health_status_and_metrics_answer_within_two_seconds_whatever_hangs(@TempDir Path folder) throws Exception {
        try (SalesforceSimulator salesforce = SalesforceSimulator.start();
                TalkdeskSimulator talkdesk = TalkdeskSimulator.start();
                Service service = new Service(folder, salesforce, talkdesk, LIST)
                        .with("oauth.timeout", "20s")
                        .with("salesforce.timeout", "20s")
                        .with("delivery.timeout", "20s")
                        .with("doctor.at-start", "true")) {
            talkdesk.addList(LIST, "EXTERNAL");
            List<String> ids = salesforce.createContacts(5);
            talkdesk.addRecords(LIST, "salesforce", ids);
            salesforce.loginHangs();
            // The first question of all, and some more.
            service.start();
            looks(service, 3);

            salesforce.loginWorks();
            service.awaitSubscribed();
            talkdesk.holdAnswers();
            salesforce.publishDelete(ids.subList(0, 2));
            talkdesk.awaitDeletes(1);
            looks(service, 3);

            salesforce.deleteContactsUnseen(ids.subList(2, 4));
            for (int i = 0; i < 10; i++) {
                salesforce.restHangs();
            }
            service.post("/api/sweep", "{}");
            service.await("Salesforce is asked", () -> salesforce.recording().restCalls().stream()
                    .anyMatch(call -> call.status() == 0));
            service.post("/api/reconcile", "{\"recordList\": \"" + LIST + "\"}");
            looks(service, 3);
            salesforce.frozen(true);
            looks(service, 3);
            salesforce.frozen(false);
            talkdesk.releaseAnswers();
        }
    }

    private static void looks(Service service, int times) throws Exception {
        for (int i = 0; i < times; i++) {
            for (String path : PATHS) {
                long begun = System.nanoTime();
                String answer = service.answer(path).body();
                assertThat(Duration.ofNanos(System.nanoTime() - begun)).as(path).isLessThan(Duration.ofSeconds(2));
                assertThat(answer).isNotBlank();
            }
        }
    }
}
