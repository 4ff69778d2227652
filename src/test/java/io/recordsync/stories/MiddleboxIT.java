package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.Answer;
import io.recordsync.simulator.talkdesk.DeleteCall;
import io.recordsync.simulator.talkdesk.Middlebox;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Answers that are not Talkdesk's, or cannot be, or do not end: nothing is settled, parked or suspended by them, and people learn
 * what they look like. Each story has lists of its own.
 */
@Tag("long")
class MiddleboxIT {

    private static final List<String> LISTS =
            IntStream.range(0, 60).mapToObj("middlebox-%02d"::formatted).toList();
    private static final Iterator<String> UNUSED = LISTS.iterator();
    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final long HUGE = 70L << 20;

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
                .with("delivery.timeout", TIMEOUT.toMillis() + "ms")
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
        talkdesk.notFoundWhenNothingMatches(false);
        assertThat(talkdesk.mistakes()).isEmpty();
    }

    // ---- errors

    static Stream<Arguments> errors() {
        return Stream.of(
                Arguments.of(Middlebox.answering(404), "A 404 with no body"),
                Arguments.of(
                        Middlebox.answering(404, "application/json", "{\"message\":\"no Route matched\"}"),
                        "A 404 with JSON of another form (application/json)"),
                Arguments.of(
                        page(400, "400 Bad Request"), "A 400 with an HTML page with the title \"400 Bad Request\""),
                Arguments.of(page(405, "405 Not Allowed"), "A 405 with an HTML page"),
                Arguments.of(page(421, "421 Misdirected Request"), "A 421 with an HTML page"),
                Arguments.of(
                        page(403, "Request Rejected"), "A 403 with an HTML page with the title \"Request Rejected\""),
                Arguments.of(page(200, "Sign in"), "A 200 with an HTML page with the title \"Sign in\""),
                Arguments.of(page(502, "502 Bad Gateway"), "A 502 with an HTML page"),
                Arguments.of(
                        Middlebox.answering(Answer.status(301).empty().header("Location", "http://localhost/")),
                        "A 301 with a redirect to http://localhost/"));
    }

    /** An empty 404 settled 25 of 25 as absent, and all records were still there. */
    @ParameterizedTest
    @MethodSource("errors")
    void what_something_in_between_answers_settles_parks_and_suspends_nothing(Middlebox box, String looks)
            throws Exception {
        List<String> ids = present(25);
        talkdesk.behind(box);
        int before = talkdesk.intercepted().size();
        delete(ids);

        service.await("its rows say why", () -> values("failureCode").equals(Set.of("unreadable_answer")));
        service.await("it is tried again", () -> talkdesk.intercepted().size() >= before + 3);
        assertThat(states()).isSubsetOf("pending", "claimed");
        assertThat(rows(row -> row.path("attempts").asInt() > 0))
                .allSatisfy(row -> assertThat(row.path("message").asText()).startsWith(looks));
        assertThat(listState(list)).isEqualTo("active");
        assertThat(talkdesk.deletesOf(list)).isEmpty();

        talkdesk.answerNormally();
        awaitAll("deleted", 25);
        assertThat(values("confirmation")).containsOnly("exact");
        assertThat(talkdesk.recordCount(list)).isZero();
    }

    /** 11 of 24 were parked while half of the calls passed. */
    @ParameterizedTest
    @ValueSource(ints = {400, 405, 421})
    void a_page_for_every_second_call_parks_nothing(int status) throws Exception {
        List<String> ids = present(24);
        talkdesk.behind(page(status, "No").everyNth(2));
        for (String id : ids) {
            delete(List.of(id));
        }

        awaitAll("deleted", 24);
        assertThat(talkdesk.recordCount(list)).isZero();
        assertThat(listState(list)).isEqualTo("active");
    }

    @Test
    void while_another_list_succeeds_its_own_is_held_up_alone() throws Exception {
        String other = UNUSED.next();
        String held = list;
        talkdesk.behind(Middlebox.answering(404).of(held));
        delete(present(3));
        service.await("it is noticed", () -> values("failureCode").equals(Set.of("unreadable_answer")));

        list = other;
        for (int i = 0; i < 5; i++) {
            delete(present(1));
            awaitAll("deleted", i + 1);
        }
        service.await("it is held up", () -> service.log().contains("Record list " + held + " is held up"));
        service.await(
                "the delivery goes on",
                () -> service.status().at("/delivery/state").asText().equals("open"));
        list = held;
        assertThat(states()).isSubsetOf("pending", "claimed");
        talkdesk.answerNormally();
        awaitAll("deleted", 3);
    }

    @Test
    void a_413_of_something_in_between_is_split_and_a_lone_one_waits() throws Exception {
        Answer tooLarge = Answer.status(413).body("<html><title>413 Request Entity Too Large</title>", "text/html");
        talkdesk.onList(list).decide(call -> call.items().size() > 5 ? tooLarge : null);
        delete(present(40));
        awaitAll("deleted", 40);

        talkdesk.onList(list).always(tooLarge);
        List<String> lone = present(1);
        delete(lone);
        service.await(
                "it waits", () -> !rows(row -> row.path("attempts").asInt() > 1).isEmpty());
        assertThat(states()).isSubsetOf("pending", "claimed", "deleted");
        assertThat(talkdesk.holds(list, lone.get(0))).isTrue();
        talkdesk.answerNormally();
        awaitAll("deleted", 41);
    }

    @Test
    void what_waits_for_too_long_is_parked_all_the_same() throws Exception {
        try (TalkdeskSimulator another = TalkdeskSimulator.start();
                Service impatient = new Service(folder.resolve("impatient"), salesforce, another, "list-1")
                        .with("delivery.give-up-after", "1s")) {
            another.addList("list-1", "EXTERNAL");
            another.behind(Middlebox.answering(404));
            impatient.start();
            impatient.post(
                    "/api/deletions",
                    "[{\"external_provider\":\"salesforce\",\"external_id\":\"003MB0000000000ABC\"}]");

            impatient.await("it is given up", () -> impatient.count("parked") == 1);
            assertThat(impatient
                            .deletions("state=parked")
                            .get(0)
                            .path("failureCode")
                            .asText())
                    .isEqualTo("gave_up");
            assertThat(impatient
                            .deletions("state=parked")
                            .get(0)
                            .path("message")
                            .asText())
                    .startsWith("A 404 with no body");
        }
    }

    // ---- GET of the list, and the token

    static Stream<Middlebox> notTheList() {
        return Stream.of(
                Middlebox.answering(200, "application/json", "{\"status\":\"ok\"}"),
                Middlebox.answering(200, "application/json", "{\"id\":\"another-list\",\"name\":\"x\"}"),
                Middlebox.answering(200),
                page(403, "403 Forbidden"),
                Middlebox.answering(404));
    }

    @ParameterizedTest
    @MethodSource("notTheList")
    void what_does_not_show_the_list_proves_nothing(Middlebox box) throws Exception {
        talkdesk.notFoundWhenNothingMatches(true);
        talkdesk.behind(box.readsOnly());
        delete(List.of(absent(), absent()));

        service.await("its rows say why", () -> values("failureCode").equals(Set.of("unreadable_answer")));
        assertThat(states()).isSubsetOf("pending", "claimed");
        assertThat(listState(list)).isEqualTo("active");
        talkdesk.behind(null);
        awaitAll("deleted", 2);
        assertThat(values("confirmation")).containsOnly("absent");
    }

    @Test
    void a_page_instead_of_a_token_is_reported_as_what_it_is() throws Exception {
        talkdesk.revokeTokens();
        talkdesk.behind(page(403, "403 Forbidden").tokensOnly());
        delete(present(1));

        service.await("it is reported", () -> values("message").stream()
                .anyMatch(message ->
                        message.contains("answered 403 with an HTML page with the title \"403 Forbidden\"")));
        assertThat(values("failureCode")).containsExactly("no_token");
        talkdesk.answerNormally();
        awaitAll("deleted", 1);
    }

    // ---- 2xx

    @ParameterizedTest
    @ValueSource(strings = {"", "{}"})
    void nothing_at_all_is_settled_as_accepted_only_once_the_list_shows_itself(String body) throws Exception {
        List<String> ids = present(2);
        talkdesk.behind(
                Middlebox.answering(Answer.status(200).body(body)).readsToo().of(list));
        delete(ids);

        service.await("its list was asked for", () -> talkdesk.intercepted().contains("GET /record-lists/" + list));
        service.await("it is no list", () -> values("failureCode").equals(Set.of("unreadable_answer")));
        assertThat(states()).isSubsetOf("pending", "claimed");

        talkdesk.behind(Middlebox.answering(Answer.status(200).body(body)).of(list));
        awaitAll("deleted", 2);
        assertThat(values("confirmation")).containsOnly("accepted");
    }

    @Test
    void json_without_any_documented_field_and_another_lists_answer_confirm_nothing() throws Exception {
        talkdesk.onList(list)
                .answer(
                        Answer.normal().withoutDeleting().body("{\"status\":\"ok\"}"),
                        Answer.normal().withoutDeleting().body("{\"record_list_id\":\"other\",\"total_deleted\":2}"),
                        Answer.normal().withoutDeleting().body("{\"total_deleted\":-2}"));
        delete(present(2));

        awaitAll("deleted", 2);
        assertThat(values("confirmation")).containsOnly("exact");
        assertThat(talkdesk.deletesOf(list)).hasSize(4);
    }

    @Test
    void more_deleted_than_asked_stops_the_list_until_a_person_goes_on() throws Exception {
        talkdesk.onList(list).answer(Answer.normal().withoutDeleting().body("{\"total_deleted\":5000}"));
        List<String> ids = present(3);
        delete(ids);

        service.await("it is stopped", () -> listState(list).equals("stopped"));
        awaitAll("pending", 3);
        delete(present(1));
        awaitAll("pending", 4);
        assertThat(service.answer("/observe/health/ready").body())
                .contains("Record lists are stopped until a person goes on")
                .contains("deleted 5000 records for 3");
        assertThat(talkdesk.deletesOf(list)).hasSize(1);

        HttpResponse<String> order = service.post("/api/record-lists/go-on", "{\"ids\":[\"" + list + "\"]}");
        assertThat(order.body()).isEqualTo("{\"count\":1}");
        awaitAll("deleted", 4);
        assertThat(talkdesk.recordCount(list)).isZero();
        assertThat(listState(list)).isEqualTo("active");
        assertThat(service.post("/api/record-lists/go-on", "{}").statusCode()).isEqualTo(400);
    }

    @Test
    void at_most_as_many_failed_records_are_asked_for_as_were_sent() throws Exception {
        String failed = IntStream.range(0, 400)
                .mapToObj("{\"id\":\"r-%d\"}"::formatted)
                .collect(Collectors.joining(",", "{\"has_errors\":true,\"_embedded\":{\"failed_records\":[", "]}}"));
        talkdesk.onList(list).answer(Answer.normal().withoutDeleting().body(failed));
        delete(present(3));

        awaitAll("deleted", 3);
        assertThat(talkdesk.reads())
                .filteredOn(read -> read.target().contains(list + "/records/r-"))
                .hasSizeLessThanOrEqualTo(3);
    }

    /** A wrong external provider looks so: everything was settled, and health was green. */
    @Test
    void a_list_of_which_nothing_is_ever_found_is_amber_by_the_third_batch() throws Exception {
        for (int i = 1; i <= 3; i++) {
            assertThat(reasons()).noneMatch(reason -> reason.startsWith("Record list " + list + " has had none"));
            delete(List.of(absent(), absent()));
            awaitAll("deleted", 2 * i);
        }

        assertThat(values("confirmation")).containsOnly("batch");
        assertThat(reasons()).anySatisfy(reason -> assertThat(reason)
                .contains(list, "talkdesk.external-provider", "18 characters", "account"));
        assertThat(service.terminate()).isZero();
        service.start();
        assertThat(reasons())
                .anySatisfy(reason -> assertThat(reason).contains(list, "3 batches and 0 single records in a row"));
        delete(present(1));
        awaitAll("deleted", 7);
        assertThat(reasons()).noneMatch(reason -> reason.contains(list));
    }

    // ---- bodies

    static Stream<Arguments> bodies() {
        return Stream.of(
                Arguments.of(Answer.normal().padded(HUGE), "unreadable_answer"),
                Arguments.of(Answer.normal().endless(), "unreadable_answer"),
                Arguments.of(Answer.status(404).body("").padded(HUGE), "unreadable_answer"),
                Arguments.of(Answer.normal().trickling(), "timeout"),
                Arguments.of(Answer.status(502).trickling(), "timeout"),
                // Its length is said to be 0: it was taken for a lost connection.
                Arguments.of(packed(Answer.status(404).empty()), "unreadable_answer"),
                Arguments.of(packed(Answer.normal().withoutDeleting().empty()), "unreadable_answer"),
                Arguments.of(packed(Answer.normal()), "unreadable_answer"),
                Arguments.of(packed(Answer.status(400)), "unreadable_answer"));
    }

    /** It says so, and is not. */
    private static Answer packed(Answer answer) {
        return answer.header("Content-Encoding", "gzip");
    }

    /** Answers of 70 MiB killed the threads of the delivery; a byte a second kept a call open for 51 s. */
    @ParameterizedTest
    @MethodSource("bodies")
    void an_answer_without_end_ends_and_the_delivery_goes_on(Answer answer, String code) throws Exception {
        talkdesk.onList(list).answer(Collections.nCopies(5, answer).toArray(Answer[]::new));
        List<String> ids = present(6);
        for (String id : ids) {
            delete(List.of(id));
        }

        awaitAll("deleted", 6);
        List<JsonNode> failed = rows(row -> row.path("attempts").asInt() > 0);
        assertThat(failed).isNotEmpty().allSatisfy(row -> assertThat(
                        service.get("/api/deletions/" + row.path("id").asLong())
                                .at("/attempts/0/code")
                                .asText())
                .isEqualTo(code));
        assertThat(talkdesk.recordCount(list)).isZero();
        List<DeleteCall> calls = talkdesk.deletesOf(list);
        assertThat(Duration.ofNanos(calls.get(calls.size() - 1).arrivedNanos()
                        - calls.get(0).arrivedNanos()))
                .isLessThan(Duration.ofSeconds(25));
    }

    @Test
    void a_token_answer_without_end_is_none() throws Exception {
        talkdesk.revokeTokens();
        talkdesk.tokenAnswer(
                Answer.status(400).body("").padded(HUGE),
                Answer.status(200).body("{}").padded(HUGE));
        delete(present(1));

        awaitAll("deleted", 1);
        assertThat(service.get("/api/deletions/"
                                + rows(row -> true).get(0).path("id").asLong())
                        .at("/attempts/0/message")
                        .asText())
                .contains("more than 65536 bytes");
    }

    // ---- the story's words

    private static Middlebox page(int status, String title) {
        return Middlebox.page(status, title);
    }

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
        return "003MB%013d".formatted(++contacts);
    }

    private void delete(List<String> externalIds) throws IOException {
        String items = externalIds.stream()
                .map(id -> "{\"recordList\":\"%s\",\"external_provider\":\"salesforce\",\"external_id\":\"%s\"}"
                        .formatted(list, id))
                .collect(Collectors.joining(",", "[", "]"));
        assertThat(service.post("/api/deletions", items).statusCode()).isEqualTo(202);
    }

    private void awaitAll(String state, long count) {
        service.await(list + " has " + count + " " + state, () -> rows(row -> true).stream()
                .collect(Collectors.groupingBy(row -> row.path("state").asText(), Collectors.counting()))
                .equals(Map.of(state, count)));
    }

    private List<JsonNode> rows(Predicate<JsonNode> which) {
        return service.deletions("recordList=" + list).stream().filter(which).toList();
    }

    private Set<String> states() {
        return values("state");
    }

    private Set<String> values(String field) {
        return rows(row -> true).stream().map(row -> row.path(field).asText()).collect(Collectors.toSet());
    }

    private static List<String> reasons() {
        List<String> reasons = new ArrayList<>();
        service.status().at("/health/reasons").forEach(reason -> reasons.add(reason.asText()));
        return reasons;
    }

    private static String listState(String list) {
        for (JsonNode shown : service.status().path("lists")) {
            if (shown.path("id").asText().equals(list)) {
                return shown.path("state").asText();
            }
        }
        return "";
    }
}
