package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A record list that was not there all the time is not covered all the time. */
@Tag("long")
class ListsJoinIT {

    private static final String A = "joins-a";
    private static final String B = "joins-b";

    @TempDir
    Path folder;

    private SalesforceSimulator salesforce;
    private TalkdeskSimulator talkdesk;
    private Service service;
    private List<String> living;

    @BeforeEach
    void start() throws Exception {
        salesforce = SalesforceSimulator.start();
        talkdesk = TalkdeskSimulator.start();
        Stream.of(A, B).forEach(list -> talkdesk.addList(list, "EXTERNAL"));
        living = salesforce.createContacts(40);
        Stream.of(A, B).forEach(list -> talkdesk.addRecords(list, "salesforce", living));
        service = new Service(folder, salesforce, talkdesk, A)
                .with("talkdesk.scope", "record-lists:manage tod.records-list.manage");
    }

    @AfterEach
    void stop() {
        service.close();
        assertThat(talkdesk.mistakes()).isEmpty();
        talkdesk.close();
        salesforce.close();
    }

    @Test
    void a_list_that_is_added_later_loses_whom_the_others_lost_before_and_whom_only_the_check_can_find()
            throws Exception {
        List<String> gone = inBoth(10);
        // Purged, and out of the delete log: no sweep finds it.
        List<String> longGone = inBoth(1);
        salesforce.deleteContactsUnseen(longGone);
        service.startSubscribed();
        assertThat(service.status().at("/health/reasons").toString())
                .contains("before the first start may still be on record lists " + A);
        gone.forEach(salesforce::deleteContact);
        talkdesk.awaitGone(A, gone);
        service.terminate();
        salesforce.purge(longGone.toArray(String[]::new));
        salesforce.trimDeleteLog(Instant.now());

        service.with("talkdesk.record-lists", A + "," + B).startSubscribed();

        talkdesk.awaitGone(B, gone);
        // Neither bin nor log nor inbox has a sign of them: a person decides.
        service.await("they are held", () -> service.count("held") == longGone.size());
        service.post("/api/guard/approve", "{\"state\": \"held\", \"heldReason\": \"not_visible\"}");
        talkdesk.awaitGone(B, longGone);
        service.await("it is looked at", () -> !list(B, "historyOpen").equals("true"));
        assertThat(list(B, "joined")).startsWith("20");
        assertThat(talkdesk.holds(A, longGone.get(0)))
                .as("a list of the first start begins there")
                .isTrue();
        assertThat(talkdesk.records(B)).hasSize(living.size());
    }

    @Test
    void a_list_that_is_taken_out_and_put_back_loses_whom_the_others_lost_meanwhile() throws Exception {
        service.with("talkdesk.record-lists", A + "," + B).startSubscribed();
        service.terminate();
        service.with("talkdesk.record-lists", A).startSubscribed();
        List<String> gone = inBoth(10);
        salesforce.deleteContactsUnseen(gone.subList(0, 5));
        gone.subList(5, 10).forEach(salesforce::deleteContact);
        talkdesk.awaitGone(A, gone.subList(5, 10));
        assertThat(list(B, "state")).isEqualTo("retired");
        service.terminate();

        // The token does not reach records: no presence check; the sweep is made all the same.
        talkdesk.recordsNeedTheirOwnScope(true);
        talkdesk.grantScopes("record-lists:manage");
        service.with("talkdesk.scope", "record-lists:manage")
                .with("talkdesk.record-lists", A + "," + B)
                .startSubscribed();

        talkdesk.awaitGone(B, gone);
        service.await(
                "the scope is named",
                () -> service.status().at("/health/reasons").toString().contains("tod.records-list.manage"));
        assertThat(list(B, "presenceError")).contains("tod.records-list.manage");
        assertThat(list(B, "historyOpen")).isEqualTo("true");
        assertThat(service.status().at("/health/level").asText()).isEqualTo("amber");
        assertThat(service.post("/api/record-lists/skip-history", "{\"ids\": [\"" + A + "\", \"" + B + "\"]}")
                        .body())
                .contains("2");
        assertThat(list(B, "historyOpen")).isEqualTo("false");
        assertThat(service.status().at("/health/reasons").toString()).doesNotContain("Record list " + B + " joined");
    }

    @Test
    void what_the_guard_held_and_a_person_rejected_once_is_found_by_a_later_check() throws Exception {
        service.with("guard.max-deletions", "2").startSubscribed();
        List<String> contacts = inBoth(3);
        service.post("/api/pause", "{}");
        contacts.forEach(salesforce::deleteContact);
        service.await("they are held", () -> service.count("held") == 3);
        assertThat(service.post("/api/guard/reject", "{\"state\": \"held\"}").body())
                .contains("3");
        service.post("/api/guard/open", "{\"for\": \"1h\"}");
        service.post("/api/resume", "{}");
        contacts.forEach(salesforce::undeleteContact);
        contacts.forEach(salesforce::deleteContact);
        talkdesk.awaitGone(A, contacts);
        service.await("they are done", () -> service.count("deleted") == 3);
        Instant settled = Instant.now();
        service.await("that second is over", () -> Instant.now().getEpochSecond() > settled.getEpochSecond());
        talkdesk.addRecord(A, "salesforce", contacts.get(0));

        assertThat(service.post("/api/reconcile", "{}").statusCode()).isEqualTo(202);

        talkdesk.awaitGone(A, contacts.subList(0, 1), Duration.ofSeconds(20));
        service.await(
                "what lies before is looked at", () -> list(A, "historyOpen").equals("false"));
    }

    private String list(String id, String field) {
        for (var list : service.status().path("lists")) {
            if (list.path("id").asText().equals(id)) {
                return list.path(field).asText();
            }
        }
        throw new AssertionError("no list " + id);
    }

    private List<String> inBoth(int count) {
        List<String> contacts = salesforce.createContacts(count);
        Stream.of(A, B).forEach(list -> talkdesk.addRecords(list, "salesforce", contacts));
        return contacts;
    }
}
