package io.recordsync.stories;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.recordsync.stories.Chromium.button;
import static io.recordsync.stories.Chromium.card;
import static io.recordsync.stories.Chromium.heading;
import static io.recordsync.stories.Chromium.row;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.recordsync.simulator.salesforce.ContactIds;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The two decisions that only a person takes, taken on the page: to go live, and what becomes of a mass deletion. */
@Tag("browser")
class PageDecisionsIT {

    private static final String LIST = "5f1c7a2e-4a21-4a7e-9b2f-aaaaaaaaaaaa";

    @TempDir
    Path folder;

    private Chromium chromium;
    private SalesforceSimulator salesforce;
    private TalkdeskSimulator talkdesk;
    private Service service;

    @BeforeEach
    void start() throws IOException {
        chromium = new Chromium();
        salesforce = SalesforceSimulator.start();
        talkdesk = TalkdeskSimulator.start();
        talkdesk.addList(LIST, "EXTERNAL");
        service = new Service(folder, salesforce, talkdesk, LIST)
                .with("guard.max-deletions", "20")
                .with("delivery.mode", "dry-run")
                .startSubscribed();
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
    void a_rehearsal_goes_live_and_a_mass_deletion_is_decided() throws Exception {
        List<String> discarded = contacts(1);
        salesforce.publishDelete(discarded);
        service.await("it is rehearsed", () -> service.count("rehearsed") == 1);
        Page page = chromium.open(service);
        button(page.locator("main"), "Discard 1…").click();
        answer(page, "Discard 1");
        assertThat(page.getByText("Discarded 1 deletion.")).isVisible();
        assertThat(service.count("cancelled")).isOne();

        List<String> rehearsed = contacts(5);
        salesforce.publishDelete(rehearsed);
        service.await("they are rehearsed", () -> service.count("rehearsed") == 5);
        assertThat(page.locator("#mode")).hasText("dry run");
        assertThat(heading(page, "Worth a look")).isVisible();
        Locator rehearsal = card(page, "Dry run: nothing is deleted in Talkdesk");
        assertThat(rehearsal).containsText("5 deletions would have been sent.");
        assertThat(button(rehearsal, "Go live")).isHidden();
        button(rehearsal, "Look at them").click();
        assertThat(page.locator("dialog#rows")).containsText(rehearsed.get(0));
        assertThat(talkdesk.recordCount(LIST)).isEqualTo(6);

        service.kill();
        plotADay();
        talkdesk.onList(LIST).refuses(rehearsed.get(4));
        service.with("delivery.mode", "live").startSubscribed();
        page = chromium.open(service);
        assertThat(page.locator("#mode")).hasText("live");
        button(page.locator("main"), "Go live with 5…").click();
        answer(page, "Go live with 5");
        assertThat(page.getByText("Gone live: 5 deletions.")).isVisible();
        talkdesk.awaitGone(LIST, rehearsed.subList(0, 4));
        service.await("one is parked", () -> service.count("parked") == 1);
        assertThat(card(page, "What was rehearsed")).isHidden();

        // Paused, so that none of them is gone before the guard has counted them.
        service.post("/api/pause", "{}");
        List<String> masses = contacts(30);
        salesforce.publishMergedDelete(masses.toArray(String[]::new));
        service.await("all of them are held", () -> service.count("held") == 30);
        service.post("/api/resume", "{}");
        page = screenshots();
        Locator guard = card(page, "The guard stopped a mass deletion");
        assertThat(guard).containsText(Pattern.compile("30 deletions are held since .* more than 20 contacts"));
        assertThat(heading(page, "Something is wrong")).isVisible();
        assertThat(page.locator("#health")).containsText("guard");
        Chromium.assertAccessible(page, "html");

        button(guard, "Look at them").click();
        Locator rows = page.locator("dialog#rows");
        rows.getByLabel("Choose " + masses.get(3)).check();
        button(rows, "Reject chosen (1)…").click();
        answer(page, "Reject 1");
        assertThat(page.getByText("Rejected 1 deletion.")).isVisible();
        button(rows, "Close").click();
        assertThat(guard).containsText("29 deletions are held");

        // Between the question and the answer one more is held: nobody has agreed to that one.
        button(guard, "Approve 29…").click();
        String late = contacts(1).get(0);
        salesforce.publishDelete(late);
        service.await("it is held", () -> service.count("held") == 30);
        Locator dialog = page.locator("dialog#confirm");
        button(dialog, "Approve 29").click();
        assertThat(page.getByText("Approved 29 deletions. 1 more came since")).isVisible();
        assertThat(service.count("held")).isEqualTo(1);

        button(guard, "Approve 1…").click();
        answer(page, "Approve 1");
        assertThat(page.getByText("Approved 1 deletion.")).isVisible();
        talkdesk.awaitGone(LIST, List.of(late));
        assertThat(guard).containsText("Nothing is held now, but what comes will be");
        button(guard, "Open it for an hour…").click();
        answer(page, "Open it");
        Locator open = card(page, "The guard is open");
        assertThat(open).containsText(Pattern.compile("Opened by anonymous@.* it stops nothing"));
        button(open, "Shut it now").click();
        assertThat(page.getByText("The guard is shut again")).isVisible();
        assertThat(open).isHidden();
        service.await("all are settled", () -> service.count("deleted") == 34);
        assertThat(talkdesk.records(LIST))
                .extracting("externalId")
                .containsExactlyInAnyOrder(discarded.get(0), rehearsed.get(4), masses.get(3));
        service.post("/api/deletions/discard", "{\"state\":\"parked\"}");
        Locator history = card(page, "What lies before");
        assertThat(history).containsText(LIST);
        button(history, "Decline").click();
        answer(page, "Decline");
        assertThat(history).isHidden();
        assertThat(heading(page, "All is well")).isVisible();
        chromium.assertKeptToItself(service);
    }

    /** Into docs/ with -Dscreenshots, else beside the logs of the stories. @return the page that is open */
    private Page screenshots() {
        Path folder = Path.of(System.getProperty("screenshots") == null ? "target/stories" : "docs");
        Page page = null;
        for (int width : List.of(390, 1280)) {
            boolean phone = width == 390;
            page = chromium.open(service, width, phone ? ColorScheme.DARK : ColorScheme.LIGHT);
            assertThat(card(page, "The guard stopped a mass deletion")).isVisible();
            assertThat(row(card(page, "Dead letters"), LIST)).isVisible();
            assertThat(page.locator(".canvas canvas")).hasCount(2);
            page.setViewportSize(width, phone ? 844 : 1460);
            page.screenshot(
                    new Page.ScreenshotOptions().setPath(folder.resolve(phone ? "page-phone.png" : "page.png")));
        }
        return page;
    }

    /** A day that looks like one; the service adds what it does to it. */
    private void plotADay() throws SQLException {
        Random random = new Random(7);
        long now = System.currentTimeMillis() / 60_000;
        try (Connection file = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("recordsync.db"));
                PreparedStatement insert = file.prepareStatement(
                        "insert or ignore into history (minute, accepted, deleted, parked) values (?, ?, ?, ?)")) {
            file.setAutoCommit(false);
            for (int ago = 1440; ago > 0; ago--) {
                int accepted = (int) Math.max(0, random.nextGaussian() * 4 + 5 + 4 * Math.sin(ago / 230.0));
                int parked = random.nextInt(90) == 0 ? 2 : 0;
                insert.setLong(1, now - ago);
                insert.setInt(2, accepted + parked);
                insert.setInt(3, accepted);
                insert.setInt(4, parked);
                insert.addBatch();
            }
            insert.executeBatch();
            file.commit();
        }
    }

    private static void answer(Page page, String yes) {
        button(page.locator("dialog#confirm"), yes).click();
    }

    private List<String> contacts(int n) {
        List<String> ids = Stream.generate(ContactIds::next).limit(n).toList();
        talkdesk.addRecords(LIST, "salesforce", ids);
        return ids;
    }
}
