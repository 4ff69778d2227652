package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command line of the packaged jar: what is asked for is on stdout with 0, a wrong one is on stderr with 2. */
@Timeout(180)
class CommandsIT {

    private static final String VERSION = "salesforce-talkdesk-sync \\d+\\.\\d+\\.\\d+(-SNAPSHOT)?\\R";
    private static final String ESSENTIAL =
            """
            salesforce.login-url = https://acme.my.salesforce.com
            salesforce.client-id = an-id
            salesforce.client-secret = hunter2
            talkdesk.token-url = https://acme.talkdeskid.com/oauth/token
            talkdesk.client-id = an-id
            talkdesk.client-secret = hunter2
            talkdesk.record-lists = list-1
            """;

    @TempDir
    Path folder;

    @Test
    void help_and_the_version_need_no_configuration() throws Exception {
        // A value that ends a start.
        Map<String, String> wrong = Map.of("BATCH_SIZE", "0");
        for (String help : List.of("--help", "-h", "help")) {
            Command command = Command.runIn(folder, List.of(), List.of(), wrong, help);
            assertThat(command.exitCode()).isZero();
            assertThat(command.out())
                    .startsWith("usage: salesforce-talkdesk-sync")
                    .contains("--site-routes DIR", "75");
            assertThat(command.err()).isEmpty();
        }
        for (String version : List.of("--version", "version")) {
            Command command = Command.runIn(folder, List.of(), List.of(), wrong, version);
            assertThat(command.exitCode()).isZero();
            assertThat(command.out()).matches(VERSION);
            assertThat(command.err()).isEmpty();
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void a_wrong_command_line_is_refused_with_the_usage() throws Exception {
        List<List<String>> lines = List.of(
                List.of("hlep"),
                List.of("--verison"),
                List.of("config"),
                List.of("config", "chekc"),
                List.of("config", "check", "it"),
                List.of("--version", "please"),
                List.of("doctor", "who"),
                List.of("--config"),
                List.of("--data=", "doctor"));
        for (List<String> line : lines) {
            Command command = Command.runIn(folder, List.of(), List.of(), Map.of(), line.toArray(String[]::new));
            assertThat(command.exitCode()).as(line.toString()).isEqualTo(2);
            assertThat(command.out()).isEmpty();
            assertThat(command.err()).contains("\nusage: salesforce-talkdesk-sync");
        }
    }

    @Test
    void config_check_finds_what_a_start_would_refuse_and_leaves_nothing_behind() throws Exception {
        Path file = Files.writeString(folder.resolve("sync.properties"), ESSENTIAL);
        Path routes = Files.createDirectory(folder.resolve("mine"));

        Command right = check(file, routes);
        assertThat(right.exitCode()).as(right.err()).isZero();
        assertThat(right.out())
                .isEqualTo("The configuration is right: %s, route files %s/*.camel.yaml, %s/*.camel.yaml\n"
                        .formatted(file, folder.resolve("routes"), routes));
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("sync.properties", "mine");

        Files.writeString(file, ESSENTIAL + "batch.size = 0\nbatch.lingr = 1\nops.port = 80x\n");
        Command wrong = check(file, folder.resolve("none"));
        assertThat(wrong.exitCode()).isEqualTo(1);
        assertThat(wrong.out()).doesNotContain("right");
        assertThat(wrong.err().lines())
                .anyMatch(line -> line.startsWith("The folder of routes " + folder.resolve("none") + " is not there"))
                .anyMatch(line -> line.startsWith("batch.size = 0: expected"))
                .anyMatch(line -> line.startsWith("ops.port = 80x: expected"))
                .anyMatch(line -> line.contains("unknown key batch.lingr"))
                .noneMatch(line -> line.contains("hunter2"));

        Command absent = check(folder.resolve("absent"), routes);
        assertThat(absent.exitCode()).isEqualTo(1);
        assertThat(absent.err()).contains(folder.resolve("absent") + " cannot be read: there is no such file");
    }

    private Command check(Path file, Path routes) throws Exception {
        List<String> options =
                new ArrayList<>(List.of("-Drecordsync.config=" + file, "-Drecordsync.site-routes=" + routes));
        return Command.runIn(folder, List.of(), options, Map.of(), "config", "check");
    }
}
