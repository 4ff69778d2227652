package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.simulator.salesforce.ContactIds;
import io.recordsync.simulator.salesforce.Recording;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.Answer;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers as they stand in recordings of the real services, and are seldom met. */
@Tag("long")
class RecordedAnswersIT {

    private static final String LIST = "5f1c7a2e-3131-4a7e-9b2f-aaaaaaaaaaaa";

    @TempDir
    Path folder;

    private SalesforceSimulator salesforce;
    private TalkdeskSimulator talkdesk;
    private Service service;

    @BeforeEach
    void start() throws Exception {
        salesforce = SalesforceSimulator.start();
        talkdesk = TalkdeskSimulator.start();
        talkdesk.addList(LIST, "EXTERNAL");
        service = new Service(folder, salesforce, talkdesk, LIST);
    }

    @AfterEach
    void stop() {
        service.close();
        talkdesk.close();
        salesforce.close();
    }

    /** Of the limits that bear this code, that of the day alone lasts. */
    @Test
    void a_limit_of_the_moment_ends_no_check_of_3000_records() throws Exception {
        List<String> records = new ArrayList<>(salesforce.createContacts(2_990));
        List<String> gone = records.subList(0, 10);
        talkdesk.addRecords(LIST, "salesforce", records);
        salesforce.deleteContactsUnseen(gone);
        service.startSubscribed();
        for (int i = 0; i < 2; i++) {
            salesforce.restRefuses(
                    403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (Concurrent API Requests) Limit exceeded.");
        }

        service.post("/api/reconcile", "{\"recordList\": \"" + LIST + "\"}");

        talkdesk.awaitGone(LIST, gone);
        assertThat(service.status().at("/reconcile/lastError").isNull()).isTrue();
        assertThat(salesforce.recording().restCalls().stream().filter(call -> call.status() == 403))
                .hasSize(2);
    }

    @Test
    void answers_without_a_date_stop_no_sweep() throws Exception {
        List<String> ids = salesforce.createContacts(40);
        talkdesk.addRecords(LIST, "salesforce", ids);
        service.startSubscribed();
        salesforce.withoutDates(true);
        salesforce.deleteContactsUnseen(ids.subList(0, 1));

        service.post("/api/sweep", "{}");
        talkdesk.awaitGone(LIST, ids.subList(0, 1));
        assertThat(service.status().at("/sweep/lastError").isNull()).isTrue();
    }

    @Test
    void salesforce_is_not_asked_before_the_time_that_it_asks_for() throws Exception {
        List<String> ids = salesforce.createContacts(40);
        talkdesk.addRecords(LIST, "salesforce", ids);
        service.startSubscribed();
        salesforce.deleteContactsUnseen(ids.subList(0, 1));
        salesforce.restRefusesUntil("1");
        int before = salesforce.recording().restCalls().size();

        service.post("/api/sweep", "{}");
        talkdesk.awaitGone(LIST, ids.subList(0, 1));

        List<Recording.RestCall> calls = salesforce.recording().restCalls();
        assertThat(calls.get(before).status()).isEqualTo(503);
        assertThat(Duration.between(
                        calls.get(before).at(), calls.get(before + 1).at()))
                .isGreaterThan(Duration.ofMillis(900));
    }

    @Test
    void fractions_dates_and_rubbish_in_retry_after_hold_nothing_up_for_good() throws Exception {
        List<String> ids = Stream.generate(ContactIds::next).limit(6).toList();
        talkdesk.addRecords(LIST, "salesforce", ids);
        service.startSubscribed();
        String[] values = {"0.4", "1.0", "soon", "-3", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"};
        for (int i = 0; i < values.length; i++) {
            talkdesk.answer(Answer.status(429).withoutDeleting().header("Retry-After", values[i]));
            long begun = System.nanoTime();
            salesforce.publishDelete(ids.get(i));
            talkdesk.awaitGone(LIST, List.of(ids.get(i)));
            if (i < 2) {
                assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(990));
            }
        }
        assertThat(talkdesk.mistakes()).isEmpty();
    }
}
