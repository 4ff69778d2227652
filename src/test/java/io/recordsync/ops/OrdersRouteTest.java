package io.recordsync.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recordsync.deletion.SightReport;
import io.recordsync.deletion.SightState;
import io.recordsync.inbox.Coverage;
import io.recordsync.inbox.Decisions.Selection;
import io.recordsync.inbox.Decisions.Shown;
import io.recordsync.inbox.Ledger.PositionEntry;
import io.recordsync.inbox.Ledger.RecordListEntry;
import io.recordsync.inbox.ListCoverage;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes back with an order: what was shown, and the key of the order. */
class OrdersRouteTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Coverage.Stretch ONE_DAY =
            new Coverage.Stretch(Instant.parse("2026-02-01T00:00:00Z"), Instant.parse("2026-02-02T00:00:00Z"));
    private static final Coverage.Stretch FIVE_DAYS =
            new Coverage.Stretch(Instant.parse("2026-02-01T00:00:00Z"), Instant.parse("2026-02-06T12:00:00Z"));

    private OpsServer server;

    @BeforeEach
    void start() throws Exception {
        server = OpsServer.start("127.0.0.1", "");
        server.inbox.mark = 41;
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void what_was_shown_goes_with_the_order_and_what_it_leaves_is_counted() throws Exception {
        String asOf = asOf("/api/status");
        server.inbox.mark = 99;
        server.inbox.left = 3;

        HttpResponse<String> answer =
                server.post("/api/guard/approve", "{\"state\": \"held\", \"asOf\": \"" + asOf + "\"}");

        assertThat(answer.body()).isEqualTo("{\"count\":5,\"left\":3}");
        assertThat(server.inbox.acts)
                .containsExactly("approve " + new Selection(List.of(), null, null).of(new Shown(41))
                        + " by anonymous@127.0.0.1");
    }

    @Test
    void nothing_is_left_of_what_was_shown() throws Exception {
        server.inbox.redriven = 0;

        HttpResponse<String> answer = server.post(
                "/api/deletions/redrive", "{\"state\": \"parked\", \"asOf\": \"" + asOf("/api/dead-letters") + "\"}");

        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(answer.body()).contains("Nothing of what was shown is parked any more; nothing was changed");
        assertThat(server.post("/api/deletions/redrive", "{\"state\": \"parked\"}")
                        .statusCode())
                .isEqualTo(200);
    }

    /** Of an answer that showed some of a state an order over more of it is refused, whichever way it is more. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/api/dead-letters|/api/guard/approve|\"state\": \"held\"",
                "/api/deletions?state=parked|/api/guard/approve|\"state\": \"held\"",
                "/api/deletions?state=held|/api/deletions/redrive|\"ids\": [3]",
                "/api/deletions?state=held&heldReason=merge|/api/guard/approve|\"state\": \"held\"",
                "/api/deletions?heldReason=guard|/api/guard/reject|\"state\": \"held\", \"heldReason\": \"not_visible\"",
                "/api/deletions?state=held&recordList=list-a|/api/guard/approve|\"state\": \"held\"",
                "/api/deletions?state=held&recordList=list-a|/api/guard/approve|\"state\": \"held\", \"recordList\": \"list-b\"",
                "/api/deletions?state=held&externalId=003DL0000212DetYAE|/api/guard/approve|\"state\": \"held\"",
                "/api/dead-letters|/api/sweep/confirm-unproven|",
                "/api/deletions?state=held|/api/resume|",
            })
    void an_order_about_more_than_was_shown_is_refused(String shown, String order, String body) throws Exception {
        String fields = body == null ? "" : body + ", ";

        HttpResponse<String> answer = server.post(order, "{" + fields + "\"asOf\": \"" + asOf(shown) + "\"}");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(409);
        assertThat(answer.body()).contains("nothing was changed");
        assertThat(server.inbox.acts).isEmpty();
        assertThat(server.told).isEmpty();
    }

    @Test
    void a_page_of_a_list_is_what_it_showed_and_no_more() throws Exception {
        server.inbox.left = 7;
        String asOf = asOf("/api/deletions?state=held&recordList=list-a&before=900");

        server.post(
                "/api/guard/approve", "{\"state\": \"held\", \"recordList\": \"list-a\", \"asOf\": \"" + asOf + "\"}");

        assertThat(server.inbox.acts).singleElement().asString().contains("mark=41, fromId=0, belowId=900");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"\"", "\"yesterday\"", "\"bnVsbA\"", "\"e30x\"", "7", "\"W10\"", "\"eyJ6IjoxfQ\""})
    void what_no_answer_gave_is_no_as_of(String asOf) throws Exception {
        for (String path : List.of("/api/guard/approve", "/api/guard/reject", "/api/go-live")) {
            String state = path.endsWith("live") ? "rehearsed" : "held";
            HttpResponse<String> answer = server.post(path, "{\"state\": \"" + state + "\", \"asOf\": " + asOf + "}");
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        }
        assertThat(server.inbox.acts).isEmpty();
    }

    @Test
    void a_stretch_that_grew_is_not_confirmed() throws Exception {
        server.coverage.state = unproven(ONE_DAY);
        String asOf = "{\"asOf\": \"" + asOf("/api/status") + "\"}";
        server.coverage.state = unproven(FIVE_DAYS);

        assertThat(server.post("/api/sweep/confirm-unproven", asOf).statusCode())
                .isEqualTo(409);
        assertThat(server.coverage.state.unproven()).isEqualTo(FIVE_DAYS);

        server.coverage.state = unproven(ONE_DAY);
        assertThat(server.post("/api/sweep/confirm-unproven", asOf).statusCode())
                .isEqualTo(200);
        assertThat(server.post("/api/sweep/confirm-unproven", asOf).statusCode())
                .isEqualTo(409);
        assertThat(server.post("/api/sweep/confirm-unproven", "").statusCode()).isEqualTo(200);
    }

    /** A later look counted fewer, or the user sees all again, or one of two. */
    @Test
    void sight_that_is_not_lost_as_it_was_shown_is_not_confirmed() throws Exception {
        SightReport forty = new SightReport("Contact", SightState.LOST, 100L, "40 records, where 100 were counted");
        SightReport ten = new SightReport("Contact", SightState.LOST, 100L, "10 records, where 100 were counted");
        SightReport lead = new SightReport("Lead", SightState.LOST, 7L, "no record");
        server.sights.shown = List.of(forty);
        String asOf = "{\"asOf\": \"" + asOf("/api/status") + "\"}";

        for (List<SightReport> now : List.of(List.of(ten), List.of(ten, lead), List.<SightReport>of())) {
            server.sights.shown = now;
            assertThat(server.post("/api/salesforce/confirm-sight", asOf).statusCode())
                    .isEqualTo(409);
            assertThat(server.sights.shown).isEqualTo(now);
        }
        assertThat(server.post("/api/salesforce/confirm-sight", "{\"asof\": \"x\"}")
                        .statusCode())
                .isEqualTo(400);

        server.sights.shown = List.of(forty);
        assertThat(server.post("/api/salesforce/confirm-sight", asOf).body())
                .isEqualTo("{\"confirmed\":[\"Contact\"]}");
    }

    @Test
    void another_org_than_was_shown_is_not_confirmed() throws Exception {
        server.inbox.position = position("00Dxx0000001gPFEAY");
        String order = "{\"orgId\": \"00Dxx0000001gPGEAY\", \"asOf\": \"" + asOf("/api/status") + "\"}";
        server.inbox.position = position("00Dxx0000001gPHEAY");

        assertThat(server.post("/api/salesforce/confirm-org", order).statusCode())
                .isEqualTo(409);
        assertThat(server.inbox.acts).isEmpty();

        server.inbox.position = position("00Dxx0000001gPFEAY");
        assertThat(server.post("/api/salesforce/confirm-org", order).statusCode())
                .isEqualTo(200);
    }

    @Test
    void lists_are_decided_about_as_they_were_shown() throws Exception {
        server.inbox.recordLists.add(new RecordListEntry("list-a", "stopped", 0, 0, null, "deleted more"));
        server.recordLists.stopped.add("list-a");
        server.recordLists.coverage.add(new ListCoverage("list-b", null, null, null, "", true));
        String asOf = asOf("/api/status");

        assertThat(lists("go-on", "list-b", asOf)).isEqualTo(409);
        assertThat(lists("skip-history", "list-a", asOf)).isEqualTo(409);
        assertThat(lists("go-on", "list-a", asOf)).isEqualTo(200);
        assertThat(lists("skip-history", "list-b", asOf)).isEqualTo(200);
    }

    @Test
    void what_was_paused_since_it_was_shown_is_not_resumed() throws Exception {
        String running = asOf("/api/status");
        server.pauses.pause("kim");
        String paused = asOf("/api/status");

        HttpResponse<String> answer = server.post("/api/resume", "{\"asOf\": \"" + running + "\"}");

        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(answer.body()).contains("paused by kim at 2026-03-01T11:00:00Z");
        assertThat(server.told).isEmpty();
        assertThat(server.post("/api/resume", "{\"asOf\": \"" + paused + "\"}").statusCode())
                .isEqualTo(200);
        assertThat(server.told).contains("resume");
    }

    @Test
    void the_same_key_does_nothing_twice_and_is_answered_as_before() throws Exception {
        HttpResponse<String> first = keyed("k-1", "/api/guard/approve", "{\"state\": \"held\"}");
        HttpResponse<String> again = keyed("\"k-1\"", "/api/guard/approve", "{\"state\": \"held\"}");

        assertThat(first.body()).isEqualTo("{\"count\":5}");
        assertThat(again.statusCode()).isEqualTo(200);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(again.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(again.headers().firstValue("Location")).contains("/api/orders/k-1");
        assertThat(server.inbox.acts).hasSize(1);
        assertThat(server.told).containsExactly("wake");
        JsonNode order = JSON.readTree(server.get("/api/orders/k-1").body());
        assertThat(order.path("state").asText()).isEqualTo("done");
        assertThat(order.path("answer").path("count").asInt()).isEqualTo(5);

        assertThat(keyed("k-1", "/api/guard/reject", "{\"state\": \"held\"}").statusCode())
                .isEqualTo(422);
        assertThat(keyed("k-1", "/api/guard/approve", "{\"ids\": [3]}").statusCode())
                .isEqualTo(422);
        assertThat(server.inbox.acts).hasSize(1);
    }

    /** Any order, also one that has no body. */
    @ParameterizedTest
    @CsvSource({
        "/api/pause, {}",
        "/api/sweep, {}",
        "/api/reconcile, {}",
        "/api/sweep/confirm-unproven, ''",
        "/api/guard/open, {\"for\": \"1h\"}",
        "/api/deletions, '[{\"phone_number\": \"+15550000001\"}]'"
    })
    void every_order_takes_a_key(String path, String body) throws Exception {
        HttpResponse<String> first = keyed("k-2", path, body);
        int told = server.told.size();
        int accepted = server.inbox.intakes.size();

        HttpResponse<String> again = keyed("k-2", path, body);

        assertThat(first.statusCode()).isLessThan(300);
        assertThat(again.statusCode()).isEqualTo(first.statusCode());
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(server.told).hasSize(told);
        assertThat(server.inbox.intakes).hasSize(accepted);
    }

    @Test
    void an_order_that_was_refused_may_be_sent_again_under_its_key() throws Exception {
        server.dryRunLists.add("list-a");
        String live = "{\"state\": \"rehearsed\", \"recordList\": \"list-a\"}";
        assertThat(keyed("k-3", "/api/go-live", live).statusCode()).isEqualTo(409);

        server.dryRunLists.clear();

        assertThat(keyed("k-3", "/api/go-live", live).statusCode()).isEqualTo(200);
        assertThat(server.get("/api/orders/nobody").statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "two words", "\"\""})
    void a_key_that_is_none_is_refused(String key) throws Exception {
        assertThat(keyed(key, "/api/guard/approve", "{\"state\": \"held\"}").statusCode())
                .isEqualTo(400);
        assertThat(server.inbox.acts).isEmpty();
    }

    @Test
    void an_order_over_many_is_answered_at_once_with_where_it_is_shown() throws Exception {
        server.orders.many = true;

        HttpResponse<String> answer = server.post("/api/deletions/discard", "{\"state\": \"parked\"}");

        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(answer.headers().firstValue("Location")).contains("/api/orders/order-1");
        JsonNode order = JSON.readTree(server.get("/api/orders/order-1").body());
        assertThat(order).isEqualTo(JSON.readTree(answer.body()));
        assertThat(order.path("state").asText()).isEqualTo("running");
        assertThat(order.path("count").asInt()).isEqualTo(1_000);
        assertThat(server.inbox.acts).isEmpty();
    }

    private String asOf(String path) throws Exception {
        HttpResponse<String> answer = server.get(path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body()).path("asOf").asText();
    }

    private int lists(String order, String list, String asOf) throws Exception {
        return server.post("/api/record-lists/" + order, "{\"ids\": [\"" + list + "\"], \"asOf\": \"" + asOf + "\"}")
                .statusCode();
    }

    private HttpResponse<String> keyed(String key, String path, String body) throws Exception {
        return server.send("POST", path, body, "Content-Type", "application/json", "Idempotency-Key", key);
    }

    private static Coverage.State unproven(Coverage.Stretch stretch) {
        return new Coverage.State(null, null, null, null, false, false, stretch);
    }

    private static PositionEntry position(String org) {
        return new PositionEntry("/data/ContactChangeEvent", new byte[] {1}, OpsServer.NOW, null, org);
    }
}
