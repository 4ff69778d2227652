package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import io.recordsync.simulator.webhook.WebhookServer;
import io.recordsync.simulator.webhook.WebhookServer.Receiver;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Record lists that are found by their names: they ask, join, vanish and come back, and a deleted person is on none of them. */
@Tag("long")
class ListsByNameIT {

    private static final String A = "names-a";
    private static final String B = "names-b";
    private static final String C = "names-c";

    @TempDir
    Path folder;

    private SalesforceSimulator salesforce;
    private TalkdeskSimulator talkdesk;
    private WebhookServer webhook;
    private Service service;
    private List<String> living;

    @BeforeEach
    void start() throws Exception {
        salesforce = SalesforceSimulator.start();
        talkdesk = TalkdeskSimulator.start();
        webhook = WebhookServer.start(Receiver.JSON);
        talkdesk.addList(A, "EXTERNAL", "Always there");
        living = salesforce.createContacts(5);
        talkdesk.addRecords(A, "salesforce", living);
        service = new Service(folder, salesforce, talkdesk, A)
                .with("talkdesk.record-lists.matching", "SF *")
                .with("talkdesk.record-lists.refresh", "500ms");
    }

    @AfterEach
    void stop() {
        service.close();
        webhook.close();
        assertThat(talkdesk.mistakes()).isEmpty();
        talkdesk.close();
        salesforce.close();
    }

    /** A deleted contact, then a list with it: it asks, a person lets it join, and the record goes. */
    @Test
    void a_list_that_matches_asks_and_once_it_has_joined_loses_whom_the_others_lost_before() throws Exception {
        service.with("alerts.webhook", webhook.url())
                .with("alerts.webhook.after", "1s")
                .startSubscribed();
        service.await("the name is known", () -> list(A).path("name").asText().equals("Always there"));
        List<String> gone = salesforce.createContacts(3);
        talkdesk.addRecords(A, "salesforce", gone);
        gone.forEach(salesforce::deleteContact);
        talkdesk.awaitGone(A, gone);
        // Purged long ago, and in no log: nothing but the file holds a trace of them.
        List<String> longGone = salesforce.createContacts(2);
        salesforce.deleteContactsUnseen(longGone);
        salesforce.purge(longGone.toArray(String[]::new));
        salesforce.trimDeleteLog(Instant.now());
        talkdesk.addList(B, "EXTERNAL", "SF May");
        talkdesk.addRecords(B, "salesforce", living);
        talkdesk.addRecords(B, "salesforce", gone);
        talkdesk.addRecords(B, "salesforce", longGone);

        service.await("it asks", () -> state(B).equals("asks"));
        assertThat(list(B).path("recordsCount").asInt()).isEqualTo(10);
        assertThat(list(B).path("identifierType").asText()).isEqualTo("EXTERNAL");
        service.await(
                "a person is asked",
                () -> service.status().at("/health/reasons").toString().contains("waits for a person to let it join"));
        assertThat(service.status().at("/problems").toString()).contains("list_asks", "SF May");
        assertThat(service.log()).contains("Record list " + B + " (SF May), EXTERNAL, 10 records matches by its name");
        assertThat(service.text("/observe/metrics")).contains("recordsync_problems_total{kind=\"list_asks\"} 1.0");
        assertThat(talkdesk.deletesOf(B)).isEmpty();
        service.await("people are told", () -> webhook.posts().stream()
                .map(post -> post.json().path("words").asText())
                .anyMatch(words -> words.contains("1 record list asks to join") && words.contains(B + " (SF May)")));

        assertThat(post("join", B)).isEqualTo("{\"count\":1}");

        talkdesk.awaitGone(B, gone);
        // What has a sign of its deletion is gone, and the others wait for a person.
        service.await("they are held", () -> service.count("held") == longGone.size());
        assertThat(service.deletions("heldReason=not_visible")).hasSize(longGone.size());
        service.await("it was looked at", () -> statusOf(B, "historyOpen").equals("false"));
        assertThat(state(B)).isEqualTo("active");
        assertThat(list(B).path("joined").asText()).startsWith("20");
        assertThat(talkdesk.records(B)).hasSize(living.size() + longGone.size());
        service.await("its name is a metric", () -> service.text("/observe/metrics")
                .contains("recordsync_record_list_info{name=\"SF May\",record_list=\"" + B + "\"} 1"));
        String receipt = service.text("/api/receipts?externalId=" + gone.get(0));
        assertThat(receipt).contains("not asked for on this list before it joined", "\"recordListName\":\"SF May\"");

        // A restart with Talkdesk away knows it.
        service.terminate();
        talkdesk.stopListening();
        service.startSubscribed();
        assertThat(state(B)).isEqualTo("active");
        assertThat(list(B).path("name").asText()).isEqualTo("SF May");
        salesforce.deleteContact(living.get(0));
        service.await(
                "it is for both",
                () -> service.deletions("externalId=" + living.get(0)).size() == 2);
        talkdesk.listenAgain();
        talkdesk.awaitGone(A, living.subList(0, 1));
        talkdesk.awaitGone(B, living.subList(0, 1));

        // Renamed, it stays.
        talkdesk.renameList(B, "Somebody else's");
        service.await("it is announced", () -> service.log().contains("which matches no pattern: it stays joined"));
        salesforce.deleteContact(living.get(1));
        talkdesk.awaitGone(B, living.subList(1, 2));

        // Not wanted any more: nothing goes to it.
        assertThat(post("dismiss", B)).isEqualTo("{\"count\":1}");
        salesforce.deleteContact(living.get(2));
        talkdesk.awaitGone(A, living.subList(2, 3));
        assertThat(talkdesk.holds(B, living.get(2))).isTrue();

        // Of one that has not joined nobody is asked once it is renamed, or gone.
        talkdesk.addList(C, "EXTERNAL", "SF June");
        service.await("it asks", () -> state(C).equals("asks"));
        talkdesk.renameList(C, "June");
        service.await("it asks no more", () -> state(C).equals("retired"));
        talkdesk.renameList(C, "SF June");
        service.await("it asks again", () -> state(C).equals("asks"));
        talkdesk.removeList(C);
        service.await("it is gone", () -> state(C).equals("retired"));
        service.await(
                "nobody is asked",
                () -> !service.status().at("/health/reasons").toString().contains("waits for a person to let it join"));
    }

    @Test
    void a_list_that_vanishes_waits_alerts_nobody_and_is_served_when_it_is_back() throws Exception {
        talkdesk.addList(B, "EXTERNAL", "SF May");
        talkdesk.addRecords(B, "salesforce", living);
        service.with("talkdesk.record-lists.join", "live")
                .with("delivery.give-up-after", "5s")
                .with("health.oldest-pending", "2s")
                .startSubscribed();
        service.await("it has joined", () -> state(B).equals("active"));
        service.await("it was looked at", () -> statusOf(B, "historyOpen").equals("false"));

        Runnable back = talkdesk.removeList(B);
        salesforce.deleteContact(living.get(0));
        talkdesk.awaitGone(A, living.subList(0, 1));
        service.await("it has vanished", () -> state(B).equals("vanished"));
        // Two of them, where the sweep found it before its event came.
        service.await("its row waits", () -> List.of("1", "2").contains(statusOf(B, "pending")));
        Instant vanished = Instant.now();
        service.await("it would have been given up", () -> Instant.now().isAfter(vanished.plusSeconds(6)));
        assertThat(service.count("parked")).isZero();
        assertThat(ready("lists")).isEqualTo("UP");
        assertThat(ready("pending")).isEqualTo("UP");
        assertThat(service.status().at("/health/level").asText()).isEqualTo("amber");
        assertThat(service.log().split("has vanished from Talkdesk", -1)).hasSize(2);

        back.run();
        talkdesk.awaitGone(B, living.subList(0, 1));
        service.await("it is active", () -> state(B).equals("active"));
        assertThat(service.log()).contains("(SF May) is there again");

        // Only a person gives it up.
        service.await("it was looked at again", () -> statusOf(B, "historyOpen").equals("false"));
        talkdesk.removeList(B);
        salesforce.deleteContact(living.get(1));
        service.await("it has vanished again", () -> state(B).equals("vanished"));
        assertThat(post("forget", A)).isEqualTo("{\"count\":0}");
        assertThat(post("forget", B)).isEqualTo("{\"count\":1}");
        service.await("its row is cancelled", () -> !service.deletions("state=cancelled&recordList=" + B)
                .isEmpty());
        assertThat(service.deletions("recordList=" + B + "&state=cancelled")
                        .get(0)
                        .path("failureCode")
                        .asText())
                .isEqualTo("list_gone");
        assertThat(state(B)).isEqualTo("retired");

        // Another account: nothing is suspended, and health says so.
        talkdesk.addList(C, "EXTERNAL", "SF of others");
        Runnable again = talkdesk.removeList(A);
        service.await("none is found", () -> ready("list-names").equals("DOWN"));
        assertThat(state(A)).isEqualTo("active");
        assertThat(service.get("/api/record-lists").toString()).doesNotContain(C);
        again.run();
        service.await("they are found", () -> ready("list-names").equals("UP"));
    }

    @Test
    void a_look_up_that_does_not_come_to_its_end_changes_nothing_and_too_many_matches_join_nothing() throws Exception {
        for (int i = 0; i < 120; i++) {
            talkdesk.addList("other-" + i, "NOTHING", "Other " + i);
        }
        service.with("talkdesk.record-lists.matching", "SF *, sf ?")
                .with("talkdesk.record-lists.most", "2")
                .with("talkdesk.record-lists.join", "dry-run")
                .startSubscribed();
        service.await("it is looked up", () -> list(A).path("name").asText().equals("Always there"));
        String unmatched =
                "matches 'SF *' of talkdesk.record-lists.matching, or 'sf ?' of talkdesk.record-lists.matching";
        service.await("that is said", () -> service.log().contains(unmatched));
        assertThat(service.log()).containsOnlyOnce(unmatched);
        assertThat(service.status().at("/health/reasons").toString()).contains(unmatched);
        assertThat(service.status().at("/health/level").asText()).isEqualTo("amber");

        // Every page, however often one fails.
        talkdesk.hideTotalPages(true);
        talkdesk.readAnswers(200, 503, 500, 200);
        talkdesk.addList("z-last", "EXTERNAL", "SF last page");
        talkdesk.addRecords("z-last", "salesforce", living);
        service.await("it is found on the last page", () -> state("z-last").equals("active"));
        assertThat(list("z-last").path("dryRun").asBoolean()).isTrue();
        salesforce.deleteContact(living.get(0));
        talkdesk.awaitGone(A, living.subList(0, 1));
        service.await("it is rehearsed", () -> service.count("rehearsed") == 1);
        assertThat(post("go-live", "z-last")).isEqualTo("{\"count\":1}");
        salesforce.deleteContact(living.get(1));
        talkdesk.awaitGone("z-last", living.subList(1, 2));

        // Only on our own host.
        talkdesk.linksPointTo("http://127.0.0.2:" + talkdesk.url().replaceFirst(".*:", ""));
        talkdesk.addList(B, "EXTERNAL", "SF two");
        service.await("that is said", () -> service.status()
                .at("/health/reasons")
                .toString()
                .contains("The record lists could not be looked up: Talkdesk's link"));
        talkdesk.removeList("z-last");
        assertThat(state("z-last")).isEqualTo("active");
        talkdesk.addList("z-last", "EXTERNAL", "SF last page");

        // A list that is still loaded is waited for.
        talkdesk.listStatus(B, "INCOMPLETE");
        talkdesk.linksPointTo(talkdesk.url());
        assertThat(service.post("/api/record-lists/refresh", "{}").statusCode()).isEqualTo(202);
        service.await("it is loaded", () -> state(B).equals("filling"));
        talkdesk.listStatus(B, "ACCEPTED");
        service.await("it has joined", () -> state(B).equals("active"));

        // More than talkdesk.record-lists.most: nothing new joins, the others go on.
        talkdesk.addList(C, "EXTERNAL", "SF three");
        service.await("that is said", () -> ready("list-names").equals("DOWN"));
        assertThat(list(C).isMissingNode()).isTrue();
        salesforce.deleteContact(living.get(2));
        talkdesk.awaitGone(A, living.subList(2, 3));
        talkdesk.renameList(C, "Another");
        service.await("it is well again", () -> ready("list-names").equals("UP"));
    }

    /** Which lists are served is in the inbox: the one that subscribes learns what the other let join. */
    @Test
    void two_processes_serve_what_one_of_them_let_join() throws Exception {
        talkdesk.addList(B, "EXTERNAL", "SF May");
        talkdesk.addRecords(B, "salesforce", living);
        // The scope for records is granted later.
        talkdesk.recordsNeedTheirOwnScope(true);
        talkdesk.grantScopes("record-lists:manage");
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
                Service other = new Service(folder, salesforce, talkdesk, A)) {
            String url = postgres.getJdbcUrl("postgres", "postgres");
            service.with("store.url", url).with("sweep.retry", "500ms").startSubscribed();
            other.with("sweep.retry", "500ms")
                    .with("talkdesk.record-lists.matching", "SF *")
                    .with("talkdesk.record-lists.refresh", "500ms")
                    .with("store.url", url)
                    .start();
            other.await(
                    "it stands by",
                    () -> other.status().at("/stream/state").asText().equals("standby"));
            service.await("it asks", () -> state(B).equals("asks"));

            other.post("/api/record-lists/join", "{\"ids\": [\"" + B + "\"]}");
            salesforce.deleteContact(living.get(0));
            talkdesk.awaitGone(B, living.subList(0, 1));
            service.await("it has learned of it", () -> service.text("/observe/metrics")
                    .contains("name=\"SF May\",record_list=\"" + B + "\""));
            salesforce.deleteContact(living.get(1));
            talkdesk.awaitGone(B, living.subList(1, 2));

            assertThat(ready("nodes")).isEqualTo("UP");
            assertThat(service.log() + other.log())
                    .containsOnlyOnce("SF May), EXTERNAL, 5 records matches by its name");

            // Each shows which scope is missing, and neither does once it was granted, though nobody orders anything.
            for (Service each : List.of(service, other)) {
                each.await("the scope is named", () -> statusOf(each, B, "presenceError")
                        .contains("tod.records-list.manage"));
            }
            talkdesk.grantScopes("record-lists:manage", "tod.records-list.manage");
            for (Service each : List.of(service, other)) {
                each.await("it was looked at", () -> statusOf(each, B, "historyOpen")
                        .equals("false"));
                assertThat(statusOf(each, B, "presenceError")).isEqualTo("null");
            }
            service.close();
        }
    }

    private String post(String order, String list) throws IOException {
        return service.post("/api/record-lists/" + order, "{\"ids\": [\"" + list + "\"]}")
                .body();
    }

    private String ready(String check) throws IOException {
        for (JsonNode each : service.get("/observe/health?exposureLevel=full").path("checks")) {
            if (each.path("name").asText().equals(check)) {
                return each.path("status").asText();
            }
        }
        throw new AssertionError("no check " + check + " in " + service.text("/observe/health"));
    }

    private JsonNode list(String id) {
        for (JsonNode list : service.get("/api/record-lists").path("recordLists")) {
            if (list.path("id").asText().equals(id)) {
                return list;
            }
        }
        return MissingNode.getInstance();
    }

    private String state(String id) {
        return list(id).path("state").asText();
    }

    private String statusOf(String id, String field) {
        return statusOf(service, id, field);
    }

    private static String statusOf(Service service, String id, String field) {
        for (JsonNode list : service.status().path("lists")) {
            if (list.path("id").asText().equals(id)) {
                return list.path(field).asText();
            }
        }
        throw new AssertionError("no list " + id);
    }
}
