package io.recordsync.stories;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.recordsync.stories.Chromium.button;
import static io.recordsync.stories.Chromium.card;
import static io.recordsync.stories.Chromium.heading;
import static io.recordsync.stories.Chromium.row;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.Media;
import io.recordsync.simulator.salesforce.ContactIds;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.Answer;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a person sees and does on the page, in a real browser, beside the service that runs. */
@Tag("browser")
class PageIT {

    private static final String LIST = "5f1c7a2e-4a11-4a7e-9b2f-aaaaaaaaaaaa";
    private static final String OTHER_LIST = "5f1c7a2e-4a12-4a7e-9b2f-aaaaaaaaaaaa";

    @TempDir
    static Path folder;

    private static Chromium chromium;
    private static SalesforceSimulator salesforce;
    private static TalkdeskSimulator talkdesk;
    private static Service service;

    @BeforeAll
    static void start() throws IOException {
        chromium = new Chromium();
        salesforce = SalesforceSimulator.start();
        // Somebody lives: else nobody could say that the others are gone.
        salesforce.createContacts(1);
        talkdesk = TalkdeskSimulator.start();
        talkdesk.addList(LIST, "EXTERNAL");
        talkdesk.addList(OTHER_LIST, "EXTERNAL");
        service = new Service(folder, salesforce, talkdesk, LIST + "," + OTHER_LIST)
                .with("guard.max-deletions", "0")
                .with("talkdesk.scope", "record-lists:manage tod.records-list.manage")
                .with("delivery.give-up-after", "1s")
                .with("delivery.backoff-max", "100ms")
                .startSubscribed();
    }

    @AfterAll
    static void stop() {
        if (chromium == null) {
            return;
        }
        chromium.close();
        service.close();
        talkdesk.close();
        salesforce.close();
    }

    @AfterEach
    void the_page_kept_to_itself_and_nothing_is_left_parked() throws IOException {
        chromium.assertKeptToItself(service);
        talkdesk.answerNormally();
        talkdesk.releaseCalls();
        service.post("/api/deletions/discard", "{\"state\":\"parked\"}");
    }

    @Test
    void it_shows_at_a_glance_how_the_service_stands() {
        List<String> contacts = deleted(3);
        Page page = chromium.open(service);

        assertThat(page.locator("#health")).hasAttribute("data-level", Pattern.compile("green|amber"));
        assertThat(page.locator("#mode")).hasText("live");
        assertThat(page.locator("#version")).hasText(Pattern.compile("Version \\d+\\.\\d+\\.\\d+.*"));
        assertThat(card(page, "Salesforce stream")).containsText("connected");
        assertThat(card(page, "Salesforce stream")).containsText(Pattern.compile("Last heard\\d+ s ago"));
        assertThat(card(page, "Salesforce stream")).containsText("in 72 h");
        assertThat(card(page, "Delivery to Talkdesk")).containsText("open");
        Locator row = row(card(page, "Record lists"), LIST);
        assertThat(row).containsText("active");
        assertThat(row).containsText("s ago");
        assertThat(card(page, "Dead letters")).containsText("Nothing waits for a person");
        assertThat(count(page, "deleted")).hasText(Pattern.compile("^" + service.count("deleted") + "$"));

        for (String plot : List.of("Last hour", "Last 24 hours")) {
            Locator figure = page.getByRole(AriaRole.FIGURE, new Page.GetByRoleOptions().setName(plot));
            assertThat(figure.locator("canvas")).isVisible();
            assertThat(figure.locator(".canvas"))
                    .hasAttribute(
                            "aria-label", Pattern.compile(plot + ": [1-9][\\d,]* accepted, .* deleted, .* parked"));
            figure.getByText("As a table").click();
            assertThat(figure.getByRole(AriaRole.ROW).nth(1)).containsText(Pattern.compile("\\d\\d:\\d\\d"));
        }
        assertThat(contacts).hasSize(3);
    }

    @Test
    void dead_letters_are_filtered_looked_at_redriven_and_discarded() throws IOException {
        List<String> contacts = contacts(6);
        talkdesk.onList(LIST).refuses(contacts.get(0), contacts.get(1));
        talkdesk.onList(OTHER_LIST).undeletable(contacts.get(5));
        salesforce.publishDelete(contacts);
        service.await("three are parked", () -> service.count("parked") == 3 && service.count("pending") == 0);
        Page page = chromium.open(service);

        assertThat(heading(page, "Worth a look")).isVisible();
        assertThat(page.locator("#health")).containsText("parked");
        Locator card = card(page, "Dead letters");
        assertThat(row(card, LIST)).containsText("bad request");
        assertThat(row(card, LIST)).containsText("The submitted data is not accepted");
        assertThat(row(card, OTHER_LIST)).isVisible();
        card.getByPlaceholder("any").fill("bad req");
        assertThat(row(card, OTHER_LIST)).isHidden();
        card.getByPlaceholder("any").fill("");
        card.getByLabel("Record list").selectOption(OTHER_LIST);
        assertThat(row(card, OTHER_LIST)).isVisible();
        assertThat(row(card, LIST)).isHidden();
        card.getByLabel("Record list").selectOption("");

        button(row(card, LIST), "Look at bad request").click();
        Locator rows = page.locator("dialog#rows");
        assertThat(rows).containsText(contacts.get(0));
        assertThat(rows).not().containsText(contacts.get(5));
        rows.getByText("1 call").first().click();
        assertThat(rows).containsText("400 bad request");
        Chromium.assertAccessible(page, "dialog#rows");
        talkdesk.onList(LIST).acceptsAgain(contacts.get(0), contacts.get(1));
        rows.getByLabel("Choose " + contacts.get(0)).check();
        button(rows, "Redrive chosen (1)…").click();
        button(page.locator("dialog#confirm"), "Redrive 1").click();
        assertThat(page.getByText("Redriven: 1 deletion.")).isVisible();
        assertThat(rows).not().containsText(contacts.get(0));
        talkdesk.awaitGone(LIST, contacts.subList(0, 1));
        button(rows, "Close").click();

        // The question comes first, and no is an answer.
        button(row(card, OTHER_LIST), "Discard").click();
        Locator dialog = page.locator("dialog#confirm");
        assertThat(dialog).containsText("Discard 1 deletion?");
        Chromium.assertAccessible(page, "dialog#confirm");
        page.keyboard().press("Escape");
        assertThat(dialog).isHidden();
        assertThat(service.count("parked")).isEqualTo(2);
        button(row(card, OTHER_LIST), "Discard").click();
        button(dialog, "Discard 1").click();
        assertThat(page.getByText("Discarded 1 deletion.")).isVisible();
        assertThat(row(card, OTHER_LIST)).isHidden();
        assertThat(service.deletions("state=cancelled&recordList=" + OTHER_LIST))
                .extracting(row -> row.path("externalId").asText())
                .contains(contacts.get(5));

        button(row(card, LIST), "Redrive").click();
        button(dialog, "Redrive 1").click();
        talkdesk.awaitGone(LIST, contacts.subList(1, 2));
        assertThat(card).containsText("Nothing waits for a person");
        assertThat(page.locator("#health")).not().containsText("parked");
    }

    @Test
    void a_redrive_of_thousands_says_how_many_are_still_to_go() {
        List<String> contacts = contacts(1000);
        talkdesk.always(Answer.status(503));
        salesforce.publishMergedDelete(contacts.subList(0, 500).toArray(String[]::new));
        salesforce.publishMergedDelete(contacts.subList(500, 1000).toArray(String[]::new));
        service.await("all are given up", () -> service.count("parked") == 2000);
        Page page = chromium.open(service);
        Locator card = card(page, "Dead letters");
        assertThat(row(card, OTHER_LIST)).containsText("1,000");
        talkdesk.answerNormally();
        talkdesk.holdCalls();

        button(card, "Redrive all 2,000 shown").click();
        button(page.locator("dialog#confirm"), "Redrive 2,000").click();

        assertThat(page.getByText("Redriven: 2,000 deletions.")).isVisible();
        assertThat(card).containsText(Pattern.compile("[12],\\d{3} of 2,000 are left"));
        assertThat(card.getByRole(AriaRole.PROGRESSBAR)).isVisible();
        talkdesk.releaseCalls();
        assertThat(card).containsText("The redrive is done: all 2,000 were tried.");
        talkdesk.awaitGone(LIST, contacts);
        talkdesk.awaitGone(OTHER_LIST, contacts);
    }

    @Test
    void a_contact_is_looked_up_and_its_receipt_printed_and_saved() throws IOException {
        String contact = deleted(1).get(0);
        Page page = chromium.open(service);
        page.addInitScript("window.print = () => document.title = 'printed'");
        page.reload();
        Locator card = card(page, "Is this contact gone?");

        card.getByLabel("Salesforce contact id").fill(contact.substring(0, 15));
        button(card, "Find").click();

        Locator receipt = card.getByRole(AriaRole.ARTICLE);
        assertThat(receipt.getByRole(AriaRole.HEADING))
                .hasText(Pattern.compile(
                        "Gone from all 2 record lists since \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d"));
        assertThat(receipt).containsText(contact);
        assertThat(receipt.getByRole(AriaRole.LISTITEM)).hasCount(2);
        assertThat(receipt).containsText("Confirmation: exact");

        Download json =
                page.waitForDownload(() -> button(receipt, "Download JSON").click());
        assertThat(json.suggestedFilename()).isEqualTo("receipt-" + contact + ".json");
        assertThat(new ObjectMapper().readTree(Files.readString(json.path())).findValuesAsText("externalId"))
                .containsExactly(contact, contact);
        Download csv =
                page.waitForDownload(() -> button(receipt, "Download CSV").click());
        assertThat(csv.suggestedFilename()).isEqualTo("receipt-" + contact + ".csv");
        assertThat(Files.readString(csv.path())).startsWith("externalProvider,externalId");

        button(receipt, "Print").click();
        assertThat(page).hasTitle("printed");
        page.emulateMedia(new Page.EmulateMediaOptions().setMedia(Media.PRINT));
        assertThat(receipt).isVisible();
        assertThat(button(receipt, "Print")).isHidden();
        assertThat(card(page, "Record lists")).isHidden();
        page.emulateMedia(new Page.EmulateMediaOptions().setMedia(Media.SCREEN));

        card.getByLabel("Salesforce contact id").fill(ContactIds.next());
        card.getByLabel("Salesforce contact id").press("Enter");
        assertThat(card).containsText("No deletion is known");
        assertThat(receipt).isHidden();
    }

    @Test
    void a_contact_that_is_not_gone_is_not_said_to_be() {
        List<String> contacts = contacts(3);
        talkdesk.onList(LIST).refuses(contacts.get(0));
        salesforce.publishDelete(contacts);
        service.await("one is parked", () -> service.count("parked") == 1 && service.count("pending") == 0);
        Page page = chromium.open(service);

        page.getByLabel("Salesforce contact id").fill(contacts.get(0));
        page.keyboard().press("Enter");

        assertThat(heading(page, "Gone from 1 of 2 record lists only")).isVisible();
        talkdesk.onList(LIST).acceptsAgain(contacts.get(0));
    }

    @Test
    void receipts_of_a_period_are_saved_and_a_refusal_is_told_beside_the_button() throws IOException {
        String contact = deleted(1).get(0);
        Page page = chromium.open(service);
        Locator card = card(page, "Is this contact gone?");
        card.getByText("Receipts of a period").click();

        LocalDate today = LocalDate.now(ZoneOffset.UTC);
        card.getByLabel("From").fill(today.minusDays(1).toString());
        card.getByLabel("Until").fill(today.plusDays(2).toString());
        Download saved = page.waitForDownload(() -> button(card, "Download CSV").click());
        assertThat(Files.readString(saved.path())).contains(contact);

        card.getByLabel("From").fill("2026-03-02");
        card.getByLabel("Until").fill("2026-03-01");
        button(card, "Download CSV").click();

        assertThat(card.getByRole(AriaRole.STATUS).last()).containsText("Not saved: ");
    }

    @Test
    void delivery_is_paused_and_resumed() {
        Page page = chromium.open(service);
        Locator card = card(page, "Delivery to Talkdesk");

        button(card, "Pause").click();
        assertThat(card).containsText("paused");
        List<String> contacts = contacts(2);
        salesforce.publishDelete(contacts);
        assertThat(count(page, "pending")).hasText("4");
        button(card, "Resume…").click();
        button(page.locator("dialog#confirm"), "Resume").click();

        assertThat(card).containsText("open");
        talkdesk.awaitGone(LIST, contacts);
        assertThat(count(page, "pending")).hasText("0");
    }

    @Test
    void a_sweep_and_a_presence_check_are_ordered_and_watched() {
        deleted(1);
        Page page = chromium.open(service);
        salesforce.restHangs();

        button(page.locator("main"), "Sweep now").click();
        assertThat(card(page, "Sweep of Salesforce").getByRole(AriaRole.PROGRESSBAR))
                .isVisible();
        assertThat(card(page, "Sweep of Salesforce")).containsText(Pattern.compile("Running: \\d+ found, \\d+ new"));
        salesforce.restAnswers();
        assertThat(card(page, "Sweep of Salesforce").getByRole(AriaRole.PROGRESSBAR))
                .isHidden();

        button(page.locator("main"), "Check the lists…").click();
        button(page.locator("dialog#confirm"), "Check").click();
        assertThat(page.getByText("The presence check is ordered.")).isVisible();
        assertThat(card(page, "Presence check")).containsText("done");
    }

    @Test
    void what_is_refused_or_unreadable_is_listed() {
        salesforce.publishUndecodable();
        Page page = chromium.open(service);

        assertThat(card(page, "Problems").getByRole(AriaRole.LISTITEM).first()).containsText("event");
    }

    @Test
    void without_an_answer_what_is_shown_is_marked_as_old() {
        Page page = chromium.open(service);

        page.route("**/api/**", Route::abort);
        assertThat(heading(page, "The service does not answer")).isVisible();
        assertThat(page.locator("#health")).containsText("Everything below is old: from ");
        assertThat(page.locator("body")).hasClass("old");
        button(page.locator("main"), "Sweep now").click();
        assertThat(page.getByText("it cannot be reached").last()).isVisible();

        page.unroute("**/api/**");
        assertThat(heading(page, "The service does not answer")).isHidden();
        assertThat(page.locator("body")).not().hasClass("old");
    }

    /** Tab, Enter, Space and Escape are enough: here a dead letter is looked at and discarded. */
    @Test
    void a_keyboard_is_enough() {
        List<String> contacts = contacts(3);
        talkdesk.onList(LIST).refuses(contacts.get(0));
        salesforce.publishDelete(contacts);
        service.await("one is parked", () -> service.count("parked") == 1 && service.count("pending") == 0);
        Page page = chromium.open(service);
        assertThat(row(card(page, "Dead letters"), LIST)).isVisible();

        page.keyboard().press("Tab");
        assertThat(page.getByText("Skip to the content")).isFocused();
        page.keyboard().press("Enter");
        tabTo(page, "Look at bad request");
        page.keyboard().press("Enter");
        assertThat(page.locator("#rows-close")).isFocused();
        tabTo(page, "Choose " + contacts.get(0));
        page.keyboard().press("Space");
        tabTo(page, "Discard chosen (1)…");
        page.keyboard().press("Enter");
        assertThat(page.locator("#confirm-no")).isFocused();
        tabTo(page, "Discard 1");
        page.keyboard().press("Enter");

        assertThat(page.getByText("Discarded 1 deletion.")).isVisible();
        assertThat(page.locator("dialog#confirm")).isHidden();
        page.keyboard().press("Escape");
        assertThat(page.locator("dialog#rows")).isHidden();
        assertThat(page.locator("body")).not().isFocused();
        assertThat(service.count("parked")).isZero();
        talkdesk.onList(LIST).acceptsAgain(contacts.get(0));
    }

    @Test
    void it_is_accessible_light_on_a_desktop_and_dark_on_a_phone() {
        List<String> contacts = contacts(3);
        talkdesk.onList(LIST).refuses(contacts.get(0));
        salesforce.publishDelete(contacts);
        salesforce.publishUndecodable();
        service.await("one is parked", () -> service.count("parked") == 1 && service.count("pending") == 0);

        // The colours go by the scheme, the layout by the width.
        for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            int width = scheme == ColorScheme.LIGHT ? 1280 : 390;
            Page page = chromium.open(service, width, scheme);
            assertThat(row(card(page, "Dead letters"), LIST)).isVisible();
            page.getByLabel("Salesforce contact id").fill(contacts.get(1));
            page.keyboard().press("Enter");
            assertThat(page.getByRole(AriaRole.ARTICLE)).isVisible();

            Chromium.assertAccessible(page, "html");
            assertThat((int) page.evaluate("document.documentElement.scrollWidth"))
                    .as("nothing is wider than the screen")
                    .isLessThanOrEqualTo(width);
        }
        talkdesk.onList(LIST).acceptsAgain(contacts.get(0));
    }

    // ---- what is clicked and read

    /** Presses Tab until what has this name has the focus. */
    private static void tabTo(Page page, String name) {
        for (int presses = 0; presses < 60; presses++) {
            page.keyboard().press("Tab");
            if (name.equals(page.evaluate("document.activeElement.ariaLabel ?? document.activeElement.textContent"))) {
                return;
            }
        }
        throw new AssertionError("Sixty presses of Tab did not come to " + name);
    }

    private static Locator count(Page page, String state) {
        return page.locator("#counts div")
                .filter(new Locator.FilterOptions()
                        .setHas(page.getByText(state, new Page.GetByTextOptions().setExact(true))))
                .locator("dd");
    }

    // ---- what is brought about

    private static List<String> contacts(int n) {
        List<String> ids = Stream.generate(ContactIds::next).limit(n).toList();
        talkdesk.addRecords(LIST, "salesforce", ids);
        talkdesk.addRecords(OTHER_LIST, "salesforce", ids);
        return ids;
    }

    /** Contacts whose records are gone from both lists. */
    private static List<String> deleted(int n) {
        List<String> ids = contacts(n);
        long before = service.count("deleted");
        salesforce.publishDelete(ids);
        service.await("they are settled", () -> service.count("deleted") == before + 2L * n);
        return ids;
    }
}
