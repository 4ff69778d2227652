package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The loser of a merge lives on as its master: with {@code salesforce.merged = hold} a person decides about its record. */
@Tag("long")
class MergesIT {

    private static final String LIST = "5f1c7a2e-3333-4a7e-9b2f-aaaaaaaaaaaa";

    @TempDir
    Path folder;

    private SalesforceSimulator salesforce;
    private TalkdeskSimulator talkdesk;
    private Service service;
    private List<String> contacts;

    @BeforeEach
    void contacts_in_a_list() throws IOException {
        salesforce = SalesforceSimulator.start();
        talkdesk = TalkdeskSimulator.start();
        talkdesk.addList(LIST, "EXTERNAL");
        contacts = salesforce.createContacts(20);
        talkdesk.addRecords(LIST, "salesforce", contacts);
        service = new Service(folder, salesforce, talkdesk, LIST)
                .with("talkdesk.scope", "record-lists:manage tod.records-list.manage");
    }

    @AfterEach
    void stop() {
        assertThat(talkdesk.mistakes()).isEmpty();
        service.close();
        talkdesk.close();
        salesforce.close();
    }

    @Test
    void losers_wait_for_a_person_and_all_others_go_on() throws Exception {
        service.with("salesforce.merged", "hold")
                .with("guard.max-deletions", "5")
                .startSubscribed();
        String master = contacts.get(0);

        // Two losers in one event, beside a plain deletion: one question for all of them.
        service.post("/api/pause", "");
        salesforce.mergeContacts(master, contacts.get(1), contacts.get(2));
        salesforce.deleteContact(contacts.get(3));
        service.await("the losers are held", () -> heldForMerge().size() == 2);
        service.await("the other one goes on", () -> state(contacts.get(3)).equals("pending"));
        assertThat(heldForMerge()).allSatisfy(row -> {
            assertThat(row.path("note").asText()).isEqualTo("merged into " + master);
            assertThat(row.path("heldReason").asText()).isEqualTo("merge");
        });
        assertThat(service.status().at("/held/merge").asInt()).isEqualTo(2);
        assertThat(service.status().at("/guard/held").asInt()).isZero();
        assertThat(service.status().path("health").toString()).contains("merged into others in Salesforce");
        service.post("/api/resume", "");
        talkdesk.awaitGone(LIST, List.of(contacts.get(3)));

        // A into B, B into C: what lives on is C. B deleted itself: nobody lives on.
        salesforce.mergeContacts(contacts.get(5), contacts.get(4));
        service.await("A is held", () -> state(contacts.get(4)).equals("held"));
        salesforce.mergeContacts(contacts.get(6), contacts.get(5));
        service.await("B is held", () -> state(contacts.get(5)).equals("held"));
        salesforce.restFails(".*queryAll.*", 503);
        salesforce.mergeContacts(contacts.get(8), contacts.get(7));
        salesforce.mergeContacts(contacts.get(9), contacts.get(8));
        salesforce.mergeContacts(contacts.get(11), contacts.get(10));
        salesforce.deleteContact(contacts.get(11));
        salesforce.mergeContacts(contacts.get(13), contacts.get(12));
        salesforce.purge(contacts.get(12));
        salesforce.mergeContacts(contacts.get(15), contacts.get(14));
        // Its event is not there yet when Salesforce is asked again: judged by IsDeleted, not by its master.
        salesforce.undeleteContactsUnseen(List.of(contacts.get(14)));

        // Salesforce cannot be asked: they wait, and none is lost.
        service.await("they wait", () -> service.count("checking") == 6);
        assertThat(talkdesk.sent(LIST, contacts.get(11))).isEmpty();
        salesforce.restWorks();
        talkdesk.awaitGone(LIST, List.of(contacts.get(10), contacts.get(11), contacts.get(12)));
        assertThat(deletion(contacts.get(7)).path("note").asText())
                .isEqualTo("merged into " + contacts.get(9) + " by way of " + contacts.get(8));
        assertThat(deletion(contacts.get(10)).path("note").asText())
                .isEqualTo("merged into " + contacts.get(11) + ", which was deleted itself");
        assertThat(deletion(contacts.get(12)).path("note").asText()).contains("nobody can tell");
        service.await("the living one is let go", () -> state(contacts.get(14)).equals("cancelled"));
        assertThat(talkdesk.holds(LIST, contacts.get(14))).isTrue();

        // An UNDELETE of a loser lets it go.
        salesforce.undeleteContact(contacts.get(5));
        service.await("it is let go", () -> state(contacts.get(5)).equals("cancelled"));

        // A person decides, apart from the guard, which was tripped by none of them.
        assertThat(service.post("/api/guard/approve", one(contacts.get(1))).body())
                .contains("\"count\":1");
        talkdesk.awaitGone(LIST, List.of(contacts.get(1)));
        assertThat(service.post("/api/guard/reject", one(contacts.get(2))).body())
                .contains("\"count\":1");
        assertThat(service.status().at("/guard/tripped").asBoolean()).isFalse();

        // Neither a sweep nor a presence check undoes that.
        long rows = service.deletions("externalId=" + contacts.get(2)).size();
        sweep();
        service.await("the sweep has ended", () -> service.log().contains("Swept (ordered by "));
        check();
        service.await("nothing is checked any more", () -> service.count("checking") == 0);
        assertThat(service.deletions("externalId=" + contacts.get(2))).hasSize((int) rows);
        assertThat(talkdesk.holds(LIST, contacts.get(2))).isTrue();
        assertThat(service.text("/api/receipts?externalId=" + contacts.get(2)))
                .contains("merged into " + master)
                .contains("the contact was merged into another one, and ")
                .contains("rejected it");
    }

    /** A sweep and a presence check find losers too. */
    @Test
    void losers_that_no_event_told_wait_for_a_person_as_well() throws Exception {
        service.with("salesforce.merged", "hold").startSubscribed();
        salesforce.eventsStop(true);
        salesforce.mergeContacts(contacts.get(0), contacts.get(1));
        check();
        service.await("the check's is held", () -> state(contacts.get(1)).equals("held"));
        salesforce.mergeContacts(contacts.get(2), contacts.get(3));
        salesforce.deleteContact(contacts.get(4));
        sweep();

        service.await("the sweep's is held", () -> state(contacts.get(3)).equals("held"));
        talkdesk.awaitGone(LIST, List.of(contacts.get(4)));
        assertThat(heldForMerge())
                .extracting(row -> row.path("externalId").asText())
                .containsExactlyInAnyOrder(contacts.get(1), contacts.get(3));
    }

    @Test
    void by_default_a_loser_is_deleted_and_its_receipt_tells_the_merge_where_it_is_known() throws Exception {
        service.startSubscribed();
        salesforce.mergeContacts(contacts.get(0), contacts.get(1));
        talkdesk.awaitGone(LIST, List.of(contacts.get(1)));
        salesforce.eventsStop(true);
        salesforce.mergeContacts(contacts.get(0), contacts.get(2));
        check();
        talkdesk.awaitGone(LIST, List.of(contacts.get(2)));
        salesforce.mergeContacts(contacts.get(0), contacts.get(3));
        sweep();
        talkdesk.awaitGone(LIST, List.of(contacts.get(3)));

        assertThat(service.text("/api/receipts?externalId=" + contacts.get(3)))
                .contains("In Salesforce the contact was merged into " + contacts.get(0));
        assertThat(heldForMerge()).isEmpty();
        service.await(
                "what the stream told is told to be a merge",
                () -> deletion(contacts.get(1)).path("note").asText().equals("merged into " + contacts.get(0)));
    }

    private String one(String contact) {
        return "{\"ids\": [%s], \"heldReason\": \"merge\"}"
                .formatted(deletion(contact).path("id").asText());
    }

    private List<JsonNode> heldForMerge() {
        return service.deletions("state=held&heldReason=merge");
    }

    private JsonNode deletion(String contact) {
        return service.deletions("externalId=" + contact).get(0);
    }

    private String state(String contact) {
        List<JsonNode> rows = service.deletions("externalId=" + contact);
        return rows.isEmpty() ? "" : rows.get(0).path("state").asText();
    }

    private void sweep() throws Exception {
        String since = Instant.now().minus(Duration.ofHours(2)).toString();
        assertThat(service.post("/api/sweep", "{\"since\": \"" + since + "\"}").statusCode())
                .isEqualTo(202);
    }

    private void check() throws Exception {
        String before = service.status().at("/reconcile/lastAt").asText();
        assertThat(service.post("/api/reconcile", "{}").statusCode()).isEqualTo(202);
        service.await("the check has ended", () -> {
            JsonNode status = service.status().path("reconcile");
            return !status.path("lastAt").asText().equals(before)
                    && !status.path("running").asBoolean()
                    && status.path("waiting").isEmpty();
        });
    }
}
