package io.recordsync.packages;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the Helm chart has to agree on with its neighbours. What it renders is examined by {@code mvn -Ppackages verify}. */
class ChartFilesTest {

    private static final Path CHART = Path.of("ops/helm/salesforce-talkdesk-sync");
    private static final Path IMAGE = Path.of("ops/Containerfile");

    @Test
    void its_alerts_are_those_of_ops() throws Exception {
        assertThat(Files.isSameFile(CHART.resolve("alerts.yml"), Path.of("ops/alerts.yml")))
                .as("a link to it, not a copy")
                .isTrue();
    }

    @Test
    void it_has_the_version_of_the_release() throws Exception {
        String version = first(
                "<artifactId>salesforce-talkdesk-sync</artifactId>\\s+<version>(.*)</version>", Path.of("pom.xml"));

        assertThat(Files.readAllLines(CHART.resolve("Chart.yaml")))
                .contains("version: " + version, "appVersion: " + version);
    }

    @Test
    void the_image_has_the_places_the_port_and_the_user_that_it_names() throws Exception {
        String pod = Files.readString(CHART.resolve("templates/_helpers.tpl"));

        assertThat(pod)
                .contains(
                        "mountPath: " + first("(?m)^VOLUME (.*)$", IMAGE) + "\n",
                        "mountPath: " + first("RECORDSYNC_CONFIG=(\\S+)", IMAGE) + "\n",
                        "containerPort: " + first("(?m)^EXPOSE (.*)$", IMAGE) + "\n");
        assertThat(Files.readString(CHART.resolve("values.yaml")))
                .contains(
                        "path: " + first("RECORDSYNC_SITE_ROUTES=(\\S+)", IMAGE) + "}\n",
                        "  user: " + first("(?m)^USER (\\d+):", IMAGE) + "\n",
                        "  group: " + first("(?m)^USER \\d+:(\\d+)$", IMAGE) + "\n");
    }

    private static String first(String pattern, Path file) throws Exception {
        Matcher matcher = Pattern.compile(pattern).matcher(Files.readString(file));
        assertThat(matcher.find()).as(pattern).isTrue();
        return matcher.group(1);
    }
}
