package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.Answer;
import io.recordsync.simulator.talkdesk.DeleteCall;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator.FailedRecords;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every answer that Talkdesk can give, on the wire, and what becomes of the deletions; each story has lists of its own. */
class VerdictIT {

    private static final List<String> LISTS =
            IntStream.range(0, 60).mapToObj("verdict-%02d"::formatted).toList();
    private static final Iterator<String> UNUSED = LISTS.iterator();

    @TempDir
    private static Path folder;

    private static SalesforceSimulator salesforce;
    private static TalkdeskSimulator talkdesk;
    private static Service service;

    private String list;

    @BeforeAll
    static void start() throws Exception {
        salesforce = SalesforceSimulator.start();
        talkdesk = TalkdeskSimulator.start();
        LISTS.forEach(id -> talkdesk.addList(id, "EXTERNAL"));
        service = new Service(folder, salesforce, talkdesk, String.join(",", LISTS))
                .with("delivery.timeout", "500ms")
                .start();
    }

    @AfterAll
    static void stop() {
        service.close();
        talkdesk.close();
        salesforce.close();
    }

    @BeforeEach
    void useANewList() {
        list = UNUSED.next();
    }

    @AfterEach
    void nobodyMadeAMistake() {
        talkdesk.answerNormally();
        talkdesk.failedRecordsAre(FailedRecords.NAMED);
        talkdesk.notFoundWhenNothingMatches(false);
        assertThat(talkdesk.mistakes()).isEmpty();
    }

    // ---- 2xx

    @Test
    void a_200_that_counts_as_many_as_were_sent_settles_them_as_exact() throws Exception {
        delete(present(3));

        awaitAll("deleted", 3);
        assertThat(values("confirmation")).containsOnly("exact");
        assertThat(talkdesk.deletesOf(list)).hasSize(1);
        assertThat(talkdesk.recordCount(list)).isZero();
    }

    @Test
    void a_200_that_counts_fewer_settles_them_as_a_batch() throws Exception {
        List<String> ids = present(2);
        ids.add(absent());
        delete(ids);

        awaitAll("deleted", 3);
        assertThat(values("confirmation")).containsOnly("batch");
        assertThat(talkdesk.deletesOf(list)).hasSize(1);
    }

    @Test
    void a_202_is_asked_again_and_the_answer_with_totals_settles_it() throws Exception {
        talkdesk.onList(list).answer(Answer.status(202).withoutDeleting());
        delete(present(2));

        awaitAll("deleted", 2);
        assertThat(values("confirmation")).containsOnly("exact");
        List<DeleteCall> calls = talkdesk.deletesOf(list);
        assertThat(calls).extracting(DeleteCall::status).containsExactly(202, 200);
        assertThat(between(calls.get(0), calls.get(1))).isGreaterThanOrEqualTo(Duration.ofMillis(200));
    }

    @Test
    void a_202_for_ever_is_settled_as_accepted_after_three_answers_and_counted_apart() throws Exception {
        talkdesk.onList(list).always(Answer.status(202));
        delete(present(2));

        awaitAll("deleted", 2);
        assertThat(values("confirmation")).containsOnly("accepted");
        assertThat(talkdesk.deletesOf(list)).hasSize(3);
        assertThat(metric("recordsync_deletions_total{confirmation=\"accepted\"}"))
                .isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"has_errors\":false}", "{}", ""})
    void a_200_without_totals_confirms_nothing_and_is_asked_again(String body) throws Exception {
        talkdesk.onList(list).answer(Answer.normal().body(body));
        delete(present(1));

        awaitAll("deleted", 1);
        assertThat(values("confirmation")).containsOnly("batch");
        assertThat(talkdesk.deletesOf(list)).hasSize(2);
    }

    @Test
    void a_sign_in_page_with_200_is_no_answer() throws Exception {
        talkdesk.onList(list).answer(Answer.html());
        delete(present(1));

        awaitAll("deleted", 1);
        assertThat(values("confirmation")).containsOnly("exact");
        assertThat(attempt(0).path("code").asText()).isEqualTo("unreadable_answer");
        assertThat(attempt(0).path("message").asText()).doesNotContain("Sign in");
    }

    // ---- has_errors

    @Test
    void failed_records_are_asked_for_by_id_and_parked_and_the_others_are_deleted() throws Exception {
        List<String> ids = present(5);
        talkdesk.onList(list).undeletable(ids.get(2));
        delete(ids);

        awaitCounts(Map.of("deleted", 4L, "parked", 1L));
        assertThat(row("parked").path("externalId").asText()).isEqualTo(ids.get(2));
        assertThat(row("parked").path("failureCode").asText()).isEqualTo("failed_record");
        assertThat(talkdesk.deletesOf(list)).hasSize(1);

        talkdesk.onList(list).deletableAgain(ids.get(2));
        redrive(row("parked").path("id").asLong());
        awaitAll("deleted", 5);
        assertThat(talkdesk.recordCount(list)).isZero();
    }

    @Test
    void links_to_another_host_are_not_followed() throws Exception {
        try (TalkdeskSimulator elsewhere = TalkdeskSimulator.start()) {
            talkdesk.linksPointTo(elsewhere.url());
            List<String> ids = present(3);
            talkdesk.onList(list).undeletable(ids.get(0));
            delete(ids);

            awaitCounts(Map.of("deleted", 2L, "parked", 1L));
            assertThat(elsewhere.reads()).isEmpty();
            assertThat(elsewhere.mistakes()).isEmpty();
            assertThat(readsOf("/record-lists/" + list + "/records/")).isEqualTo(1);
        } finally {
            talkdesk.linksPointTo(talkdesk.url());
        }
    }

    @Test
    void a_redirect_to_another_host_is_not_followed() throws Exception {
        try (TalkdeskSimulator elsewhere = TalkdeskSimulator.start()) {
            talkdesk.onList(list)
                    .answer(Answer.status(307)
                            .header("Location", elsewhere.url() + "/record-lists/" + list + "/records/bulks"));
            delete(present(1));

            awaitAll("deleted", 1);
            assertThat(elsewhere.deletes()).isEmpty();
            assertThat(talkdesk.deletesOf(list)).extracting(DeleteCall::status).containsExactly(307, 200);
        }
    }

    @Test
    void a_failed_record_that_is_gone_when_asked_for_is_settled_by_asking_again() throws Exception {
        talkdesk.failedRecordsAre(FailedRecords.GONE_MEANWHILE);
        List<String> ids = present(4);
        talkdesk.onList(list).undeletable(ids.get(1));
        delete(ids);

        awaitAll("deleted", 4);
        assertThat(talkdesk.recordCount(list)).isZero();
    }

    /** A failed record that Talkdesk does not know need not be gone: it was settled once while the record stayed. */
    @Test
    void a_record_that_stays_is_never_settled_although_its_failed_record_is_unknown() throws Exception {
        talkdesk.failedRecordsAre(FailedRecords.UNKNOWN_IDS);
        List<String> ids = present(4);
        talkdesk.onList(list).undeletable(ids.get(1));
        delete(ids);

        awaitCounts(Map.of("deleted", 3L, "pending", 1L));
        assertThat(talkdesk.holds(list, ids.get(1))).isTrue();
        // Pending or claimed: it is tried again and again.
        assertThat(rows(row -> !row.path("state").asText().equals("deleted")))
                .extracting(row -> row.path("externalId").asText())
                .containsExactly(ids.get(1));
        talkdesk.onList(list).deletableAgain(ids.get(1));
        awaitAll("deleted", 4);
        assertThat(talkdesk.recordCount(list)).isZero();
    }

    @Test
    void failed_records_that_are_not_named_are_found_by_splitting() throws Exception {
        talkdesk.failedRecordsAre(FailedRecords.OMITTED);
        List<String> ids = present(7);
        talkdesk.onList(list).undeletable(ids.get(4));
        delete(ids);

        awaitCounts(Map.of("deleted", 6L, "parked", 1L));
        assertThat(row("parked").path("externalId").asText()).isEqualTo(ids.get(4));
        assertThat(talkdesk.records(list)).extracting("externalId").containsExactly(ids.get(4));
        // Where the halves could not have been sent, a receipt would have denied what the first call did.
        assertThat(service.deletions("recordList=" + list))
                .allSatisfy(
                        row -> assertThat(row.path("answerLost").asBoolean()).isTrue());
    }

    // ---- an item's fault

    @Test
    void one_offender_in_a_hundred_is_isolated_and_parked_and_ninety_nine_are_deleted() throws Exception {
        List<String> ids = present(100);
        String offender = ids.get(61);
        talkdesk.onList(list).refuses(offender);
        delete(ids);

        awaitCounts(Map.of("deleted", 99L, "parked", 1L));
        assertThat(row("parked").path("externalId").asText()).isEqualTo(offender);
        assertThat(row("parked").path("failureCode").asText()).isEqualTo("bad_request");
        assertThat(row("parked").path("message").asText()).contains("The submitted data is not accepted");
        assertThat(attempt(0).path("status").asInt()).isEqualTo(400);
        assertThat(talkdesk.records(list)).extracting("externalId").containsExactly(offender);
        // Halving: 1 + 2 for each of the seven depths, at most.
        assertThat(talkdesk.deletesOf(list)).hasSizeLessThanOrEqualTo(15);
    }

    @Test
    void a_list_that_refuses_one_lone_item_after_the_other_is_suspended_instead_of_parking_them_all() throws Exception {
        List<String> ids = present(8);
        talkdesk.onList(list).refuses(ids.toArray(String[]::new));
        delete(ids);

        service.await("it is suspended", () -> listState(list).equals("suspended"));
        awaitCounts(Map.of("parked", 4L, "pending", 4L));
        talkdesk.onList(list).acceptsAgain(ids.toArray(String[]::new));
        awaitCounts(Map.of("parked", 4L, "deleted", 4L));

        HttpResponse<String> redriven = service.post(
                "/api/deletions/redrive",
                "{\"state\":\"parked\",\"recordList\":\"" + list + "\",\"failureCode\":\"bad_request\"}");
        assertThat(redriven.body()).isEqualTo("{\"count\":4}");
        awaitAll("deleted", 8);
        assertThat(talkdesk.recordCount(list)).isZero();
    }

    @Test
    void a_lone_404_on_a_list_that_exists_is_absent() throws Exception {
        talkdesk.notFoundWhenNothingMatches(true);
        delete(List.of(absent(), absent()));

        awaitAll("deleted", 2);
        assertThat(values("confirmation")).containsOnly("absent");
        assertThat(answersLost()).isZero();
        assertThat(readsOf("/record-lists/" + list)).isPositive();
    }

    // ---- a list's fault

    @Test
    void a_list_that_is_forbidden_is_suspended_and_the_others_go_on() throws Exception {
        String other = UNUSED.next();
        talkdesk.onList(list).forbidden();
        delete(present(2));
        service.await("it is suspended", () -> listState(list).equals("suspended"));

        String forbidden = list;
        list = other;
        delete(present(1));
        awaitAll("deleted", 1);
        assertThat(listState(other)).isNotEqualTo("suspended");

        list = forbidden;
        service.await("its rows say why", () -> values("failureCode").equals(Set.of("forbidden")));
        talkdesk.onList(list).allowed();
        awaitAll("deleted", 2);
        service.await("it is resumed", () -> !listState(forbidden).equals("suspended"));
    }

    @Test
    void a_list_that_is_gone_is_suspended_and_resumed_when_it_comes_back() throws Exception {
        List<String> ids = present(2);
        talkdesk.onList(list).gone();
        delete(ids);
        service.await("it is suspended", () -> listState(list).equals("suspended"));
        service.await("its rows say why", () -> values("failureCode").equals(Set.of("list_gone")));

        talkdesk.onList(list).backAgain();
        awaitAll("deleted", 2);
        assertThat(values("confirmation")).containsOnly("exact");
        service.await("it is resumed", () -> !listState(list).equals("suspended"));
    }

    @ParameterizedTest
    @ValueSource(ints = {409, 425})
    void a_conflict_is_tried_again_later(int status) throws Exception {
        talkdesk.onList(list).answers(status);
        delete(present(2));

        awaitAll("deleted", 2);
        assertThat(values("confirmation")).containsOnly("exact");
        assertThat(talkdesk.deletesOf(list)).extracting(DeleteCall::status).containsExactly(status, 200);
        assertThat(attempt(0).path("status").asInt()).isEqualTo(status);
    }

    // ---- the service's fault

    @Test
    void a_401_is_repeated_once_with_a_new_token() throws Exception {
        delete(present(1));
        awaitAll("deleted", 1);
        talkdesk.revokeTokens();
        delete(present(1));

        awaitAll("deleted", 2);
        List<DeleteCall> calls = talkdesk.deletesOf(list);
        assertThat(calls).extracting(DeleteCall::status).containsExactly(200, 401, 200);
        assertThat(calls.get(2).token()).isNotEqualTo(calls.get(1).token());
        assertThat(service.deletions("recordList=" + list))
                .allSatisfy(row -> assertThat(row.path("attempts").asInt()).isZero());
    }

    @Test
    void nothing_is_sent_before_the_seconds_of_retry_after_are_over() throws Exception {
        String other = UNUSED.next();
        talkdesk.onList(list).answer(Answer.status(429).retryAfter(Duration.ofSeconds(2)));
        String limited = list;
        delete(present(1));
        // Not when the call is recorded: its answer is still to be read then.
        service.await("it waits", () -> "waiting"
                .equals(service.status().at("/delivery/state").asText()));
        list = other;
        delete(present(1));
        awaitAll("deleted", 1);
        list = limited;
        awaitAll("deleted", 1);

        DeleteCall refused = talkdesk.deletesOf(list).get(0);
        List<DeleteCall> after = talkdesk.deletes().stream()
                .filter(call -> call.arrivedNanos() - refused.arrivedNanos() > 0)
                .toList();
        assertThat(after).hasSize(2).allSatisfy(call -> assertThat(between(refused, call))
                .isGreaterThanOrEqualTo(Duration.ofSeconds(2)));
    }

    @Test
    void nothing_is_sent_before_the_date_of_retry_after() throws Exception {
        AtomicReference<Instant> date = new AtomicReference<>();
        AtomicReference<Duration> early = new AtomicReference<>();
        talkdesk.onList(list).decide(call -> {
            Instant now = Instant.now();
            if (date.get() == null) {
                date.set(now.plusSeconds(2).truncatedTo(ChronoUnit.SECONDS));
                return Answer.status(503).retryAfter(date.get());
            }
            early.set(Duration.between(now, date.get()));
            return null;
        });
        delete(present(1));

        awaitAll("deleted", 1);
        assertThat(early.get()).isLessThanOrEqualTo(Duration.ZERO);
        talkdesk.onList(list).answerNormally();
    }

    @Test
    void server_errors_are_tried_again_until_one_succeeds() throws Exception {
        talkdesk.onList(list).answers(500, 502, 503);
        delete(present(2));

        awaitAll("deleted", 2);
        assertThat(talkdesk.deletesOf(list)).extracting(DeleteCall::status).containsExactly(500, 502, 503, 200);
        assertThat(values("attempts")).containsOnly("3");
    }

    @Test
    void a_timeout_after_deleting_is_remembered_so_that_absent_can_be_read_rightly() throws Exception {
        talkdesk.notFoundWhenNothingMatches(true);
        talkdesk.onList(list).answer(Answer.hang().afterDeleting());
        delete(present(1));

        awaitAll("deleted", 1);
        assertThat(values("confirmation")).containsOnly("absent");
        assertThat(attempt(0).path("code").asText()).isEqualTo("timeout");
        assertThat(answersLost()).isEqualTo(1);
    }

    @Test
    void a_reset_before_anything_was_deleted_is_tried_again() throws Exception {
        talkdesk.onList(list).answer(Answer.reset());
        delete(present(2));

        awaitAll("deleted", 2);
        assertThat(values("confirmation")).containsOnly("exact");
        assertThat(answersLost()).isEqualTo(2);
    }

    @Test
    void a_reset_or_a_truncated_body_after_deleting_settles_as_a_batch() throws Exception {
        talkdesk.onList(list)
                .answer(Answer.reset().afterDeleting(), Answer.normal().truncated());
        delete(present(2));

        awaitAll("deleted", 2);
        assertThat(values("confirmation")).containsOnly("batch");
        assertThat(talkdesk.deletesOf(list)).hasSize(3);
        assertThat(answersLost()).isEqualTo(2);
    }

    @Test
    void talkdesk_that_is_down_is_waited_for() throws Exception {
        List<String> ids = present(2);
        talkdesk.stopListening();
        delete(ids);
        service.await("it has noticed", () -> !"open"
                .equals(service.status().at("/delivery/state").asText()));
        talkdesk.listenAgain();

        awaitAll("deleted", 2);
        service.await("it says so", () -> "open"
                .equals(service.status().at("/delivery/state").asText()));
        assertThat(values("confirmation")).containsOnly("exact");
    }

    @Test
    void a_token_endpoint_that_refuses_for_a_while_is_waited_for() throws Exception {
        talkdesk.tokenAnswers(401, 401);
        talkdesk.revokeTokens();
        delete(present(2));

        awaitAll("deleted", 2);
        assertThat(values("confirmation")).containsOnly("exact");
        assertThat(attempt(0).path("code").asText()).isEqualTo("no_token");
    }

    /** Camel shows a handler the innermost cause: the connection that broke was taken for the DELETE's. */
    @Test
    void a_token_endpoint_that_hangs_up_is_not_taken_for_a_delete_without_an_answer() throws Exception {
        talkdesk.tokenAnswer(Answer.reset());
        talkdesk.revokeTokens();
        delete(present(1));

        awaitAll("deleted", 1);
        assertThat(attempt(0).path("code").asText()).isEqualTo("no_token");
        assertThat(service.deletions("recordList=" + list)
                        .get(0)
                        .path("answerLost")
                        .asBoolean())
                .isFalse();
    }

    // ---- the story's words

    private List<String> present(int count) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(absent());
        }
        talkdesk.addRecords(list, "salesforce", ids);
        return ids;
    }

    private static int contacts;

    private static String absent() {
        return "003VD%013d".formatted(++contacts);
    }

    private void delete(List<String> externalIds) throws IOException {
        String items = externalIds.stream()
                .map(id -> "{\"recordList\":\"%s\",\"external_provider\":\"salesforce\",\"external_id\":\"%s\"}"
                        .formatted(list, id))
                .collect(Collectors.joining(",", "[", "]"));
        assertThat(service.post("/api/deletions", items).statusCode()).isEqualTo(202);
    }

    private void redrive(long id) throws IOException {
        assertThat(service.post("/api/deletions/redrive", "{\"ids\":[" + id + "]}")
                        .body())
                .isEqualTo("{\"count\":1}");
    }

    private void awaitAll(String state, long count) {
        awaitCounts(Map.of(state, count));
    }

    private void awaitCounts(Map<String, Long> expected) {
        service.await(list + " has " + expected, () -> rows(row -> true).stream()
                .collect(Collectors.groupingBy(row -> row.path("state").asText(), Collectors.counting()))
                .equals(expected));
    }

    private JsonNode row(String state) {
        List<JsonNode> found = rows(row -> row.path("state").asText().equals(state));
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    private List<JsonNode> rows(Predicate<JsonNode> which) {
        return service.deletions("recordList=" + list).stream().filter(which).toList();
    }

    private Set<String> values(String field) {
        return rows(row -> true).stream().map(row -> row.path(field).asText()).collect(Collectors.toSet());
    }

    /** A failed attempt of the first of the list's rows that had one. */
    private JsonNode attempt(int index) {
        JsonNode failed = rows(row -> row.path("attempts").asInt() > 0).get(0);
        return service.get("/api/deletions/" + failed.path("id").asLong())
                .path("attempts")
                .get(index);
    }

    private long answersLost() throws Exception {
        try (Connection database = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("recordsync.db"));
                ResultSet row = database.createStatement()
                        .executeQuery(
                                "select count(*) from deletion where answer_lost and record_list = '" + list + "'")) {
            row.next();
            return row.getLong(1);
        }
    }

    private static String listState(String list) {
        for (JsonNode shown : service.status().path("lists")) {
            if (shown.path("id").asText().equals(list)) {
                return shown.path("state").asText();
            }
        }
        return "";
    }

    private static double metric(String name) throws IOException {
        return service.text("/observe/metrics")
                .lines()
                .filter(line -> line.startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    /** But for those with a token that another story has revoked. */
    private static long readsOf(String path) {
        return talkdesk.reads().stream()
                .filter(read -> read.target().startsWith(path) && read.status() != 401)
                .count();
    }

    private static Duration between(DeleteCall first, DeleteCall second) {
        return Duration.ofNanos(second.arrivedNanos() - first.answeredNanos());
    }
}
