package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.recordsync.simulator.salesforce.ChangeEvent;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a stream brings late may have been taken back since: who lives keeps the records, and nothing waits for the stream. */
@Tag("long")
class CatchUpIT {

    private static final String LIST = "5f1c7a2e-4343-4a7e-9b2f-aaaaaaaaaaaa";

    @TempDir
    Path folder;

    private SalesforceSimulator salesforce;
    private TalkdeskSimulator talkdesk;
    private Service service;

    @BeforeEach
    void start() throws IOException {
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

    /** 500 of 500 living contacts lost their records: the calls went out before the 60,000 events in between were read. */
    @Test
    void who_was_deleted_and_restored_while_the_service_was_down_keeps_the_records() throws Exception {
        service.startSubscribed();
        List<String> before = contacts(10);
        List<String> restored = contacts(500);
        List<String> gone = contacts(40);
        service.post("/api/pause", "");
        before.forEach(salesforce::deleteContact);
        service.await("they are read", () -> service.count("pending") == 10);
        service.terminate();

        restored.forEach(salesforce::deleteContact);
        gone.forEach(salesforce::deleteContact);
        salesforce.publish(others(60_000));
        restored.forEach(salesforce::undeleteContact);
        before.forEach(salesforce::undeleteContact);
        service.startSubscribed();
        service.post("/api/resume", "");

        talkdesk.awaitGone(LIST, gone);
        service.await("the living are cancelled", Duration.ofMinutes(1), () -> service.count("cancelled") == 510);
        assertThat(talkdesk.sentTo(LIST)).hasSize(40).containsOnlyKeys(gone);
        assertThat(talkdesk.repeats()).isEmpty();
        assertThat(service.status().path("problems")).isEmpty();
    }

    /** 400 of 400: the backup knew of neither the deletion nor its undoing. */
    @Test
    void a_backup_that_is_older_than_a_deletion_and_its_undoing_takes_nobody_s_records() throws Exception {
        service.with("hold.window", "10m").startSubscribed();
        List<String> restored = contacts(400);
        List<String> gone = contacts(40);
        service.await(
                "a position is saved",
                () -> !service.status().at("/stream/positionSavedAt").isNull());
        service.terminate();
        Files.copy(folder.resolve("recordsync.db"), folder.resolve("backup.db"));
        service.startSubscribed();
        restored.forEach(salesforce::deleteContact);
        restored.forEach(salesforce::undeleteContact);
        gone.forEach(salesforce::deleteContact);
        service.await(
                "all of it is read",
                Duration.ofMinutes(1),
                () -> service.count("cancelled") == 400 && service.count("pending") == 40);
        service.terminate();

        restore(folder.resolve("backup.db"));
        service.with("hold.window", "0").startSubscribed();

        talkdesk.awaitGone(LIST, gone);
        service.await("the living are cancelled", () -> service.count("cancelled") == 400);
        assertThat(talkdesk.sentTo(LIST)).hasSize(40).containsOnlyKeys(gone);
    }

    @Test
    void a_stream_that_comes_back_costs_one_query_for_two_hundred_and_the_live_flow_none() throws Exception {
        service.startSubscribed();
        List<String> contacts = contacts(200);
        service.post("/api/pause", "");
        // Live, but committed before the stream comes back: the last one is read once more.
        Instant committed = Instant.now().minusSeconds(20);
        contacts.forEach(
                contact -> salesforce.publish(ChangeEvent.delete(contact).committedAt(committed)));
        service.await("they are read", () -> service.count("pending") == 200);
        assertThat(queries()).as("the live flow").isZero();

        salesforce.completeStream();
        service.await("the stream is back", () -> catchingUp() && salesforce.openStreams() == 1);
        assertThat(queries()).as("while claiming is paused").isZero();
        service.post("/api/resume", "");

        talkdesk.awaitGone(LIST, contacts);
        assertThat(queries()).isEqualTo(1);
        assertThat(catchingUp()).isTrue();
        salesforce.sendKeepalive();
        service.await("it has caught up", () -> !catchingUp());
        List<String> live = contacts(200);
        live.forEach(salesforce::deleteContact);
        talkdesk.awaitGone(LIST, live);
        assertThat(queries()).isEqualTo(1);
    }

    /** Events that come late, on a stream that was open all the while. */
    @Test
    void who_was_restored_before_the_deletion_came_keeps_the_records() throws Exception {
        service.startSubscribed();
        List<String> contacts = contacts(4);
        Instant longAgo = Instant.now().minusSeconds(300);
        contacts.forEach(
                contact -> salesforce.publish(ChangeEvent.delete(contact).committedAt(longAgo)));
        service.await("one of them is called", () -> !talkdesk.sentTo(LIST).isEmpty());
        assertThat(catchingUp()).isTrue();
        talkdesk.awaitGone(LIST, contacts);

        String restored = contacts(1).get(0);
        service.post("/api/pause", "");
        salesforce.publish(ChangeEvent.delete(restored).committedAt(longAgo));
        salesforce.undeleteContactsUnseen(List.of(restored));
        service.post("/api/resume", "");
        service.await("the living one is cancelled", () -> service.count("cancelled") == 1);
        assertThat(talkdesk.holds(LIST, restored)).isTrue();

        String next = contacts(1).get(0);
        salesforce.deleteContact(next);
        talkdesk.awaitGone(LIST, List.of(next));
        assertThat(catchingUp()).isFalse();
    }

    @Test
    void without_an_answer_what_is_due_waits_for_a_while_and_orders_of_a_person_do_not() throws Exception {
        service.with("stream.catch-up", "8s").startSubscribed();
        List<String> contacts = contacts(2);
        service.terminate();
        salesforce.deleteContact(contacts.get(0));
        salesforce.restFails(".*", 503);

        service.startSubscribed();
        service.await("it is to be asked about", () -> service.count("checking") == 1);
        service.post(
                "/api/deletions",
                "[{\"external_provider\": \"salesforce\", \"external_id\": \"%s\"}]".formatted(contacts.get(1)));
        talkdesk.awaitGone(LIST, contacts.subList(1, 2));
        assertThat(service.count("checking")).isEqualTo(1);
        assertThat(talkdesk.sent(LIST, contacts.get(0))).isEmpty();

        talkdesk.awaitGone(LIST, contacts.subList(0, 1));
        JsonNode health = service.status().path("health");
        assertThat(health.toString()).contains("stream.catch-up");
        assertThat(service.log()).contains("go unasked");
    }

    /** A user who sees nothing must not look like a deletion of everybody. */
    @Test
    void without_a_sign_that_the_user_sees_nothing_is_sent() throws Exception {
        service.startSubscribed();
        List<String> contacts = contacts(3);
        service.terminate();
        contacts.forEach(salesforce::deleteContact);
        salesforce.purge(contacts.get(0));
        salesforce.undeleteContact(contacts.get(1));
        salesforce.contactsVisible(false);

        service.startSubscribed();
        service.await(
                "it says so", () -> service.status().path("problems").toString().contains("View All"));
        assertThat(talkdesk.deleteCount()).isZero();

        salesforce.contactsVisible(true);
        talkdesk.awaitGone(LIST, List.of(contacts.get(0), contacts.get(2)));
        service.await("the living one is cancelled", () -> service.count("cancelled") == 1);
    }

    private void restore(Path backup) throws IOException {
        for (String name : List.of("recordsync.db", "recordsync.db-wal", "recordsync.db-shm")) {
            Files.deleteIfExists(folder.resolve(name));
        }
        Files.copy(backup, folder.resolve("recordsync.db"));
    }

    private ChangeEvent[] others(int count) {
        String somebody = salesforce.createContacts(1).get(0);
        return IntStream.range(0, count)
                .mapToObj(i -> ChangeEvent.update(somebody))
                .toArray(ChangeEvent[]::new);
    }

    private boolean catchingUp() {
        return service.status().at("/stream/catchingUp").asBoolean();
    }

    private int queries() {
        return salesforce.recording().restCalls().size();
    }

    private List<String> contacts(int n) {
        List<String> contacts = new ArrayList<>(salesforce.createContacts(n));
        talkdesk.addRecords(LIST, "salesforce", contacts);
        return contacts;
    }
}
