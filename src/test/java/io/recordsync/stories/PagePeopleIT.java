package io.recordsync.stories;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.recordsync.stories.Chromium.button;
import static io.recordsync.stories.Chromium.card;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskRecord;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who lives on after a merge, whom to import again, and who would be called back: on the page. */
@Tag("browser")
class PagePeopleIT {

    private static final String LIST = "5f1c7a2e-6666-4a7e-9b2f-aaaaaaaaaaaa";

    @TempDir
    Path folder;

    private SalesforceSimulator salesforce;
    private TalkdeskSimulator talkdesk;
    private Service service;

    @BeforeEach
    void start() throws Exception {
        salesforce = SalesforceSimulator.start();
        talkdesk = TalkdeskSimulator.start();
        talkdesk.grantScopes("record-lists:manage", "schedule-callbacks:read", "schedule-callbacks:write");
        talkdesk.addList(LIST, "EXTERNAL");
        service = new Service(folder, salesforce, talkdesk, LIST)
                .with("salesforce.merged", "hold")
                .with("talkdesk.callbacks", "cancel")
                .with("talkdesk.callbacks.period", "1s")
                .startSubscribed();
    }

    @AfterEach
    void stop() {
        service.close();
        talkdesk.close();
        salesforce.close();
    }

    @Test
    void a_person_sees_merges_restored_contacts_and_callbacks_and_decides() throws Exception {
        List<String> contacts = salesforce.createContacts(7);
        List<TalkdeskRecord> records = new ArrayList<>();
        contacts.forEach(contact -> records.add(talkdesk.addRecord(LIST, "salesforce", contact)));
        talkdesk.scheduleCallback(LIST, records.get(0));
        talkdesk.scheduleCallback(LIST, records.get(1));
        talkdesk.callbacks().add(LIST, "8858c834-481d-4a02-8176-cffc02c50350");
        service.await(
                "callbacks are seen",
                () -> service.get("/api/callbacks").at("/counts/living").asInt() == 2);
        salesforce.deleteContact(contacts.get(0));
        talkdesk.removeRecords(LIST, contacts.subList(1, 2));
        salesforce.deleteContact(contacts.get(2));
        talkdesk.awaitGone(LIST, List.of(contacts.get(0), contacts.get(2)));
        service.await("settled", () -> service.count("deleted") == 2);
        salesforce.undeleteContact(contacts.get(2));
        salesforce.mergeContacts(contacts.get(3), contacts.get(4), contacts.get(5));
        service.await("both losers are held", () -> service.count("held") == 2);
        service.await(
                "it is cancelled",
                () -> service.get("/api/callbacks").at("/counts/cancelled").asInt() == 1
                        && service.get("/api/callbacks").at("/counts/gone").asInt() == 1);
        service.await(
                "it is late",
                () -> service.get("/api/restored-too-late").path("restored").size() == 1);

        try (Chromium chromium = new Chromium()) {
            Page page = chromium.open(service);
            Locator merged = card(page, "Merged in Salesforce");
            assertThat(merged).containsText("2 deletions are of contacts that were merged into another one");
            assertThat(card(page, "The guard stopped a mass deletion")).isHidden();
            Locator late = card(page, "Restored too late");
            assertThat(late).containsText(contacts.get(2));
            assertThat(late).containsText(LIST);
            Locator callbacks = card(page, "Callbacks");
            assertThat(callbacks).containsText("1 cancelled");
            assertThat(callbacks).containsText("1 whose record was gone before anybody saw it");
            assertThat(callbacks).containsText(contacts.get(0));
            assertThat(callbacks).containsText(contacts.get(1));
            assertThat(page.locator("body")).not().containsText("Beispielhuber");
            Chromium.assertAccessible(page, "html");
            page.screenshot(new Page.ScreenshotOptions()
                    .setPath(Path.of("target/stories/page-people.png"))
                    .setFullPage(true));

            Download csv =
                    page.waitForDownload(() -> button(late, "Download CSV").click());
            assertThat(csv.suggestedFilename()).isEqualTo("restored-too-late.csv");
            assertThat(Files.readString(csv.path()))
                    .startsWith("externalProvider,externalId,recordList,restoredAt,deletedAt,calledAt,removed\r\n")
                    .contains("salesforce," + contacts.get(2) + ",\"" + LIST + "\",");

            button(merged, "Look at them").click();
            Locator rows = page.locator("dialog#rows");
            assertThat(rows).containsText("merged into " + contacts.get(3));
            rows.getByLabel("Choose " + contacts.get(4)).check();
            button(rows, "Approve chosen (1)…").click();
            button(page.locator("dialog#confirm"), "Approve 1").click();
            button(rows, "Close").click();
            talkdesk.awaitGone(LIST, contacts.subList(4, 5));

            button(merged, "Reject 1…").click();
            button(page.locator("dialog#confirm"), "Reject 1").click();
            assertThat(page.getByText("Rejected 1 deletion.")).isVisible();
            assertThat(merged).isHidden();
            chromium.assertKeptToItself(service);
        }
        assertThat(talkdesk.holds(LIST, contacts.get(5))).isTrue();
        assertThat(talkdesk.mistakes()).isEmpty();
    }
}
