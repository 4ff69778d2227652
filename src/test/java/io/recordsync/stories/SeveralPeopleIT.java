package io.recordsync.stories;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.ScreenshotOptions;
import com.microsoft.playwright.options.AriaRole;
import io.recordsync.simulator.salesforce.ContactIds;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An operator and a viewer, each with a password of their own in a file of htpasswd. */
@Tag("long")
class SeveralPeopleIT {

    private static final String LIST = "5f1c7a2e-5e7e-4a7e-9b2f-aaaaaaaaaaaa";
    private static final String ADAS = "the password of ada";
    private static final String BOBS = "the password of bob";
    /** By {@code htpasswd -nbB}. */
    private static final String ADA = "ada:$2y$05$Ig4xUq34scIBM4f50bK/LucrHS4ARZ61G/.Ma1OFUX.OUW1Qsi0FS\n";

    private static final String BOB = "bob:$2y$05$WD2Uh7k3m178.5OIV8kYh.pt2sRbI/gkREVbT.qedRSuPtmb..bD2\n";
    private static final String CAL = "cal:$2y$05$WD2Uh7k3m178.5OIV8kYh.pt2sRbI/gkREVbT.qedRSuPtmb..bD2\n";

    @TempDir
    Path folder;

    private Path file;
    private SalesforceSimulator salesforce;
    private TalkdeskSimulator talkdesk;
    private Service service;

    @BeforeEach
    void start() throws Exception {
        file = Files.writeString(folder.resolve("users"), "# of the contact centre\n" + ADA + BOB);
        salesforce = SalesforceSimulator.start();
        talkdesk = TalkdeskSimulator.start();
        talkdesk.addList(LIST, "EXTERNAL");
        service = new Service(folder, salesforce, talkdesk, LIST)
                .with("ops.users", file.toString())
                .with("ops.viewers", "bob")
                .with("ops.host", "0.0.0.0")
                .with("guard.max-deletions", "2")
                .as("ada", ADAS)
                .startSubscribed();
    }

    @AfterEach
    void stop() {
        service.close();
        talkdesk.close();
        salesforce.close();
    }

    @Test
    void a_viewer_looks_an_operator_decides_and_the_ledger_and_the_log_name_her() throws Exception {
        List<String> contacts = held();

        service.as("bob", BOBS);
        assertThat(service.status().at("/you").toString()).isEqualTo("{\"name\":\"bob\",\"mayChange\":false}");
        assertThat(service.deletions("state=held")).hasSize(3);
        var refused = service.post("/api/guard/approve", "{\"state\": \"held\"}");
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.body()).contains("You may look, not change, because ops.viewers names you: ask an operator");
        assertThat(service.count("held")).isEqualTo(3);

        service.as("ada", ADAS);
        assertThat(service.post("/api/guard/approve", "{\"state\": \"held\"}").statusCode())
                .isEqualTo(200);
        talkdesk.awaitGone(LIST, contacts);
        service.await("it is written down", () -> service.count("deleted") == 3);
        for (String contact : contacts) {
            JsonNode receipt =
                    service.get("/api/receipts?externalId=" + contact).at("/receipts/0");
            assertThat(receipt.path("decidedBy").asText()).isEqualTo("ada@127.0.0.1");
            assertThat(receipt.path("approvedBy").asText()).isEqualTo("ada@127.0.0.1");
        }
        assertThat(service.log())
                .contains("ada@127.0.0.1 approved 3 held deletions")
                .doesNotContain("bob@127.0.0.1");

        // Nobody without a password, and nobody with another's.
        for (String[] wrong : new String[][] {{"ada", BOBS}, {"bob", ADAS}, {"operator", ADAS}}) {
            assertThat(service.as(wrong[0], wrong[1]).answer("/api/status").statusCode())
                    .isEqualTo(401);
        }
    }

    @Test
    void a_change_of_the_file_takes_effect_while_it_runs_and_a_mistake_in_it_shuts_nobody_out() throws Exception {
        Files.writeString(file, ADA + CAL);
        service.as("cal", BOBS);
        service.await("cal is known", () -> service.answer("/api/status").statusCode() == 200);
        assertThat(service.as("bob", BOBS).answer("/api/status").statusCode()).isEqualTo(401);
        assertThat(service.log()).contains("was read again: ada, cal", "ops.viewers names bob, who is no longer in");

        Files.writeString(file, ADA + "cal\n");
        service.await("it is said", () -> service.log().contains("has become wrong"));
        assertThat(service.log()).contains("line 2 has no colon: expected <name>:<hash>");
        assertThat(service.as("cal", BOBS).answer("/api/status").statusCode()).isEqualTo(200);

        Files.writeString(file, BOB);
        service.await("it is right again", () -> service.log().contains("was read again and is right: bob (may look)"));
        assertThat(service.as("ada", ADAS).answer("/api/status").statusCode()).isEqualTo(401);
        assertThat(service.as("bob", BOBS).status().at("/you/mayChange").asBoolean(true))
                .isFalse();
        assertThat(service.post("/api/pause", "{}").statusCode()).isEqualTo(403);
        assertThat(service.log().lines().filter(line -> line.contains("has become wrong")))
                .hasSize(1)
                .allMatch(line -> line.contains(" ERROR "));

        // The next start says what the file has wrong, each with its line.
        Files.writeString(file, ADA + "cal:$apr1$dXU.h1wL$o1HmRNu8xZereWoFF7cZB0\n");
        service.kill();
        Map<String, String> environment = service.environment();
        Command check = Command.run(environment, "config", "check");
        assertThat(check.exitCode()).isEqualTo(1);
        assertThat(check.err())
                .contains(
                        "ops.users (OPS_USERS) = " + file + ": line 2 has no hash of bcrypt for cal (it is one of MD5")
                .contains("write it anew by `htpasswd -B " + file + " cal`")
                .doesNotContain("dXU");
        Files.writeString(file, ADA);
        service.launch();
        assertThat(service.awaitEnd()).isEqualTo(1);
        assertThat(service.log()).contains("ops.viewers names bob, who is in no line of it");
    }

    @Test
    @Tag("browser")
    void the_page_offers_a_viewer_nothing_that_would_be_refused() throws Exception {
        held();
        talkdesk.onList(LIST)
                .refuses(service.deletions("state=held")
                        .get(0)
                        .path("externalId")
                        .asText());
        service.post("/api/guard/approve", "{\"state\": \"held\"}");
        service.await("one is parked", () -> service.count("parked") == 1 && service.count("deleted") == 2);
        List<String> more = Stream.generate(ContactIds::next).limit(3).toList();
        talkdesk.addRecords(LIST, "salesforce", more);
        salesforce.publishDelete(more);
        service.await("they are held", () -> service.count("held") == 3);
        try (Chromium chromium = new Chromium()) {
            Page page = chromium.openAs("bob", BOBS, service);

            assertThat(page.locator("#looks")).containsText("You may look, not change: you are bob");
            assertThat(page.locator("#guard")).isVisible();
            assertThat(page.getByText("bad request").first()).isVisible();
            assertThat(visibleButtons(page))
                    .contains("Look at them", "Look", "Find")
                    .isSubsetOf(
                            "Look at them",
                            "Look",
                            "Find",
                            "Download CSV",
                            "Download JSON",
                            "As a table",
                            "Receipts of a period");
            page.screenshot(new ScreenshotOptions()
                    .setPath(Path.of("target/stories/viewer.png"))
                    .setFullPage(true));
            page.locator("#guard-look").click();
            assertThat(page.locator("dialog#rows")).containsText(more.get(0));
            assertThat(page.locator("dialog#rows input")).hasCount(0);
            assertThat(page.locator("#rows-acts button")).hasCount(0);
            Chromium.assertAccessible(page, "body");

            page = chromium.openAs("ada", ADAS, service);
            assertThat(page.locator("#looks")).isHidden();
            assertThat(page.locator("#guard-approve")).isVisible();
            assertThat(visibleButtons(page)).contains("Approve 3…", "Reject 3…", "Pause", "Sweep now", "Redrive…");
            chromium.assertKeptToItself(service);
        }
    }

    private static List<String> visibleButtons(Page page) {
        return page.getByRole(AriaRole.BUTTON).all().stream()
                .filter(Locator::isVisible)
                .map(Locator::innerText)
                .toList();
    }

    private List<String> held() {
        List<String> contacts = Stream.generate(ContactIds::next).limit(3).toList();
        talkdesk.addRecords(LIST, "salesforce", contacts);
        salesforce.publishMergedDelete(contacts.toArray(String[]::new));
        service.await("the guard holds them", () -> service.count("held") == 3);
        return contacts;
    }
}
