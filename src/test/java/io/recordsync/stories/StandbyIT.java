package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.simulator.salesforce.ContactIds;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.Answer;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The primary of a PostgreSQL dies, and its standby, which takes its place, has not got the last seconds. */
@Tag("servers")
class StandbyIT {

    private static final String LIST = "5f1c7a2e-8181-4a7e-9b2f-aaaaaaaaaaaa";

    @TempDir
    Path folder;

    private SalesforceSimulator salesforce;
    private TalkdeskSimulator talkdesk;
    private Service service;
    private PostgresqlPair pair;

    @BeforeEach
    void start() throws Exception {
        salesforce = SalesforceSimulator.start();
        salesforce.createContacts(1);
        talkdesk = TalkdeskSimulator.start();
        talkdesk.addList(LIST, "EXTERNAL");
        service = new Service(folder, salesforce, talkdesk, LIST)
                .with("batch.size", "20")
                .with("delivery.timeout", "60s")
                .with("session.ttl", "5s");
        pair = PostgresqlPair.start();
        service.with("store.url", pair.url()).startSubscribed();
        List<String> before = contacts(10);
        salesforce.publishDelete(before);
        talkdesk.awaitGone(LIST, before);
        service.await("all is settled", () -> service.count("deleted") == before.size());
        pair.awaitCaughtUp();
        pair.lag();
    }

    @AfterEach
    void stop() throws Exception {
        service.close();
        if (pair != null) {
            pair.close();
        }
        talkdesk.close();
        salesforce.close();
    }

    @Test
    void what_was_accepted_and_is_lost_is_gone_within_a_minute() throws Exception {
        talkdesk.always(Answer.status(503));
        List<String> lost = contacts(50);
        salesforce.publishDelete(lost);
        service.await("they are accepted", () -> service.count("pending") + service.count("claimed") == lost.size());
        List<String> claimedNow = contacts(1);

        pair.failOver();
        talkdesk.answerNormally();
        salesforce.publishDelete(claimedNow);

        talkdesk.awaitGone(LIST, lost, Duration.ofMinutes(1));
        talkdesk.awaitGone(LIST, claimedNow);
        service.await("all is settled", Duration.ofMinutes(1), () -> service.count("deleted") == 61);
        assertThat(service.count("claimed")).isZero();
        assertThat(service.log()).contains("has gone back in time", "timeline 00000002");
        service.await("a sweep is made", () -> salesforce.recording().restCalls().stream()
                .anyMatch(call -> call.path().contains("/queryAll")));
    }

    @Test
    void an_old_call_settles_nothing_of_other_contacts() throws Exception {
        talkdesk.holdCalls();
        List<String> lost = contacts(50);
        salesforce.publishDelete(lost);
        service.await(
                "they are on the wire", () -> talkdesk.sentTo(LIST).keySet().containsAll(lost));
        List<String> others = contacts(30);

        pair.failOver();
        salesforce.publishDelete(others);
        service.await("the service finds out", Duration.ofMinutes(1), () -> service.log()
                .contains("has gone back in time"));
        talkdesk.releaseCalls();

        talkdesk.awaitGone(LIST, others, Duration.ofMinutes(1));
        service.await("all is settled", Duration.ofMinutes(1), () -> service.count("deleted") == 90);
        assertThat(others)
                .allSatisfy(contact -> assertThat(talkdesk.sent(LIST, contact)).hasSize(1));
        assertThat(lost)
                .allSatisfy(contact -> assertThat(talkdesk.sent(LIST, contact)).hasSize(2));
    }

    private List<String> contacts(int n) {
        List<String> ids = Stream.generate(ContactIds::next).limit(n).toList();
        talkdesk.addRecords(LIST, "salesforce", ids);
        return ids;
    }
}
