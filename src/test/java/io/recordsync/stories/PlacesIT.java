package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.recordsync.Secrets;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The zip in the folders of a package: program, configuration, routes of the site, data and cache are each elsewhere. */
@Tag("packaging")
@Timeout(180)
class PlacesIT {

    private static final String CONTACT = "003DL0000212DetYAE";

    @TempDir
    Path folder;

    @Test
    void with_each_folder_elsewhere_and_through_a_link_it_does_the_main_job_and_writes_nowhere_else() throws Exception {
        Path home = Installation.unzip(Files.createDirectory(folder.resolve("share")));
        Path link = Files.createSymbolicLink(folder.resolve("salesforce-talkdesk-sync"), Installation.script(home));
        Path etc = Files.createDirectories(folder.resolve("etc/site routes")).getParent();
        Path data = folder.resolve("var data");
        Path cache = Files.createDirectory(folder.resolve("cache"));
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        // What lies in the folder of the program is not asked.
        Files.writeString(home.resolve("config/application.properties"), "batch.size = 0");
        Files.writeString(
                etc.resolve("site routes/mine.camel.yaml"),
                """
                - route:
                    id: mine
                    from:
                      uri: scheduler:mine
                      parameters:
                        initialDelay: 1
                        repeatCount: 1
                      steps:
                        - log: A route of the site runs
                """);
        Set<Path> before = files(home);
        try (SalesforceSimulator salesforce = SalesforceSimulator.builder()
                        .patience(Duration.ofSeconds(60))
                        .start();
                TalkdeskSimulator talkdesk = TalkdeskSimulator.start()) {
            talkdesk.addList("list-1", "EXTERNAL");
            talkdesk.addRecords("list-1", "salesforce", List.of(CONTACT));
            Files.writeString(etc.resolve("sync.properties"), configuration(salesforce, talkdesk));
            Process service = start(
                    elsewhere,
                    link.toString(),
                    "--config",
                    "../etc/sync.properties",
                    "--routes",
                    home.resolve("routes").toString(),
                    "--site-routes",
                    Files.createSymbolicLink(folder.resolve("linked routes"), etc.resolve("site routes"))
                            .toString(),
                    "--data",
                    data.toString(),
                    "--cache",
                    cache.toString());
            try {
                salesforce.recording().awaitSubscription(1);
                salesforce.publishDelete(CONTACT);
                talkdesk.awaitGone("list-1", List.of(CONTACT));
                await().atMost(Duration.ofSeconds(20)).until(() -> said().contains("A route of the site runs"));
                await().atMost(Duration.ofSeconds(20)).until(() -> said().contains("Started in "));
            } finally {
                service.destroy();
                service.waitFor(30, TimeUnit.SECONDS);
            }

            assertThat(service.exitValue()).as(said()).isZero();
            assertThat(said())
                    .containsPattern("salesforce-talkdesk-sync \\d+\\.\\d+\\.\\d+\\S* on Java ")
                    .contains("/etc/sync.properties, route files " + home.toRealPath() + "/routes/*.camel.yaml, "
                            + etc.resolve("site routes") + "/*.camel.yaml");
            assertThat(data).isDirectoryContaining(file -> file.endsWith("recordsync.db"));
            assertThat(files(home)).as("the folder of the program").isEqualTo(before);
            assertThat(elsewhere).isEmptyDirectory();
            assertThat(talkdesk.mistakes()).isEmpty();
        }
    }

    private static String configuration(SalesforceSimulator salesforce, TalkdeskSimulator talkdesk) {
        Secrets.keep("salesforce.client-secret", SalesforceSimulator.CLIENT_SECRET);
        Secrets.keep("talkdesk.client-secret", TalkdeskSimulator.CLIENT_SECRET);
        return """
               salesforce.login-url = %s
               salesforce.client-id = %s
               salesforce.client-secret = %s
               salesforce.pubsub.host = %s
               salesforce.pubsub.port = %d
               salesforce.pubsub.plaintext = true
               talkdesk.api-url = %s
               talkdesk.token-url = %s
               talkdesk.client-id = %s
               talkdesk.client-secret = %s
               talkdesk.record-lists = list-1
               ops.port = 0
               """
                .formatted(
                        salesforce.loginUrl(),
                        SalesforceSimulator.CLIENT_ID,
                        SalesforceSimulator.CLIENT_SECRET,
                        salesforce.pubsubHost(),
                        salesforce.pubsubPort(),
                        talkdesk.url(),
                        talkdesk.tokenUrl(),
                        TalkdeskSimulator.CLIENT_ID,
                        TalkdeskSimulator.CLIENT_SECRET);
    }

    private Process start(Path directory, String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("out").toFile());
        builder.environment().keySet().removeIf(name -> Stream.of(
                        "SALESFORCE_", "TALKDESK_", "STORE_", "DATA_", "BATCH_", "OPS_", "RECORDSYNC_", "JAVA_OPTS")
                .anyMatch(name::startsWith));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return builder.start();
    }

    private String said() throws IOException {
        return Files.readString(folder.resolve("out"));
    }

    private static Set<Path> files(Path home) throws IOException {
        try (Stream<Path> files = Files.walk(home)) {
            return files.collect(Collectors.toSet());
        }
    }
}
