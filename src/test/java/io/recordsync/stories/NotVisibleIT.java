package io.recordsync.stories;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.recordsync.stories.Chromium.button;
import static io.recordsync.stories.Chromium.card;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import io.recordsync.simulator.salesforce.ContactIds;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A user who sees less: what a presence check misses then, on the page and by the settings. */
class NotVisibleIT {

    private static final String LIST = "5f1c7a2e-4a21-4a7e-9b2f-bbbbbbbbbbbb";

    @TempDir
    Path folder;

    private SalesforceSimulator salesforce;
    private TalkdeskSimulator talkdesk;
    private Service service;
    private List<String> living;

    @BeforeEach
    void two_hundred_living_contacts() throws Exception {
        salesforce = SalesforceSimulator.start();
        talkdesk = TalkdeskSimulator.start();
        talkdesk.addList(LIST, "EXTERNAL");
        living = salesforce.createContacts(200);
        talkdesk.addRecords(LIST, "salesforce", living);
        service = new Service(folder, salesforce, talkdesk, LIST)
                .with("talkdesk.scope", "record-lists:manage tod.records-list.manage");
    }

    @AfterEach
    void stop() {
        service.close();
        talkdesk.close();
        salesforce.close();
    }

    @Test
    @Tag("browser")
    void a_person_decides_on_the_page() throws Exception {
        service.startSubscribed();
        salesforce.hideContacts(living.subList(0, 6));
        check();
        try (Chromium chromium = new Chromium()) {
            Page page = chromium.open(service);
            Locator unseen = card(page, "Not visible in Salesforce");
            assertThat(unseen).containsText("the contacts of 6 records");
            assertThat(card(page, "The guard stopped a mass deletion")).isHidden();
            assertThat(page.locator("#health")).containsText("6 records are not visible in Salesforce");
            Chromium.assertAccessible(page, "html");

            button(unseen, "Look at them").click();
            Locator rows = page.locator("dialog#rows");
            assertThat(rows).containsText(living.get(0));
            assertThat(rows).containsText(LIST);
            rows.getByLabel("Choose " + living.get(0)).check();
            button(rows, "Approve chosen (1)…").click();
            answer(page, "Approve 1");
            assertThat(page.getByText("Approved 1 deletion.")).isVisible();
            button(rows, "Close").click();
            talkdesk.awaitGone(LIST, living.subList(0, 1));

            button(unseen, "Reject 5…").click();
            answer(page, "Reject 5");
            assertThat(page.getByText("Rejected 5 deletions.")).isVisible();
            assertThat(unseen).isHidden();
            chromium.assertKeptToItself(service);
        }
        check();
        assertThat(service.deletions("heldReason=not_visible")).isEmpty();
        assertThat(talkdesk.recordCount(LIST)).isEqualTo(199);
    }

    @Test
    void where_the_settings_say_so_it_is_deleted_up_to_the_bound() throws Exception {
        service.with("reconcile.not-visible", "delete").startSubscribed();
        salesforce.hideContacts(living.subList(0, 4));
        check();
        talkdesk.awaitGone(LIST, living.subList(0, 4));

        List<String> binned = salesforce.createContacts(1);
        salesforce.deleteContactsUnseen(binned);
        talkdesk.addRecords(LIST, "salesforce", binned);
        talkdesk.addRecords(
                LIST, "salesforce", Stream.generate(ContactIds::next).limit(14).toList());
        check();

        talkdesk.awaitGone(LIST, binned);
        assertThat(service.status().at("/reconcile/lastError").asText())
                .contains(
                        "Of the 211 Salesforce ids",
                        "14 are not in Salesforce, without a sign",
                        "reconcile.max-missing-percent = 5");
        assertThat(service.log()).contains("ERROR").contains(LIST);
        assertThat(service.status().path("problems").findValuesAsText("kind")).contains("reconcile_refused");
        assertThat(talkdesk.recordCount(LIST)).isEqualTo(210);
    }

    private static void answer(Page page, String yes) {
        button(page.locator("dialog#confirm"), yes).click();
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
