package io.recordsync.packages;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the Helm chart has to agree on with its neighbours. What it renders is examined by {@code mvn -Ppackages verify}. */
class ChartFilesTest {

    private static final Path CHART = Path.of("ops/helm/salesforce-talkdesk-sync");
    private static final Path IMAGE = Path.of("ops/Containerfile");
    private static final String OURS = "<artifactId>salesforce-talkdesk-sync</artifactId>\\s+<version>(.*)</version>";

    @Test
    void its_alerts_are_those_of_ops() throws Exception {
        assertThat(Files.isSameFile(CHART.resolve("alerts.yml"), Path.of("ops/alerts.yml")))
                .as("a link to it, not a copy")
                .isTrue();
    }

    @Test
    void it_has_the_version_of_the_release() throws Exception {
        String version = release();

        assertThat(Files.readAllLines(CHART.resolve("Chart.yaml")))
                .contains("version: " + version, "appVersion: " + version);
    }

    @Test
    void so_have_the_examples_the_documents_and_what_is_generated() throws Exception {
        String version = release();

        try (Stream<Path> examples = Files.list(Path.of("examples"))) {
            for (Path pom : examples.map(example -> example.resolve("pom.xml")).toList()) {
                // That of camel run names it on its command line only.
                assertThat(all(OURS, pom)).as(pom.toString()).allMatch(version::equals);
            }
        }
        assertThat(all("mvn:io\\.recordsync:salesforce-talkdesk-sync:(\\S+)", Path.of("docs/runtimes.md")))
                .isNotEmpty()
                .allMatch(version::equals);
        assertThat(
                        first(
                                "\"version\": \"(.*)\"",
                                Path.of(
                                        "src/generated/resources/META-INF/io/recordsync/salesforce/stream/salesforce-stream.json")))
                .isEqualTo(version);
        if (!version.endsWith("-SNAPSHOT")) {
            assertThat(first("(?m)^## (\\d\\S*) \\(\\d{4}-\\d{2}-\\d{2}\\)$", Path.of("CHANGELOG.md")))
                    .as("the newest release of the changelog")
                    .isEqualTo(version);
        }
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

    private static String release() throws Exception {
        return first(OURS, Path.of("pom.xml"));
    }

    private static String first(String pattern, Path file) throws Exception {
        List<String> all = all(pattern, file);
        assertThat(all).as(pattern).isNotEmpty();
        return all.get(0);
    }

    /** What stands in the first group. */
    private static List<String> all(String pattern, Path file) throws Exception {
        return Pattern.compile(pattern)
                .matcher(Files.readString(file))
                .results()
                .map(found -> found.group(1))
                .toList();
    }
}
