package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.recordsync.ops.ApiDocument;
import io.recordsync.simulator.salesforce.ContactIds;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator is told by the service as it is packaged: its metrics, its health and its API. */
class OpsIT {

    private static final String LIST = "ops";
    private static final String CONTACT = ContactIds.next();

    @TempDir
    static Path folder;

    private static SalesforceSimulator salesforce;
    private static TalkdeskSimulator talkdesk;
    private static Service service;

    /** One contact is deleted, and one id refused. */
    @BeforeAll
    static void start() throws Exception {
        salesforce = SalesforceSimulator.start();
        talkdesk = TalkdeskSimulator.start();
        talkdesk.addList(LIST, "EXTERNAL");
        talkdesk.addRecords(LIST, "salesforce", List.of(CONTACT));
        service = new Service(folder, salesforce, talkdesk, LIST).startSubscribed();
        salesforce.publishDelete(CONTACT, "003*");
        service.await("it is settled", () -> service.count("deleted") == 1);
    }

    @AfterAll
    static void stop() {
        service.close();
        talkdesk.close();
        salesforce.close();
    }

    @Test
    void every_metric_of_the_documentation_is_told_and_counts_what_happened() throws Exception {
        Set<String> documented = all("(?m)^\\| `(recordsync_\\w+)`", Files.readString(Path.of("docs/operations.md")));
        // They are not looked at here.
        documented.removeIf(metric -> metric.startsWith("recordsync_callbacks"));

        service.await("all metrics were looked after", () -> {
            String scraped = service.text("/observe/metrics");
            // The names of the lists are looked after last.
            return scraped.contains("recordsync_check_up{check=\"stream\"} 1.0")
                    && scraped.contains("recordsync_record_list_info{");
        });

        String scraped = service.text("/observe/metrics");
        assertThat(all("(?m)^# TYPE (recordsync_\\w+?)(?:_max)? ", scraped)).isEqualTo(documented);
        assertThat(scraped)
                .contains(
                        "recordsync_build_info{version=\""
                                + service.status().at("/version").asText() + "\"} 1",
                        "recordsync_accepted_total{origin=\"stream\"} 1.0",
                        "recordsync_deletions_total{confirmation=\"exact\"} 1.0",
                        "recordsync_commit_to_delete_seconds_count{origin=\"stream\"} 1",
                        "recordsync_delete_calls_total{record_list=\"ops\",status=\"200\"} 1.0",
                        "recordsync_call_items_sum 1.0",
                        "recordsync_call_seconds_count 1",
                        "recordsync_problems_total{kind=\"refused_id\"} 1.0");
        Matcher took =
                Pattern.compile("(?m)^recordsync_call_seconds_sum (\\S+)").matcher(scraped);
        assertThat(took.find()).isTrue();
        assertThat(Double.parseDouble(took.group(1))).isBetween(0.0001, 10.0);
    }

    @Test
    void every_question_is_answered_as_the_document_of_the_api_says() throws Exception {
        ApiDocument document = new ApiDocument();
        long id = service.deletions("externalId=" + CONTACT).get(0).path("id").asLong();
        for (String path : List.of(
                "/api/status",
                "/api/history?hours=3",
                "/api/dead-letters",
                "/api/deletions?state=deleted",
                "/api/deletions/" + id,
                "/api/deletions/999999",
                "/api/deletions?state=gone",
                "/api/receipts?externalId=" + CONTACT,
                "/api/openapi.json")) {
            document.check("GET", path, null, service.answer(path));
        }
        String order = "{\"state\": \"parked\", \"recordList\": \"ops\"}";
        document.check("POST", "/api/deletions/redrive", order, service.post("/api/deletions/redrive", order));
    }

    @Test
    void the_history_has_what_happened() {
        service.await("the history was written", () -> {
            long deleted = 0;
            for (JsonNode point : service.get("/api/history").path("points")) {
                deleted += point.path("deleted").asLong();
            }
            return deleted == 1;
        });
    }

    @Test
    void health_tells_of_each_part_and_a_pause_by_a_person_is_a_reason() throws Exception {
        List<String> checks = new ArrayList<>();
        service.get("/observe/health?exposureLevel=full")
                .path("checks")
                .forEach(check -> checks.add(check.path("name").asText()));
        assertThat(checks)
                .contains(
                        "stream",
                        "position",
                        "expiry",
                        "pending",
                        "lists",
                        "delivery",
                        "salesforce-token",
                        "talkdesk-token",
                        "guard",
                        "sweep",
                        "store",
                        "process");

        service.post("/api/pause", "{}");
        HttpResponse<String> ready = service.answer("/observe/health/ready");
        assertThat(ready.statusCode()).isEqualTo(503);
        assertThat(ready.body()).contains("Delivery is paused: Paused by anonymous@127.0.0.1 since ");
        assertThat(service.status().at("/health/level").asText()).isEqualTo("red");
        assertThat(service.answer("/observe/health/live").statusCode()).isEqualTo(200);

        service.post("/api/resume", "{}");
        assertThat(service.answer("/observe/health/ready").statusCode()).isEqualTo(200);
        assertThat(service.status().at("/health/level").asText())
                .as("an id was refused")
                .isEqualTo("amber");
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
