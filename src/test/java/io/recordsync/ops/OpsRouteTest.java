package io.recordsync.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.recordsync.config.Version;
import io.recordsync.deletion.DeletionRequest;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.HeldReason;
import io.recordsync.deletion.Identifier;
import io.recordsync.deletion.IdentifierKind;
import io.recordsync.deletion.MissedReport;
import io.recordsync.deletion.NothingFound;
import io.recordsync.deletion.Origin;
import io.recordsync.deletion.SightReport;
import io.recordsync.deletion.SightState;
import io.recordsync.deletion.StreamReport;
import io.recordsync.deletion.StreamReport.State;
import io.recordsync.deletion.SweepDemand;
import io.recordsync.delivery.GateReport;
import io.recordsync.inbox.Coverage;
import io.recordsync.inbox.Coverage.Stretch;
import io.recordsync.inbox.Decisions.Selection;
import io.recordsync.inbox.Fingerprint;
import io.recordsync.inbox.FoundList;
import io.recordsync.inbox.FoundLists.LookUpState;
import io.recordsync.inbox.Ledger.Attempt;
import io.recordsync.inbox.Ledger.DeadLetters;
import io.recordsync.inbox.Ledger.Entry;
import io.recordsync.inbox.Ledger.Filter;
import io.recordsync.inbox.Ledger.GuardEntry;
import io.recordsync.inbox.Ledger.PositionEntry;
import io.recordsync.inbox.Ledger.ProblemEntry;
import io.recordsync.inbox.Ledger.RecordListEntry;
import io.recordsync.inbox.ListCoverage;
import io.recordsync.inbox.Membership;
import io.recordsync.oauth.TokenUnavailableException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OpsRouteTest {

    private static final String RECORD = "8858c834-481d-4a02-8176-cffc02c50350";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String BY = " by anonymous@127.0.0.1";
    private static final Stretch UNPROVEN =
            new Stretch(Instant.parse("2026-02-01T00:00:00Z"), Instant.parse("2026-02-02T00:00:00Z"));
    private static OpsServer server;

    @BeforeAll
    static void start() throws Exception {
        server = OpsServer.start("127.0.0.1", "");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void forget() {
        InMemoryInbox inbox = server.inbox;
        List.of(
                        inbox.intakes,
                        inbox.acts,
                        inbox.filters,
                        inbox.entries,
                        inbox.attempts,
                        inbox.problems,
                        inbox.deadLetters,
                        inbox.recordLists,
                        server.told)
                .forEach(List::clear);
        inbox.counts.clear();
        inbox.held.clear();
        inbox.oldestPending = null;
        inbox.position = null;
        inbox.trouble = null;
        inbox.guard = new GuardEntry(null, 0, null, null);
        inbox.broken = false;
        inbox.buggy = false;
        server.coverage.demands.clear();
        server.coverage.state = new Coverage.State(null, null, null, null, false, false, null);
        server.sights.shown = List.of();
        server.missed = MissedReport.NONE;
        server.stream = OpsServer.stream(State.CONNECTED, null);
        server.gate = new GateReport(GateReport.OPEN, null, null);
        server.dryRunLists.clear();
    }

    // ---- asking for deletions

    @Test
    void the_three_documented_forms_are_accepted_for_every_configured_list_and_delivery_is_woken() throws Exception {
        HttpResponse<String> answer = server.post(
                "/api/deletions",
                """
                [{"id": "8858c834-481d-4a02-8176-cffc02c50350"},
                 {"phone_number": "+188888888", "recordList": "list-b"},
                 {"external_provider": "salesforce", "external_id": "003DL0000212DetYAE"}]""");

        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(json(answer)).isEqualTo(JSON.readTree("{\"ids\": [1, 2, 3, 4, 5]}"));
        assertThat(server.told).containsExactly("wake");
        List<DeletionRequest> accepted = server.inbox.intakes.get(0).deletions();
        String eventKey = accepted.get(0).eventKey();
        assertThat(eventKey).matches("api:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
        assertThat(accepted)
                .containsExactly(
                        request("list-a", Identifier.record(RECORD), eventKey),
                        request("list-b", Identifier.record(RECORD), eventKey),
                        request("list-b", Identifier.phone("+188888888"), eventKey),
                        request("list-a", Identifier.external("salesforce", "003DL0000212DetYAE"), eventKey),
                        request("list-b", Identifier.external("salesforce", "003DL0000212DetYAE"), eventKey));
        assertThat(server.inbox.intakes.get(0).position()).isNull();
    }

    @Test
    void one_mistake_refuses_the_whole_request_and_names_the_item_without_repeating_a_phone_number() throws Exception {
        HttpResponse<String> answer = server.post(
                "/api/deletions", "[{\"phone_number\": \"+15551234567\"}, {\"phone_number\": \"0049301234567\"}]");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(contentType(answer)).isEqualTo("application/problem+json");
        assertThat(json(answer).get("index").intValue()).isEqualTo(1);
        assertThat(json(answer).get("detail").textValue()).startsWith("Item 1: phone_number is not +");
        assertThat(answer.body()).doesNotContain("301234567").doesNotContain("5551234567");
        assertThat(server.inbox.intakes).isEmpty();
        assertThat(server.told).isEmpty();
    }

    @Test
    void a_database_that_fails_is_a_503_and_nobody_is_woken() throws Exception {
        server.inbox.broken = true;

        HttpResponse<String> answer = server.post("/api/deletions", "[{\"id\": \"" + RECORD + "\"}]");

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(contentType(answer)).isEqualTo("application/problem+json");
        assertThat(json(answer).get("detail").textValue()).contains("try again");
        assertThat(server.told).isEmpty();
    }

    @Test
    void a_mistake_of_ours_is_a_500_that_tells_no_details() throws Exception {
        server.inbox.buggy = true;

        HttpResponse<String> answer = server.get("/api/status");

        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.body()).doesNotContain("secret").doesNotContain("Exception");
    }

    @Test
    void a_thousand_items_are_accepted_and_one_more_is_not() throws Exception {
        assertThat(server.post("/api/deletions", phones(1000)).statusCode()).isEqualTo(202);
        assertThat(server.post("/api/deletions", phones(1001)).statusCode()).isEqualTo(400);
        assertThat(server.inbox.intakes).hasSize(1);
    }

    @Test
    void a_body_over_one_mebibyte_is_a_413_whether_its_length_is_announced_or_not() throws Exception {
        String body = "[" + " ".repeat(1_048_576) + "]";
        String head = "POST /api/deletions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + "Content-Type: application/json\r\n";

        assertThat(server.post("/api/deletions", body).statusCode()).isEqualTo(413);
        assertThat(server.raw(head + "Transfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(body.length()) + "\r\n"
                        + body + "\r\n0\r\n\r\n"))
                .startsWith("HTTP/1.1 413");
        assertThat(server.post("/api/deletions", "[" + " ".repeat(1_048_500) + "]")
                        .statusCode())
                .isEqualTo(400);
    }

    // ---- sweeps

    @Test
    void a_person_orders_a_sweep_from_where_all_is_proven_or_from_a_time() throws Exception {
        HttpResponse<String> answer = server.post("/api/sweep", "{}");
        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(json(answer).path("since").isNull()).isTrue();

        answer = server.post("/api/sweep", "{\"since\": \"2026-02-20T10:00:00+01:00\"}");
        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(json(answer).path("since").asText()).isEqualTo("2026-02-20T09:00:00Z");

        assertThat(server.coverage.demands)
                .containsExactly(
                        new SweepDemand("ordered by anonymous@127.0.0.1", null, false),
                        new SweepDemand(
                                "ordered by anonymous@127.0.0.1", Instant.parse("2026-02-20T09:00:00Z"), false));
        assertThat(server.told).containsExactly("sweep", "sweep");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{\"since\": \"yesterday\"}",
                "{\"since\": \"2026-02-20\"}",
                "{\"since\": 5}",
                "{\"since\": \"2026-03-01T12:00:01Z\"}",
                "{\"since\": \"0001-01-01T00:00:00Z\"}",
                "{\"since\": \"-999999999-01-01T00:00:00Z\"}",
                "{\"since\": \"2026-02-14T11:59:59Z\"}",
                "{\"until\": \"2026-02-20T10:00:00Z\"}"
            })
    void an_order_of_a_sweep_that_is_not_understood_is_refused(String body) throws Exception {
        assertThat(server.post("/api/sweep", body).statusCode()).isEqualTo(400);
        assertThat(server.coverage.demands).isEmpty();
    }

    @Test
    void a_person_orders_the_presence_check_of_a_list_or_of_each() throws Exception {
        HttpResponse<String> answer = server.post("/api/reconcile", "{\"recordList\": \"list-a\"}");
        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(json(answer).path("recordLists")).hasSize(1);
        assertThat(server.post("/api/reconcile", "{}").statusCode()).isEqualTo(202);
        assertThat(server.post("/api/reconcile", "{\"recordList\": \"list-x\"}").statusCode())
                .isEqualTo(400);

        assertThat(server.told).containsExactly("reconcile [list-a]", "reconcile [list-a, list-b]");
        assertThat(json(server.get("/api/status")).at("/reconcile/checked").asInt())
                .isEqualTo(3);
    }

    @Test
    void an_ordered_sweep_is_withdrawn_and_nothing_else_is() throws Exception {
        assertThat(server.post("/api/sweep", "{\"since\": \"2026-02-14T12:00:00Z\"}")
                        .statusCode())
                .isEqualTo(202);

        assertThat(json(server.post("/api/sweep/withdraw", "{}")))
                .isEqualTo(JSON.readTree("{\"withdrawn\": true, \"owed\": null}"));
        HttpResponse<String> again = server.post("/api/sweep/withdraw", "{}");

        assertThat(again.statusCode()).isEqualTo(409);
        assertThat(again.body()).contains("cannot be withdrawn");
        assertThat(server.told).containsExactly("sweep", "withdraw");
    }

    /** Camel takes the text null for no value at all. */
    @ParameterizedTest
    @CsvSource({"/assets/null, 404", "/assets/, 404", "/api/deletions/null, 400"})
    void what_a_path_names_is_a_text(String path, int status) throws Exception {
        assertThat(server.send("GET", path, null).statusCode()).isEqualTo(status);
    }

    @Test
    void a_person_confirms_what_is_unproven() throws Exception {
        server.coverage.state = new Coverage.State(null, null, null, null, false, false, UNPROVEN);

        assertThat(json(server.post("/api/sweep/confirm-unproven", "{}"))
                        .at("/confirmed/from")
                        .asText())
                .isEqualTo("2026-02-01T00:00:00Z");
        assertThat(json(server.post("/api/sweep/confirm-unproven", "{}"))
                        .path("confirmed")
                        .isNull())
                .isTrue();
    }

    @Test
    void lost_sight_is_red_until_a_person_confirms_it_and_an_entity_that_is_empty_amber() throws Exception {
        server.sights.shown =
                List.of(new SightReport("Lead", SightState.EMPTY, 0L, "Salesforce shows the user no record of Lead"));
        JsonNode empty = json(server.get("/api/status"));
        assertThat(empty.at("/health/level").asText()).isEqualTo("amber");
        assertThat(empty.at("/health/reasons").toString()).contains("no record of Lead");
        assertThat(server.get("/observe/health/ready").statusCode()).isEqualTo(200);

        server.sights.shown = List.of(new SightReport("Contact", SightState.LOST, 100L, "give it View All again"));
        JsonNode lost = json(server.get("/api/status"));
        assertThat(lost.at("/health/level").asText()).isEqualTo("red");
        assertThat(lost.at("/health/reasons").toString()).containsOnlyOnce("give it View All again");
        assertThat(lost.at("/sight/0/state").asText()).isEqualTo("lost");
        assertThat(server.get("/observe/health/ready").body()).contains("give it View All again");

        assertThat(json(server.post("/api/salesforce/confirm-sight", "{}")))
                .isEqualTo(JSON.readTree("{\"confirmed\": [\"Contact\"]}"));
        assertThat(server.sights.acceptedBy).isEqualTo("anonymous@127.0.0.1");
        assertThat(server.told).containsExactly("sweep");
        assertThat(json(server.post("/api/salesforce/confirm-sight", "{}")).path("confirmed"))
                .isEmpty();
    }

    @Test
    void what_two_sweeps_in_a_row_found_and_the_stream_had_not_told_is_amber() throws Exception {
        server.missed = new MissedReport(7, List.of(7L));
        JsonNode once = json(server.get("/api/status"));
        assertThat(once.at("/stream/missedBySweep").asLong()).isEqualTo(7);
        assertThat(once.at("/health/level").asText()).isEqualTo("green");

        server.missed = new MissedReport(12, List.of(5L, 7L));
        JsonNode twice = json(server.get("/api/status"));
        assertThat(twice.at("/stream/missedBySweep").asLong()).isEqualTo(12);
        assertThat(twice.at("/health/level").asText()).isEqualTo("amber");
        assertThat(twice.at("/health/reasons").toString())
                .contains("(5, 7)", "Setup, Change Data Capture", "PlatformEventChannelMember", "View All");
    }

    @Test
    void it_is_not_ready_while_a_hole_is_not_swept_a_stretch_unproven_or_sweeps_prove_nothing() throws Exception {
        Instant covered = Instant.parse("2026-03-01T10:59:00Z");
        Instant daysAgo = OpsServer.NOW.minus(Duration.ofHours(49));
        for (Coverage.State red : List.of(
                new Coverage.State(covered, null, null, "position lost", false, true, null),
                new Coverage.State(covered, null, null, null, false, false, UNPROVEN),
                new Coverage.State(covered, null, "Salesforce answered 503", "GAP_OVERFLOW", false, false, null),
                new Coverage.State(daysAgo, null, "Salesforce answered 403", null, false, false, null),
                new Coverage.State(daysAgo, covered, null, "GAP_OVERFLOW", false, false, null))) {
            server.coverage.state = red;
            assertThat(server.get("/observe/health/ready").statusCode()).isEqualTo(503);
        }
        for (Coverage.State green : List.of(
                new Coverage.State(null, null, null, null, false, false, null),
                new Coverage.State(covered, null, null, "GAP_OVERFLOW", true, false, null))) {
            server.coverage.state = green;
            assertThat(server.get("/observe/health/ready").statusCode())
                    .as(server.get("/observe/health/ready").body())
                    .isEqualTo(200);
        }
    }

    @Test
    void status_has_the_fields_of_the_contract() throws Exception {
        Instant responded = OpsServer.NOW.minusSeconds(5);
        server.stream = new StreamReport(
                "/data/ContactChangeEvent", State.CONNECTED, responded, null, "UNAVAILABLE", responded, Map.of());
        server.gate = new GateReport("waiting", "rate_limited", OpsServer.NOW.plusSeconds(9));
        server.inbox.position = new PositionEntry(
                "/data/ContactChangeEvent", new byte[] {1}, OpsServer.NOW.minus(Duration.ofHours(10)), null, null);
        server.inbox.counts.put(DeletionState.PENDING, 3L);
        server.inbox.oldestPending = OpsServer.NOW.minusSeconds(42);
        server.inbox.recordLists.add(new RecordListEntry("list-z", "suspended", 2, 1, null, "list_gone"));
        server.inbox.problems.add(new ProblemEntry(OpsServer.NOW, "refused_id", "Refused 003*"));
        server.coverage.state = new Coverage.State(
                Instant.parse("2026-03-01T10:59:00Z"),
                Instant.parse("2026-03-01T11:00:00Z"),
                "Salesforce answered 503",
                "GAP_OVERFLOW",
                true,
                false,
                UNPROVEN);
        server.sights.shown = List.of(new SightReport("Contact", SightState.SEEN, 12L, null));

        HttpResponse<String> answer = server.get("/api/status");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(contentType(answer)).isEqualTo("application/json");
        assertThat(withoutAsOf(answer))
                .isEqualTo(JSON.readTree(
                        """
                {"version": "THIS", "you": {"name": "anonymous", "mayChange": true}, "knownAt": "2026-03-01T12:00:00Z", "mode": "live",
                 "health": {"level": "red", "reasons": [
                     "The stream is connected: UNAVAILABLE",
                     "The stream is connected, but no position was saved since 2026-03-01T02:00:00Z, longer than two times stream.idle-timeout: see the log for what is not accepted",
                     "Record lists are suspended, their deletions wait: list-z (list_gone)",
                     "Delivery is waiting: rate_limited",
                     "Salesforce can no longer report what was deleted from 2026-02-01T00:00:00Z to 2026-02-02T00:00:00Z: a person has to confirm (POST /api/sweep/confirm-unproven)",
                     "Reported within 24 hours: Refused 003*"]},
                 "stream": {"channel": "/data/ContactChangeEvent", "state": "connected",
                            "catchingUp": false,
                            "lastResponseAt": "2026-03-01T11:59:55Z", "lastEventAt": null,
                            "positionSavedAt": "2026-03-01T02:00:00Z", "hoursToExpiry": 62.0, "missedBySweep": 0,
                            "lastError": "UNAVAILABLE"},
                 "delivery": {"state": "waiting", "reason": "rate_limited", "until": "2026-03-01T12:00:09Z"},
                 "deletions": {"checking": 0, "pending": 3, "claimed": 0, "deleted": 0, "parked": 0, "held": 0,
                               "rehearsed": 0, "cancelled": 0},
                 "oldestPendingSeconds": 42,
                 "held": {"guard": 0, "merge": 0, "not_visible": 0},
                 "guard": {"tripped": false, "since": null, "held": 0, "max": 1000, "windowMs": 3600000,
                  "openUntil": null, "openedBy": null},
                 "lists": [
                   {"id": "list-a", "state": "active", "served": true, "entities": [], "joined": null, "coveredUntil": "2026-03-01T10:59:00Z",
                    "historyOpen": false, "name": null, "recordsCount": null, "identifierType": null, "pending": 0, "parked": 0, "dryRun": false, "lastCallAt": null,
                    "lastError": null, "presenceError": null},
                   {"id": "list-b", "state": "active", "served": true, "entities": [], "joined": null, "coveredUntil": "2026-03-01T10:59:00Z",
                    "historyOpen": false, "name": null, "recordsCount": null, "identifierType": null, "pending": 0, "parked": 0, "dryRun": false, "lastCallAt": null,
                    "lastError": null, "presenceError": null},
                   {"id": "list-z", "state": "suspended", "served": false, "entities": [], "joined": null, "coveredUntil": "2026-03-01T10:59:00Z",
                    "historyOpen": false, "name": null, "recordsCount": null, "identifierType": null, "pending": 2, "parked": 1, "dryRun": false, "lastCallAt": null,
                    "lastError": "list_gone", "presenceError": null}],
                 "sweep": {"lastAt": "2026-03-01T11:00:00Z", "coveredUntil": "2026-03-01T10:59:00Z",
                           "lastError": "Salesforce answered 503", "owed": "GAP_OVERFLOW", "ordered": false, "running": true, "found": 12, "added": 2,
                           "unproven": {"from": "2026-02-01T00:00:00Z", "until": "2026-02-02T00:00:00Z"}},
                 "reconcile": {"recordList": null, "running": false, "waiting": [], "checked": 3, "missing": null,
                               "seen": 0, "judged": 0, "foreign": 0, "foreignPrefix": 0, "otherProvider": 0,
                               "notVisible": null, "whole": null, "lastAt": null, "lastError": null},
                 "sight": [{"entity": "Contact", "state": "seen", "living": 12, "message": null}],
                 "problems": [{"at": "2026-03-01T12:00:00Z", "kind": "refused_id", "message": "Refused 003*"}],
                 "alerts": {"lastToldAt": null, "lastFailedAt": null, "lastError": null}}"""
                                .replace("THIS", Version.text())));
    }

    @Test
    void dead_letters_are_shown_by_list_and_reason() throws Exception {
        server.inbox.deadLetters.add(
                new DeadLetters("list-a", "refused", "Talkdesk refused it", 12, OpsServer.NOW.minusSeconds(60)));

        assertThat(withoutAsOf(server.get("/api/dead-letters")))
                .isEqualTo(
                        JSON.readTree(
                                """
                {"groups": [{"recordList": "list-a", "failureCode": "refused", "message": "Talkdesk refused it",
                             "count": 12, "oldestAt": "2026-03-01T11:59:00Z"}]}"""));
    }

    @ParameterizedTest
    @CsvSource({"'', 60, 60", "?hours=2, 60, 120", "?hours=3, 900, 12", "?hours=48, 900, 192", "?hours=168, 3600, 168"})
    void history_has_every_step_and_finer_ones_for_shorter_times(String query, int seconds, int points)
            throws Exception {
        JsonNode history = json(server.get("/api/history" + query));

        assertThat(history.get("stepSeconds").intValue()).isEqualTo(seconds);
        assertThat(history.get("points")).hasSize(points);
        assertThat(history.at("/points/" + (points - 1)))
                .isEqualTo(JSON.readTree(
                        "{\"at\": \"2026-03-01T12:00:00Z\", \"accepted\": %d, \"deleted\": 0, \"parked\": 0}"
                                .formatted(points - 1)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"hours=0", "hours=169", "hours=1.5", "hours=", "days=1", "hours=1&hours=2"})
    void a_history_that_is_not_asked_for_in_hours_up_to_a_week_is_refused(String query) throws Exception {
        assertThat(server.get("/api/history?" + query).statusCode()).isEqualTo(400);
    }

    @Test
    void deletions_are_shown_with_the_names_of_the_contract_and_found_by_its_filters() throws Exception {
        server.inbox.entries.add(entry(9, IdentifierKind.PHONE, "", "…88"));

        HttpResponse<String> answer = server.get(
                "/api/deletions?state=parked&recordList=list-a&externalId=003DL0000212DetYAE&limit=5&before=10");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(withoutAsOf(answer))
                .isEqualTo(
                        JSON.readTree(
                                """
                {"deletions": [{"id": 9, "recordList": "list-a", "kind": "phone", "phoneNumber": "…88",
                  "state": "parked", "origin": "api", "eventKey": "api:1", "committedAt": "2026-03-01T12:00:00Z",
                  "acceptedAt": "2026-03-01T12:00:01Z", "dueAt": null, "attempts": 2, "answerLost": false,
                  "settledAt": null, "settledBy": null,
                  "confirmation": null, "failureCode": "refused", "message": "Talkdesk refused it", "note": "merged into 003DL0000214OYdYAM",
                  "heldReason": null, "doubted": true, "orderedBy": "kim", "decidedBy": null,
                  "sign": null, "listedAs": null}]}"""));
        assertThat(server.inbox.filters)
                .containsExactly(new Filter(DeletionState.PARKED, "list-a", "003DL0000212DetYAE", 5, 10L));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"state=gone", "limit=0", "limit=1001", "limit=many", "before=-1", "colour=red", "limit=1&limit=2"
            })
    void a_query_with_a_mistake_is_refused(String query) throws Exception {
        assertThat(server.get("/api/deletions?" + query).statusCode()).isEqualTo(400);
        assertThat(server.inbox.filters).isEmpty();
    }

    @Test
    void one_deletion_is_shown_with_its_attempts() throws Exception {
        server.inbox.entries.add(entry(9, IdentifierKind.EXTERNAL, "salesforce", "003DL0000212DetYAE"));
        server.inbox.attempts.add(new Attempt(OpsServer.NOW, "call-1", 400, "refused", "Bad item"));

        JsonNode shown = json(server.get("/api/deletions/9"));

        assertThat(shown.get("externalProvider").textValue()).isEqualTo("salesforce");
        assertThat(shown.get("externalId").textValue()).isEqualTo("003DL0000212DetYAE");
        assertThat(shown.get("attempts"))
                .isEqualTo(
                        JSON.readTree(
                                """
                [{"at": "2026-03-01T12:00:00Z", "callId": "call-1", "status": 400, "code": "refused",
                  "message": "Bad item"}]"""));
        assertThat(server.get("/api/deletions/10").statusCode()).isEqualTo(404);
        assertThat(server.get("/api/deletions/nine").statusCode()).isEqualTo(400);
    }

    // ---- receipts

    @Test
    void receipts_of_a_contact_are_json_and_those_of_a_time_csv_as_the_caller_wishes() throws Exception {
        server.inbox.entries.add(entry(9, IdentifierKind.EXTERNAL, "salesforce", "003DL0000212DetYAE"));

        HttpResponse<String> json = server.get("/api/receipts?externalId=003DL0000212DetYAE");
        HttpResponse<String> csv = server.get("/api/receipts?from=2026-03-01&to=2026-03-02T00:00:00Z&format=csv");

        assertThat(json.statusCode()).isEqualTo(200);
        assertThat(contentType(json)).isEqualTo("application/json");
        assertThat(json(json).at("/receipts/0/externalId").textValue()).isEqualTo("003DL0000212DetYAE");
        assertThat(json(json).at("/receipts/0/words").textValue()).contains("Talkdesk refused it (refused)");
        assertThat(contentType(csv)).isEqualTo("text/csv; charset=utf-8; header=present");
        assertThat(csv.headers().firstValue("Content-Disposition"))
                .contains("attachment; filename=\"receipts-2026-03-01-2026-03-02.csv\"");
        assertThat(csv.body().lines()).hasSize(2).element(1).asString().startsWith("salesforce,003DL0000212DetYAE,");
        assertThat(json(server.get("/api/receipts?from=2026-03-02&to=2026-03-03")))
                .isEqualTo(JSON.readTree("{\"receipts\": []}"));
        assertThat(json(server.get("/api/receipts?externalId=003DL0000212DetYAE&from=2026-02-01&to=2026-03-01")))
                .isEqualTo(JSON.readTree("{\"receipts\": []}"));
    }

    /** An empty list would say that this contact was never deleted. */
    @Test
    void what_is_no_id_is_refused_unless_its_deletion_was_ordered() throws Exception {
        for (String path : List.of("/api/receipts", "/api/deletions")) {
            for (String id : List.of("12345", "003DL0000212DetYAM", "003*", "customer%201")) {
                HttpResponse<String> answer = server.get(path + "?externalId=" + id);
                assertThat(answer.statusCode()).isEqualTo(400);
                assertThat(answer.body())
                        .contains("no id of a Salesforce record")
                        .doesNotContain("12345");
            }
        }

        server.inbox.entries.add(entry(9, IdentifierKind.EXTERNAL, "hubspot", "customer 1"));
        assertThat(json(server.get("/api/receipts?externalId=customer%201")).path("receipts"))
                .hasSize(1);
        assertThat(json(server.get("/api/deletions?externalId=customer%201")).path("deletions"))
                .hasSize(1);
        assertThat(server.get("/api/receipts?externalId=%20003DL0000212Det%0A").statusCode())
                .isEqualTo(400);
        assertThat(server.get("/api/receipts?externalId=%20003DL0000212Det%20").statusCode())
                .isEqualTo(200);
    }

    /** A page that has to decide knows how many wait, and why. */
    @Test
    void what_is_not_visible_is_something_to_look_at() throws Exception {
        server.inbox.held.put(HeldReason.NOT_VISIBLE, 6L);

        JsonNode status = json(server.get("/api/status"));

        assertThat(status.at("/held/not_visible").asInt()).isEqualTo(6);
        assertThat(status.at("/guard/held").asInt()).isZero();
        assertThat(status.at("/health/level").asText()).isEqualTo("amber");
        assertThat(status.at("/health/reasons").toString()).contains("6 records are not visible in Salesforce");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "format=csv",
                "externalId=",
                "externalId=003%00A",
                "externalId=003A&format=pdf",
                "externalId=003A&colour=red",
                "from=2026-03-01",
                "to=2026-03-01",
                "from=2026-03-01&to=2026-03-01",
                "from=2026-03-02&to=2026-03-01",
                "from=2026-03-01&to=tomorrow",
                "from=2026-03-01&to=2026-02-30",
                "from=2026-03-01&to=%2B999999999-01-01T00:00:00Z",
                "from=2026-03-01&to=2026-03-02T00:00:00"
            })
    void receipts_that_are_asked_for_in_another_way_are_refused(String query) throws Exception {
        HttpResponse<String> answer = server.get("/api/receipts?" + query);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(contentType(answer)).isEqualTo("application/problem+json");
    }

    @Test
    void more_receipts_than_an_answer_holds_are_refused_with_the_name_of_the_command() throws Exception {
        Entry one = entry(9, IdentifierKind.EXTERNAL, "salesforce", "003DL0000212DetYAE");
        server.inbox.entries.addAll(java.util.Collections.nCopies(10_000, one));
        assertThat(server.get("/api/receipts?from=2026-03-01&to=2026-03-02").statusCode())
                .isEqualTo(200);
        server.inbox.entries.add(one);

        HttpResponse<String> answer = server.get("/api/receipts?from=2026-03-01&to=2026-03-02");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer).path("detail").textValue()).contains("salesforce-talkdesk-sync receipts --from");
    }

    @Test
    void the_page_is_served_and_may_not_be_framed() throws Exception {
        HttpResponse<String> page = server.get("/");

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(contentType(page)).isEqualTo("text/html; charset=utf-8");
        assertThat(page.body()).startsWith("<!doctype html>");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
                .doesNotContain("unsafe");
    }

    @Test
    void every_file_that_the_page_names_is_served_and_kept_until_it_changes() throws Exception {
        for (String name : filesOfThePage()) {
            HttpResponse<String> file = server.get("/assets/" + name);
            assertThat(file.statusCode()).as(name).isEqualTo(200);
            assertThat(contentType(file))
                    .as(name)
                    .isEqualTo((name.endsWith(".css") ? "text/css" : "text/javascript") + "; charset=utf-8");
            assertThat(file.headers().firstValue("Cache-Control")).contains("private, no-cache");
            String tag = file.headers().firstValue("ETag").orElseThrow();

            HttpResponse<String> again = server.get("/assets/" + name, "If-None-Match", tag);
            assertThat(again.statusCode()).as(name).isEqualTo(304);
            assertThat(again.body()).isEmpty();
            assertThat(server.get("/assets/" + name, "If-None-Match", "\"another\"")
                            .body())
                    .isEqualTo(file.body());
        }
    }

    /** What the page names, and what the scripts that it names import. */
    private static Set<String> filesOfThePage() throws Exception {
        Set<String> found = new TreeSet<>();
        Deque<String> unread = new ArrayDeque<>(List.of("/"));
        Pattern named = Pattern.compile("(?:\"assets|from \"\\.)/([^\"]+)\"");
        while (!unread.isEmpty()) {
            Matcher name = named.matcher(server.get(unread.remove()).body());
            while (name.find()) {
                if (found.add(name.group(1))) {
                    unread.add("/assets/" + name.group(1));
                }
            }
        }
        assertThat(found).contains("page.js", "page.css", "dom.js", "uPlot.iife.min.js");
        return found;
    }

    @Test
    void no_other_file_of_the_class_path_is_served() throws Exception {
        for (String name : List.of("nothing.js", "..%2Fdb", "%2e%2e/log4j2.properties", "page.js%00", "")) {
            assertThat(server.get("/assets/" + name).statusCode()).as(name).isEqualTo(404);
        }
    }

    @Test
    void nothing_of_the_request_comes_back_as_a_header() throws Exception {
        HttpResponse<String> answer = server.get("/api/status?Set-Cookie=a%3Db", "X-Sent", "by-me");

        assertThat(answer.headers().map()).doesNotContainKeys("set-cookie", "x-sent", "accept", "user-agent");
        assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
    }

    // ---- changing

    @Test
    void parked_deletions_are_redriven_by_id_or_by_what_they_failed_of() throws Exception {
        assertThat(json(server.post("/api/deletions/redrive", "{\"ids\": [3, 4]}")))
                .isEqualTo(JSON.readTree("{\"count\": 7}"));
        server.post(
                "/api/deletions/redrive",
                "{\"state\": \"parked\", \"recordList\": \"list-a\", \"failureCode\": \"list_gone\"}");

        assertThat(server.inbox.acts)
                .containsExactly(
                        "redrive " + new Selection(List.of(3L, 4L), null, null) + BY,
                        "redrive " + new Selection(List.of(), "list-a", "list_gone") + BY);
        assertThat(server.told).containsExactly("wake", "wake");
    }

    @Test
    void what_the_guard_holds_is_approved_or_rejected_all_of_it_or_what_matches() throws Exception {
        assertThat(json(server.post("/api/guard/approve", "{\"state\": \"held\"}")))
                .isEqualTo(JSON.readTree("{\"count\": 5}"));
        server.post(
                "/api/guard/approve",
                "{\"state\": \"held\", \"recordList\": \"list-a\", \"origin\": \"sweep\", \"expected\": 5}");
        assertThat(json(server.post("/api/guard/reject", "{\"ids\": [3], \"heldReason\": \"merge\"}")))
                .isEqualTo(JSON.readTree("{\"count\": 6}"));

        assertThat(server.inbox.acts)
                .containsExactly(
                        "approve " + new Selection(List.of(), null, null) + BY,
                        "approve " + new Selection(List.of(), "list-a", null, Origin.SWEEP, 5) + BY,
                        "reject " + new Selection(List.of(3L), null, null, null, null, HeldReason.MERGE) + BY);
        assertThat(server.told).containsExactly("wake", "wake");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{}",
                "{\"expected\": 5}",
                "{\"recordList\": \"list-a\"}",
                "{\"heldReason\": \"guard\"}",
                "{\"state\": \"held\", \"heldReason\": \"nobody\"}",
                "{\"state\": \"parked\"}",
                "{\"ids\": []}",
                "{\"ids\": [3], \"recordList\": \"list-a\"}",
                "{\"origin\": \"people\"}",
                "{\"expected\": \"5\"}",
                "{\"expected\": -1}",
                "{\"all\": true}"
            })
    void a_decision_that_is_not_clear_changes_nothing(String body) throws Exception {
        assertThat(server.post("/api/guard/approve", body).statusCode()).isEqualTo(400);
        assertThat(server.post("/api/guard/reject", body).statusCode()).isEqualTo(400);

        assertThat(server.inbox.acts).isEmpty();
    }

    /** A client that leaves out what it was given must not mean everything by it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/guard/approve",
                "/api/guard/reject",
                "/api/deletions/redrive",
                "/api/deletions/discard",
                "/api/go-live",
                "/api/guard/open"
            })
    void an_order_that_says_nothing_is_refused_with_the_form_expected(String path) throws Exception {
        for (String body : List.of("{}", "{\"expected\": 5}", "{\"recordList\": \"list-a\"}")) {
            HttpResponse<String> answer = server.post(path, body);
            assertThat(answer.statusCode()).as(body).isEqualTo(400);
            assertThat(answer.body()).contains("xpected");
        }
        assertThat(json(server.post(path, "{}")).path("detail").asText()).startsWith("Expected {");

        assertThat(server.inbox.acts).isEmpty();
        assertThat(server.told).isEmpty();
    }

    @Test
    void the_guard_is_opened_for_a_while_in_so_many_words() throws Exception {
        assertThat(json(server.post("/api/guard/open", "{\"for\": \"90m\"}")))
                .isEqualTo(JSON.readTree(
                        "{\"openUntil\": \"2026-03-01T13:00:00Z\", \"openedBy\": \"anonymous@127.0.0.1\"}"));
        server.post("/api/guard/open", "{\"for\": \"0s\"}");

        assertThat(server.inbox.acts).containsExactly("open PT1H30M" + BY, "open PT0S" + BY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"for\": \"8d\"}", "{\"for\": \"1 h\"}", "{\"for\": 3600}", "{\"for\": \"9999999h\"}"})
    void the_guard_is_not_opened_for_what_is_no_while(String body) throws Exception {
        assertThat(server.post("/api/guard/open", body).statusCode()).isEqualTo(400);
        assertThat(server.inbox.acts).isEmpty();
    }

    @Test
    void what_was_rehearsed_goes_live_by_an_explicit_order_for_lists_that_are_live() throws Exception {
        server.dryRunLists.add("list-b");
        String all = "{\"state\": \"rehearsed\"}";
        assertThat(server.post("/api/go-live", "{}").statusCode()).isEqualTo(400);
        HttpResponse<String> dry =
                server.post("/api/go-live", "{\"state\": \"rehearsed\", \"recordList\": \"list-b\"}");
        assertThat(dry.statusCode()).as("list-b is in delivery.dry-run-lists").isEqualTo(409);
        assertThat(dry.body()).contains("delivery.dry-run-lists");
        assertThat(server.inbox.acts).isEmpty();

        String live = "{\"state\": \"rehearsed\", \"recordList\": \"list-a\"}";
        assertThat(json(server.post("/api/go-live", live))).isEqualTo(JSON.readTree("{\"count\": 9}"));
        assertThat(server.post("/api/go-live", all).statusCode()).isEqualTo(200);

        assertThat(server.inbox.acts)
                .containsExactly(
                        "go live " + new Selection(List.of(), "list-a", null) + " but [list-b] by anonymous@127.0.0.1",
                        "go live " + new Selection(List.of(), null, null) + " but [list-b] by anonymous@127.0.0.1");
        assertThat(server.told).containsExactly("wake", "wake");
    }

    @Test
    void the_status_tells_how_the_guard_stands_and_what_is_only_rehearsed() throws Exception {
        server.inbox.guard = new GuardEntry(
                Instant.parse("2026-03-01T10:00:00Z"), 1_200, Instant.parse("2026-03-01T13:00:00Z"), "kim");
        server.dryRunLists.add("list-b");

        JsonNode status = json(server.get("/api/status"));

        assertThat(status.path("guard"))
                .isEqualTo(JSON.readTree("{\"tripped\": true, \"since\": \"2026-03-01T10:00:00Z\", \"held\": 1200,"
                        + " \"max\": 1000, \"windowMs\": 3600000,"
                        + " \"openUntil\": \"2026-03-01T13:00:00Z\", \"openedBy\": \"kim\"}"));
        assertThat(status.path("mode").asText()).isEqualTo("live");
        assertThat(status.at("/lists/0/dryRun").asBoolean()).isFalse();
        assertThat(status.at("/lists/1/dryRun").asBoolean()).isTrue();
    }

    @Test
    void parked_deletions_are_discarded_with_the_name_of_who_did_it() throws Exception {
        assertThat(json(server.post("/api/deletions/discard", "{\"state\": \"parked\"}")))
                .isEqualTo(JSON.readTree("{\"count\": 8}"));

        assertThat(server.inbox.acts).containsExactly("discard " + new Selection(List.of(), null, null) + BY);
    }

    @Test
    void what_was_rehearsed_is_discarded_where_the_order_says_so() throws Exception {
        assertThat(json(server.post(
                        "/api/deletions/discard", "{\"state\": \"rehearsed\", \"recordList\": \"list-a\"}")))
                .isEqualTo(JSON.readTree("{\"count\": 10}"));

        assertThat(server.inbox.acts)
                .containsExactly("discard rehearsed " + new Selection(List.of(), "list-a", null) + BY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "[]",
                "null",
                "{\"ids\": []}",
                "{\"ids\": 5}",
                "{\"ids\": {\"a\": 1}}",
                "{\"ids\": [\"5\"]}",
                "{\"ids\": [0]}",
                "{\"ids\": [1.5]}",
                "{\"ids\": [99999999999999999999]}",
                "{\"ids\": null}",
                "{\"recordList\": \"list-a\"}",
                "{\"state\": \"deleted\"}",
                "{\"state\": \"parked\", \"recordList\": \"\"}",
                "{\"ids\": [1], \"state\": \"parked\"}",
                "{\"state\": \"parked\", \"all\": \"yes\"}",
                "{\"ids\": [1], \"ids\": [2]}",
                "{\"ids\": [1]} {\"ids\": [2]}"
            })
    void a_selection_that_does_not_say_which_rows_selects_none(String order) throws Exception {
        assertThat(server.post("/api/deletions/discard", order).statusCode()).isEqualTo(400);
        assertThat(server.post("/api/deletions/redrive", order).statusCode()).isEqualTo(400);
        assertThat(server.inbox.acts).isEmpty();
    }

    @Test
    void delivery_is_paused_and_resumed() throws Exception {
        assertThat(server.post("/api/pause", "").statusCode()).isEqualTo(200);
        assertThat(json(server.post("/api/resume", "{}")))
                .isEqualTo(JSON.readTree("{\"state\": \"open\", \"reason\": null, \"until\": null}"));

        assertThat(server.told).containsExactly("pause by anonymous@127.0.0.1", "resume", "wake");
        assertThat(server.inbox.acts).as("what waits after a failure").containsExactly("retry now");
    }

    @Test
    void an_org_is_confirmed_by_its_18_characters_only() throws Exception {
        assertThat(server.post("/api/salesforce/confirm-org", "{\"orgId\": \"00D5e000000ABCDEAA\"}")
                        .statusCode())
                .isEqualTo(200);
        for (String wrong : List.of("{}", "{\"orgId\": \"00D5e000000ABCD\"}", "{\"orgId\": \"0035e000000ABCDEAA\"}")) {
            assertThat(server.post("/api/salesforce/confirm-org", wrong).statusCode())
                    .isEqualTo(400);
        }

        assertThat(server.inbox.acts).containsExactly("confirm 00D5e000000ABCDEAA");
    }

    // ---- health and metrics

    @Test
    void health_is_up_and_says_so_of_each_part() throws Exception {
        for (String path : List.of("/observe/health", "/observe/health/ready", "/observe/health/live")) {
            HttpResponse<String> answer = server.get(path);
            assertThat(answer.statusCode()).as(path + answer.body()).isEqualTo(200);
            assertThat(json(answer).get("status").textValue()).isEqualTo("UP");
        }
        assertThat(json(server.get("/observe/health?exposureLevel=full")).get("checks"))
                .extracting(check -> check.get("name").textValue())
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
        assertThat(json(server.get("/api/status")).get("health"))
                .isEqualTo(JSON.readTree("{\"level\": \"green\", \"reasons\": []}"));
    }

    @Test
    void a_stream_that_failed_or_is_silent_is_not_ready() throws Exception {
        server.stream = OpsServer.stream(State.OTHER_ORG, "pinned is another org");
        assertNotReady("stream", "The stream is other_org: pinned is another org");

        server.stream = OpsServer.stream(State.CONNECTED, "a response cannot be accepted yet");
        assertNotReady("stream", "The stream is connected: a response cannot be accepted yet");

        server.stream = OpsServer.stream(State.CONNECTED, null, OpsServer.NOW.minusMillis(330_001));
        assertNotReady("stream", "longer than stream.idle-timeout");

        server.stream = OpsServer.stream(State.CONNECTED, null, OpsServer.NOW.minusMillis(330_000));
        assertReady();
    }

    /** 20 s and 60 s idle cuts of a proxy turned it red and green 41 and 13 times in eight minutes. */
    @Test
    void a_stream_that_has_just_ended_is_ready_for_a_minute_while_it_is_opened_again() throws Exception {
        for (State state : List.of(State.WAITING, State.CONNECTING)) {
            server.stream = brokenSince(state, OpsServer.NOW.minusMillis(59_999));
            assertReady();

            server.stream = brokenSince(state, OpsServer.NOW.minusMillis(60_000));
            assertNotReady("stream", "The stream is " + state.name().toLowerCase(Locale.ROOT) + ": UNAVAILABLE");
            // It never was open, or a person is needed.
            server.stream = OpsServer.stream(state, "UNAVAILABLE");
            assertNotReady("stream", "The stream is " + state.name().toLowerCase(Locale.ROOT) + ": UNAVAILABLE");
        }
        server.stream = brokenSince(State.OTHER_ORG, OpsServer.NOW);
        assertNotReady("stream", "The stream is other_org");
    }

    private static StreamReport brokenSince(State state, Instant since) {
        return new StreamReport(
                "/data/ContactChangeEvent", state, null, null, "UNAVAILABLE", null, since, since, Map.of());
    }

    @Test
    void what_is_to_look_at_in_a_stream_is_amber() throws Exception {
        server.stream = new StreamReport(
                "/data/ContactChangeEvent", State.CONNECTED, null, null, null, "is cut", null, OpsServer.NOW, Map.of());

        assertThat(json(server.get("/api/status")).get("health"))
                .isEqualTo(JSON.readTree("{\"level\": \"amber\", \"reasons\": [\"is cut\"]}"));
        assertReady();
    }

    @Test
    void a_position_that_is_not_saved_while_connected_is_not_ready() throws Exception {
        server.inbox.position = position(Duration.ofMillis(660_000));
        assertReady();

        server.inbox.position = position(Duration.ofMillis(660_001));
        assertNotReady("position", "no position was saved since 2026-03-01T11:48:59.999Z, longer than two times");
        server.stream = OpsServer.stream(State.STANDBY, null);
        assertReady();

        server.stream = OpsServer.stream(State.CONNECTED, null);
        server.inbox.position = new PositionEntry(
                "/data/ContactChangeEvent", null, null, OpsServer.NOW.minus(Duration.ofHours(1)), null);
        assertNotReady("position", "no position was saved since 2026-03-01T11:00:00Z (the first start)");
    }

    @Test
    void a_position_that_expires_soon_is_not_ready() throws Exception {
        server.stream = OpsServer.stream(State.STANDBY, null);
        server.inbox.position = position(Duration.ofHours(48));
        assertReady();

        server.inbox.position = position(Duration.ofHours(48).plusMillis(1));
        assertNotReady("expiry", "expires in 23 h");

        server.inbox.position = position(Duration.ofHours(80));
        assertNotReady("expiry", "has expired");
    }

    @Test
    void a_deletion_that_waits_for_too_long_is_not_ready() throws Exception {
        server.inbox.oldestPending = OpsServer.NOW.minus(Duration.ofHours(1));
        assertReady();

        server.inbox.oldestPending = OpsServer.NOW.minus(Duration.ofHours(1)).minusMillis(1);
        assertNotReady("pending", "to be sent since 2026-03-01T10:59:59.999Z, longer than health.oldest-pending");

        // Held back for a while by a person's wish.
        server.inbox.oldestPending = OpsServer.NOW.plus(Duration.ofHours(2));
        assertReady();
        assertThat(json(server.get("/api/status")).get("oldestPendingSeconds").asLong())
                .isZero();
    }

    @Test
    void a_list_that_is_suspended_is_not_ready() throws Exception {
        server.inbox.recordLists.add(new RecordListEntry("list-a", "active", 9, 9, null, ""));
        server.inbox.recordLists.add(new RecordListEntry("list-b", "suspended", 0, 1, null, "404 gone"));
        assertReady();

        server.inbox.recordLists.add(new RecordListEntry("list-z", "suspended", 2, 1, null, "403 forbidden"));
        assertNotReady("lists", "list-z (403 forbidden)");
    }

    @Test
    void a_list_that_is_stopped_is_not_ready_until_a_person_lets_it_go_on() throws Exception {
        server.inbox.recordLists.add(new RecordListEntry("list-b", "stopped", 0, 0, null, "5000 for 3"));
        assertNotReady("lists", "list-b (5000 for 3)");
        server.recordLists.stopped.add("list-b");

        assertThat(json(server.post("/api/record-lists/go-on", "{\"ids\": [\"list-a\", \"list-b\"]}")))
                .isEqualTo(JSON.readTree("{\"count\": 1}"));
        assertThat(server.recordLists.stopped).isEmpty();
        assertThat(server.told).contains("wake");
    }

    @Test
    void another_process_with_other_settings_is_red_by_key_and_keeps_no_rollout_waiting() throws Exception {
        server.differences = List.of(
                new Fingerprint.Difference("guard.max-deletions", "20", "2000"),
                new Fingerprint.Difference("ledger.phone-key", null, null));
        try {
            HttpResponse<String> health = server.get("/observe/health");
            assertThat(health.statusCode()).isEqualTo(503);
            assertThat(health.body())
                    .contains(
                            "nodes",
                            "guard.max-deletions (here 20; there 2000)",
                            "ledger.phone-key (a secret, not shown)");
            assertThat(level()).isEqualTo("red");
            assertThat(reasons()).contains("guard.max-deletions");
            assertThat(server.get("/observe/health/ready").statusCode()).isEqualTo(200);
        } finally {
            server.differences = List.of();
        }
        assertThat(server.get("/observe/health").statusCode()).isEqualTo(200);
    }

    @Test
    void what_lies_before_the_first_start_is_amber_until_a_person_declines_it() throws Exception {
        server.recordLists.coverage.add(new ListCoverage("list-a", null, null, null, "", true));
        assertThat(level()).isEqualTo("amber");
        assertThat(reasons()).contains("before the first start", "list-a", "/api/record-lists/skip-history");

        assertThat(json(server.post("/api/record-lists/skip-history", "{\"ids\": [\"list-a\"]}")))
                .isEqualTo(JSON.readTree("{\"count\": 1}"));

        assertThat(level()).isEqualTo("green");
    }

    @Test
    void a_list_that_joined_is_amber_with_what_is_to_come_and_shown_with_what_is_covered() throws Exception {
        Instant back = OpsServer.NOW.minus(ListCoverage.LOOK_BACK);
        server.recordLists.coverage.add(new ListCoverage("list-b", OpsServer.NOW, back, null, "", true));
        try {
            assertThat(level()).isEqualTo("amber");
            assertThat(reasons())
                    .contains("Record list list-b joined at 2026-03-01T12:00:00Z", "a sweep of the 15 days");
            JsonNode list = json(server.get("/api/status")).at("/lists/1");
            assertThat(list.path("id").asText()).isEqualTo("list-b");
            assertThat(list.path("joined").asText()).isEqualTo("2026-03-01T12:00:00Z");
            assertThat(list.path("coveredUntil").asText()).isEqualTo("2026-02-14T12:00:00Z");
            assertThat(list.path("historyOpen").asBoolean()).isTrue();
        } finally {
            server.recordLists.coverage.clear();
        }
    }

    @Test
    void why_a_presence_check_failed_is_said_in_the_row_of_its_list() throws Exception {
        server.found.found.add(failing("list-b", "add tod.records-list.manage"));
        server.found.found.add(asking("list-c", "SF May"));
        try {
            JsonNode lists = json(server.get("/api/status")).path("lists");
            assertThat(lists.at("/0/presenceError").isNull()).isTrue();
            assertThat(lists.at("/1/presenceError").asText()).isEqualTo("add tod.records-list.manage");
            assertThat(lists.at("/1/served").asBoolean()).isTrue();
            assertThat(reasons()).contains("The presence check: add tod.records-list.manage");
        } finally {
            server.found.found.clear();
        }
    }

    @Test
    void record_lists_that_were_looked_up_are_told_about_by_their_names() throws Exception {
        server.found.state = new LookUpState(null, "no page", "", "nothing matches 'SF *'");
        server.found.found.add(asking("list-c", "SF May"));
        try {
            assertThat(level()).isEqualTo("amber");
            assertThat(reasons())
                    .contains("waits for a person to let it join", "list-c (SF May)")
                    .contains("nothing matches 'SF *'")
                    .contains("The record lists could not be looked up: no page");
        } finally {
            server.found.state = new LookUpState(null, "", "", "");
            server.found.found.clear();
        }
    }

    private static FoundList asking(String id, String name) {
        return found(id, name, Membership.ASKS, "");
    }

    private static FoundList failing(String id, String presenceError) {
        return found(id, "", Membership.CONFIGURED, presenceError);
    }

    private static FoundList found(String id, String name, Membership membership, String presenceError) {
        boolean configured = membership == Membership.CONFIGURED;
        return new FoundList(
                id,
                name,
                membership,
                "active",
                configured,
                !configured,
                false,
                Set.of(),
                "EXTERNAL",
                "ACCEPTED",
                7L,
                null,
                null,
                null,
                false,
                false,
                presenceError);
    }

    @Test
    void a_list_that_is_not_configured_any_more_is_retired() throws Exception {
        server.inbox.recordLists.add(new RecordListEntry("list-z", "active", 0, 0, null, ""));
        server.recordLists.coverage.add(new ListCoverage("list-z", null, OpsServer.NOW, null, "", false));
        try {
            assertThat(level()).isEqualTo("green");
            assertThat(json(server.get("/api/status")).at("/lists/2/state").asText())
                    .isEqualTo("retired");
        } finally {
            server.recordLists.coverage.clear();
        }
    }

    private String reasons() throws Exception {
        return json(server.get("/api/status")).at("/health/reasons").toString();
    }

    @Test
    void a_list_of_which_nothing_was_ever_found_is_something_to_look_at() throws Exception {
        server.nothingFound = List.of(new NothingFound("list-b", 3, 1));
        try {
            assertThat(json(server.get("/api/status")).at("/health/reasons").toString())
                    .contains("Record list list-b", "3 batches and 1 single records", "talkdesk.external-provider");
            assertReady();
        } finally {
            server.nothingFound = List.of();
        }
    }

    @Test
    void a_delivery_that_fails_or_was_paused_is_not_ready() throws Exception {
        server.gate = new GateReport("waiting", "no_token", OpsServer.NOW.plusSeconds(9));
        assertNotReady("delivery", "Delivery is waiting: no_token");

        server.gate = new GateReport("paused", "Paused by a person", null);
        assertNotReady("delivery", "Delivery is paused: Paused by a person");
    }

    @Test
    void a_token_that_is_refused_is_not_ready_and_says_which_end_and_what_to_check() throws Exception {
        try (OpsServer refused = OpsServer.start("127.0.0.1", "")) {
            assertThat(refused.get("/observe/health/ready").statusCode()).isEqualTo(200);
            assertThatThrownBy(refused.talkdeskToken::token).isInstanceOf(TokenUnavailableException.class);

            HttpResponse<String> ready = refused.get("/observe/health/ready");

            assertThat(ready.statusCode()).isEqualTo(503);
            assertThat(json(ready).get("checks")).singleElement().satisfies(check -> {
                assertThat(check.get("name").textValue()).isEqualTo("talkdesk-token");
                assertThat(check.toString())
                        .contains("talkdesk.example: the key for the private key cannot be used")
                        .contains("configured by talkdesk.*");
            });
        }
    }

    @Test
    void a_guard_that_is_tripped_is_not_ready() throws Exception {
        assertThat(server.metrics()).contains("recordsync_guard_tripped 0.0");

        server.inbox.guard = new GuardEntry(Instant.parse("2026-03-01T11:00:00Z"), 1200, null, null);

        assertNotReady("guard", "tripped since 2026-03-01T11:00:00Z, 1200 deletions are held");
        assertThat(server.metrics()).contains("recordsync_guard_tripped 1.0");

        server.inbox.guard = new GuardEntry(null, 7, null, null);
        assertNotReady("guard", "The mass-deletion guard is not tripped any more, but 7 deletions are still held");

        server.inbox.guard = new GuardEntry(Instant.parse("2026-03-01T11:00:00Z"), 0, null, null);
        assertNotReady("guard", "it holds nothing now, but all that comes");
    }

    @Test
    void a_database_that_fails_is_reported_once_and_what_needs_it_is_unknown() throws Exception {
        server.inbox.trouble = "accept failed: the disk is full";
        assertNotReady("store", "The database fails: accept failed: the disk is full");

        server.inbox.broken = true;
        assertNotReady("store", "The database does not answer: connection refused");
        assertThat(server.metrics())
                .contains(
                        "recordsync_check_up{check=\"store\"} 0.0",
                        "recordsync_check_up{check=\"pending\"} NaN",
                        "recordsync_check_up{check=\"stream\"} 1.0");
    }

    @Test
    void a_subscriber_that_ended_by_itself_is_not_alive_but_one_that_was_stopped_is() throws Exception {
        server.stream = OpsServer.stream(State.STOPPED, null);
        assertThat(server.get("/observe/health/live").statusCode()).isEqualTo(200);

        server.stream = OpsServer.stream(State.STOPPED, "The subscriber has ended by a mistake of ours");

        HttpResponse<String> live = server.get("/observe/health/live");
        assertThat(live.statusCode()).isEqualTo(503);
        assertThat(live.body()).contains("ended by a mistake of ours");
    }

    @Test
    void what_is_to_be_looked_at_is_amber_in_words() throws Exception {
        server.inbox.problems.add(
                new ProblemEntry(OpsServer.NOW.minus(Duration.ofHours(24)), "refused_id", "yesterday's"));
        assertThat(level()).isEqualTo("green");

        server.dryRunLists.add("list-b");
        server.inbox.problems.add(0, new ProblemEntry(OpsServer.NOW.minusSeconds(1), "refused_id", "Refused 003*"));
        server.inbox.counts.put(DeletionState.PARKED, 2L);

        assertThat(level()).isEqualTo("amber");
        assertThat(json(server.get("/api/status")).at("/health/reasons"))
                .extracting(JsonNode::textValue)
                .containsExactly(
                        "A dry run: nothing is deleted from record list list-b",
                        "2 deletions are parked",
                        "Reported within 24 hours: Refused 003*");
    }

    private static String level() throws Exception {
        return json(server.get("/api/status")).at("/health/level").textValue();
    }

    private static PositionEntry position(Duration age) {
        return new PositionEntry(
                "/data/ContactChangeEvent", new byte[] {1}, OpsServer.NOW.minus(age), Instant.EPOCH, null);
    }

    private static void assertReady() throws Exception {
        HttpResponse<String> ready = server.get("/observe/health/ready");
        assertThat(ready.statusCode()).as(ready.body()).isEqualTo(200);
    }

    /** The check alone says why, in the page's words too; the process lives. */
    private static void assertNotReady(String check, String reason) throws Exception {
        HttpResponse<String> ready = server.get("/observe/health/ready");
        assertThat(ready.statusCode()).isEqualTo(503);
        assertThat(json(ready).get("checks"))
                .extracting(down -> down.get("name").textValue())
                .containsExactly(check);
        assertThat(ready.body()).contains(reason);
        if (!server.inbox.broken) {
            assertThat(json(server.get("/api/status")).at("/health/reasons/0").textValue())
                    .contains(reason);
        }
        assertThat(server.get("/observe/health").statusCode()).isEqualTo(503);
        assertThat(server.get("/observe/health/live").statusCode()).isEqualTo(200);
    }

    /** As the agents send it; Telegraf and Datadog were answered 406. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // Prometheus 2 and 3, and 3 where native histograms are on.
                "application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,"
                        + "text/plain;version=0.0.4;q=0.3,*/*;q=0.2 | application/openmetrics-text",
                "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,"
                        + "application/openmetrics-text;version=0.0.1;q=0.4,"
                        + "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,/;q=0.1"
                        + " | application/openmetrics-text",
                "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,"
                        + "application/openmetrics-text;version=1.0.0;escaping=underscores;q=0.5,"
                        + "text/plain;version=0.0.4;q=0.4,*/*;q=0.2 | application/openmetrics-text",
                // Telegraf.
                "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.7,"
                        + "text/plain;version=0.0.4;q=0.3 | text/plain",
                "text/plain | text/plain",
                // Datadog.
                "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1"
                        + " | application/openmetrics-text",
                "text/plain;version=0.0.4 | text/plain",
                // vmagent.
                "text/plain;version=0.0.4;q=1,*/*;q=0.1 | text/plain",
                // curl, browsers, and what takes neither.
                "*/* | text/plain",
                "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8 | text/plain",
                "application/json | text/plain",
                "application/openmetrics-text;q=0 | text/plain",
                "APPLICATION/OPENMETRICS-TEXT | application/openmetrics-text",
            })
    void every_agent_gets_the_metrics_in_a_form_that_it_reads(String accept, String type) throws Exception {
        HttpResponse<String> answer = server.get("/observe/metrics", "Accept", accept, "Accept-Encoding", "gzip");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith(type + ";");
        assertThat(answer.body()).contains("# TYPE recordsync_guard_tripped gauge");
        assertThat(answer.body().endsWith("# EOF\n")).isEqualTo(type.startsWith("application/openmetrics"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/observe/metrics", "/observe/health", "/observe/health/live", "/observe/health/ready"})
    void head_is_answered_like_get_and_without_a_body(String path) throws Exception {
        HttpResponse<String> head = server.send("HEAD", path, null);

        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValue("Content-Type"))
                .isEqualTo(server.get(path).headers().firstValue("Content-Type"));

        if (path.equals("/observe/health/ready")) {
            server.stream = OpsServer.stream(State.OTHER_ORG, "pinned is another org");
            assertThat(server.send("HEAD", path, null).statusCode()).isEqualTo(503);
        }
    }

    @Test
    void metrics_are_in_the_text_form_of_prometheus() throws Exception {
        server.metrics();
        HttpResponse<String> answer = server.get("/observe/metrics");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body())
                .contains("recordsync_inbox_deletions{state=\"parked\"}", "recordsync_oldest_pending_seconds ");
    }

    // ---- what is read

    private static DeletionRequest request(String list, Identifier identifier, String eventKey) {
        return new DeletionRequest(list, identifier, eventKey, Origin.API, OpsServer.NOW, DeletionState.PENDING);
    }

    private static Entry entry(long id, IdentifierKind kind, String provider, String identifier) {
        Instant now = OpsServer.NOW;
        return new Entry(
                id,
                "list-a",
                kind,
                provider,
                identifier,
                DeletionState.PARKED,
                "api",
                "api:1",
                now,
                now.plusSeconds(1),
                null,
                2,
                0,
                false,
                null,
                "",
                "",
                "refused",
                "Talkdesk refused it",
                "merged into 003DL0000214OYdYAM",
                "",
                null,
                null,
                true,
                "kim",
                "",
                "",
                "",
                "",
                "",
                null);
    }

    private static String phones(int count) {
        return IntStream.range(0, count)
                .mapToObj("{\"phone_number\": \"+1555%07d\"}"::formatted)
                .collect(Collectors.joining(",", "[", "]"));
    }

    private static JsonNode json(HttpResponse<String> answer) throws Exception {
        return JSON.readTree(answer.body());
    }

    /** What was shown, but for its name. */
    private static JsonNode withoutAsOf(HttpResponse<String> answer) throws Exception {
        ObjectNode shown = (ObjectNode) json(answer);
        assertThat(shown.remove("asOf").asText()).matches("[A-Za-z0-9_-]+");
        return shown;
    }

    private static String contentType(HttpResponse<String> answer) {
        return answer.headers().firstValue("Content-Type").orElse("none");
    }
}
