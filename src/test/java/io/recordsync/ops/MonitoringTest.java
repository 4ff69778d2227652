package io.recordsync.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.deletion.Batch;
import io.recordsync.deletion.ClaimedDeletion;
import io.recordsync.deletion.Identifier;
import io.recordsync.stories.Programs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What is documented, alerted on and plotted is what the service reports; and the alerts fire when they must. */
class MonitoringTest {

    private static final Path DOCUMENT = Path.of("docs/operations.md");
    private static final Path ALERTS = Path.of("ops/alerts.yml");

    @Test
    void the_table_of_metrics_the_alerts_and_the_dashboard_name_what_there_is() throws Exception {
        String scraped = scrape();
        Set<String> families = all("(?m)^# TYPE (recordsync_\\w+?)(?:_max)? ", scraped);

        assertThat(all("(?m)^\\| `(recordsync_\\w+)`", Files.readString(DOCUMENT)))
                .isEqualTo(families);
        // With their endings: of a histogram there is no sample that bears its name.
        Set<String> samples = all("(?m)^(recordsync_\\w+)", scraped);
        assertThat(all("(recordsync_\\w+)", Files.readString(ALERTS)))
                .hasSizeGreaterThan(4)
                .isSubsetOf(samples);
        assertThat(all("(recordsync_\\w+)", Files.readString(Path.of("ops/dashboard.json"))))
                .hasSizeGreaterThan(10)
                .isSubsetOf(samples);
    }

    @Test
    void what_an_alert_asks_of_a_label_is_there() throws Exception {
        String scraped = scrape();
        for (String file : List.of("ops/alerts.yml", "ops/alerts_test.yml")) {
            Set<String> checks = all("(?:check=\"|check!~\"|\\|)([a-z-]+)(?=[\"|])", Files.readString(Path.of(file)));
            assertThat(checks).hasSizeGreaterThan(4).allSatisfy(check -> assertThat(scraped)
                    .contains("recordsync_check_up{check=\"" + check + "\"}"));
        }
    }

    @Test
    void every_alert_says_what_to_do_in_the_documentation_and_is_tested() throws IOException {
        Set<String> alerts = all("alert: (\\w+)", Files.readString(ALERTS));

        assertThat(all("(?m)^\\| `(Recordsync\\w+)` \\|", Files.readString(DOCUMENT)))
                .isEqualTo(alerts);
        assertThat(all(
                        "alertname: (\\w+)\\s+exp_alerts:\\s+- exp_labels",
                        Files.readString(Path.of("ops/alerts_test.yml"))))
                .isEqualTo(alerts);
    }

    @Test
    void the_alerts_are_rules_of_prometheus_and_fire_when_they_must() throws Exception {
        promtool("check", "rules", ALERTS.toString());
        promtool("test", "rules", "ops/alerts_test.yml");
    }

    private static void promtool(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(arguments));
        command.add(0, Programs.require("promtool").toString());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    /** Everything happens once: what never did is not reported. */
    private static String scrape() throws Exception {
        try (OpsServer server = OpsServer.start("127.0.0.1", "")) {
            server.metrics.called(
                    new Batch(List.of(new ClaimedDeletion(1, "list-a", Identifier.phone("+12"), 0, 0, "s"))),
                    200,
                    System.nanoTime());
            server.metrics.countDroppedLines(() -> 0);
            server.listNames.look();
            return server.metrics();
        }
    }

    private static Set<String> all(String pattern, String text) {
        Set<String> found = new TreeSet<>();
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        return found;
    }
}
