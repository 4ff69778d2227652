package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.recordsync.simulator.salesforce.ChangeEvent;
import io.recordsync.simulator.salesforce.ChangeEvent.Type;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gap event says that something happened, not what: a living contact is never deleted on its word. */
class GapEventsIT {

    private static final String LIST = "5f1c7a2e-7777-4a7e-9b2f-aaaaaaaaaaaa";

    @TempDir
    static Path folder;

    private static SalesforceSimulator salesforce;
    private static TalkdeskSimulator talkdesk;
    private static Service service;

    @BeforeAll
    static void start() throws IOException {
        salesforce = SalesforceSimulator.start();
        talkdesk = TalkdeskSimulator.start();
        talkdesk.addList(LIST, "EXTERNAL");
        service = new Service(folder, salesforce, talkdesk, LIST).startSubscribed();
    }

    @AfterAll
    static void stop() {
        service.close();
        talkdesk.close();
        salesforce.close();
    }

    @AfterEach
    void nothing_wrong_was_sent() {
        assertThat(talkdesk.mistakes()).isEmpty();
        assertThat(salesforce.recording().refusals()).isEmpty();
        assertThat(service.log()).doesNotContain("Sweep (");
    }

    @Test
    void a_gap_delete_deletes_what_is_in_the_recycle_bin_or_purged_and_nothing_that_lives() {
        List<String> contacts = contacts(4);
        salesforce.deleteContactsUnseen(contacts.subList(0, 2));
        salesforce.purge(contacts.get(1));

        salesforce.publish(ChangeEvent.gapDelete(contacts.subList(0, 3).toArray(String[]::new)));

        talkdesk.awaitGone(LIST, contacts.subList(0, 2));
        service.await("the living one is let go", () -> state(contacts.get(2)).equals("cancelled"));
        assertThat(talkdesk.sent(LIST, contacts.get(2))).isEmpty();
        assertThat(talkdesk.holds(LIST, contacts.get(2))).isTrue();
        assertThat(salesforce.recording().restCalls())
                .filteredOn(call -> call.query().contains(contacts.get(0)))
                .hasSize(1);
    }

    @Test
    void hundreds_of_them_are_asked_about_in_chunks() {
        List<String> contacts = contacts(450);
        salesforce.deleteContactsUnseen(contacts.subList(0, 300));

        salesforce.publish(ChangeEvent.gapDelete(contacts.toArray(String[]::new)));

        talkdesk.awaitGone(LIST, contacts.subList(0, 300));
        service.await("nothing is left to be asked", () -> service.count("checking") == 0);
        assertThat(contacts.subList(300, 450)).allMatch(contact -> talkdesk.holds(LIST, contact));
    }

    @Test
    void a_gap_undelete_cancels_only_what_lives_again() throws IOException {
        List<String> contacts = contacts(2);
        service.post("/api/pause", "");
        contacts.forEach(salesforce::deleteContact);
        service.await("both are pending", () -> service.count("pending") == 2);
        salesforce.undeleteContact(contacts.get(0));
        service.await("the restored one is let go", () -> state(contacts.get(0)).equals("cancelled"));
        String another = contacts(1).get(0);
        salesforce.deleteContact(another);
        service.await("it is pending", () -> state(another).equals("pending"));
        salesforce.restFails(".*", 503);

        salesforce.publish(
                ChangeEvent.of(Type.GAP_UNDELETE, contacts.get(1)), ChangeEvent.of(Type.GAP_UNDELETE, another));
        service.await("both wait for the answer", () -> service.count("checking") == 2);
        salesforce.restWorks();

        // Neither lives: what gap events say of them is not true (any more).
        service.await("both are deletions again", () -> service.count("pending") == 2);
        service.post("/api/resume", "");
        talkdesk.awaitGone(LIST, List.of(contacts.get(1), another));
        assertThat(talkdesk.sent(LIST, contacts.get(0))).isEmpty();
    }

    @Test
    void a_gap_undelete_of_a_contact_that_lives_cancels_its_deletion() throws IOException {
        List<String> contacts = contacts(1);
        service.post("/api/pause", "");
        salesforce.publishDelete(contacts.get(0));
        service.await("it is pending", () -> state(contacts.get(0)).equals("pending"));
        salesforce.undeleteContactsUnseen(contacts);

        salesforce.publish(ChangeEvent.of(Type.GAP_UNDELETE, contacts.get(0)));

        service.await("it is let go", () -> state(contacts.get(0)).equals("cancelled"));
        service.post("/api/resume", "");
        assertThat(talkdesk.sent(LIST, contacts.get(0))).isEmpty();
    }

    /** A user without View All finds no contact: that must not look like a deletion of everybody. */
    @Test
    void a_user_who_sees_no_contacts_deletes_none() {
        List<String> contacts = contacts(2);
        salesforce.deleteContactsUnseen(contacts.subList(0, 1));
        salesforce.contactsVisible(false);

        salesforce.publish(ChangeEvent.gapDelete(contacts.toArray(String[]::new)));

        service.await(
                "it says so", () -> service.status().path("problems").toString().contains("gap_unanswered"));
        int calls = salesforce.recording().restCalls().size();
        service.await("it asks again", () -> salesforce.recording().restCalls().size() >= calls + 4);
        assertThat(service.count("checking")).isEqualTo(2);
        assertThat(service.log().lines().filter(line -> line.contains(" ERROR ")))
                .singleElement()
                .asString()
                .contains("View All");

        salesforce.contactsVisible(true);

        talkdesk.awaitGone(LIST, contacts.subList(0, 1));
        service.await("the living one is let go", () -> state(contacts.get(1)).equals("cancelled"));
        assertThat(talkdesk.sent(LIST, contacts.get(1))).isEmpty();
    }

    private static List<String> contacts(int n) {
        List<String> contacts = salesforce.createContacts(n);
        talkdesk.addRecords(LIST, "salesforce", contacts);
        return contacts;
    }

    private static String state(String contact) {
        List<JsonNode> rows = service.deletions("externalId=" + contact);
        return rows.isEmpty() ? "" : rows.get(0).path("state").asText();
    }
}
