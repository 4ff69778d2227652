package io.recordsync.stories;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.recordsync.stories.Chromium.button;
import static io.recordsync.stories.Chromium.card;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import io.recordsync.simulator.salesforce.ContactIds;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two people at the page, and a proxy in front of it that gives up: what a button says is what is ordered, once. */
@Tag("browser")
class PageOrdersIT {

    private static final String LIST = "5f1c7a2e-4a21-4a7e-9b2f-bbbbbbbbbbbb";

    @TempDir
    Path folder;

    private Chromium first;
    private SalesforceSimulator salesforce;
    private TalkdeskSimulator talkdesk;
    private Service service;

    @BeforeEach
    void start() throws IOException {
        first = new Chromium();
        salesforce = SalesforceSimulator.start();
        talkdesk = TalkdeskSimulator.start();
        talkdesk.addList(LIST, "EXTERNAL");
        service = new Service(folder, salesforce, talkdesk, LIST)
                .with("guard.max-deletions", "5")
                // A file that is locked for a while is no process that died.
                .with("session.ttl", "30s")
                .startSubscribed();
    }

    @AfterEach
    void stop() {
        if (first == null) {
            return;
        }
        first.close();
        service.close();
        talkdesk.close();
        salesforce.close();
    }

    @Test
    void two_people_who_press_pause_pause_and_to_resume_is_asked_first() {
        try (Chromium second = new Chromium()) {
            Page ada = first.open(service);
            Page kim = second.open(service);
            Locator pausesAda = card(ada, "Delivery to Talkdesk");
            Locator pausesKim = card(kim, "Delivery to Talkdesk");
            // What Kim sees stands still, as for whoever looks at it a moment too early.
            kim.route("**/api/status", Route::abort);

            button(pausesAda, "Pause").click();
            assertThat(pausesAda).containsText("paused");
            button(pausesKim, "Pause").click();
            assertThat(kim.getByText("Paused: deletions are accepted")).isVisible();
            assertPaused();

            // Once Kim sees it, the same button names another order, and asks first.
            kim.unroute("**/api/status");
            button(pausesKim, "Resume…").click();
            Locator dialog = kim.locator("dialog#confirm");
            assertThat(dialog).containsText("Paused by");
            button(dialog, "Cancel").click();
            assertPaused();

            // While Ada is asked, Kim resumes and pauses again: that is another pause than Ada was shown.
            button(pausesAda, "Resume…").click();
            button(pausesKim, "Resume…").click();
            button(dialog, "Resume").click();
            assertThat(pausesKim).containsText("open");
            button(pausesKim, "Pause").click();
            assertThat(pausesKim).containsText("paused");
            button(ada.locator("dialog#confirm"), "Resume").click();
            assertThat(ada.locator("dialog#confirm").getByRole(AriaRole.ALERT)).containsText("Not done: ");
            assertPaused();
        }
    }

    /**
     * The file is locked from the moment the order goes out until the proxy has given up: the service waits for it for five seconds, and
     * does not carry the order out after that. The browser looks at what became of it only when told to, however slow it is.
     */
    @Test
    void a_proxy_that_gives_up_says_nothing_about_the_order() throws Exception {
        Path answers = folder.resolve("nginx/answers.log");
        try (Nginx nginx = new Nginx(folder.resolve("nginx"))) {
            String pass = "proxy_pass http://127.0.0.1:" + service.port() + "; proxy_set_header Host $http_host;";
            nginx.start(
                    "",
                    "location / { " + pass + " } location /api/guard/approve { " + pass
                            + " proxy_read_timeout 1s; access_log " + answers + "; }");
            service.post("/api/pause", "{}");
            List<String> contacts = Stream.generate(ContactIds::next).limit(20).toList();
            talkdesk.addRecords(LIST, "salesforce", contacts);
            salesforce.publishMergedDelete(contacts.toArray(String[]::new));
            service.await("they are held", () -> service.count("held") == 20);
            service.post("/api/resume", "{}");
            Page page = first.open(nginx.port(), 1280, ColorScheme.LIGHT);
            button(page.locator("main"), "Approve 20…").click();
            Locator dialog = page.locator("dialog#confirm");
            List<Route> looks = new ArrayList<>();
            page.route("**/api/orders/**", looks::add);

            try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("recordsync.db"));
                    Statement statement = other.createStatement()) {
                page.route("**/api/guard/approve", order -> {
                    execute(statement, "begin immediate");
                    order.resume();
                });
                button(dialog, "Approve 20").click();
                page.waitForCondition(() -> gaveUp(answers));
                assertThat(talkdesk.recordCount(LIST)).isEqualTo(20);
                statement.execute("rollback");
            }

            assertThat(dialog.getByRole(AriaRole.ALERT))
                    .containsText("Not known yet whether it was done (the answer was 504)");
            page.unroute("**/api/orders/**");
            looks.forEach(Route::resume);
            assertThat(page.getByText("Approved 20 deletions."))
                    .isVisible(new LocatorAssertions.IsVisibleOptions().setTimeout(20_000));
            assertThat(page.getByText("Not done")).hasCount(0);
            talkdesk.awaitGone(LIST, contacts);
        }
    }

    private static void execute(Statement statement, String sql) {
        try {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean gaveUp(Path answers) {
        try {
            return Files.exists(answers) && Files.readString(answers).contains(" 504 ");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void assertPaused() {
        assertThat(service.status().at("/delivery/state").asText()).isEqualTo("paused");
    }
}
