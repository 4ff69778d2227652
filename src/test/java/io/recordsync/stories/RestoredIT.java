package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.recordsync.simulator.salesforce.ChangeEvent;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A contact that was deleted and restored keeps its records, whatever the clock says and whatever the stream hides. */
@Tag("long")
class RestoredIT {

    private static final String LIST = "5f1c7a2e-4242-4a7e-9b2f-aaaaaaaaaaaa";

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

    // ---- a check that is old by the time of the act

    /** 450 living contacts were called after their UNDELETE had been accepted. */
    @Test
    void who_is_restored_while_talkdesk_is_slow_is_called_only_if_the_call_was_on_the_wire() throws Exception {
        service.with("delivery.timeout", "60s").startSubscribed();
        List<String> contacts = contacts(850);
        String marker = contacts(1).get(0);
        service.post("/api/pause", "");
        contacts.forEach(salesforce::deleteContact);
        service.await("all of them wait", () -> service.count("pending") == 850);
        talkdesk.holdCalls();
        service.post("/api/resume", "");
        service.await("four calls are on the wire", () -> talkdesk.deleteCount() == 4);
        service.await("the others are in hand", () -> service.count("claimed") >= 800);
        List<String> onTheWire = talkdesk.deletes().stream()
                .flatMap(call -> call.identifiers().stream())
                .sorted()
                .toList();

        contacts.forEach(salesforce::undeleteContact);
        salesforce.deleteContact(marker);
        service.await("all of it is accepted", () -> !service.deletions("externalId=" + marker)
                .isEmpty());
        talkdesk.releaseCalls();

        talkdesk.awaitGone(LIST, List.of(marker));
        service.await(
                "nothing waits",
                () -> service.count("pending") + service.count("claimed") + service.count("checking") == 0);
        List<String> called = talkdesk.sentTo(LIST).keySet().stream()
                .filter(contact -> !contact.equals(marker))
                .sorted()
                .toList();
        assertThat(called).isEqualTo(onTheWire).hasSizeBetween(1, 400);
        assertThat(service.count("cancelled")).isEqualTo(850 - called.size());
        assertThat(talkdesk.repeats()).isEmpty();
    }

    // ---- one second, one transaction

    @Test
    void who_is_deleted_and_restored_within_one_second_keeps_its_records() throws Exception {
        service.with("hold.window", "2s").startSubscribed();
        List<String> contacts = contacts(3);

        contacts.forEach(this::deletedAndRestoredWithinOneSecond);

        service.await("they are cancelled", () -> service.count("cancelled") == 3);
        assertThat(talkdesk.deleteCount()).isZero();
        assertThat(service.status().path("problems")).isEmpty();
    }

    @Test
    void without_a_hold_each_is_told_as_restored_after_the_deletion_and_a_replay_changes_nothing() throws Exception {
        service.startSubscribed();
        List<String> contacts = contacts(3);
        for (String contact : contacts) {
            Instant at = Instant.now();
            salesforce.publish(ChangeEvent.delete(contact).committedAt(at));
            talkdesk.awaitGone(LIST, List.of(contact));
            salesforce.publish(ChangeEvent.undelete(contact).committedAt(at));
        }
        service.await("each is told", () -> problems()
                .containsAll(contacts.stream()
                        .map(contact -> "restored_after_delete " + contact)
                        .toList()));
        List<JsonNode> before = service.deletions("state=deleted");

        salesforce.replayLast(6);
        String next = contacts(1).get(0);
        salesforce.publishDelete(next);
        talkdesk.awaitGone(LIST, List.of(next));

        assertThat(problems()).hasSize(3);
        assertThat(service.deletions("state=deleted")).hasSize(4).containsAll(before);
        assertThat(talkdesk.repeats()).isEmpty();
    }

    @Test
    void a_replay_of_an_undelete_leaves_the_deletion_that_followed_it_in_the_same_second() throws Exception {
        service.with("hold.window", "2s").startSubscribed();
        String contact = contacts(1).get(0);
        Instant at = Instant.now();
        salesforce.publish(
                ChangeEvent.delete(contact).committedAt(at),
                ChangeEvent.undelete(contact).committedAt(at),
                ChangeEvent.delete(contact).committedAt(at));

        salesforce.replayLast(3);

        talkdesk.awaitGone(LIST, List.of(contact));
        service.await("one was cancelled", () -> service.count("cancelled") == 1);
    }

    @Test
    void within_one_transaction_the_sequence_number_decides() throws Exception {
        service.with("hold.window", "2s").startSubscribed();
        List<String> contacts = contacts(2);
        String restored = contacts.get(0);
        String gone = contacts.get(1);

        salesforce.publishTransaction(ChangeEvent.delete(restored), ChangeEvent.undelete(restored));
        salesforce.publishTransaction(ChangeEvent.undelete(gone), ChangeEvent.delete(gone));

        talkdesk.awaitGone(LIST, List.of(gone));
        assertThat(service.count("cancelled")).isEqualTo(1);
        assertThat(talkdesk.holds(LIST, restored)).isTrue();
    }

    // ---- holes

    @Test
    void whose_undelete_could_not_be_read_keeps_its_records() throws Exception {
        service.with("hold.window", "4s").startSubscribed();
        List<String> contacts = contacts(7);
        String gone = contacts.get(5);
        String hidden = contacts.get(6);
        contacts.forEach(salesforce::deleteContact);
        service.await("they wait", () -> service.count("pending") == 7);

        salesforce.undeleteContactsUnseen(contacts.subList(0, 5));
        // It is restored too, but not to the eyes of this user.
        salesforce.undeleteContactsUnseen(List.of(hidden));
        salesforce.hideContacts(List.of(hidden));
        salesforce.publishUndecodable();

        service.await("they are cancelled", () -> service.count("cancelled") == 5);
        talkdesk.awaitGone(LIST, List.of(gone));
        service.await(
                "a person is asked about what is not shown",
                () -> service.deletions("state=held&heldReason=not_visible&externalId=" + hidden)
                                .size()
                        == 1);
        assertThat(talkdesk.sentTo(LIST)).containsOnlyKeys(gone);
    }

    @Test
    void who_was_restored_behind_an_overflow_is_not_called_on_a_person_s_approval() throws Exception {
        service.with("guard.max-deletions", "50").startSubscribed();
        List<String> contacts = contacts(120);
        salesforce.deleteContactsUnseen(contacts);
        salesforce.publish(ChangeEvent.gapOverflow());
        service.await("all are held", () -> service.count("held") == 120);

        salesforce.undeleteContactsUnseen(contacts.subList(0, 119));
        hole();
        assertThat(service.count("held")).as("it still needs its approval").isEqualTo(120);
        service.post("/api/guard/approve", ids("held"));

        talkdesk.awaitGone(LIST, contacts.subList(119, 120));
        service.await("the living are cancelled", () -> service.count("cancelled") == 119);
        assertThat(talkdesk.sentTo(LIST)).hasSize(1);
    }

    @Test
    void who_was_restored_behind_an_overflow_is_not_called_on_a_redrive() throws Exception {
        service.startSubscribed();
        List<String> contacts = contacts(2);
        talkdesk.refuses(contacts.toArray(String[]::new));
        contacts.forEach(salesforce::deleteContact);
        service.await("they are parked", () -> service.count("parked") == 2);
        talkdesk.refuses();
        talkdesk.forgetCalls();

        salesforce.undeleteContactsUnseen(contacts.subList(0, 1));
        hole();
        assertThat(service.count("parked")).as("it still needs its redrive").isEqualTo(2);
        service.post("/api/deletions/redrive", ids("parked"));

        service.await("the living one is cancelled", () -> service.count("cancelled") == 1);
        assertThat(talkdesk.sent(LIST, contacts.get(0))).isEmpty();
        service.await("the other one is called", () -> !talkdesk.sent(LIST, contacts.get(1))
                .isEmpty());
    }

    @Test
    void who_was_restored_behind_an_overflow_is_not_called_on_go_live() throws Exception {
        service.with("delivery.mode", "dry-run").startSubscribed();
        List<String> contacts = contacts(3);
        contacts.forEach(salesforce::deleteContact);
        service.await("they are rehearsed", () -> service.count("rehearsed") == 3);
        salesforce.undeleteContactsUnseen(contacts.subList(0, 2));
        hole();
        assertThat(service.count("rehearsed")).as("they still need go-live").isEqualTo(3);
        assertThat(service.deletions("state=rehearsed"))
                .allSatisfy(row -> assertThat(row.path("doubted").asBoolean()).isTrue());
        service.terminate();
        service.with("delivery.mode", "live").startSubscribed();
        salesforce.sendKeepalive();
        service.await(
                "it has caught up",
                () -> !service.status().at("/stream/catchingUp").asBoolean());

        service.post("/api/go-live", "{\"state\": \"rehearsed\"}");

        talkdesk.awaitGone(LIST, contacts.subList(2, 3));
        service.await("the living are cancelled", () -> service.count("cancelled") == 2);
        assertThat(talkdesk.sentTo(LIST)).containsOnlyKeys(contacts.get(2));
    }

    /** Salesforce's answer to the sweep is older than the hole, and comes later. */
    @Test
    void whom_a_sweep_found_before_a_hole_is_asked_about_when_it_is_accepted_after_it() throws Exception {
        service.with("salesforce.timeout", "60s").with("sweep.on-gap", "false").startSubscribed();
        List<String> contacts = contacts(2);
        salesforce.deleteContactsUnseen(contacts);
        salesforce.holdRestAnswer();
        service.post("/api/sweep", "{}");
        service.await(
                "the sweep has asked", () -> !salesforce.recording().restCalls().isEmpty());

        salesforce.undeleteContactsUnseen(contacts.subList(0, 1));
        salesforce.publishUndecodable();
        service.await(
                "the hole is in the inbox",
                () -> service.status().path("problems").size() == 1);
        assertThat(service.deletions("state=pending"))
                .as("the sweep is not answered")
                .isEmpty();
        salesforce.releaseRestAnswer();

        talkdesk.awaitGone(LIST, contacts.subList(1, 2));
        service.await("the living one is cancelled", () -> service.count("cancelled") == 1);
        assertThat(talkdesk.sentTo(LIST)).containsOnlyKeys(contacts.get(1));
    }

    /** A hole is in the inbox, with the doubt that it casts, once its problem is: one transaction writes all of it. */
    private void hole() {
        int before = holes();
        salesforce.publish(ChangeEvent.gapOverflow());
        service.await("the hole is in the inbox", () -> holes() > before);
    }

    private int holes() {
        return Collections.frequency(service.status().path("problems").findValuesAsText("kind"), "gap_overflow");
    }

    private String ids(String state) {
        return service.deletions("state=" + state).stream()
                .map(row -> row.path("id").asText())
                .collect(Collectors.joining(",", "{\"ids\":[", "]}"));
    }

    private void deletedAndRestoredWithinOneSecond(String contact) {
        Instant at = Instant.now();
        salesforce.publish(
                ChangeEvent.delete(contact).committedAt(at),
                ChangeEvent.undelete(contact).committedAt(at));
    }

    /** Kind, and the contact that it names. */
    private List<String> problems() {
        return service.status().path("problems").findValuesAsText("message").stream()
                .map(message -> "restored_after_delete " + message.split(" ")[1])
                .toList();
    }

    private List<String> contacts(int n) {
        List<String> contacts = salesforce.createContacts(n);
        talkdesk.addRecords(LIST, "salesforce", contacts);
        return contacts;
    }
}
