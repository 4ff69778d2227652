package io.recordsync.simulator.talkdesk;

import static io.recordsync.simulator.talkdesk.SimulatorClient.json;
import static io.recordsync.simulator.talkdesk.SimulatorClient.salesforce;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.recordsync.simulator.talkdesk.DeleteCall.Fate;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator.FailedRecords;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class TalkdeskSimulatorTest {

    private static final String LIST = "list-1";
    private static final String ADA = "003DL0000212DetYAE";
    private static final String BOB = "003DL0000214OYdYAM";

    private final TalkdeskSimulator talkdesk = TalkdeskSimulator.start();
    private final SimulatorClient client = new SimulatorClient(talkdesk);

    @BeforeEach
    void add_two_records_and_log_in() throws IOException {
        talkdesk.addList(LIST, "EXTERNAL");
        talkdesk.addRecords(LIST, "salesforce", List.of(ADA, BOB));
        client.logIn("record-lists:manage");
    }

    @AfterEach
    void close() {
        talkdesk.close();
    }

    @Test
    void the_three_bodies_of_the_api_page_are_accepted() throws IOException {
        List<String> bodies = List.of(
                """
                [
                {
                "id": "8858c834-481d-4a02-8176-cffc02c50350"
                },
                {
                "id": "f03004be-2853-4660-b6e8-060cc383ddbe"
                },
                {
                "id": "ba85ef13-ed0c-4acc-8799-4b2e81e91dcb"
                }
                ]""",
                """
                [
                {
                "phone_number": "+188888888"
                },
                {
                "phone_number": "+177777777"
                },
                {
                "phone_number": "+100000000"
                }
                ]""",
                """
                [
                {
                "external_provider": "salesforce",
                "external_id": "003DL0000212DetYAE"
                },
                {
                "external_provider": "salesforce",
                "external_id": "003DL0000214OYdYAM"
                }
                ]""");

        for (String body : bodies) {
            assertThat(client.delete(LIST, body).statusCode()).isEqualTo(200);
        }

        assertThat(talkdesk.mistakes()).isEmpty();
        assertThat(talkdesk.records(LIST)).isEmpty();
        assertThat(talkdesk.deletes()).extracting(DeleteCall::bodyText).isEqualTo(bodies);
        assertThat(talkdesk.deletes().get(1).items())
                .containsExactly(
                        new Item.ByPhoneNumber("+188888888"),
                        new Item.ByPhoneNumber("+177777777"),
                        new Item.ByPhoneNumber("+100000000"));
    }

    @Test
    void a_deletion_answers_with_every_documented_field() throws IOException {
        HttpResponse<String> answer = client.delete(LIST, salesforce(ADA, "003000000000001AAA"));

        String list = talkdesk.url() + "/record-lists/" + LIST;
        assertThat(json(answer))
                .isEqualTo(SimulatorClient.JSON.readTree(
                        """
                {"record_list_id": "list-1", "has_errors": false, "total_deleted": 1, "total_errors": 0,
                 "_links": {"self": {"href": "%s/records"}, "record_list": {"href": "%s"}},
                 "_embedded": {"failed_records": []}}
                """
                                .formatted(list, list)));
        assertThat(talkdesk.records(LIST))
                .extracting(TalkdeskRecord::externalId)
                .containsExactly(BOB);
    }

    @Test
    void records_are_deleted_by_each_identifier_and_only_by_an_exact_match() throws IOException {
        TalkdeskRecord byId = talkdesk.addRecord(LIST, "salesforce", "003000000000002AAA");
        TalkdeskRecord byPhone = talkdesk.addRecord(LIST, "salesforce", "003000000000003AAA", "+15550001");
        talkdesk.addRecord(LIST, "hubspot", ADA);

        client.delete(LIST, "[{\"id\": \"" + byId.id() + "\"}]");
        client.delete(LIST, "[{\"phone_number\": \"+15550001\"}]");
        client.delete(LIST, salesforce(ADA));
        client.delete(LIST, salesforce(BOB.toLowerCase(Locale.ROOT), BOB.substring(0, 15)));

        assertThat(talkdesk.records(LIST))
                .extracting(TalkdeskRecord::externalProvider, TalkdeskRecord::externalId)
                .containsExactly(tuple("salesforce", BOB), tuple("hubspot", ADA));
        assertThat(byPhone.phoneNumbers()).containsExactly("+15550001");
        assertThat(talkdesk.recordsDeleted()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{}",
                "null",
                "[{}]",
                "[1]",
                "[{\"id\": \"8858c834\"}]",
                "[{\"id\": 1}]",
                "[{\"phone_number\": \"0123\"}]",
                "[{\"phone_number\": \"+15550001\", \"id\": \"8858c834-481d-4a02-8176-cffc02c50350\"}]",
                "[{\"external_id\": \"003DL0000212DetYAE\"}]",
                "[{\"external_provider\": \"salesforce\"}]",
                "[{\"external_provider\": \"salesforce\", \"external_id\": \"\"}]",
                "[{\"external_provider\": \"salesforce\", \"external_id\": null}]",
                "[{\"external_provider\": \"salesforce\", \"external_id\": \"003DL0000212DetYAE\", \"name\": \"\"}]",
                "[{\"externalProvider\": \"salesforce\", \"externalId\": \"003DL0000212DetYAE\"}]",
                "[{\"phone_number\": \"+15550001\", \"phone_number\": \"+15550002\"}]",
                "[{\"phone_number\": \"+15550001\"}, {\"phone_number\": \"+15550001\"}]",
                "[{\"phone_number\": \"+15550001\"}, {\"id\": \"8858c834-481d-4a02-8176-cffc02c50350\"}]",
                "{\"records\": [{\"phone_number\": \"+15550001\"}]}",
                "[{\"phone_number\": \"+15550001\"}] []",
                "[{\"phone_number\": \"+15550001\"}",
            })
    void a_body_that_the_page_does_not_show_is_refused(String body) throws IOException {
        HttpResponse<String> answer = client.delete(LIST, body);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer).path("code").isTextual()).isTrue();
        assertThat(json(answer).path("message").isTextual()).isTrue();
        assertThat(json(answer).path("fields").get(0).path("name").isTextual()).isTrue();
        assertThat(json(answer).path("fields").get(0).path("description").isTextual())
                .isTrue();
        assertThat(talkdesk.mistakes()).hasSize(1);
        assertThat(talkdesk.recordCount(LIST)).isEqualTo(2);
    }

    @Test
    void a_hundred_items_are_accepted_and_one_more_is_refused() throws IOException {
        String[] ids =
                IntStream.rangeClosed(1, 101).mapToObj("003%012dAAA"::formatted).toArray(String[]::new);
        talkdesk.addRecords(LIST, "salesforce", List.of(ids));

        assertThat(client.delete(LIST, salesforce(ids)).statusCode()).isEqualTo(400);
        assertThat(talkdesk.recordCount(LIST)).isEqualTo(103);
        HttpResponse<String> answer = client.delete(LIST, salesforce(Arrays.copyOf(ids, 100)));

        assertThat(json(answer).path("total_deleted").asInt()).isEqualTo(100);
        assertThat(talkdesk.recordCount(LIST)).isEqualTo(3);
    }

    @Test
    void a_call_of_another_shape_is_refused_and_noted() throws IOException {
        URI bulks = URI.create(talkdesk.url() + "/record-lists/" + LIST + "/records/bulks");
        var asText = client.deletion(LIST, salesforce(ADA)).setHeader("Content-Type", "text/plain");
        var post = client.deletion(LIST, "").method("POST", BodyPublishers.ofString(salesforce(ADA)));
        var noToken = HttpRequest.newBuilder(bulks)
                .header("Content-Type", "application/json")
                .method("DELETE", BodyPublishers.ofString(salesforce(ADA)));
        var noList = client.deletion("", salesforce(ADA));
        var query = client.deletion(LIST, salesforce(ADA)).uri(URI.create(bulks + "?force=true"));

        List<Integer> statuses = new ArrayList<>();
        for (var request : List.of(asText, post, noToken, noList, query)) {
            statuses.add(client.send(request.build()).statusCode());
        }

        assertThat(statuses).containsExactly(400, 405, 401, 404, 400);
        assertThat(talkdesk.mistakes()).hasSize(4).allMatch(mistake -> mistake.contains("/record-lists/" + LIST));
        assertThat(talkdesk.recordCount(LIST)).isEqualTo(2);
    }

    @Test
    void scripted_answers_are_taken_in_order_and_the_last_is_normal() throws IOException {
        talkdesk.answers(503, 429, 200);

        List<Integer> statuses = new ArrayList<>();
        for (int call = 0; call < 4; call++) {
            statuses.add(client.delete(LIST, salesforce(ADA)).statusCode());
        }

        assertThat(statuses).containsExactly(503, 429, 200, 200);
        assertThat(talkdesk.deletes()).extracting(DeleteCall::status).isEqualTo(statuses);
        assertThat(talkdesk.deletes()).extracting(DeleteCall::recordsDeleted).containsExactly(0, 0, 1, 0);
        assertThat(talkdesk.sent(LIST, ADA)).hasSize(4);
        assertThat(talkdesk.repeats())
                .singleElement()
                .satisfies(repeat -> assertThat(repeat.sentAgainBy().number()).isEqualTo(4));
    }

    @Test
    void a_refused_call_takes_nothing_from_the_script() throws IOException {
        talkdesk.answers(503);

        assertThat(client.delete(LIST, "[]").statusCode()).isEqualTo(400);
        assertThat(client.delete(LIST, salesforce(ADA)).statusCode()).isEqualTo(503);
    }

    @Test
    void a_list_s_script_goes_first_and_a_rule_stands_until_taken_back() throws IOException {
        talkdesk.addList("list-2", "NOTHING");
        talkdesk.onList(LIST).always(Answer.status(409));
        talkdesk.onList(LIST).answerNext(2, Answer.status(425));
        talkdesk.onAllLists().decide(call -> call.number() == 5 ? Answer.status(408) : null);

        List<Integer> statuses = new ArrayList<>();
        for (String list : List.of(LIST, LIST, LIST, "list-2", "list-2")) {
            statuses.add(client.delete(list, salesforce(ADA)).statusCode());
        }
        talkdesk.answerNormally();
        statuses.add(client.delete(LIST, salesforce(ADA)).statusCode());

        assertThat(statuses).containsExactly(425, 425, 409, 200, 408, 200);
    }

    @Test
    void retry_after_comes_in_both_forms() throws IOException {
        Instant until = Instant.parse("2026-03-01T10:00:05Z");
        talkdesk.answer(
                Answer.status(429).retryAfter(Duration.ofSeconds(7)),
                Answer.status(503).retryAfter(until));

        HttpResponse<String> seconds = client.delete(LIST, salesforce(ADA));
        HttpResponse<String> date = client.delete(LIST, salesforce(ADA));

        assertThat(seconds.headers().firstValue("Retry-After")).hasValue("7");
        String value = date.headers().firstValue("Retry-After").orElseThrow();
        assertThat(value).isEqualTo("Sun, 01 Mar 2026 10:00:05 GMT");
        assertThat(ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME)
                        .toInstant())
                .isEqualTo(until);
    }

    @Test
    void answers_that_confirm_nothing_may_delete_or_not() throws IOException {
        talkdesk.answer(
                Answer.status(202).withoutDeleting(),
                Answer.status(202).empty().withoutDeleting(),
                Answer.status(200).withoutTotals(),
                Answer.status(202).empty(),
                Answer.html());

        HttpResponse<String> accepted = client.delete(LIST, salesforce(ADA));
        HttpResponse<String> empty = client.delete(LIST, salesforce(ADA));
        assertThat(talkdesk.recordCount(LIST)).isEqualTo(2);
        HttpResponse<String> noTotals = client.delete(LIST, salesforce(ADA));
        assertThat(talkdesk.holds(LIST, ADA)).isFalse();
        HttpResponse<String> emptyDeleting = client.delete(LIST, salesforce(BOB));
        HttpResponse<String> page = client.delete(LIST, salesforce(BOB));

        assertThat(accepted.statusCode()).isEqualTo(202);
        assertThat(json(accepted).path("total_deleted").asInt()).isEqualTo(1);
        assertThat(empty.body()).isEmpty();
        assertThat(json(noTotals).has("total_deleted")).isFalse();
        assertThat(json(noTotals).has("total_errors")).isFalse();
        assertThat(emptyDeleting.statusCode()).isEqualTo(202);
        assertThat(talkdesk.records(LIST)).isEmpty();
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body()).startsWith("<!DOCTYPE html>");
        assertThat(talkdesk.deletes()).noneMatch(DeleteCall::confirmed);
    }

    @Test
    void an_undeletable_record_comes_back_by_its_talkdesk_id() throws IOException {
        talkdesk.undeletable(BOB);

        JsonNode answer = json(client.delete(LIST, salesforce(ADA, BOB)));

        JsonNode failed = answer.path("_embedded").path("failed_records");
        assertThat(answer.path("has_errors").asBoolean()).isTrue();
        assertThat(answer.path("total_deleted").asInt()).isEqualTo(1);
        assertThat(answer.path("total_errors").asInt()).isEqualTo(1);
        assertThat(failed).hasSize(1);
        HttpResponse<String> record = client.get(
                failed.get(0).path("_links").path("self").path("href").asText());
        assertThat(json(record).path("id")).isEqualTo(failed.get(0).path("id"));
        assertThat(json(record).path("external_id").asText()).isEqualTo(BOB);
        assertThat(talkdesk.deletes().get(0).confirmed()).isFalse();

        talkdesk.onAllLists().deletableAgain(BOB);
        client.delete(LIST, salesforce(BOB));
        assertThat(talkdesk.records(LIST)).isEmpty();
    }

    @Test
    void failed_records_can_be_gone_unknown_omitted_or_linked_elsewhere() throws IOException {
        talkdesk.undeletable(ADA, BOB);

        talkdesk.failedRecordsAre(FailedRecords.OMITTED);
        JsonNode omitted = json(client.delete(LIST, salesforce(ADA)));
        assertThat(omitted.path("total_errors").asInt()).isEqualTo(1);
        assertThat(omitted.has("_embedded")).isFalse();

        talkdesk.failedRecordsAre(FailedRecords.UNKNOWN_IDS);
        String unknown = failedId(client.delete(LIST, salesforce(ADA)));
        assertThat(client.get("/record-lists/list-1/records/" + unknown).statusCode())
                .isEqualTo(404);
        assertThat(talkdesk.holds(LIST, ADA)).isTrue();

        talkdesk.failedRecordsAre(FailedRecords.GONE_MEANWHILE);
        String gone = failedId(client.delete(LIST, salesforce(ADA)));
        assertThat(client.get("/record-lists/list-1/records/" + gone).statusCode())
                .isEqualTo(404);
        assertThat(talkdesk.holds(LIST, ADA)).isFalse();

        talkdesk.failedRecordsAre(FailedRecords.NAMED);
        talkdesk.linksPointTo("http://elsewhere.example");
        assertThat(client.delete(LIST, salesforce(BOB)).body())
                .contains("\"href\":\"http://elsewhere.example/record-lists/list-1/records/");
    }

    private static String failedId(HttpResponse<String> answer) {
        return json(answer)
                .path("_embedded")
                .path("failed_records")
                .get(0)
                .path("id")
                .asText();
    }

    @Test
    void a_refused_item_refuses_its_whole_batch() throws IOException {
        talkdesk.onList(LIST).refuses(BOB);

        HttpResponse<String> both = client.delete(LIST, salesforce(ADA, BOB));
        HttpResponse<String> other = client.delete(LIST, salesforce(ADA));

        assertThat(both.statusCode()).isEqualTo(400);
        assertThat(json(both).path("fields").get(0).path("name").asText()).isEqualTo("[1]");
        assertThat(other.statusCode()).isEqualTo(200);
        assertThat(talkdesk.mistakes()).isEmpty();
    }

    @Test
    void a_list_can_be_unknown_gone_forbidden_or_hold_nothing_of_it() throws IOException {
        assertThat(client.delete("list-9", salesforce(ADA)).statusCode()).isEqualTo(404);
        assertThat(client.get("/record-lists/list-9").statusCode()).isEqualTo(404);

        talkdesk.onList(LIST).gone();
        assertThat(client.delete(LIST, salesforce(ADA)).statusCode()).isEqualTo(404);
        assertThat(client.get("/record-lists/" + LIST).statusCode()).isEqualTo(404);
        talkdesk.onList(LIST).backAgain();

        talkdesk.onList(LIST).forbidden();
        assertThat(client.delete(LIST, salesforce(ADA)).statusCode()).isEqualTo(403);
        talkdesk.onList(LIST).allowed();

        talkdesk.notFoundWhenNothingMatches(true);
        assertThat(client.delete(LIST, salesforce("003000000000001AAA")).statusCode())
                .isEqualTo(404);
        assertThat(client.get("/record-lists/" + LIST).statusCode()).isEqualTo(200);
        assertThat(client.delete(LIST, salesforce("003000000000001AAA", ADA)).statusCode())
                .isEqualTo(200);
        assertThat(talkdesk.mistakes()).isEmpty();
    }

    @Test
    void a_call_without_an_answer_may_have_deleted() {
        talkdesk.answer(Answer.hang(), Answer.hang().afterDeleting());

        for (int call = 0; call < 2; call++) {
            assertThatThrownBy(() -> client.send(client.deletion(LIST, salesforce(ADA))
                            .timeout(Duration.ofMillis(200))
                            .build()))
                    .isInstanceOf(HttpTimeoutException.class);
        }

        assertThat(talkdesk.deletes()).extracting(DeleteCall::fate).containsOnly(Fate.LOST);
        assertThat(talkdesk.deletes()).extracting(DeleteCall::status).containsOnly(0);
        assertThat(talkdesk.deletes()).extracting(DeleteCall::recordsDeleted).containsExactly(0, 1);
    }

    @Test
    void a_connection_is_reset_before_or_after_deleting() throws IOException {
        talkdesk.answer(Answer.reset(), Answer.reset().afterDeleting());

        for (int call = 0; call < 2; call++) {
            try (Socket socket = connect()) {
                writeDeletion(socket);
                assertThatThrownBy(() -> socket.getInputStream().read())
                        .isInstanceOf(SocketException.class)
                        .hasMessageContaining("reset");
            }
        }

        assertThat(talkdesk.deletes()).extracting(DeleteCall::recordsDeleted).containsExactly(0, 1);
    }

    @Test
    void a_truncated_body_is_shorter_than_announced() throws IOException {
        talkdesk.answer(Answer.normal().truncated());

        try (Socket socket = connect()) {
            writeDeletion(socket);
            String[] headAndBody = readAll(socket.getInputStream()).split("\r\n\r\n", 2);

            int announced = contentLength(headAndBody[0]);
            assertThat(headAndBody[0]).startsWith("HTTP/1.1 200 ");
            assertThat(headAndBody[1]).startsWith("{").hasSizeBetween(1, announced - 1);
        }

        assertThat(talkdesk.holds(LIST, ADA)).isFalse();
        assertThat(talkdesk.deletes().get(0).fate()).isEqualTo(Fate.LOST);
    }

    private void writeDeletion(Socket socket) throws IOException {
        socket.setSoTimeout(5_000);
        socket.getOutputStream().write(rawDeletion(client.logIn("record-lists:manage"), salesforce(ADA)));
    }

    private static byte[] rawDeletion(String token, String body) {
        return ("DELETE /record-lists/list-1/records/bulks HTTP/1.1\r\nHost: localhost\r\n"
                        + "Authorization: Bearer " + token + "\r\nContent-Type: application/json\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\n"
                        + Integer.toHexString(body.length()) + "\r\n" + body + "\r\n0\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String readAll(InputStream in) throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void held_calls_have_arrived_and_done_nothing_until_released() {
        talkdesk.holdCalls();
        CompletableFuture<HttpResponse<String>> ada = client.deleteLater(LIST, salesforce(ADA));
        CompletableFuture<HttpResponse<String>> bob = client.deleteLater(LIST, salesforce(BOB));
        talkdesk.awaitDeletes(2);

        assertThat(talkdesk.deletes()).extracting(DeleteCall::fate).containsOnly(Fate.WAITING);
        assertThat(talkdesk.recordCount(LIST)).isEqualTo(2);
        talkdesk.releaseCalls();

        assertThat(List.of(ada.join().statusCode(), bob.join().statusCode())).containsOnly(200);
        assertThat(talkdesk.records(LIST)).isEmpty();
        assertThat(talkdesk.maxConcurrentDeletes()).isEqualTo(2);
    }

    @Test
    void a_held_answer_is_lost_when_the_client_leaves() throws IOException {
        talkdesk.holdAnswers();
        try (Socket socket = connect()) {
            writeDeletion(socket);
            talkdesk.awaitGone(LIST, List.of(ADA));
            assertThat(talkdesk.deletes().get(0).fate()).isEqualTo(Fate.WAITING);
        }
        talkdesk.releaseAnswers();

        await().atMost(Duration.ofSeconds(5))
                .untilAsserted(
                        () -> assertThat(talkdesk.deletes().get(0).fate()).isEqualTo(Fate.LOST));
        assertThat(talkdesk.repeats()).isEmpty();
    }

    @Test
    void a_slow_answer_comes_late_and_after_its_effect() throws IOException {
        talkdesk.latency(Duration.ofMillis(150));

        long start = System.nanoTime();
        client.delete(LIST, salesforce(ADA));

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(150));
        assertThat(talkdesk.deletes().get(0).fate()).isEqualTo(Fate.ANSWERED);
    }

    @Test
    void connections_are_refused_while_it_does_not_listen() throws IOException {
        client.delete(LIST, salesforce(ADA));

        talkdesk.stopListening();
        // By a socket of its own: an HTTP client may try the connection that it kept, and finds it cut instead.
        URI address = URI.create(talkdesk.url());
        assertThat(catchThrowable(() -> new Socket(address.getHost(), address.getPort()).close()))
                .isInstanceOf(ConnectException.class);
        talkdesk.listenAgain();

        assertThat(client.delete(LIST, salesforce(BOB)).statusCode()).isEqualTo(200);
    }

    @Test
    void a_list_is_created_renamed_loaded_and_removed_at_run_time() throws IOException {
        talkdesk.addList("list-2", "PHONE_NUMBER", "SF leads 2026-05");
        talkdesk.renameList(LIST, "Loading");
        talkdesk.listStatus(LIST, "INCOMPLETE");
        talkdesk.hideTotalPages(true);
        JsonNode first = json(client.get("/record-lists?page=1&per_page=1"));
        assertThat(first.has("total_pages")).isFalse();
        assertThat(first.at("/_embedded/record_lists/0/name").asText()).isEqualTo("Loading");
        assertThat(first.at("/_embedded/record_lists/0/status").asText()).isEqualTo("INCOMPLETE");
        JsonNode second = json(client.get(first.at("/_links/next/href").asText()));
        assertThat(second.at("/_embedded/record_lists/0/name").asText()).isEqualTo("SF leads 2026-05");

        Runnable back = talkdesk.removeList(LIST);
        assertThat(client.get("/record-lists/" + LIST).statusCode()).isEqualTo(404);
        assertThat(json(client.get("/record-lists")).path("total").asInt()).isEqualTo(1);
        back.run();
        assertThat(talkdesk.recordCount(LIST)).isEqualTo(2);

        talkdesk.grantScopes("tod.records-list.manage");
        client.logIn("tod.records-list.manage");
        assertThat(client.get("/record-lists").statusCode()).isEqualTo(403);
        assertThat(talkdesk.mistakes()).isEmpty();
    }

    @Test
    void lists_and_records_are_paged_by_links() throws IOException {
        IntStream.rangeClosed(1, 43).forEach(i -> talkdesk.addRecord(LIST, "salesforce", "003%012dAAA".formatted(i)));
        List<String> found = new ArrayList<>();
        List<Integer> counts = new ArrayList<>();

        String next = "/record-lists/" + LIST + "/records";
        while (!next.isEmpty()) {
            JsonNode page = json(client.get(next));
            assertThat(page.path("count").asInt()).isEqualTo(45);
            assertThat(page.has("total")).isFalse();
            assertThat(page.path("total_pages").asInt()).isEqualTo(3);
            counts.add(page.path("_embedded").path("records").size());
            page.path("_embedded")
                    .path("records")
                    .forEach(record -> found.add(record.path("external_id").asText()));
            next = page.path("_links").path("next").path("href").asText("");
        }

        assertThat(counts).containsExactly(20, 20, 5);
        assertThat(found).hasSize(45).doesNotHaveDuplicates();
        JsonNode list = json(client.get("/record-lists"))
                .path("_embedded")
                .path("record_lists")
                .get(0);
        assertThat(list).isEqualTo(json(client.get("/record-lists/" + LIST)));
        assertThat(list.path("unique_identifier_type").asText()).isEqualTo("EXTERNAL");
        assertThat(list.path("records_count").asInt()).isEqualTo(45);
        assertThat(talkdesk.reads()).hasSize(5).extracting(ReadCall::status).containsOnly(200);
        assertThat(client.get("/record-lists/list-1/records?external_id=" + ADA).statusCode())
                .isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource({
        "LAST_HAS_NO_NEXT, '', URL/record-lists/list-1/records?per_page=1&page=2",
        "NEXT_IS_SELF, URL/record-lists/list-1/records?per_page=1&page=2, URL/record-lists/list-1/records?per_page=1&page=2",
        "NEXT_WITHOUT_END, URL/record-lists/list-1/records?per_page=1&page=3, URL/record-lists/list-1/records?per_page=1&page=2",
        "WITHOUT_PER_PAGE, '', URL/record-lists/list-1/records?page=2",
        "SLASH_BEFORE_QUERY, '', URL/record-lists/list-1/records/?per_page=1&page=2",
        "RELATIVE, '', /record-lists/list-1/records?per_page=1&page=2"
    })
    void pages_are_linked_in_every_form_that_was_seen(PageLinks form, String nextOfLast, String nextOfFirst)
            throws IOException {
        talkdesk.pageLinks(form);

        assertThat(next("/record-lists/list-1/records?per_page=1&page=1"))
                .isEqualTo(nextOfFirst.replace("URL", talkdesk.url()));
        assertThat(next("/record-lists/list-1/records?per_page=1&page=2"))
                .isEqualTo(nextOfLast.replace("URL", talkdesk.url()));
        JsonNode beyond = json(client.get("/record-lists/list-1/records?per_page=1&page=3"));
        assertThat(beyond.path("_embedded").path("records")).isEmpty();
    }

    private String next(String page) throws IOException {
        return json(client.get(page)).path("_links").path("next").path("href").asText();
    }

    @Test
    void what_is_frozen_takes_connections_and_answers_nothing_until_it_thaws() throws Exception {
        assertThat(client.get("/record-lists/list-1").statusCode()).isEqualTo(200);
        talkdesk.frozen(true);
        int before = talkdesk.connections();

        try (Socket another = new Socket(
                InetAddress.getLoopbackAddress(), URI.create(talkdesk.url()).getPort())) {
            another.setSoTimeout(200);
            assertThatThrownBy(() -> another.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
            assertThat(talkdesk.connections()).isEqualTo(before + 1);
        }
        CompletableFuture<Integer> asked = CompletableFuture.supplyAsync(() -> {
            try {
                return client.get("/record-lists/list-1").statusCode();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        assertThatThrownBy(() -> asked.get(200, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        talkdesk.frozen(false);

        assertThat(asked.get(10, TimeUnit.SECONDS)).isEqualTo(200);
    }

    @Test
    void a_record_shows_every_documented_field() throws IOException {
        TalkdeskRecord record = talkdesk.records(LIST).get(0);

        JsonNode shown = json(client.get("/record-lists/list-1/records/" + record.id()));

        assertThat(shown.fieldNames())
                .toIterable()
                .containsExactly(
                        "id",
                        "record_list_id",
                        "phone_numbers",
                        "first_name",
                        "last_name",
                        "timezone",
                        "priority",
                        "extra_data",
                        "external_provider",
                        "external_id",
                        "external_url",
                        "sync_external_id",
                        "created_at",
                        "updated_at");
        assertThat(shown.at("/phone_numbers/0/phone_number").asText()).matches("\\+1\\d{10}");
    }

    @Test
    void reads_can_fail_too() throws IOException {
        talkdesk.readAnswers(503);

        assertThat(client.get("/record-lists/" + LIST).statusCode()).isEqualTo(503);
        assertThat(client.get("/record-lists/" + LIST).statusCode()).isEqualTo(200);
    }

    @Test
    void each_call_needs_its_scope() throws IOException {
        client.logIn("tod.records-list.manage");
        assertThat(client.delete(LIST, salesforce(ADA)).statusCode()).isEqualTo(403);
        assertThat(client.get("/record-lists").statusCode()).isEqualTo(403);
        assertThat(client.get("/record-lists/list-1/records").statusCode()).isEqualTo(200);

        client.logIn("record-lists:manage");
        assertThat(client.get("/record-lists/list-1/records").statusCode()).isEqualTo(200);
        talkdesk.recordsNeedTheirOwnScope(true);
        assertThat(client.get("/record-lists/list-1/records").statusCode()).isEqualTo(403);
    }

    @Test
    void a_list_keeps_what_must_be_unique() {
        talkdesk.addList("phones", "PHONE_NUMBER");
        talkdesk.addList("nothing", "NOTHING");
        talkdesk.addRecord("phones", null, null, "+15550001");
        talkdesk.addRecord("nothing", null, null, "+15550001");
        talkdesk.addRecord("nothing", null, null, "+15550001");

        assertThatThrownBy(() -> talkdesk.addRecord("phones", null, null, "+15550001"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> talkdesk.addRecord(LIST, "salesforce", ADA))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> talkdesk.addRecord(LIST, null, null)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> talkdesk.addList("other", "external")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_wait_that_fails_says_what_was_seen() {
        assertThatThrownBy(() -> talkdesk.awaitDeletes(1, Duration.ofMillis(20)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("Expected 1 bulk delete calls, saw 0");
        assertThatThrownBy(() -> talkdesk.awaitGone(LIST, List.of(ADA), Duration.ofMillis(20)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(ADA);
    }

    /** On raw sockets, so that a byte too many or too few on a connection that is kept alive is noticed. */
    @Test
    void thousands_of_calls_a_second_go_through() throws IOException {
        List<String> ids =
                IntStream.range(0, 5_000).mapToObj("003%012dAAA"::formatted).toList();
        talkdesk.addRecords(LIST, "salesforce", ids);
        String token = client.logIn("record-lists:manage");

        long start = System.nanoTime();
        List<CompletableFuture<Void>> lanes = IntStream.range(0, 4)
                .mapToObj(lane -> CompletableFuture.runAsync(
                        () -> deleteOnOneConnection(token, ids.subList(lane * 1_250, (lane + 1) * 1_250)),
                        task -> new Thread(task).start()))
                .toList();
        lanes.forEach(CompletableFuture::join);
        Duration took = Duration.ofNanos(System.nanoTime() - start);

        talkdesk.awaitGone(LIST, ids);
        // A floor that holds on a busy machine; measured are several thousand calls a second.
        assertThat(took).isLessThan(Duration.ofSeconds(10));
        assertThat(talkdesk.deleteCount()).isEqualTo(5_000);
        assertThat(talkdesk.maxConcurrentDeletes()).isBetween(1, 4);
        assertThat(talkdesk.sentTo(LIST).values()).hasSize(5_000).allMatch(calls -> calls.size() == 1);
        assertThat(talkdesk.repeats()).isEmpty();
    }

    private void deleteOnOneConnection(String token, List<String> ids) {
        try (Socket socket = connect()) {
            socket.setSoTimeout(10_000);
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            for (String id : ids) {
                socket.getOutputStream().write(rawDeletion(token, salesforce(id)));
                StringBuilder head = new StringBuilder();
                while (head.indexOf("\r\n\r\n") < 0) {
                    head.append((char) in.read());
                }
                assertThat(head).startsWith("HTTP/1.1 200 ");
                String body = new String(in.readNBytes(contentLength(head)), StandardCharsets.UTF_8);
                assertThat(body).startsWith("{").endsWith("}").contains("\"total_deleted\":1");
            }
            assertThat(in.available()).isZero();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Socket connect() throws IOException {
        return new Socket("127.0.0.1", URI.create(talkdesk.url()).getPort());
    }

    private static int contentLength(CharSequence head) {
        return Integer.parseInt(head.toString().replaceFirst("(?s).*Content-Length: (\\d+).*", "$1"));
    }
}
