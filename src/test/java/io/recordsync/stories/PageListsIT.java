package io.recordsync.stories;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.recordsync.stories.Chromium.button;
import static io.recordsync.stories.Chromium.card;
import static io.recordsync.stories.Chromium.row;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A record list asks on the page, and a person lets it join. */
@Tag("browser")
class PageListsIT {

    private static final String A = "5f1c7a2e-4a21-4a7e-9b2f-aaaaaaaaaaaa";
    private static final String B = "5f1c7a2e-4a21-4a7e-9b2f-bbbbbbbbbbbb";
    private static final String C = "5f1c7a2e-4a21-4a7e-9b2f-cccccccccccc";
    private static final String FILLING = "5f1c7a2e-4a21-4a7e-9b2f-dddddddddddd";
    private static final String LEADS = "5f1c7a2e-4a21-4a7e-9b2f-eeeeeeeeeeee";

    @TempDir
    Path folder;

    private Chromium chromium;
    private SalesforceSimulator salesforce;
    private TalkdeskSimulator talkdesk;
    private Service service;

    @BeforeEach
    void start() throws Exception {
        chromium = new Chromium();
        salesforce = SalesforceSimulator.start();
        talkdesk = TalkdeskSimulator.start();
        talkdesk.addList(A, "EXTERNAL", "Always there");
        talkdesk.addList(B, "EXTERNAL", "SF May");
        talkdesk.addList(C, "PHONE_NUMBER", "SF Testing");
        talkdesk.addList(FILLING, "EXTERNAL", "SF June");
        talkdesk.listStatus(FILLING, "INCOMPLETE");
        talkdesk.addList(LEADS, "EXTERNAL", "Of leads");
        service = new Service(folder, salesforce, talkdesk, A)
                .with("salesforce.channel", "/data/ChangeEvents")
                .with("salesforce.entities", "Contact, Lead")
                .with("salesforce.id-prefixes", "003, 00Q")
                .with("talkdesk.record-lists.of.Lead", LEADS)
                .with("talkdesk.record-lists.matching", "SF *")
                .with("talkdesk.record-lists.refresh", "500ms");
    }

    @AfterEach
    void stop() {
        if (chromium == null) {
            return;
        }
        chromium.close();
        service.close();
        talkdesk.close();
        salesforce.close();
    }

    @Test
    void a_list_that_asks_is_shown_with_its_name_size_and_type_and_joins() throws Exception {
        List<String> contacts = salesforce.createContacts(3);
        talkdesk.addRecords(A, "salesforce", contacts);
        talkdesk.addRecords(B, "salesforce", contacts);
        service.startSubscribed();
        Page page = chromium.open(service);
        Locator asking = card(page, "Record lists that ask to join");
        assertThat(asking).containsText("SF May");
        assertThat(asking).containsText("3 records, identifier type EXTERNAL");
        assertThat(asking).containsText("identifier type PHONE_NUMBER");
        Chromium.assertAccessible(page, "#asking");
        page.screenshot(
                new Page.ScreenshotOptions().setFullPage(true).setPath(Path.of("target/stories/page-list-asks.png")));

        button(asking, "Join SF May").click();
        Locator dialog = page.locator("dialog#confirm");
        assertThat(dialog).containsText("It has 3 records, and its identifier type is EXTERNAL");
        page.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target/stories/page-list-join.png")));
        button(dialog, "Join").click();
        assertThat(row(card(page, "Record lists"), "SF May")).containsText("active");
        button(asking, "Dismiss SF Testing").click();
        button(dialog, "Dismiss").click();
        assertThat(asking).isHidden();
        assertThat(row(card(page, "Record lists"), "SF Testing")).containsText("dismissed");

        salesforce.deleteContact(contacts.get(0));
        talkdesk.awaitGone(B, contacts.subList(0, 1));
        assertThat(talkdesk.deletesOf(C)).isEmpty();

        // One that is not served yet, and one that gets no contacts, leave nothing undone.
        assertThat(row(card(page, "Record lists"), "SF June")).containsText("filling");
        service.await(
                "both are settled",
                () -> service.deletions("state=deleted&externalId=" + contacts.get(0))
                                .size()
                        >= 2);
        Locator contact = card(page, "Is this contact gone?");
        contact.getByLabel("Salesforce contact id").fill(contacts.get(0));
        button(contact, "Find").click();
        assertThat(contact).containsText("Gone from all 2 record lists since");

        talkdesk.removeList(B);
        Locator gone = row(card(page, "Record lists"), "SF May");
        assertThat(gone).containsText("vanished");
        button(gone, "Forget SF May").click();
        button(dialog, "Forget").click();
        assertThat(gone).containsText("retired");
        chromium.assertKeptToItself(service);
    }
}
