package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.Answer;
import io.recordsync.simulator.talkdesk.Middlebox;
import io.recordsync.simulator.talkdesk.TalkdeskRecord;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A deleted person is not called back: callbacks whose record is gone are reported, or cancelled where we deleted it. */
class CallbacksIT {

    private static final String LIST = "5f1c7a2e-5555-4a7e-9b2f-aaaaaaaaaaaa";
    private static final String OTHER_LIST = "5f1c7a2e-5555-4a7e-9b2f-bbbbbbbbbbbb";
    private static final String[] LISTS = {"record-lists:manage", "tod.records-list.manage"};

    @TempDir
    Path folder;

    private SalesforceSimulator salesforce;
    private TalkdeskSimulator talkdesk;
    private Service service;
    private List<String> contacts;
    private final List<TalkdeskRecord> records = new ArrayList<>();

    @BeforeEach
    void contacts_in_a_list() throws IOException {
        salesforce = SalesforceSimulator.start();
        talkdesk = TalkdeskSimulator.start();
        talkdesk.grantScopes(LISTS[0], LISTS[1], "schedule-callbacks:read", "schedule-callbacks:write");
        talkdesk.addList(LIST, "EXTERNAL");
        talkdesk.addList(OTHER_LIST, "EXTERNAL");
        contacts = salesforce.createContacts(12);
        contacts.forEach(contact -> records.add(talkdesk.addRecord(LIST, "salesforce", contact)));
        service = new Service(folder, salesforce, talkdesk, LIST).with("talkdesk.callbacks.period", "1s");
    }

    @AfterEach
    void nothing_wrong_was_sent_and_nobody_is_named() {
        try {
            assertThat(talkdesk.mistakes()).isEmpty();
            assertThat(service.log()).doesNotContain("+1555", "Adelheid", "Beispielhuber", "knows the price");
        } finally {
            service.close();
            talkdesk.close();
            salesforce.close();
        }
    }

    @Test
    void callbacks_of_deleted_people_are_cancelled_and_no_others() throws Exception {
        talkdesk.callbacks().atMostPerPage(3);
        service.with("talkdesk.callbacks", "cancel").startSubscribed();
        String living = callback(0);
        String removed = callback(1);
        String inbound = talkdesk.callbacks().add(null, null);
        String elsewhere =
                talkdesk.scheduleCallback(OTHER_LIST, talkdesk.addRecord(OTHER_LIST, "salesforce", contacts.get(2)));
        String made = callback(3);
        String orphan = talkdesk.callbacks().add(LIST, "8858c834-481d-4a02-8176-cffc02c50350");
        service.await("all are seen", () -> counts("living") == 3 && counts("unseen") == 1);

        // Made a moment before the deletion: looked at before it is sent, again where the look fails.
        talkdesk.callbackAnswer(Answer.status(503), Answer.status(503));
        String deleted = callback(4);
        salesforce.deleteContact(contacts.get(4));
        talkdesk.awaitGone(LIST, List.of(contacts.get(4)));
        service.await("it is cancelled", () -> !talkdesk.callbacks().isScheduled(deleted));
        service.await(
                "and said to be", () -> one(deleted).path("state").asText().equals("cancelled"));
        assertThat(one(deleted).path("externalId").asText()).isEqualTo(contacts.get(4));
        assertThat(one(deleted).path("ours").asBoolean()).isTrue();

        // Records leave lists for other reasons: reported only. One that was made is none any more.
        talkdesk.removeRecords(LIST, List.of(contacts.get(1)));
        talkdesk.callbacks().made(made);
        service.await(
                "it is reported", () -> one(removed).path("state").asText().equals("gone"));
        service.await("it has ended", () -> one(made).path("state").asText().equals("ended"));
        assertThat(one(removed).path("externalId").asText()).isEqualTo(contacts.get(1));
        assertThat(one(orphan).path("state").asText()).isEqualTo("unseen");
        assertThat(one(orphan).path("externalId").isNull()).isTrue();
        assertThat(one(living).path("state").asText()).isEqualTo("living");
        assertThat(one(inbound).isMissingNode()).isTrue();
        assertThat(one(elsewhere).isMissingNode()).isTrue();

        // Many deletions at once: one look serves them all.
        List<String> several = new ArrayList<>();
        for (int i = 5; i < 10; i++) {
            several.add(callback(i));
        }
        salesforce.publishDelete(contacts.subList(5, 10).toArray(String[]::new));
        talkdesk.awaitGone(LIST, contacts.subList(5, 10));
        service.await(
                "all are cancelled", () -> talkdesk.callbacks().cancelled().containsAll(several));
        assertThat(talkdesk.callbacks().cancelled()).hasSize(6);

        // One is made while the pages are read, and another slips to a page that was read already.
        String last = callback(11);
        String slips = callback(10);
        AtomicBoolean once = new AtomicBoolean();
        talkdesk.callbacks().afterPage(page -> {
            if (page == 2 && once.compareAndSet(false, true)) {
                talkdesk.callbacks().made(living);
            }
        });
        salesforce.deleteContact(contacts.get(10));
        talkdesk.awaitGone(LIST, List.of(contacts.get(10)));
        service.await("it is cancelled", () -> !talkdesk.callbacks().isScheduled(slips));
        assertThat(talkdesk.callbacks().isScheduled(last)).isTrue();

        assertThat(service.text("/api/callbacks")).doesNotContain("+1555", "Adelheid", "Beispielhuber");
        assertThat(service.text("/api/receipts?externalId=" + contacts.get(4)))
                .contains("Callback " + deleted + " of this record was cancelled by this service");
        service.await("it is counted", () -> service.text("/observe/metrics")
                .contains("recordsync_callbacks_cancelled_total 7.0"));
        assertThat(service.text("/observe/metrics"))
                .contains("recordsync_callbacks{state=\"unseen\"} 1.0")
                .doesNotContain("+1555");
    }

    @Test
    @Tag("long")
    void nothing_is_cancelled_by_a_report_nor_by_a_dry_run_nor_above_the_limit_nor_by_an_unclear_answer()
            throws Exception {
        service.with("talkdesk.callbacks", "report").startSubscribed();
        talkdesk.callbacks().pagesField("total_page");
        List<String> callbacks = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            callbacks.add(callback(i));
        }
        service.await("all are seen", () -> counts("living") == 4);
        salesforce.publishDelete(contacts.subList(0, 3).toArray(String[]::new));
        talkdesk.awaitGone(LIST, contacts.subList(0, 3));
        service.await("they are reported", () -> counts("gone") == 3);
        service.await("as ours", () -> one(callbacks.get(0)).path("ours").asBoolean());
        service.terminate();

        service.with("talkdesk.callbacks", "cancel")
                .with("talkdesk.callbacks.most", "2")
                .startSubscribed();
        service.await("health says so", () -> service.text("/observe/health").contains("talkdesk.callbacks.most = 2"));
        assertThat(service.get("/api/callbacks").path("tooMany").asInt()).isEqualTo(3);
        service.terminate();

        service.with("talkdesk.callbacks.most", "100")
                .with("delivery.mode", "dry-run")
                .startSubscribed();
        salesforce.deleteContact(contacts.get(3));
        service.await("a dry run rehearses them", () -> counts("rehearsed") == 4);
        assertThat(talkdesk.callbacks().cancelled()).isEmpty();
        service.terminate();

        // A gateway's 404 is no 404, and that of a list that is gone says nothing of its records.
        talkdesk.behind(Middlebox.page(404, "404 Not Found").readsOnly().of("/records/"));
        service.with("delivery.mode", "live").startSubscribed();
        service.await(
                "it says so",
                () -> service.get("/api/callbacks").path("lastError").asText().contains("not Talkdesk's own answer"));
        assertThat(talkdesk.callbacks().cancelled()).isEmpty();
        talkdesk.answerNormally();
        service.await(
                "those that we deleted are cancelled",
                () -> talkdesk.callbacks().cancelled().size() == 3);
        assertThat(talkdesk.callbacks().isScheduled(callbacks.get(3))).isTrue();
    }

    /** For half a minute deletions wait for a look; none is lost or waits longer because callbacks cannot be read. */
    @Test
    @Tag("long")
    void deletions_go_on_through_an_outage_of_callbacks_and_once_it_is_over_what_was_seen_before_is_cancelled()
            throws Exception {
        service.with("talkdesk.callbacks", "cancel").startSubscribed();
        String seen = callback(0);
        service.await("it is seen", () -> one(seen).path("state").asText().equals("living"));

        talkdesk.behind(Middlebox.answering(
                        503, "application/json", "{\"code\": \"0010503\", \"message\": \"Service unavailable\"}")
                .readsOnly()
                .of("/schedule-callbacks"));
        String unseen = callback(1);
        salesforce.publishDelete(contacts.get(0), contacts.get(1));
        talkdesk.awaitGone(LIST, contacts.subList(0, 2), Duration.ofSeconds(60));
        assertThat(service.count("parked") + service.count("held")).isZero();
        service.await("it is said", () -> service.log().contains("Callbacks cannot be looked at: "));
        assertThat(service.log()).contains("Talkdesk answered 503 when asked for callbacks", "deletions go on");
        service.await("health says so", () -> service.text("/observe/health").contains("Callbacks cannot"));
        salesforce.deleteContact(contacts.get(2));
        talkdesk.awaitGone(LIST, contacts.subList(2, 3), Duration.ofSeconds(15));
        assertThat(talkdesk.callbacks().cancelled()).isEmpty();

        talkdesk.answerNormally();
        service.await("it is cancelled", Duration.ofSeconds(75), () -> !talkdesk.callbacks()
                .isScheduled(seen));
        service.await(
                "nobody knows whose it was",
                () -> one(unseen).path("state").asText().equals("unseen"));
        assertThat(talkdesk.callbacks().isScheduled(unseen)).isTrue();
        String later = callback(3);
        salesforce.deleteContact(contacts.get(3));
        service.await("as before", () -> !talkdesk.callbacks().isScheduled(later));
        service.await(
                "health is up again", () -> !service.text("/observe/health").contains("Callbacks cannot"));
    }

    @Test
    void a_scope_that_was_not_granted_stops_no_deletion_and_is_named() throws Exception {
        talkdesk.grantScopes(LISTS);
        service.with("talkdesk.callbacks", "cancel").startSubscribed();
        callback(0);
        salesforce.deleteContact(contacts.get(0));
        talkdesk.awaitGone(LIST, List.of(contacts.get(0)));
        service.await("health says which", () -> service.text("/observe/health").contains("schedule-callbacks:read"));

        // Reading alone reports; what is missing for cancelling is named too.
        talkdesk.grantScopes(LISTS[0], LISTS[1], "schedule-callbacks:read");
        String second = callback(1);
        service.await("it is seen", () -> one(second).path("state").asText().equals("living"));
        salesforce.deleteContact(contacts.get(1));
        service.await("it is reported", () -> one(second).path("state").asText().equals("gone"));
        service.await("health says which", () -> service.text("/observe/health").contains("schedule-callbacks:write"));
        assertThat(talkdesk.callbacks().cancelled()).isEmpty();

        talkdesk.grantScopes(LISTS[0], LISTS[1], "schedule-callbacks:read", "schedule-callbacks:write");
        service.await("it is cancelled", () -> talkdesk.callbacks().cancelled().contains(second));
        service.await(
                "health is up again", () -> !service.text("/observe/health").contains("Callbacks cannot"));
    }

    private String callback(int contact) {
        return talkdesk.scheduleCallback(LIST, records.get(contact));
    }

    private long counts(String state) {
        return service.get("/api/callbacks").at("/counts/" + state).asLong();
    }

    private JsonNode one(String callback) {
        for (JsonNode each : service.get("/api/callbacks").path("callbacks")) {
            if (each.path("id").asText().equals(callback)) {
                return each;
            }
        }
        return MissingNode.getInstance();
    }
}
