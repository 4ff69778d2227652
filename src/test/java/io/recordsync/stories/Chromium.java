package io.recordsync.stories;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.CheckedNode;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The machine's Chromium, with one page open at a time.
 *
 * <p>Remembers what every page asked for and complained about: nothing may leave the host, and nothing may break the policy
 * that the page is served with.
 */
final class Chromium implements AutoCloseable {

    private final Playwright playwright;
    private final Browser browser;
    private final List<String> hosts = new ArrayList<>();
    private final List<String> complaints = new ArrayList<>();
    private BrowserContext context;

    /** Skips the tests where it is not installed. */
    Chromium() {
        Path program = Programs.require("chromium");
        // The driver's own browsers are downloads; the machine's is used.
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(program)
                        .setArgs(List.of(
                                "--no-sandbox",
                                "--disable-gpu",
                                "--disable-quic",
                                "--no-first-run",
                                "--disable-background-networking",
                                "--disable-component-update",
                                "--disable-sync")));
    }

    Page open(Service service) {
        return open(service, 1280, ColorScheme.LIGHT);
    }

    /** The page of a service, once it has shown a status; the one before is closed. */
    Page open(Service service, int width, ColorScheme scheme) {
        return open(service.port(), width, scheme);
    }

    /** Likewise, for who types this into the browser's dialog. */
    Page openAs(String user, String password, Service service) {
        return open(
                service.port(),
                1280,
                ColorScheme.LIGHT,
                new Browser.NewContextOptions().setHttpCredentials(user, password));
    }

    /** Likewise, through what listens on this port. */
    Page open(int port, int width, ColorScheme scheme) {
        return open(port, width, scheme, new Browser.NewContextOptions());
    }

    private Page open(int port, int width, ColorScheme scheme, Browser.NewContextOptions options) {
        closePage();
        context = browser.newContext(options.setViewportSize(width, width < 600 ? 844 : 900)
                .setColorScheme(scheme)
                .setTimezoneId("UTC")
                .setAcceptDownloads(true));
        context.onRequest(request -> hosts.add(URI.create(request.url()).getAuthority()));
        Page page = context.newPage();
        page.onPageError(complaints::add);
        page.onConsoleMessage(message -> {
            // A request that was refused is told on the page; Chromium tells it too.
            if (message.type().equals("error") && !message.text().startsWith("Failed to load resource")) {
                complaints.add(message.text());
            }
        });
        page.navigate("http://localhost:" + port + "/");
        assertThat(page.locator("#asked")).containsText("as of");
        return page;
    }

    /** No request went anywhere but to the service, and no script failed or was forbidden. */
    void assertKeptToItself(Service... services) {
        assertThat(hosts).isNotEmpty();
        assertThat(hosts)
                .isSubsetOf(Arrays.stream(services)
                        .map(service -> "localhost:" + service.port())
                        .toList());
        assertThat(complaints).isEmpty();
    }

    /** axe-core has nothing to say of what is in the place, however slight. */
    static void assertAccessible(Page page, String place) {
        assertThat(new AxeBuilder(page)
                        .setLegacyMode(true)
                        .include(place)
                        .analyze()
                        .getViolations())
                .as(place)
                .extracting(rule -> rule.getId() + " (" + rule.getImpact() + "): "
                        + rule.getNodes().stream().map(CheckedNode::getHtml).toList())
                .isEmpty();
    }

    // ---- what a person looks for

    static Locator heading(Page page, String words) {
        return page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setName(words));
    }

    static Locator card(Page page, String title) {
        return page.getByRole(
                AriaRole.REGION, new Page.GetByRoleOptions().setName(title).setExact(true));
    }

    static Locator row(Locator within, String words) {
        return within.getByRole(AriaRole.ROW).filter(new Locator.FilterOptions().setHasText(words));
    }

    static Locator button(Locator within, String name) {
        return within.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName(name));
    }

    private void closePage() {
        if (context != null) {
            context.close();
        }
    }

    @Override
    public void close() {
        browser.close();
        playwright.close();
    }
}
