package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recordsync.simulator.salesforce.ContactIds;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Orders of people: about what was shown, sent twice, and over so many deletions that the service is killed meanwhile. */
@Tag("long")
class OrdersIT {

    private static final String LIST = "orders-a";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    Path folder;

    private SalesforceSimulator salesforce;
    private TalkdeskSimulator talkdesk;
    private Service service;

    @BeforeEach
    void start() throws IOException {
        salesforce = SalesforceSimulator.start();
        talkdesk = TalkdeskSimulator.start();
        talkdesk.addList(LIST, "EXTERNAL");
        service = new Service(folder, salesforce, talkdesk, LIST)
                .with("guard.max-deletions", "20")
                .startSubscribed();
    }

    @AfterEach
    void stop() {
        service.close();
        talkdesk.close();
        salesforce.close();
    }

    @Test
    void what_came_after_it_was_shown_stays_and_a_key_does_nothing_twice() throws Exception {
        service.post("/api/pause", "{}");
        List<String> shown = contacts(30);
        salesforce.publishMergedDelete(shown.toArray(String[]::new));
        service.await("they are held", () -> service.count("held") == 30);
        String asOf = service.status().path("asOf").asText();
        String late = contacts(1).get(0);
        salesforce.publishDelete(late);
        service.await("one more is held", () -> service.count("held") == 31);

        String order = "{\"state\": \"held\", \"asOf\": \"" + asOf + "\"}";
        HttpResponse<String> first = keyed("purge-1", "/api/guard/approve", order);
        HttpResponse<String> again = keyed("purge-1", "/api/guard/approve", order);

        assertThat(first.body()).isEqualTo("{\"count\":30,\"left\":1}");
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(keyed("purge-1", "/api/guard/reject", order).statusCode()).isEqualTo(422);
        assertThat(service.get("/api/orders/purge-1").path("state").asText()).isEqualTo("done");
        HttpResponse<String> nothing = service.post("/api/guard/approve", order);
        assertThat(nothing.statusCode()).isEqualTo(409);
        assertThat(nothing.body()).contains("Nothing of what was shown is held any more");
        assertThat(service.deletions("state=held"))
                .extracting(row -> row.path("externalId").asText())
                .containsExactly(late);

        // After a restart the key is known, and so is what was shown.
        service.kill();
        service.startSubscribed();
        assertThat(keyed("purge-1", "/api/guard/approve", order).body()).isEqualTo(first.body());
        service.post("/api/resume", "{}");
        talkdesk.awaitGone(LIST, shown);
        assertThat(talkdesk.holds(LIST, late)).isTrue();
    }

    /** The process is killed as soon as the database shows that the order has happened, whether or not it has answered by then. */
    @Test
    void an_order_that_happened_right_before_a_kill_is_answered_as_it_would_have_been() throws Exception {
        service.post("/api/pause", "{}");
        List<String> held = contacts(30);
        salesforce.publishMergedDelete(held.toArray(String[]::new));
        service.await("they are held", () -> service.count("held") == 30);
        String approve = "{\"state\": \"held\", \"asOf\": \""
                + service.status().path("asOf").asText() + "\"}";
        String phone = "[{\"recordList\": \"" + LIST + "\", \"phone_number\": \"+15550000001\"}]";

        killedOnceHappened("kill-1", "/api/guard/approve", approve);
        assertThat(keyed("kill-1", "/api/guard/approve", approve).body()).isEqualTo("{\"count\":30,\"left\":0}");
        killedOnceHappened("kill-2", "/api/deletions", phone);
        HttpResponse<String> again = keyed("kill-2", "/api/deletions", phone);

        assertThat(again.statusCode()).isEqualTo(202);
        assertThat(JSON.readTree(again.body()).path("ids")).hasSize(1);
        assertThat(keyed("kill-2", "/api/deletions", phone).body()).isEqualTo(again.body());
        assertThat(rows("select count(*) from deletion")).isEqualTo(31);
        service.post("/api/resume", "{}");
        talkdesk.awaitGone(LIST, held);
    }

    private void killedOnceHappened(String key, String path, String order) throws Exception {
        HTTP.sendAsync(request(key, path, order), HttpResponse.BodyHandlers.ofString());
        try (Connection file = database();
                Statement statement = file.createStatement()) {
            service.await("it has happened", () -> {
                try (var row = statement.executeQuery(
                        "select 1 from person_order where happened = 1 and client_key = '" + key + "'")) {
                    return row.next();
                }
            });
        }
        service.kill();
        service.startSubscribed();
    }

    @Test
    void an_order_over_many_goes_on_after_a_kill_and_does_nothing_twice() throws Exception {
        service.kill();
        park(40_000);
        service.startSubscribed();
        String order = "{\"state\": \"parked\", \"asOf\": \""
                + service.status().path("asOf").asText() + "\"}";

        HttpResponse<String> accepted = keyed("many-1", "/api/deletions/discard", order);
        assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
        String location = accepted.headers().firstValue("Location").orElseThrow();
        service.await("it has begun", () -> count(location) >= 1_000);
        service.kill();
        assertThat(cancelled()).isBetween(1_000L, 39_999L);

        service.startSubscribed();
        service.await(
                "it is done", () -> service.get(location).path("state").asText().equals("done"));

        assertThat(count(location)).isEqualTo(40_000);
        assertThat(service.get(location).path("left").asLong()).isZero();
        assertThat(cancelled()).isEqualTo(40_000);
        assertThat(service.count("parked")).isZero();
        HttpResponse<String> again = keyed("many-1", "/api/deletions/discard", order);
        assertThat(again.statusCode()).isEqualTo(202);
        assertThat(JSON.readTree(again.body()).path("count").asLong()).isEqualTo(40_000);
        assertThat(service.log()).contains("is worked off: 40000 deletions are discarded, 0 stay as they are");
    }

    private long count(String location) {
        JsonNode order = service.get(location);
        return order.path("count").asLong();
    }

    private HttpResponse<String> keyed(String key, String path, String body) throws Exception {
        return HTTP.send(request(key, path, body), HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest request(String key, String path, String body) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + service.port() + path))
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", key)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    /** As if Talkdesk had refused so many. */
    private void park(int rows) throws SQLException {
        try (Connection file = database();
                Statement statement = file.createStatement()) {
            statement.executeUpdate("with recursive n (i) as (select 1 union all select i + 1 from n where i < " + rows
                    + ") insert into deletion (record_list, kind, provider, identifier, event_key, origin, committed_at,"
                    + " accepted_at, state, due_at, pending_since, failure_code, message)"
                    + " select '" + LIST
                    + "', 'external', 'salesforce', 'id-' || i, 'test', 'stream', 1, 1, 'parked', 1, 1,"
                    + " 'refused', 'Talkdesk refused it' from n");
        }
    }

    private long cancelled() throws SQLException {
        return rows("select count(*) from deletion d join deletion_person p on p.deletion = d.id"
                + " where d.state = 'cancelled' and p.decision = 'discarded'");
    }

    private long rows(String sql) throws SQLException {
        try (Connection file = database();
                Statement statement = file.createStatement();
                var count = statement.executeQuery(sql)) {
            return count.getLong(1);
        }
    }

    private Connection database() throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("recordsync.db"));
    }

    private List<String> contacts(int n) {
        List<String> ids = Stream.generate(ContactIds::next).limit(n).toList();
        talkdesk.addRecords(LIST, "salesforce", ids);
        return ids;
    }
}
