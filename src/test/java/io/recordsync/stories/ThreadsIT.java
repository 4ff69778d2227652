package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.simulator.salesforce.ChangeEvent;
import io.recordsync.simulator.salesforce.ContactIds;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What would end a thread, or hold it up for good: answers without end, more than fits the heap, and errors. */
@Tag("long")
class ThreadsIT {

    private static final String LIST = "5f1c7a2e-1212-4a7e-9b2f-aaaaaaaaaaaa";
    private static final int MIB = 1024 * 1024;
    /** As the script starts it. */
    private static final String SHIPPED_HEAP = "-Xmx160m";

    private static final String FIRST_STEP = "        - setProperty:\n            name: claimed\n";
    /** So many alternatives in a row need more stack than there is. */
    private static final String DEADLY_STEPS =
            """
                    - setHeader:
                        name: long
                        constant:
                          expression: %s
                    - filter:
                        simple:
                          expression: "${header.long} regex '(a|b)*'"
                        steps:
                          - removeHeader:
                              name: long
            """
                    .formatted("ab".repeat(50_000));

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

    @Test
    void a_response_that_does_not_fit_a_small_heap_is_read_in_smaller_ones_and_what_is_too_large_alone_is_swept_for()
            throws Exception {
        service.launch("-Xmx64m").awaitSubscribed();
        List<String> ids = Stream.generate(ContactIds::next).limit(41).toList();
        talkdesk.addRecords(LIST, "salesforce", ids);

        salesforce.publish(Stream.concat(
                        ids.subList(0, 40).stream().map(id -> large(id, MIB)), Stream.of(large(ids.get(40), 8 * MIB)))
                .toArray(ChangeEvent[]::new));

        talkdesk.awaitGone(LIST, ids.subList(0, 40));
        service.await("the event that is too large is reported", () -> service.text("/api/status")
                .contains("bytes do not fit the heap"));
        service.await("a sweep was made", () -> salesforce.recording().restCalls().stream()
                .anyMatch(call -> call.path().contains("/queryAll")));
        assertThat(service.log()).doesNotContain("OutOfMemoryError");
        assertThat(service.answer("/observe/health/live").statusCode()).isEqualTo(200);
    }

    /** Three enriched events share a replay id, and a hundred of them are as much as one response may have. */
    @Test
    void large_enriched_events_flow_under_the_shipped_heap_also_while_nothing_can_be_accepted() throws Exception {
        service.launch(SHIPPED_HEAP).awaitListening().awaitSubscribed();
        List<String> ids = Stream.generate(ContactIds::next).limit(600).toList();
        talkdesk.addRecords(LIST, "salesforce", ids);

        try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("recordsync.db"));
                Statement statement = other.createStatement()) {
            statement.execute("begin immediate");
            for (int from = 0; from < ids.size(); from += 3) {
                salesforce.publishTransaction(ids.subList(from, from + 3).stream()
                        .map(id -> large(id, 90_000))
                        .toArray(ChangeEvent[]::new));
            }
            service.await(
                    "what has arrived cannot be accepted", () -> service.log().contains("cannot be accepted yet"));
            assertThat(talkdesk.recordCount(LIST)).isEqualTo(ids.size());
            assertThat(delivered()).as("events that were asked for").isLessThanOrEqualTo(400);
            statement.execute("rollback");
        }

        talkdesk.awaitGone(LIST, ids);
        assertThat(delivered()).as("none came twice").isEqualTo(ids.size());
        assertThat(salesforce.recording().subscribes()).hasSize(1);
        assertThat(salesforce.recording().refusals()).isEmpty();
        assertThat(service.log()).doesNotContain("OutOfMemoryError");
        assertThat(service.answer("/observe/health/live").statusCode()).isEqualTo(200);
    }

    private int delivered() {
        return salesforce.recording().responses().stream()
                .mapToInt(response -> response.eventIds().size())
                .sum();
    }

    @Test
    void an_answer_of_a_byte_a_second_ends_when_the_time_of_a_call_is_over() throws Exception {
        String id = salesforce.createContacts(1).get(0);
        talkdesk.addRecords(LIST, "salesforce", List.of(id));
        service.launch("-Xmx256m").awaitSubscribed();
        salesforce.deleteContactsUnseen(List.of(id));
        salesforce.restDrips();

        long begun = System.nanoTime();
        service.post("/api/sweep", "{}");

        talkdesk.awaitGone(LIST, List.of(id));
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(15));
    }

    @Test
    void a_thread_of_the_delivery_that_an_error_has_ended_shows_in_liveness() throws Exception {
        Path own = folder.resolve("own");
        copy(Path.of("routes"), own.resolve("routes"));
        copy(Path.of("config"), own.resolve("config"));
        Path route = own.resolve("routes/deliver-deletions.camel.yaml");
        String delivery = Files.readString(route);
        Files.writeString(route, delivery.replace(FIRST_STEP, DEADLY_STEPS + FIRST_STEP));
        assertThat(Files.readString(route)).isNotEqualTo(delivery);
        service.in(own).launch("-Xmx256m");
        service.await(
                "it lives",
                Duration.ofSeconds(90),
                () -> service.answer("/observe/health/live").statusCode() == 200);
        service.awaitSubscribed();

        salesforce.publishDelete(ContactIds.next());

        service.await(
                "liveness is down", () -> service.answer("/observe/health/live").statusCode() == 503);
        HttpResponse<String> down = service.answer("/observe/health");
        assertThat(down.body()).contains("A thread of seda://deliver-batch has died of an error");
        assertThat(service.log()).contains("A thread of seda://deliver-batch has died of an error");
    }

    private static ChangeEvent large(String id, int bytes) {
        return ChangeEvent.delete(id).withFields(Map.of("Description", "x".repeat(bytes)));
    }

    private static void copy(Path from, Path to) throws Exception {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }
}
