package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.recordsync.simulator.salesforce.ContactIds;
import io.recordsync.simulator.salesforce.Recording;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Salesforce refuses a call of the Pub/Sub API again and again, with an error code of each class. Ends of a stream that is
 * open are in {@link StreamEndsIT}, the lost position in PositionLostIT.
 */
class ErrorCodesIT {

    private static final String LIST = "5f1c7a2e-4444-4a7e-9b2f-aaaaaaaaaaaa";

    private static SalesforceSimulator salesforce;
    private static Recording recording;
    private static TalkdeskSimulator talkdesk;
    private static Service service;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        salesforce = SalesforceSimulator.start();
        salesforce.keepaliveAfter(Duration.ofMillis(800));
        recording = salesforce.recording();
        talkdesk = TalkdeskSimulator.start();
        talkdesk.addList(LIST, "EXTERNAL");
        service = new Service(folder, salesforce, talkdesk, LIST)
                .with("stream.backoff-max", "150ms")
                .with("stream.backoff-long", "300ms")
                .startSubscribed();
    }

    @AfterAll
    static void stop() {
        service.close();
        talkdesk.close();
        salesforce.close();
    }

    @ParameterizedTest
    @CsvSource({
        "Subscribe, UNAVAILABLE,         service.unavailable,                 WARN,  away",
        "Subscribe, UNAUTHENTICATED,     service.auth.refresh.invalid,        WARN,  logging in again",
        "Subscribe, RESOURCE_EXHAUSTED,  concurrent.client.limit.exceeded,    WARN,  too many subscribers",
        "Subscribe, RESOURCE_EXHAUSTED,  subscription.limit.exceeded,         ERROR, more can be bought",
        "GetTopic,  NOT_FOUND,           topic.not.found,                     ERROR, Change Data Capture is not enabled",
        "Subscribe, PERMISSION_DENIED,   subscription.topic.cannot.subscribe, ERROR, salesforce.channel",
        "GetSchema, PERMISSION_DENIED,   schema.meta.permission,              ERROR, View All on Contact"
    })
    void a_call_is_refused_until_the_cause_is_gone(
            String call, Status.Code status, String code, String level, String advice) throws Exception {
        service.awaitSubscribed();
        service.await("it is ready", () -> readiness().contains("UP"));
        int logins = recording.logins().size();
        salesforce.refuseCalls(call, status.toStatus(), code);
        salesforce.changeSchema();
        salesforce.completeStream();
        List<String> waiting = contacts(3);
        salesforce.publishDelete(waiting);

        // What nobody has to do anything about is over within a minute, mostly: health waits for that long.
        boolean person = level.equals("ERROR");
        service.await(
                "it is told",
                () -> person
                        ? readiness().contains(code)
                        : service.status().at("/stream/lastError").asText().contains(code));
        int refusals = refusals(code);
        List<String> meanwhile = new ArrayList<>();
        service.await("it is tried four times more", () -> {
            meanwhile.add(readiness());
            return refusals(code) >= refusals + 4;
        });
        assertThat(meanwhile).allSatisfy(health -> assertThat(health)
                .contains(person ? List.of("DOWN", code, advice) : List.of("UP")));
        service.await(
                "the status says why",
                () -> service.status().at("/stream/lastError").asText().contains(advice));
        assertThat(talkdesk.holds(LIST, waiting.get(0))).isTrue();
        salesforce.acceptCalls();

        talkdesk.awaitGone(LIST, waiting);
        service.await("health is green", () -> readiness().contains("UP"));
        // New tokens that are refused again and again need one too, in the end.
        boolean credentials = status == Status.Code.UNAUTHENTICATED;
        assertThat(linesOf("ERROR", code)).hasSize(person || credentials ? 1 : 0);
        assertThat(linesOf("WARN", code)).isNotEmpty();
        assertThat(linesOf("INFO", code + " is over")).hasSize(person ? 1 : 0);
        assertThat(recording.logins().size() > logins).isEqualTo(credentials);
        assertThat(talkdesk.mistakes()).isEmpty();
    }

    private static int refusals(String code) {
        return (int) recording.refusals().stream()
                .filter(refusal -> refusal.code().endsWith(code))
                .count();
    }

    private static List<String> linesOf(String level, String words) {
        return service.log()
                .lines()
                .filter(line -> line.contains(" " + level + " ") && line.contains(words))
                .toList();
    }

    private static String readiness() throws IOException {
        return service.text("/observe/health/ready");
    }

    private static List<String> contacts(int n) {
        List<String> ids = Stream.generate(ContactIds::next).limit(n).toList();
        talkdesk.addRecords(LIST, "salesforce", ids);
        return ids;
    }
}
