package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.recordsync.simulator.salesforce.ChangeEvent;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Leads and person accounts, by configuration alone, each to the record lists that it is bound to. */
@Tag("long")
class EntitiesIT {

    private static final String ALL = "entities-all";
    private static final String LEADS = "entities-leads";
    private static final String NAMED = "entities-named";

    @TempDir
    Path folder;

    private SalesforceSimulator salesforce;
    private TalkdeskSimulator talkdesk;
    private Service service;

    @BeforeEach
    void start() throws Exception {
        salesforce = SalesforceSimulator.start();
        talkdesk = TalkdeskSimulator.start();
        talkdesk.addList(ALL, "EXTERNAL", "Everybody");
        talkdesk.addList(LEADS, "EXTERNAL", "Leads");
        talkdesk.addList(NAMED, "EXTERNAL", "SF leads May");
        service = new Service(folder, salesforce, talkdesk, ALL)
                .with("salesforce.channel", "/data/ChangeEvents")
                .with("salesforce.entities", "Contact, Lead, Account")
                .with("salesforce.id-prefixes", "003, 00Q, 001")
                .with("talkdesk.record-lists.of.lead", LEADS + ", SF leads *")
                .with("talkdesk.record-lists.join", "live")
                .with("talkdesk.record-lists.refresh", "500ms")
                // Checks that failed are made again after ten times this, and take the place of the one that was
                // ordered.
                .with("sweep.retry", "1s");
    }

    @AfterEach
    void stop() {
        service.close();
        assertThat(talkdesk.mistakes()).isEmpty();
        talkdesk.close();
        salesforce.close();
    }

    @Test
    void leads_contacts_and_person_accounts_go_to_the_lists_that_they_are_bound_to() throws Exception {
        List<String> contacts = salesforce.createContacts(3);
        List<String> leads = salesforce.createRecords("Lead", "00Q", 3);
        List<String> accounts = salesforce.createRecords("Account", "001", 2);
        for (String list : List.of(ALL, LEADS, NAMED)) {
            talkdesk.addRecords(list, "salesforce", contacts);
            talkdesk.addRecords(list, "salesforce", leads);
            talkdesk.addRecords(list, "salesforce", accounts);
        }
        service.startSubscribed();
        service.await(
                "the named one has joined",
                () -> list(NAMED).path("state").asText().equals("active"));
        assertThat(list(NAMED).at("/entities/0").asText()).isEqualTo("Lead");
        assertThat(list(LEADS).at("/entities/0").asText()).isEqualTo("Lead");
        assertThat(list(ALL).path("entities")).isEmpty();

        // A lead: to every list. One that is converted is updated, and stays.
        salesforce.publish(ChangeEvent.update(leads.get(1)).ofEntity("Lead"));
        salesforce.deleteRecord("Lead", leads.get(0));
        for (String list : List.of(ALL, LEADS, NAMED)) {
            talkdesk.awaitGone(list, leads.subList(0, 1));
        }

        // A person account: the account's event and the contact's, and both are gone, but not from the leads' lists.
        salesforce.deleteRecord("Account", accounts.get(0));
        salesforce.deleteContact(contacts.get(0));
        talkdesk.awaitGone(ALL, List.of(accounts.get(0), contacts.get(0)));
        service.await(
                "all is done",
                () -> service.count("pending") + service.count("claimed") + service.count("checking") == 0);
        for (String list : List.of(LEADS, NAMED)) {
            assertThat(talkdesk.holds(list, accounts.get(0))).isTrue();
            assertThat(talkdesk.holds(list, contacts.get(0))).isTrue();
            assertThat(talkdesk.holds(list, leads.get(1))).isTrue();
        }
        assertThat(service.deletions("externalId=" + leads.get(1))).isEmpty();
        assertThat(service.text("/api/receipts?externalId=" + leads.get(0))).contains("Removed from the record list");

        // The sweep and the presence check know the binding too: unseen, only a lead leaves a leads' list.
        salesforce.deleteContactsUnseen(List.of(leads.get(2), contacts.get(1), accounts.get(1)));
        service.post("/api/sweep", "{}");
        talkdesk.awaitGone(ALL, List.of(leads.get(2), contacts.get(1), accounts.get(1)));
        talkdesk.awaitGone(LEADS, leads.subList(2, 3));
        service.post("/api/reconcile", "{\"recordList\": \"" + LEADS + "\"}");
        // The running one is among those that wait.
        service.await(
                "it is checked",
                () -> !service.status().at("/reconcile/waiting").toString().contains(LEADS));
        assertThat(talkdesk.holds(LEADS, contacts.get(1))).isTrue();
        assertThat(talkdesk.holds(LEADS, accounts.get(1))).isTrue();
        assertThat(service.count("held")).isZero();
    }

    private JsonNode list(String id) {
        for (JsonNode list : service.get("/api/record-lists").path("recordLists")) {
            if (list.path("id").asText().equals(id)) {
                return list;
            }
        }
        throw new AssertionError("no list " + id);
    }
}
