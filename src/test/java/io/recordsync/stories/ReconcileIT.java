package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.recordsync.simulator.salesforce.ContactIds;
import io.recordsync.simulator.salesforce.MovedClock;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.PageLinks;
import io.recordsync.simulator.talkdesk.ReadCall;
import io.recordsync.simulator.talkdesk.TalkdeskRecord;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The presence check: what Salesforce does not know any more leaves the list, unless that is not to be believed. */
@Tag("long")
class ReconcileIT {

    private static final List<String> LISTS =
            IntStream.range(0, 30).mapToObj("presence-%02d"::formatted).toList();
    private static Iterator<String> unused;
    /** Deleted an hour before everything else, and not in the Recycle Bin any more: only the delete log names them. */
    private static final List<String> LONG_AGO = new ArrayList<>();

    @TempDir
    private static Path folder;

    private static SalesforceSimulator salesforce;
    private static TalkdeskSimulator talkdesk;
    private static Service service;

    private String list;
    private List<String> living;

    @BeforeAll
    static void start() throws Exception {
        MovedClock clock = new MovedClock();
        salesforce = SalesforceSimulator.builder().clock(clock).start();
        clock.advance(Duration.ofHours(-1));
        // It is run once more in the same JVM where one of its stories failed.
        LONG_AGO.clear();
        unused = LISTS.iterator();
        LONG_AGO.addAll(salesforce.createContacts(30));
        salesforce.deleteContactsUnseen(LONG_AGO);
        salesforce.purge(LONG_AGO.toArray(String[]::new));
        clock.advance(Duration.ofHours(1));
        talkdesk = TalkdeskSimulator.start();
        LISTS.forEach(id -> talkdesk.addList(id, "EXTERNAL"));
        service = new Service(folder, salesforce, talkdesk, String.join(",", LISTS))
                // Checks that failed are made again after ten times this, and take the place of the one that was
                // ordered.
                .with("sweep.retry", "2s")
                .with("talkdesk.scope", "record-lists:manage tod.records-list.manage")
                .startSubscribed();
    }

    @AfterAll
    static void stop() {
        service.close();
        talkdesk.close();
        salesforce.close();
    }

    @BeforeEach
    void a_list_of_250_living_contacts() {
        list = unused.next();
        living = salesforce.createContacts(250);
        talkdesk.addRecords(list, "salesforce", living);
    }

    @AfterEach
    void nobodyMadeAMistake() {
        talkdesk.pageLinks(PageLinks.LAST_HAS_NO_NEXT);
        assertThat(talkdesk.mistakes()).isEmpty();
    }

    @Test
    void whoever_was_deleted_leaves_whoever_lives_stays_and_what_is_not_salesforces_is_left_alone() throws Exception {
        List<String> binned = salesforce.createContacts(3);
        List<String> purged = LONG_AGO.subList(0, 3);
        List<String> back = salesforce.createContacts(1);
        String never = ContactIds.next();
        salesforce.deleteContactsUnseen(binned);
        talkdesk.addRecords(list, "salesforce", binned);
        talkdesk.addRecords(list, "salesforce", purged);
        talkdesk.addRecord(list, "salesforce", never);
        talkdesk.addRecord(list, "salesforce", "a spreadsheet's id");
        talkdesk.addRecord(list, "salesforce", "001000000000001AAA");
        talkdesk.addRecord(list, "hubspot", ContactIds.next());
        // Deleted with an event before it was imported again; gone from bin and log by now.
        back.forEach(salesforce::deleteContact);
        service.await(
                "it is known", () -> service.deletions("recordList=" + list + "&externalId=" + back.get(0)).stream()
                        .anyMatch(row -> row.path("state").asText().equals("deleted")));
        Instant settled = Instant.now();
        service.await("that second is over", () -> Instant.now().getEpochSecond() > settled.getEpochSecond());
        salesforce.purge(back.get(0));
        talkdesk.addRecords(list, "salesforce", back);
        salesforce.hideContacts(back);

        check();

        talkdesk.awaitGone(list, binned);
        talkdesk.awaitGone(list, purged);
        talkdesk.awaitGone(list, back);
        assertThat(talkdesk.records(list))
                .hasSize(254)
                .extracting(TalkdeskRecord::externalId)
                .containsAll(living)
                .contains(never);
        assertThat(found())
                .hasSize(8)
                .allSatisfy(row -> assertThat(row.path("eventKey").asText()).startsWith("reconcile:"));
        assertThat(sign(binned.get(0))).isEqualTo("is_deleted");
        assertThat(sign(purged.get(0))).isEqualTo("delete_log");
        assertThat(sign(back.get(0))).isEqualTo("inbox");
        assertThat(sign(never)).isEqualTo("none");
        JsonNode status = service.status().path("reconcile");
        assertThat(status.path("recordList").asText()).isEqualTo(list);
        assertThat(status.path("checked").asInt()).isEqualTo(258);
        assertThat(status.path("seen").asInt()).isEqualTo(261);
        assertThat(status.path("foreign").asInt()).isEqualTo(2);
        assertThat(status.path("foreignPrefix").asInt()).isOne();
        assertThat(status.path("otherProvider").asInt()).isOne();
        assertThat(status.path("missing").asInt()).isEqualTo(8);
        assertThat(status.path("notVisible").asInt()).isOne();
        assertThat(Instant.parse(status.path("lastAt").asText())).isBeforeOrEqualTo(Instant.now());
    }

    private String sign(String contact) {
        return service.deletions("recordList=" + list + "&externalId=" + contact)
                .get(0)
                .path("sign")
                .asText();
    }

    /** A sharing rule was changed, and the user no longer sees a few of the living: that is no deletion. */
    @Test
    void whoever_is_only_not_visible_waits_for_a_person_and_a_rejection_lasts() throws Exception {
        List<String> unseen = living.subList(0, 6);
        salesforce.hideContacts(unseen);
        try {
            check();

            assertThat(notVisible()).hasSize(6).allSatisfy(row -> {
                assertThat(row.path("state").asText()).isEqualTo("held");
                assertThat(row.path("sign").asText()).isEqualTo("none");
            });
            assertThat(talkdesk.recordCount(list)).isEqualTo(250);
            JsonNode status = service.status();
            assertThat(status.at("/held/not_visible").asInt()).isGreaterThanOrEqualTo(6);
            assertThat(status.at("/guard/held").asInt()).isZero();
            assertThat(status.at("/guard/tripped").asBoolean()).isFalse();
            assertThat(status.at("/reconcile/notVisible").asInt()).isEqualTo(6);
            assertThat(status.at("/reconcile/whole").asBoolean()).isTrue();
            assertThat(status.at("/health/reasons").toString()).contains("records are not visible in Salesforce");
            // An order that names no reason means what the guard holds, even by id.
            assertThat(service.post(
                                    "/api/guard/approve",
                                    "{\"ids\": ["
                                            + notVisible().get(0).path("id").asLong() + "]}")
                            .body())
                    .contains("\"count\":0");

            decide("reject", "\"recordList\": \"" + list + "\"");
            check();
            assertThat(notVisible()).isEmpty();
            assertThat(found()).hasSize(6);

            // Two more, and this time the person knows better.
            List<String> later = living.subList(6, 8);
            salesforce.hideContacts(later);
            check();
            assertThat(notVisible())
                    .extracting(row -> row.path("externalId").asText())
                    .containsExactlyInAnyOrderElementsOf(later);
            decide("approve", "\"recordList\": \"" + list + "\"");
            talkdesk.awaitGone(list, later);
            assertThat(talkdesk.recordCount(list)).isEqualTo(248);
            awaitSettled(later);
            assertThat(service.get("/api/receipts?externalId=" + later.get(0))
                            .at("/receipts/0/words")
                            .asText())
                    .contains("did not show the contact, and nothing else showed that it was deleted");

            // A newer deletion ends the rejection.
            salesforce.showContacts(unseen);
            salesforce.deleteContactsUnseen(unseen.subList(0, 1));
            check();
            talkdesk.awaitGone(list, unseen.subList(0, 1));
            assertThat(talkdesk.recordCount(list)).isEqualTo(247);
        } finally {
            salesforce.showContacts(living);
        }
    }

    @Test
    void what_was_held_ends_by_itself_once_it_is_shown_again_or_a_sign_is_found() throws Exception {
        List<String> shown = living.subList(0, 2);
        List<String> gone = living.subList(2, 4);
        salesforce.hideContacts(shown);
        salesforce.hideContacts(gone);
        check();
        assertThat(notVisible()).hasSize(4);

        salesforce.showContacts(living);
        salesforce.deleteContactsUnseen(gone);
        check();

        talkdesk.awaitGone(list, gone);
        assertThat(notVisible()).isEmpty();
        assertThat(service.deletions("recordList=" + list + "&state=cancelled"))
                .extracting(row -> row.path("failureCode").asText())
                .containsExactlyInAnyOrder("living", "living", "signed", "signed");
        assertThat(talkdesk.recordCount(list)).isEqualTo(248);
    }

    /** Its own deletions do that, too: each moves what follows to a page that was read already. */
    @Test
    void a_list_that_shrinks_while_it_is_read_is_read_again() throws Exception {
        List<String> gone = salesforce.createContacts(2);
        salesforce.deleteContactsUnseen(gone);
        talkdesk.addRecords(list, "salesforce", gone.subList(0, 1));
        talkdesk.addRecords(list, "salesforce", salesforce.createContacts(99));
        talkdesk.addRecords(list, "salesforce", gone.subList(1, 2));
        AtomicInteger pages = new AtomicInteger();
        talkdesk.afterPage(list, page -> {
            if (pages.incrementAndGet() == 2) {
                talkdesk.removeRecords(list, living.subList(0, 60));
            }
        });

        check();

        talkdesk.awaitGone(list, gone);
        JsonNode status = service.status().path("reconcile");
        assertThat(status.path("whole").asBoolean()).isTrue();
        assertThat(status.path("seen").asInt()).isEqualTo(351);
        assertThat(status.path("judged").asInt()).isEqualTo(351);
        assertThat(status.path("lastError").isNull()).isTrue();
        assertThat(pages).hasValue(6);
    }

    @Test
    void a_list_that_never_holds_still_is_not_whole_and_says_so() throws Exception {
        AtomicInteger next = new AtomicInteger();
        talkdesk.afterPage(list, page -> {
            if (page == 1) {
                int from = next.getAndAdd(10);
                talkdesk.removeRecords(list, living.subList(from, from + 10));
            }
        });

        check();

        JsonNode status = service.status();
        assertThat(status.at("/reconcile/whole").asBoolean(true)).isFalse();
        assertThat(status.at("/reconcile/lastError").asText())
                .contains(list, "was not read whole in 3 passes", "230 records before the last and 220 after it");
        assertThat(status.at("/health/level").asText()).isEqualTo("amber");
        assertThat(status.at("/health/reasons").toString()).contains("was not read whole");
        assertThat(status.path("problems").findValuesAsText("kind")).contains("reconcile_incomplete");
        assertThat(talkdesk.reads())
                .filteredOn(read -> read.target().contains(list + "/records?"))
                .hasSize(9);
    }

    @Test
    void ids_of_15_characters_are_judged_and_sent_as_the_list_holds_them() throws Exception {
        String full = unused.next();
        List<String> purged = LONG_AGO.subList(10, 30);
        List<String> halves = new ArrayList<>(
                living.subList(0, 100).stream().map(ReconcileIT::half).toList());
        halves.addAll(purged.stream().map(ReconcileIT::half).toList());
        talkdesk.addRecords(full, "salesforce", halves);
        list = full;

        check();

        talkdesk.awaitGone(list, purged.stream().map(ReconcileIT::half).toList());
        assertThat(talkdesk.recordCount(list)).isEqualTo(100);
        assertThat(service.status().at("/reconcile/judged").asInt()).isEqualTo(120);
        assertThat(service.status().at("/reconcile/foreign").asInt()).isZero();
        String gone = purged.get(0);
        awaitSettled(purged);
        for (String form : List.of(gone, half(gone), "%20" + half(gone) + "%20")) {
            assertThat(service.deletions("recordList=" + list + "&externalId=" + form))
                    .singleElement()
                    .satisfies(row -> {
                        assertThat(row.path("externalId").asText()).isEqualTo(gone);
                        assertThat(row.path("listedAs").asText()).isEqualTo(half(gone));
                    });
            assertThat(service.get("/api/receipts?externalId=" + form).path("receipts"))
                    .singleElement()
                    .satisfies(
                            receipt -> assertThat(receipt.path("sign").asText()).isEqualTo("delete_log"));
        }
        assertThat(service.answer("/api/deletions?externalId=12345").statusCode())
                .isEqualTo(400);
        assertThat(service.answer("/api/receipts?externalId=12345").body()).contains("no id of a Salesforce record");

        // Restored: the event names it by 18 characters, and what is held by 15 meets it.
        String back = living.get(0);
        salesforce.hideContacts(List.of(back));
        check();
        assertThat(notVisible()).hasSize(1);
        Instant held = Instant.now();
        service.await("that second is over", () -> Instant.now().isAfter(held.plusSeconds(2)));
        salesforce.showContacts(List.of(back));
        salesforce.deleteContactsUnseen(List.of(back));
        salesforce.undeleteContact(back);
        service.await("the restoration ends it", () -> notVisible().isEmpty());
    }

    @Test
    void a_list_of_another_spelling_of_the_provider_was_not_checked() throws Exception {
        String full = unused.next();
        talkdesk.addRecords(full, "Salesforce", living);
        list = full;

        check();

        JsonNode status = service.status();
        assertThat(status.at("/reconcile/seen").asInt()).isEqualTo(250);
        assertThat(status.at("/reconcile/judged").asInt()).isZero();
        assertThat(status.at("/reconcile/otherProvider").asInt()).isEqualTo(250);
        assertThat(status.at("/reconcile/lastError").asText())
                .contains("external_provider 'Salesforce' (250)", "talkdesk.external-provider is 'salesforce'");
        assertThat(status.at("/health/level").asText()).isEqualTo("amber");
    }

    private static String half(String id) {
        return id.substring(0, 15);
    }

    private List<JsonNode> notVisible() {
        return service.deletions("heldReason=not_visible&recordList=" + list);
    }

    private static void decide(String order, String more) throws Exception {
        assertThat(service.post(
                                "/api/guard/" + order,
                                "{\"state\": \"held\", \"heldReason\": \"not_visible\", " + more + "}")
                        .statusCode())
                .isEqualTo(200);
    }

    /** By name: other stories delete contacts on every list. */
    private void awaitSettled(List<String> contacts) {
        service.await("they are settled", () -> contacts.stream()
                .allMatch(contact -> service.deletions("recordList=" + list + "&state=deleted&externalId=" + contact)
                                .size()
                        == 1));
    }

    /** Nobody knows whether the last page has a next one; the links of some pages forget the size, or have a slash too many. */
    @ParameterizedTest
    @EnumSource(PageLinks.class)
    void pages_are_read_to_the_last_in_whatever_form_they_are_linked(PageLinks form) throws Exception {
        String gone = deleted();
        talkdesk.addRecord(list, "salesforce", gone);
        talkdesk.pageLinks(form);

        check();

        talkdesk.awaitGone(list, List.of(gone));
        assertThat(talkdesk.recordCount(list)).isEqualTo(250);
        assertThat(service.status().at("/reconcile/checked").asInt()).isGreaterThanOrEqualTo(251);
    }

    @Test
    void a_later_import_that_brings_a_deleted_contact_back_is_found() throws Exception {
        String gone = salesforce.createContacts(1).get(0);
        talkdesk.addRecord(list, "salesforce", gone);
        salesforce.deleteContact(gone);
        talkdesk.awaitGone(list, List.of(gone));
        awaitSettled(List.of(gone));

        // Salesforce tells its time in whole seconds: in the second of the deletion the check would know no more than
        // it.
        Instant settled = Instant.now();
        service.await("that second is over", () -> Instant.now().getEpochSecond() > settled.getEpochSecond());
        talkdesk.addRecord(list, "salesforce", gone);
        check();

        talkdesk.awaitGone(list, List.of(gone));
    }

    @Test
    void what_a_person_discarded_is_not_asked_for_again() throws Exception {
        String refused = salesforce.createContacts(1).get(0);
        talkdesk.addRecord(list, "salesforce", refused);
        talkdesk.refuses(refused);
        salesforce.deleteContact(refused);
        service.await(
                "it is parked",
                () -> service.deletions("recordList=" + list + "&state=parked").size() == 1);
        service.post("/api/deletions/discard", "{\"state\": \"parked\", \"recordList\": \"" + list + "\"}");

        check();

        assertThat(service.deletions("recordList=" + list + "&externalId=" + refused))
                .singleElement()
                .satisfies(row -> assertThat(row.path("state").asText()).isEqualTo("cancelled"));
    }

    @Test
    void another_org_deletes_nobody() throws Exception {
        String production = salesforce.orgId();
        talkdesk.addRecord(list, "salesforce", deleted());
        salesforce.orgId("00D58000000zzzzEAA");
        try {
            order();
            service.await(
                    "it says so",
                    () -> service.status().at("/reconcile/lastError").asText().contains("00D58000000zzzzEAA"));
            assertThat(found()).isEmpty();
        } finally {
            salesforce.orgId(production);
        }
    }

    @Test
    void a_missing_scope_is_named() throws Exception {
        talkdesk.readAnswers(403);

        check();

        assertThat(service.status().at("/reconcile/lastError").asText()).contains("tod.records-list.manage");
    }

    @Test
    void a_page_that_fails_is_asked_for_again_and_only_that_page() throws Exception {
        String gone = deleted();
        talkdesk.addRecord(list, "salesforce", gone);
        // The first is about the list itself.
        talkdesk.readAnswers(200, 503, 200, 500);

        check();

        talkdesk.awaitGone(list, List.of(gone));
        assertThat(talkdesk.reads())
                .filteredOn(read -> read.target().contains(list + "/records?"))
                .extracting(ReadCall::status)
                .containsExactly(503, 200, 500, 200, 200);
    }

    @Test
    void a_link_that_leads_elsewhere_is_not_followed() throws Exception {
        talkdesk.linksPointTo("http://127.0.0.1:9");
        try {
            check();
        } finally {
            talkdesk.linksPointTo(talkdesk.url());
        }

        assertThat(service.status().at("/reconcile/lastError").asText()).contains("leads elsewhere");
    }

    private static String deleted() {
        List<String> contact = salesforce.createContacts(1);
        salesforce.deleteContactsUnseen(contact);
        return contact.get(0);
    }

    /** Rows of this list that the presence check asked for; the stream's stories go to every list. */
    private List<JsonNode> found() {
        return service.deletions("recordList=" + list).stream()
                .filter(row -> row.path("origin").asText().equals("reconcile"))
                .toList();
    }

    private void check() throws Exception {
        order();
        // The running one is among those that wait.
        service.await(
                "the check has ended",
                () -> !service.status().at("/reconcile/waiting").toString().contains('"' + list + '"'));
    }

    private void order() throws Exception {
        assertThat(service.post("/api/reconcile", "{\"recordList\": \"" + list + "\"}")
                        .statusCode())
                .isEqualTo(202);
    }
}
