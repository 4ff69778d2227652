package io.recordsync.runtimes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code camel run}, with the service as a dependency and a path of its own. */
class CamelRunIT extends RuntimeContract {

    private static Path project;

    @BeforeAll
    static void build() throws Exception {
        project = Example.build("camel-run");
    }

    /** In a folder of its own, where it looks for relative names. */
    @Override
    List<String> command() throws Exception {
        for (String file : List.of("application.properties", "host.camel.yaml")) {
            Files.copy(project.resolve(file), folder.resolve(file));
        }
        return Example.java(
                "-Dmaven.repo.local=" + repository(),
                "-jar",
                project.resolve("target/camel.jar").toString(),
                "run",
                "--logging-color=false",
                "--dep=mvn:io.recordsync:salesforce-talkdesk-sync:" + version(),
                "application.properties");
    }

    @Test
    void the_kamelet_reads_the_stream_in_place_of_the_services_own_route() throws Exception {
        Files.writeString(
                folder.resolve("host.camel.yaml"),
                """

                - route:
                    id: own-subscription
                    from:
                      uri: kamelet:salesforce-stream-source
                      steps:
                        - log:
                            message: "By the Kamelet: ${body.getClass().getSimpleName()}"
                        - to:
                            uri: direct:accept-deletions
                    errorHandler:
                      noErrorHandler: {}
                """,
                StandardOpenOption.APPEND);
        Files.writeString(
                folder.resolve("application.properties"),
                "\ncamel.main.routesExcludePattern = **/subscribe-deletions.camel.yaml\n",
                StandardOpenOption.APPEND);
        subscribed();
        List<String> contacts = contacts(50);

        salesforce.publishDelete(contacts);

        gone(contacts);
        settled(100);
        assertThat(host.log()).contains("By the Kamelet: ");
    }

    @Test
    void a_wrong_setting_of_a_route_of_the_host_ends_the_process_although_servers_are_up() throws Exception {
        Files.writeString(folder.resolve("host.camel.yaml"), "\n" + LATE_ROUTE, StandardOpenOption.APPEND);

        theLateSettingIsRefused();
    }

    private static Path repository() {
        return project.resolveSibling("repository");
    }

    /** The one that the project was built with. */
    private static String version() throws IOException {
        try (Stream<Path> versions = Files.list(repository().resolve("io/recordsync/salesforce-talkdesk-sync"))) {
            return versions.findFirst().orElseThrow().getFileName().toString();
        }
    }

    @Override
    String portKey() {
        return "host.port";
    }

    @Override
    void hostIsUndisturbed() {
        assertThat(host.log()).as("by the runtime").contains("Apache Camel (JBang) 4.17.0");
    }
}
