package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log as a collector wants it, and in a file of its own. */
class LogPlaceIT {

    private static final String LIST = "5f1c7a2e-1111-4a7e-9b2f-bbbbbbbbbbbb";
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    @Test
    void lines_are_objects_for_a_collector_and_are_in_a_file_too_which_is_rotated() throws Exception {
        Path file = folder.resolve("logs/sync.log");
        Files.createDirectories(file.getParent());
        // As it is after a long time.
        Files.write(file, new byte[(20 << 20) + 1]);
        try (SalesforceSimulator salesforce = SalesforceSimulator.start();
                TalkdeskSimulator talkdesk = TalkdeskSimulator.start();
                Service service = new Service(folder, salesforce, talkdesk, LIST)) {
            talkdesk.addList(LIST, "EXTERNAL");

            service.with("log.format", "json").with("log.file", file.toString()).startSubscribed();
            service.terminate();

            List<JsonNode> lines = new ArrayList<>();
            for (String line : service.log().lines().toList()) {
                lines.add(JSON.readTree(line));
            }
            assertThat(lines).hasSizeGreaterThan(2).allSatisfy(line -> {
                assertThat(line.path("@timestamp").asText()).matches("\\d{4}-\\d\\d-\\d\\dT.*Z");
                assertThat(line.path("log.level").asText()).isIn("INFO", "WARN", "ERROR");
                assertThat(line.path("message").asText()).isNotBlank();
            });
            assertThat(Files.readAllLines(file)).isEqualTo(service.log().lines().toList());
            assertThat(file.resolveSibling("sync.log.1.gz")).isNotEmptyFile();
            try (GZIPInputStream rotated =
                    new GZIPInputStream(Files.newInputStream(file.resolveSibling("sync.log.1.gz")))) {
                assertThat(rotated.readAllBytes()).hasSize((20 << 20) + 1);
            }
        }
    }

    @Test
    void the_folder_of_the_file_is_made() throws Exception {
        Path file = folder.resolve("logs/of/sync.log");
        try (SalesforceSimulator salesforce = SalesforceSimulator.start();
                TalkdeskSimulator talkdesk = TalkdeskSimulator.start();
                Service service = new Service(folder, salesforce, talkdesk, LIST)) {
            talkdesk.addList(LIST, "EXTERNAL");

            service.with("log.file", file.toString()).start();

            service.await("it is written to", () -> Files.readString(file).contains(" INFO "));
        }
    }

    @Test
    void a_file_that_cannot_be_written_ends_the_start_in_a_line() throws Exception {
        Path file = Files.createDirectory(folder.resolve("a folder"));
        try (SalesforceSimulator salesforce = SalesforceSimulator.start();
                TalkdeskSimulator talkdesk = TalkdeskSimulator.start();
                Service service = new Service(folder, salesforce, talkdesk, LIST)) {
            service.with("log.file", file.toString()).launch();

            assertThat(service.awaitEnd()).isOne();
            assertThat(service.linesOfTheStart()).anySatisfy(line -> assertThat(line)
                    .startsWith("log.file (LOG_FILE) = " + file + " cannot be written: ")
                    .contains("expected a file that this user may write to"));
        }
    }
}
