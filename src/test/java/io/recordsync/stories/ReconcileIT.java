package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.recordsync.simulator.salesforce.ContactIds;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.PageLinks;
import io.recordsync.simulator.talkdesk.ReadCall;
import io.recordsync.simulator.talkdesk.TalkdeskRecord;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The presence check: what Salesforce does not know any more leaves the list, unless that is not to be believed. */
class ReconcileIT {

    private static final List<String> LISTS =
            IntStream.range(0, 20).mapToObj("presence-%02d"::formatted).toList();
    private static final Iterator<String> UNUSED = LISTS.iterator();

    @TempDir
    private static Path folder;

    private static SalesforceSimulator salesforce;
    private static TalkdeskSimulator talkdesk;
    private static Service service;

    private String list;
    private List<String> living;

    @BeforeAll
    static void start() throws Exception {
        salesforce = SalesforceSimulator.start();
        talkdesk = TalkdeskSimulator.start();
        LISTS.forEach(id -> talkdesk.addList(id, "EXTERNAL"));
        service = new Service(folder, salesforce, talkdesk, String.join(",", LISTS))
                .with("sweep.retry", "100ms")
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
        list = UNUSED.next();
        living = salesforce.createContacts(250);
        talkdesk.addRecords(list, "salesforce", living);
    }

    @AfterEach
    void nobodyMadeAMistake() {
        talkdesk.pageLinks(PageLinks.LAST_HAS_NO_NEXT);
        assertThat(talkdesk.mistakes()).isEmpty();
    }

    @Test
    void whoever_is_gone_leaves_whoever_lives_stays_and_what_is_not_salesforces_is_left_alone() throws Exception {
        List<String> binned = salesforce.createContacts(3);
        List<String> purged = salesforce.createContacts(3);
        String never = ContactIds.next();
        salesforce.deleteContactsUnseen(binned);
        salesforce.deleteContactsUnseen(purged);
        salesforce.purge(purged.toArray(String[]::new));
        talkdesk.addRecords(list, "salesforce", binned);
        talkdesk.addRecords(list, "salesforce", purged);
        talkdesk.addRecord(list, "salesforce", never);
        talkdesk.addRecord(list, "salesforce", "a spreadsheet's id");
        talkdesk.addRecord(list, "salesforce", "001000000000001AAA");
        talkdesk.addRecord(list, "salesforce", ContactIds.next().substring(0, 15));
        talkdesk.addRecord(list, "hubspot", ContactIds.next());

        check();

        talkdesk.awaitGone(list, binned);
        talkdesk.awaitGone(list, purged);
        talkdesk.awaitGone(list, List.of(never));
        assertThat(talkdesk.records(list))
                .hasSize(254)
                .extracting(TalkdeskRecord::externalId)
                .containsAll(living);
        assertThat(found())
                .hasSize(7)
                .allSatisfy(row -> assertThat(row.path("eventKey").asText()).startsWith("reconcile:"));
        JsonNode status = service.status().path("reconcile");
        assertThat(status.path("recordList").asText()).isEqualTo(list);
        assertThat(status.path("checked").asInt()).isEqualTo(257);
        assertThat(status.path("missing").asInt()).isEqualTo(7);
        assertThat(Instant.parse(status.path("lastAt").asText())).isBeforeOrEqualTo(Instant.now());
    }

    /** Nobody knows whether the last page has a next one; the links of some pages forget the size, or have a slash too many. */
    @ParameterizedTest
    @EnumSource(PageLinks.class)
    void pages_are_read_to_the_last_in_whatever_form_they_are_linked(PageLinks form) throws Exception {
        String gone = ContactIds.next();
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
        service.await(
                "it is settled",
                () -> service.deletions("recordList=" + list + "&state=deleted").size() == 1);

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

        assertThat(service.deletions("recordList=" + list))
                .singleElement()
                .satisfies(row -> assertThat(row.path("state").asText()).isEqualTo("cancelled"));
    }

    @Test
    void more_missing_than_the_limit_deletes_nobody() throws Exception {
        talkdesk.addRecords(
                list,
                "salesforce",
                IntStream.range(0, 14).mapToObj(i -> ContactIds.next()).toList());

        check();

        assertThat(service.status().at("/reconcile/lastError").asText())
                .contains("Of the 264 Salesforce ids", "14 are not in Salesforce", "reconcile.max-missing-percent = 5");
        assertThat(service.log()).contains("ERROR").contains(list);
        assertThat(service.status().path("problems").findValuesAsText("kind")).contains("reconcile_refused");
        assertThat(found()).isEmpty();
        assertThat(talkdesk.recordCount(list)).isEqualTo(264);
    }

    @Test
    void another_org_deletes_nobody() throws Exception {
        String production = salesforce.orgId();
        talkdesk.addRecord(list, "salesforce", ContactIds.next());
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
        String gone = ContactIds.next();
        talkdesk.addRecord(list, "salesforce", gone);
        talkdesk.readAnswers(503, 200, 500);

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

    /** Rows of this list that the presence check asked for; the stream's stories go to every list. */
    private List<JsonNode> found() {
        return service.deletions("recordList=" + list).stream()
                .filter(row -> row.path("origin").asText().equals("reconcile"))
                .toList();
    }

    private void check() throws Exception {
        order();
        service.await("the check has ended", () -> {
            JsonNode status = service.status().path("reconcile");
            return status.path("recordList").asText().equals(list)
                    && !status.path("running").asBoolean()
                    && status.path("waiting").isEmpty();
        });
    }

    private void order() throws Exception {
        assertThat(service.post("/api/reconcile", "{\"recordList\": \"" + list + "\"}")
                        .statusCode())
                .isEqualTo(202);
    }
}
