package io.recordsync.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recordsync.inbox.Ledger.RecordListEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The document and the routes agree. Every request of {@link OpsServer} is held to the document as well. */
class OpenApiTest {

    private static final Pattern ROUTE =
            Pattern.compile("uri: ops-http:(/api\\S*)\\s+parameters:\\s+httpMethodRestrict: (\\w+)");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static OpsServer server;

    @BeforeAll
    static void start() throws Exception {
        server = OpsServer.start("127.0.0.1", "");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void every_route_of_the_api_is_in_the_document_and_nothing_else_is() throws IOException {
        Set<String> routes = new TreeSet<>();
        try (Stream<Path> files = Files.list(Path.of("routes"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Matcher route = ROUTE.matcher(Files.readString(file));
                while (route.find()) {
                    routes.add(route.group(2) + " " + route.group(1));
                }
            }
        }

        assertThat(new ApiDocument().operations().keySet())
                .hasSizeGreaterThan(15)
                .containsExactlyElementsOf(routes);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/api/deletions/redrive|{\"ids\": [1], \"expected\": 7}",
                "/api/deletions/discard|{\"state\": \"parked\", \"origin\": \"sweep\", \"failureCode\": \"refused\"}",
                "/api/deletions/discard|{\"state\": \"rehearsed\", \"expected\": 7}",
                "/api/guard/approve|{\"ids\": [40]}",
                "/api/guard/approve|{\"ids\": null, \"state\": \"held\"}",
                "/api/guard/open|{\"for\": \"1h\"}",
                "/api/guard/reject|{\"state\": \"held\", \"recordList\": \"list-a\", \"expected\": 7}",
                "/api/go-live|{\"state\": \"rehearsed\", \"origin\": \"api\"}",
                "/api/sweep|{\"since\": \"2026-02-20T10:00:00+01:00\"}",
                "/api/record-lists/go-on|{\"ids\": [\"list-a\"]}",
                "/api/record-lists/skip-history|{\"ids\": [\"list-a\"]}",
                "/api/record-lists/join|{\"ids\": [\"list-a\"]}",
                "/api/record-lists/join|{\"ids\": [\"list-a\"], \"dryRun\": true}",
                "/api/record-lists/dismiss|{\"ids\": [\"list-a\"]}",
                "/api/record-lists/forget|{\"ids\": [\"list-a\"]}",
                "/api/record-lists/go-live|{\"ids\": [\"list-a\"]}",
                "/api/reconcile|{}"
            })
    void a_body_that_the_document_allows_is_taken(String path, String body) throws Exception {
        assertThat(new ApiDocument().allows("POST", path, body)).isTrue();
        assertThat(server.post(path, body).statusCode()).isLessThan(300);
        server.inbox.acts.clear();
    }

    @Test
    void the_document_is_served() throws Exception {
        assertThat(server.get("/api/openapi.json").body())
                .isEqualTo(Files.readString(Path.of("src/main/resources/ops/openapi.json")));
    }

    @Test
    void every_question_is_answered_as_the_document_says() throws Exception {
        for (String path : List.of(
                "/api/status",
                "/api/history",
                "/api/record-lists",
                "/api/dead-letters",
                "/api/deletions",
                "/api/receipts?externalId=003DL0000212DetYAE",
                "/api/restored-too-late",
                "/api/callbacks",
                "/api/receipts?from=2026-02-01&to=2026-03-01&format=csv")) {
            assertThat(server.get(path).statusCode()).isEqualTo(200);
        }
    }

    /** A wrong body is refused by the service: {@link ApiDocument#check} fails where it is not. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/api/deletions|[{\"id\": \"8858c834-481d-4a02-8176-cffc02c5035\"}]",
                "/api/deletions|[{\"id\": \"8858c834-481d-4a02-8176-cffc02c50350\", \"recordList\": \"a b\"}]",
                "/api/deletions|[{\"external_provider\": \"crm\", \"external_id\": \"003*\"}]",
                "/api/deletions|[]",
                "/api/deletions|{}",
                "/api/deletions/redrive|{}",
                "/api/deletions/redrive|{\"state\": \"parked\", \"failureCode\": \" \"}",
                "/api/deletions/discard|{\"ids\": []}",
                "/api/deletions/discard|{\"ids\": [1], \"state\": \"parked\"}",
                "/api/deletions/redrive|{\"state\": \"held\"}",
                "/api/deletions/redrive|{\"state\": \"rehearsed\"}",
                "/api/guard/approve|{}",
                "/api/guard/reject|{}",
                "/api/deletions/discard|{}",
                "/api/guard/open|{}",
                "/api/guard/approve|{\"state\": \"parked\"}",
                "/api/guard/approve|{\"expected\": -1}",
                "/api/guard/reject|{\"origin\": \"nobody\"}",
                "/api/guard/reject|{\"ids\": [1], \"recordList\": \"list-a\"}",
                "/api/go-live|{}",
                "/api/go-live|{\"ids\": [\"1\"]}",
                "/api/sweep|{\"since\": \"yesterday\"}",
                "/api/sweep|{\"until\": null}",
                "/api/reconcile|{\"recordList\": 5}",
                "/api/record-lists/go-on|{}",
                "/api/record-lists/join|{}",
                "/api/record-lists/join|{\"ids\": [\"list-a\"], \"dryRun\": \"yes\"}",
                "/api/record-lists/dismiss|{\"ids\": []}",
                "/api/record-lists/forget|{\"state\": \"vanished\"}",
                "/api/record-lists/go-live|{\"ids\": [7]}",
                "/api/record-lists/skip-history|{}",
                "/api/record-lists/skip-history|{\"ids\": []}",
                "/api/record-lists/go-on|{\"ids\": []}",
                "/api/record-lists/go-on|{\"ids\": [1]}",
                "/api/record-lists/go-on|{\"ids\": [\" \"]}",
                "/api/salesforce/confirm-org|{\"orgId\": \"00D\"}"
            })
    void a_body_that_the_document_forbids_is_refused(String path, String body) throws Exception {
        assertThat(server.post(path, body).statusCode()).isEqualTo(400);
        assertThat(server.inbox.intakes).isEmpty();
        assertThat(server.inbox.acts).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"ids\": null}",
                "{\"ids\": null, \"recordList\": \"list-a\"}",
                "{\"ids\": [], \"state\": \"held\"}"
            })
    void ids_that_are_null_or_none_name_nothing(String body) throws Exception {
        assertThat(server.post("/api/guard/approve", body).statusCode()).isEqualTo(400);
        assertThat(server.inbox.acts).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"state=gone", "limit=0", "limit=1001", "before=0", "recordList=", "id=5", "externalId="})
    void a_query_that_the_document_does_not_know_is_refused(String query) throws Exception {
        assertThat(server.get("/api/deletions?" + query).statusCode()).isEqualTo(400);
    }

    @Test
    void no_text_is_taken_without_bounds() throws Exception {
        String longest = "x".repeat(255);
        assertThat(server.get("/api/deletions?recordList=" + longest).statusCode())
                .isEqualTo(200);
        assertThat(server.get("/api/deletions?recordList=" + longest + "x").statusCode())
                .isEqualTo(400);
        assertThat(server.post(
                                "/api/deletions/redrive",
                                "{\"state\": \"parked\", \"failureCode\": \"" + longest + "x\"}")
                        .statusCode())
                .isEqualTo(400);
    }

    /** Of an alternative a generated client sends what it takes it for: {@code {"ids": [40]}} became {@code {}}. */
    @Test
    void no_body_is_described_by_alternatives() throws Exception {
        JsonNode schemas = JSON.readTree(Files.readString(Path.of("src/main/resources/ops/openapi.json")));
        for (JsonNode operation : new ApiDocument().operations().values()) {
            List<JsonNode> sent = new ArrayList<>(operation.path("requestBody").findParents("$ref"));
            sent.add(operation.path("requestBody"));
            sent.add(operation.path("parameters"));
            for (int i = 0; i < sent.size(); i++) {
                assertThat(sent.get(i).findParents("oneOf")).isEmpty();
                assertThat(sent.get(i).findParents("anyOf")).isEmpty();
                String reference = sent.get(i).path("$ref").asText();
                if (!reference.isEmpty()) {
                    JsonNode meant = schemas.at(reference.substring(1));
                    sent.add(meant);
                    sent.addAll(meant.findParents("$ref"));
                }
            }
        }
    }

    /** The check itself can fail. */
    @Test
    void an_answer_that_is_not_as_the_document_says_is_noticed() throws Exception {
        server.inbox.recordLists.add(new RecordListEntry("list-z", "asleep", 0, 0, null, ""));
        try {
            assertThatThrownBy(() -> server.get("/api/status"))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("asleep");
        } finally {
            server.inbox.recordLists.clear();
        }
    }
}
