package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recordsync.simulator.salesforce.ChangeEvent;
import io.recordsync.simulator.salesforce.ContactIds;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A mass deletion is stopped until a person has decided; a hold window leaves time to think; a rehearsal deletes nothing. */
@Tag("long")
class GuardIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String LIST = "5f1c7a2e-7777-4a7e-9b2f-aaaaaaaaaaaa";
    private static final String OTHER_LIST = "5f1c7a2e-8888-4a7e-9b2f-aaaaaaaaaaaa";

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
        talkdesk.addList(OTHER_LIST, "EXTERNAL");
        service = new Service(folder, salesforce, talkdesk, LIST + "," + OTHER_LIST);
    }

    @AfterEach
    void stop() {
        service.close();
        talkdesk.close();
        salesforce.close();
    }

    @Test
    void a_mass_deletion_is_held_until_it_is_approved_also_over_a_restart() throws Exception {
        service.with("guard.max-deletions", "20").startSubscribed();
        List<String> everyday = contacts(20);
        salesforce.publishDelete(everyday);
        talkdesk.awaitGone(LIST, everyday);
        talkdesk.awaitGone(OTHER_LIST, everyday);
        assertThat(status("/guard/tripped").asBoolean()).isFalse();

        List<String> mass = contacts(50);
        salesforce.publishMergedDelete(mass.toArray(String[]::new));

        service.await("all of it is held", () -> service.count("held") == 100);
        assertThat(status("/guard/tripped").asBoolean()).isTrue();
        assertThat(status("/guard/held").asLong()).isEqualTo(100);
        assertThat(status("/guard/max").asLong()).isEqualTo(20);
        assertThat(ready()).contains("guard", "100 deletions are held");
        assertThat(service.text("/observe/metrics")).contains("recordsync_guard_tripped 1.0");
        assertThat(service.log().lines().filter(line -> line.contains("The guard is tripped")))
                .hasSize(1)
                .allMatch(line -> line.contains(" ERROR "));

        service.kill();
        service.startSubscribed();
        List<String> later = contacts(3);
        salesforce.publishDelete(later);
        service.await("what comes is held too", () -> service.count("held") == 106);
        assertThat(holds(mass)).isTrue();
        assertThat(holds(later)).isTrue();

        assertThat(service.post("/api/guard/approve", "{\"state\": \"held\", \"expected\": 100}")
                        .statusCode())
                .as("the person has not seen the last ones")
                .isEqualTo(409);
        for (String nothingSaid : List.of("{}", "{\"recordList\": \"" + OTHER_LIST + "\"}")) {
            assertThat(service.post("/api/guard/approve", nothingSaid).statusCode())
                    .isEqualTo(400);
        }
        assertThat(service.deletions("heldReason=guard")).hasSize(106);
        assertThat(count(service.post(
                        "/api/guard/approve", "{\"state\": \"held\", \"recordList\": \"" + OTHER_LIST + "\"}")))
                .isEqualTo(53);
        talkdesk.awaitGone(OTHER_LIST, mass);
        assertThat(status("/guard/tripped").asBoolean()).isTrue();
        assertThat(talkdesk.holds(LIST, mass.get(0))).isTrue();

        assertThat(count(service.post("/api/guard/reject", "{\"state\": \"held\", \"expected\": 53}")))
                .isEqualTo(53);

        assertThat(status("/guard/tripped").asBoolean())
                .as("what was decided about goes on counting")
                .isTrue();
        assertThat(status("/guard/held").asLong()).isZero();
        assertThat(mass).allMatch(id -> talkdesk.holds(LIST, id));
        JsonNode rejected =
                service.deletions("recordList=" + LIST + "&state=cancelled").get(0);
        assertThat(rejected.path("settledBy").asText()).startsWith("anonymous@");
        assertThat(rejected.path("failureCode").asText()).isEqualTo("rejected");
        assertThat(service.log()).contains("approved 53 held deletions", "rejected 53 held deletions");
        assertThat(ready()).contains("it holds nothing now, but all that comes");

        assertThat(service.post("/api/guard/open", "{\"for\": \"1h\"}").statusCode())
                .isEqualTo(200);
        service.await("it is ready again", () -> ready().isEmpty());
        assertThat(status("/guard/openedBy").asText()).startsWith("anonymous@");
        assertThat(Instant.parse(status("/guard/openUntil").asText())).isAfter(Instant.now());
        assertThat(service.log()).contains("opened the guard for 1h");
        List<String> purge = contacts(30);
        salesforce.publishDelete(purge);
        service.await("a purge passes", () -> service.count("deleted") == 40 + 53 + 60);
        assertThat(service.get("/api/receipts?externalId=" + purge.get(0))
                        .at("/receipts/0/approvedBy")
                        .asText())
                .startsWith("anonymous@");
    }

    /** Somebody who only ever rejected had 450 of 600 living contacts lose their records. */
    @Test
    void who_only_ever_rejects_lets_no_more_pass_than_the_limit_and_what_was_on_the_wire() throws Exception {
        service.with("guard.max-deletions", "50")
                .with("batch.size", "10")
                .with("delivery.concurrency", "1")
                .startSubscribed();
        List<String> all = contacts(600);
        for (int from = 0; from < all.size(); from += 15) {
            salesforce.publishDelete(all.subList(from, from + 15));
            long accepted = 2L * (from + 15);
            service.await("it is accepted", () -> accepted() == accepted);
            if (service.count("held") > 0) {
                assertThat(service.post("/api/guard/reject", "{\"state\": \"held\"}")
                                .statusCode())
                        .isEqualTo(200);
            }
        }
        service.post("/api/guard/reject", "{\"state\": \"held\"}");
        service.await("nothing is on its way", () -> service.count("claimed") + service.count("pending") == 0);

        long gone = all.stream().filter(id -> !talkdesk.holds(LIST, id)).count();
        assertThat(gone).isLessThanOrEqualTo(50 + 10);
        assertThat(status("/guard/tripped").asBoolean()).isTrue();
    }

    @Test
    void a_pause_survives_the_death_of_the_process() throws Exception {
        service.startSubscribed();
        service.post("/api/pause", "");

        service.kill();
        service.startSubscribed();

        assertThat(status("/delivery/state").asText()).isEqualTo("paused");
        assertThat(ready()).contains("Delivery is paused", "in every process of the database");
        List<String> contacts = contacts(3);
        salesforce.publishDelete(contacts);
        service.await("they wait", () -> service.count("pending") == 6);
        assertThat(talkdesk.deleteCount()).isZero();
        service.post("/api/resume", "");
        talkdesk.awaitGone(LIST, contacts);
    }

    /** With eight calls a second allowed and none answered, most of it is claimed when the guard is tripped. */
    @Test
    void what_is_claimed_but_not_sent_is_stopped_too() throws Exception {
        service.with("guard.max-deletions", "500")
                .with("delivery.concurrency", "1")
                .with("delivery.timeout", "20s")
                .with("batch.size", "10")
                .startSubscribed();
        talkdesk.holdCalls();
        List<String> allowed = contacts(500);
        salesforce.publishDelete(allowed);
        service.await("a call is on its way", () -> talkdesk.deleteCount() == 1);
        service.await("more is claimed", () -> service.count("claimed") > 10);

        salesforce.publishDelete(contacts(1));
        service.await("the guard is tripped", () -> status("/guard/tripped").asBoolean());
        talkdesk.releaseCalls();

        service.await("the rest is held", () -> service.count("held") == 2 * 501 - 10);
        assertThat(talkdesk.deleteCount())
                .as("the one call that was on its way")
                .isEqualTo(1);
        assertThat(service.count("deleted")).isEqualTo(10);
    }

    @Test
    void a_sweep_goes_through_the_guard() throws Exception {
        service.with("guard.max-deletions", "10").startSubscribed();
        List<String> unseen = salesforce.createContacts(30);
        talkdesk.addRecords(LIST, "salesforce", unseen);
        salesforce.deleteContactsUnseen(unseen);

        salesforce.publish(ChangeEvent.gapOverflow());

        service.await("all of it is held", () -> service.count("held") == 60);
        assertThat(talkdesk.deleteCount()).isZero();
        assertThat(service.deletions("state=held"))
                .allMatch(row -> row.path("origin").asText().equals("sweep"));
    }

    @Test
    void who_is_restored_within_the_hold_window_keeps_its_records_in_the_order_of_the_stream() throws Exception {
        service.with("hold.window", "2s").startSubscribed();
        List<String> contacts = contacts(4);
        String gone = contacts.get(0);
        String restored = contacts.get(1);
        String inOneResponse = contacts.get(2);
        String goneAgain = contacts.get(3);

        salesforce.publish(ChangeEvent.delete(gone), ChangeEvent.delete(restored));
        salesforce.publish(
                ChangeEvent.delete(inOneResponse).committedAt(committed(1)),
                ChangeEvent.undelete(inOneResponse).committedAt(committed(2)),
                ChangeEvent.delete(goneAgain).committedAt(committed(1)),
                ChangeEvent.undelete(goneAgain).committedAt(committed(2)),
                ChangeEvent.delete(goneAgain).committedAt(committed(3)));
        service.await(
                "all is accepted",
                () -> service.deletions("externalId=" + goneAgain).size() == 4);
        salesforce.publish(ChangeEvent.undelete(restored));
        service.await("the restored ones are cancelled", () -> service.count("cancelled") == 6);

        talkdesk.awaitGone(LIST, List.of(gone, goneAgain));
        talkdesk.awaitGone(OTHER_LIST, List.of(gone, goneAgain));
        service.await("nothing waits", () -> service.count("pending") + service.count("claimed") == 0);
        assertThat(holds(List.of(restored, inOneResponse))).isTrue();

        // A replay of an old UNDELETE is older than what it would cancel.
        salesforce.publish(ChangeEvent.delete(restored));
        salesforce.replayLast(2);
        talkdesk.awaitGone(LIST, List.of(restored));
    }

    @Test
    void who_is_restored_too_late_is_a_problem_that_is_told() throws Exception {
        service.startSubscribed();
        String contact = contacts(1).get(0);
        salesforce.publishDelete(contact);
        service.await("it is deleted", () -> service.count("deleted") == 2);

        salesforce.publish(ChangeEvent.undelete(contact));

        service.await("it is told", () -> service.status()
                .at("/problems/0/message")
                .asText()
                .startsWith("Contact " + contact + " was restored in Salesforce after its record was"));
    }

    @Test
    void a_rehearsal_deletes_nothing_and_goes_live_by_an_explicit_order_through_the_guard() throws Exception {
        service.with("delivery.mode", "dry-run")
                .with("guard.max-deletions", "10")
                .startSubscribed();
        List<String> contacts = contacts(10);
        salesforce.publishDelete(contacts);
        service.await("all is rehearsed", () -> service.count("rehearsed") == 20);
        assertThat(status("/mode").asText()).isEqualTo("dry-run");
        assertThat(talkdesk.deleteCount()).isZero();
        assertThat(service.deletions("state=rehearsed")).hasSize(20);
        assertThat(service.post("/api/go-live", "{\"state\": \"rehearsed\"}").statusCode())
                .isEqualTo(409);

        service.terminate();
        service.with("delivery.mode", "live")
                .with("delivery.dry-run-lists", OTHER_LIST)
                .startSubscribed();
        String live = "{\"state\": \"rehearsed\", \"recordList\": \"" + LIST + "\", \"expected\": 10}";
        assertThat(count(service.post("/api/go-live", live))).isEqualTo(10);
        talkdesk.awaitGone(LIST, contacts);
        assertThat(service.count("rehearsed")).isEqualTo(10);
        List<String> next = contacts(1);
        salesforce.publishDelete(next);
        service.await("the guard counts those that went live", () -> service.count("held") == 2);

        assertThat(count(service.post("/api/guard/approve", "{\"state\": \"held\"}")))
                .isEqualTo(2);

        talkdesk.awaitGone(LIST, next);
        service.await("the other list is rehearsed", () -> service.count("rehearsed") == 11);
        assertThat(talkdesk.deletesOf(OTHER_LIST)).isEmpty();
    }

    // ---- words

    private static Instant committed(int second) {
        return Instant.now().minus(Duration.ofMinutes(1)).plusSeconds(second);
    }

    private List<String> contacts(int n) {
        List<String> ids = Stream.generate(ContactIds::next).limit(n).toList();
        talkdesk.addRecords(LIST, "salesforce", ids);
        talkdesk.addRecords(OTHER_LIST, "salesforce", ids);
        return new ArrayList<>(ids);
    }

    private long accepted() {
        long accepted = 0;
        for (JsonNode count : status("/deletions")) {
            accepted += count.asLong();
        }
        return accepted;
    }

    private boolean holds(List<String> contacts) {
        return contacts.stream().allMatch(id -> talkdesk.holds(LIST, id) && talkdesk.holds(OTHER_LIST, id));
    }

    private JsonNode status(String pointer) {
        return service.status().at(pointer);
    }

    /** Why it is not ready; empty when it is. */
    private String ready() throws IOException {
        JsonNode ready = service.get("/observe/health/ready");
        return ready.path("status").asText().equals("UP") ? "" : ready.toString();
    }

    private static long count(HttpResponse<String> answer) throws IOException {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body()).path("count").asLong();
    }
}
