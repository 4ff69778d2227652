package io.recordsync.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.recordsync.config.Secret;
import io.recordsync.deletion.DeletionRequest;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.Identifier;
import io.recordsync.deletion.Intake;
import io.recordsync.deletion.Origin;
import io.recordsync.deletion.Problem;
import io.recordsync.inbox.Coverage.Stretch;
import io.recordsync.inbox.Coverage.Sweep;
import io.recordsync.inbox.ServedLists;
import io.recordsync.network.Outbound;
import io.recordsync.oauth.AccessTokens;
import io.recordsync.oauth.ClientCredentials;
import io.recordsync.salesforce.SalesforceAccess.RefusedException;
import io.recordsync.simulator.salesforce.ContactIds;
import io.recordsync.simulator.salesforce.MovedClock;
import io.recordsync.simulator.salesforce.Recording.RestCall;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a sweep asks, and what it makes of the answers: of the simulated REST API, where that can give them. */
class SweepingTest {

    private static final Duration OVERLAP = Duration.ofHours(1);

    private final MovedClock clock = new MovedClock();
    private final SalesforceSimulator salesforce =
            SalesforceSimulator.builder().clock(clock).start();
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<Intake> intakes = new ArrayList<>();
    private final Instant firstStart = clock.instant();
    private final Map<String, Duration> widths = new HashMap<>();

    @AfterEach
    void close() {
        salesforce.close();
    }

    // ---- what is found

    @Test
    void what_is_in_the_recycle_bin_and_what_was_purged_from_it_is_found() throws Exception {
        List<String> contacts = salesforce.createContacts(5);
        salesforce.deleteContactsUnseen(contacts.subList(0, 3));
        salesforce.purge(contacts.get(0));
        clock.advance(Duration.ofMinutes(3));

        Sweeping sweeping = sweep(since(firstStart));

        assertThat(ids()).containsExactlyInAnyOrderElementsOf(contacts.subList(0, 3));
        assertThat(sweeping.inBin()).isEqualTo(2);
        assertThat(sweeping.inLog()).isEqualTo(3);
        assertThat(deletions())
                .filteredOn(deletion -> deletion.identifier().value().equals(contacts.get(0)))
                .extracting(DeletionRequest::state)
                .containsOnly(DeletionState.CHECKING);
        assertThat(deletions())
                .filteredOn(deletion -> deletion.identifier().value().equals(contacts.get(1)))
                .first()
                .extracting(DeletionRequest::state)
                .isEqualTo(DeletionState.PENDING);
        assertThat(sweeping.unproven()).isNull();
        assertThat(sweeping.coveredUntil()).isEqualTo(minute(sweeping.end()));
        assertThat(salesforce.recording().refusals()).isEmpty();
    }

    @Test
    void a_deletion_bears_the_instant_at_which_it_was_made_and_is_for_each_list() throws Exception {
        String contact = salesforce.createContacts(1).get(0);
        clock.advance(Duration.ofMinutes(1));
        salesforce.deleteContactsUnseen(List.of(contact));
        Instant deletedAt = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        clock.advance(Duration.ofMinutes(3));

        sweep(since(firstStart));

        DeletionRequest expected = new DeletionRequest(
                "list-1",
                Identifier.external("salesforce", contact),
                "sweep:" + deletedAt,
                Origin.SWEEP,
                deletedAt,
                DeletionState.PENDING);
        assertThat(deletions()).hasSize(4).contains(expected).allSatisfy(deletion -> assertThat(deletion.committedAt())
                .isEqualTo(deletedAt));
    }

    @Test
    void the_loser_of_a_merge_says_into_whom_it_was_merged() throws Exception {
        List<String> contacts = salesforce.createContacts(2);
        salesforce.mergeContacts(contacts.get(0), contacts.get(1));
        clock.advance(Duration.ofMinutes(3));

        sweep(since(firstStart));

        assertThat(deletions().get(0).identifier().value()).isEqualTo(contacts.get(1));
        assertThat(deletions().get(0).note()).isEqualTo("merged into " + contacts.get(0));
    }

    @Test
    void pages_are_followed_to_the_last() throws Exception {
        salesforce.queryPageSize(2);
        List<String> contacts = salesforce.createContacts(7);
        salesforce.deleteContactsUnseen(contacts);

        Sweeping sweeping = sweep(since(firstStart));

        assertThat(sweeping.inBin()).isEqualTo(7);
        assertThat(ids()).containsExactlyInAnyOrderElementsOf(contacts);
        assertThat(paths()).filteredOn(path -> path.contains("/query/01g")).hasSize(3);
    }

    @Test
    void an_id_of_another_prefix_is_a_problem_and_never_a_deletion() throws Exception {
        Sweeping sweeping = sweeping(since(firstStart));

        Intake intake = sweeping.read(
                        json("{\"done\": true, \"records\": [{\"Id\": \"001DL0000212DetYAE\", \"SystemModstamp\":"
                                + " \"2099-01-01T00:00:00.000+0000\", \"MasterRecordId\": null}]}"),
                        "Tue, 24 Nov 2099 02:00:00 GMT",
                        "")
                .next();

        assertThat(intake.deletions()).isEmpty();
        assertThat(intake.problems()).extracting(Problem::kind).containsExactly("refused_id");
        assertThat(intake.problems().get(0).message()).contains("'001DL0000212DetYAE'");
    }

    // ---- the interval

    @Test
    void it_begins_the_overlap_before_what_is_proven() throws Exception {
        Instant provenUntil = clock.instant();
        clock.advance(Duration.ofHours(10));

        Sweeping sweeping = sweep(new Sweep(provenUntil, provenUntil.minus(Duration.ofDays(3)), 1, "test"));

        Instant start = provenUntil.minus(OVERLAP);
        assertThat(queries().get(0)).contains("SystemModstamp >= " + start.truncatedTo(ChronoUnit.SECONDS));
        assertThat(queries().get(1)).contains(minute(start).toString().substring(0, 16));
        assertThat(sweeping.unproven()).isNull();
    }

    @Test
    void what_was_deleted_before_the_floor_is_not_ours() throws Exception {
        List<String> before = salesforce.createContacts(2);
        salesforce.deleteContactsUnseen(before.subList(0, 1));
        clock.advance(Duration.ofMinutes(10));
        Instant floor = clock.instant();
        List<String> after = salesforce.createContacts(1);
        salesforce.deleteContactsUnseen(after);
        // getDeleted wants more than a minute: it is asked for what lies before the floor, too.
        clock.advance(Duration.ofSeconds(5));

        sweep(since(floor));
        sweep(new Sweep(floor, floor.minus(Duration.ofMinutes(1)), 1, "test"));

        assertThat(ids()).hasSameElementsAs(after);
    }

    @Test
    void the_log_is_asked_for_15_days_at_most_and_what_is_older_is_unproven() throws Exception {
        Instant provenUntil = clock.instant();
        clock.advance(Duration.ofDays(20));

        Sweeping sweeping = sweep(since(provenUntil));

        assertThat(salesforce.recording().refusals()).isEmpty();
        assertThat(sweeping.unproven().from()).isEqualTo(provenUntil);
        assertThat(sweeping.unproven().until())
                .isBetween(
                        sweeping.end().minus(Duration.ofDays(15)),
                        sweeping.end().minus(Duration.ofDays(15)).plus(Duration.ofMinutes(15)));
    }

    @Test
    void a_trimmed_log_leaves_a_stretch_unproven() throws Exception {
        Instant provenUntil = clock.instant();
        clock.advance(Duration.ofDays(3));
        Instant trimmed = clock.instant().minus(Duration.ofDays(1));
        salesforce.trimDeleteLog(trimmed);

        Sweeping sweeping = sweep(since(provenUntil));

        assertThat(sweeping.unproven()).isEqualTo(new Stretch(provenUntil, minute(trimmed)));
        assertThat(sweeping.coveredUntil()).isEqualTo(minute(sweeping.end()));
    }

    /** Without this the sweep would be refused each time: it always begins where everything is proven until. */
    @Test
    void a_log_that_refuses_to_go_back_so_far_is_asked_for_what_it_has_and_the_rest_is_unproven() throws Exception {
        Instant provenUntil = clock.instant();
        clock.advance(Duration.ofDays(3));
        Instant purged = clock.instant().minus(Duration.ofDays(1));
        salesforce.purgeDeleteLog(purged);
        List<String> contacts = salesforce.createContacts(2);
        salesforce.deleteContactsUnseen(contacts);
        salesforce.purge(contacts.get(0));
        clock.advance(Duration.ofMinutes(3));

        Sweeping sweeping = sweep(since(provenUntil));

        assertThat(ids()).containsExactlyInAnyOrderElementsOf(contacts);
        assertThat(sweeping.coveredUntil()).isEqualTo(minute(sweeping.end()));
        assertThat(sweeping.unproven().from()).isEqualTo(provenUntil);
        assertThat(sweeping.unproven().until()).isBetween(minute(purged), sweeping.end());
        assertThat(salesforce.recording().refusals()).isNotEmpty().allSatisfy(refusal -> assertThat(refusal.code())
                .isEqualTo("INVALID_REPLICATION_DATE"));
    }

    @Test
    void a_log_that_refuses_every_date_is_asked_some_times_and_fails_the_sweep_at_its_end() throws Exception {
        clock.advance(Duration.ofDays(3));
        salesforce.purgeDeleteLog(clock.instant().plus(Duration.ofHours(1)));

        Sweeping sweeping = sweep(since(firstStart));

        assertThat(sweeping.refusal()).hasMessageContaining("INVALID_REPLICATION_DATE");
        assertThat(salesforce.recording().refusals()).hasSizeLessThan(60);
    }

    /** Once it was repeated for good, and never was the delete log asked. */
    @Test
    void a_bin_that_takes_too_long_is_asked_in_smaller_ranges() throws Exception {
        List<String> contacts = deletedOverHours(12);
        salesforce.queryTimeoutAbove(Duration.ofMinutes(30));

        Sweeping sweeping = sweep(since(firstStart));

        assertThat(sweeping.refusal()).isNull();
        assertThat(sweeping.inBin()).isEqualTo(12);
        assertThat(ids()).containsExactlyInAnyOrderElementsOf(contacts);
        assertThat(sweeping.coveredUntil()).isEqualTo(minute(sweeping.end()));
        assertThat(salesforce.recording().refusals()).hasSizeLessThan(8);
    }

    @Test
    void the_next_sweep_begins_with_what_the_bin_could_answer() throws Exception {
        deletedOverHours(3);
        salesforce.queryTimeoutAbove(Duration.ofMinutes(30));
        sweep(since(firstStart));
        int refused = salesforce.recording().refusals().size();

        sweep(since(firstStart));

        assertThat(salesforce.recording().refusals()).hasSize(refused);
    }

    @Test
    void a_bin_that_always_takes_too_long_does_not_keep_the_log_from_being_asked() throws Exception {
        List<String> contacts = deletedOverHours(3);
        salesforce.queryTimeoutAbove(Duration.ZERO);

        Sweeping sweeping = sweep(since(firstStart));

        assertThat(ids()).containsExactlyInAnyOrderElementsOf(contacts);
        assertThat(sweeping.inLog()).isEqualTo(3);
        assertThat(sweeping.refusal()).hasMessageContaining("QUERY_TIMEOUT");
        assertThat(salesforce.recording().refusals()).hasSizeLessThan(12);
    }

    @Test
    void a_question_without_an_answer_in_time_is_asked_for_less_and_some_times_only() throws Exception {
        clock.advance(Duration.ofDays(3));
        Sweeping sweeping = sweeping(since(firstStart));
        SocketTimeoutException timeout = new SocketTimeoutException("Read timed out");
        // Nothing says how late it is at Salesforce.
        assertThatThrownBy(() -> sweeping.timedOut(timeout)).isSameAs(timeout);
        sweeping.read(
                json("{\"done\": false, \"nextRecordsUrl\": \"/services/data/v64.0/query/01g-2\", \"records\": []}"),
                date(),
                "");

        sweeping.timedOut(timeout);

        assertThat(sweeping.question().query()).contains("SystemModstamp+%3C+");
        for (int i = 0; i < 5; i++) {
            sweeping.timedOut(timeout);
        }
        assertThatThrownBy(() -> sweeping.timedOut(timeout)).isSameAs(timeout);
    }

    @Test
    void only_what_can_be_merged_is_asked_for_its_master() {
        assertThat(sweepingOf("Contact").question().query()).contains("MasterRecordId");
        assertThat(sweepingOf("Lead").question().query()).contains("MasterRecordId");
        assertThat(sweepingOf("Thing__c").question().query()).doesNotContain("MasterRecordId");
    }

    private List<String> deletedOverHours(int hours) {
        List<String> contacts = salesforce.createContacts(hours);
        for (String contact : contacts) {
            clock.advance(Duration.ofMinutes(57));
            salesforce.deleteContactsUnseen(List.of(contact));
            clock.advance(Duration.ofMinutes(3));
        }
        return contacts;
    }

    /** An answer that claims more must not hide the windows that were not asked for. */
    @Test
    void a_window_proves_no_more_than_itself() throws Exception {
        clock.advance(Duration.ofHours(10));
        Sweeping sweeping = sweeping(since(firstStart));
        String date =
                DateTimeFormatter.RFC_1123_DATE_TIME.format(clock.instant().atOffset(ZoneOffset.UTC));
        sweeping.read(json("{\"done\": true, \"records\": []}"), date, "");
        sweeping.refused(new RefusedException("refused", "EXCEEDED_ID_LIMIT"), date);
        Iterator<Intake> answer = sweeping.read(
                json("{\"deletedRecords\": [], \"earliestDateAvailable\": \"2020-01-01T00:00:00.000+0000\","
                        + " \"latestDateCovered\": \"2099-01-01T00:00:00.000+0000\"}"),
                date,
                "");

        assertThat(answer.hasNext()).isFalse();
        assertThat(sweeping.unfinished()).isTrue();
    }

    @Test
    void a_log_that_was_trimmed_before_what_is_proven_is_no_matter() throws Exception {
        clock.advance(Duration.ofHours(2));
        Instant provenUntil = clock.instant();
        salesforce.trimDeleteLog(provenUntil.minus(Duration.ofMinutes(2)));
        clock.advance(Duration.ofHours(2));

        assertThat(sweep(since(provenUntil)).unproven()).isNull();
    }

    @Test
    void it_proves_no_more_than_a_log_that_lags_behind_covers() throws Exception {
        clock.advance(Duration.ofHours(1));
        salesforce.deleteLogLag(Duration.ofMinutes(20));

        Sweeping sweeping = sweep(since(firstStart));

        assertThat(Duration.between(sweeping.coveredUntil(), sweeping.end()).toMinutes())
                .isEqualTo(20);
    }

    /** Asked for the last minutes again and again it would never end. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 90})
    void it_ends_however_far_the_log_lags_behind(int minutes) throws Exception {
        clock.advance(Duration.ofHours(1));
        salesforce.deleteLogLag(Duration.ofMinutes(minutes));

        sweep(since(firstStart));

        assertThat(salesforce.recording().restCalls()).hasSizeLessThanOrEqualTo(3);
    }

    @Test
    void a_window_proves_no_more_than_was_asked_for() throws Exception {
        Instant end = Instant.parse("2026-11-24T02:00:00Z");
        Sweeping sweeping = sweeping(since(end.minus(Duration.ofHours(8))));
        String date = "Tue, 24 Nov 2026 02:00:00 GMT";
        sweeping.read(json("{\"done\": true, \"records\": []}"), date, "");
        sweeping.refused(new RefusedException("too many", "EXCEEDED_ID_LIMIT"), date);

        sweeping.read(
                        json("{\"deletedRecords\": [], \"earliestDateAvailable\": \"2026-11-01T00:00:00.000+0000\","
                                + " \"latestDateCovered\": \"2026-11-24T02:00:00.000+0000\"}"),
                        date,
                        "")
                .forEachRemaining(intake -> {});

        assertThat(sweeping.unfinished()).isTrue();
        assertThat(sweeping.question().query()).contains("start=2026-11-23T21%3A57%3A00");
    }

    @Test
    void right_after_the_first_start_it_ends_as_well() throws Exception {
        Sweeping sweeping = sweep(since(clock.instant()));

        assertThat(salesforce.recording().refusals()).isEmpty();
        assertThat(sweeping.coveredUntil()).isEqualTo(minute(sweeping.end()));
        assertThat(sweeping.unproven()).isNull();
    }

    // ---- too much at once

    @Test
    void too_many_ids_are_asked_for_in_halves() throws Exception {
        List<String> contacts = salesforce.createContacts(40);
        for (String contact : contacts) {
            salesforce.deleteContactsUnseen(List.of(contact));
            clock.advance(Duration.ofMinutes(3));
        }
        salesforce.purge(contacts.toArray(String[]::new));
        salesforce.mostDeletedIds(6);

        Sweeping sweeping = sweep(since(firstStart));

        assertThat(ids()).containsExactlyInAnyOrderElementsOf(contacts);
        assertThat(sweeping.coveredUntil()).isEqualTo(minute(sweeping.end()));
        assertThat(salesforce.recording().refusals()).isNotEmpty().allSatisfy(refusal -> assertThat(refusal.code())
                .isEqualTo("EXCEEDED_ID_LIMIT"));
    }

    @Test
    void too_many_ids_in_the_smallest_window_fail_the_sweep_at_its_end() throws Exception {
        salesforce.deleteContactsUnseen(salesforce.createContacts(7));
        clock.advance(Duration.ofMinutes(3));
        salesforce.mostDeletedIds(6);

        assertThat(sweep(since(firstStart)).refusal()).hasMessageContaining("EXCEEDED_ID_LIMIT");
    }

    @Test
    void any_other_refusal_fails_the_sweep_at_its_end_and_the_rest_is_asked() throws Exception {
        Sweeping sweeping = sweeping(since(firstStart));
        RefusedException refusal = new RefusedException("Salesforce answered 400 MALFORMED_QUERY", "MALFORMED_QUERY");

        sweeping.refused(refusal, date());

        assertThat(sweeping.refusal()).isSameAs(refusal);
        assertThat(sweeping.question().path()).endsWith("/sobjects/Contact/deleted/");
    }

    @Test
    void a_refusal_without_a_date_before_any_answer_ends_the_sweep() {
        Sweeping sweeping = sweeping(since(firstStart));
        RefusedException refusal = new RefusedException("Salesforce answered 400 MALFORMED_QUERY", "MALFORMED_QUERY");

        assertThatThrownBy(() -> sweeping.refused(refusal, null)).isSameAs(refusal);
    }

    // ---- what must not be believed

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example.com/services/data/v64.0/query/01g-2000",
                "//evil.example.com/services/data/v64.0/query/01g",
                "/services/data/v64.0/sobjects/Contact",
                "/services/data/v64.0/query/../../x",
                ""
            })
    void a_next_page_is_a_path_of_queries_only(String next) {
        Sweeping sweeping = sweeping(since(firstStart));

        assertThatThrownBy(() -> sweeping.read(
                        json("{\"done\": false, \"records\": [], \"nextRecordsUrl\": \"" + next + "\"}"),
                        "Tue, 24 Nov 2026 02:00:00 GMT",
                        ""))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("nextRecordsUrl");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "[]", "{\"records\": []}", "{\"done\": true}", "<html>", ""})
    void a_page_that_is_none_ends_the_sweep(String body) {
        Sweeping sweeping = sweeping(since(firstStart));

        assertThatThrownBy(() -> sweeping.read(json(body), "Tue, 24 Nov 2026 02:00:00 GMT", ""))
                .isInstanceOf(IOException.class);
        assertThat(sweeping.unfinished()).isTrue();
    }

    @Test
    void an_answer_without_a_date_ends_the_sweep() {
        assertThatThrownBy(() -> sweeping(since(firstStart)).read(json("{\"done\": true, \"records\": []}"), null, ""))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Date");
    }

    // ---- driving it as the route does

    @Test
    void a_list_that_has_to_catch_up_gets_what_lies_before_and_the_others_do_not() throws Exception {
        List<String> contacts = salesforce.createContacts(2);
        salesforce.deleteContactsUnseen(contacts.subList(0, 1));
        clock.advance(Duration.ofDays(3));
        Instant begun = clock.instant();
        salesforce.deleteContactsUnseen(contacts.subList(1, 2));
        clock.advance(Duration.ofMinutes(3));

        Sweeping sweeping = sweep(new Sweep(
                begun, begun, 1, "joined", Map.of("list-2", clock.instant().minus(Duration.ofDays(15)))));

        assertThat(deletions().stream()
                        .filter(deletion -> deletion.identifier().value().equals(contacts.get(0)))
                        .map(DeletionRequest::recordList))
                .isNotEmpty()
                .containsOnly("list-2");
        assertThat(deletions().stream()
                        .filter(deletion -> deletion.identifier().value().equals(contacts.get(1)))
                        .map(DeletionRequest::recordList))
                .contains("list-1", "list-2");
        assertThat(sweeping.unproven()).as("of what is proven for all").isNull();
    }

    @Test
    void a_list_of_the_first_start_catches_up_from_there_at_most() throws Exception {
        List<String> contacts = salesforce.createContacts(1);
        salesforce.deleteContactsUnseen(contacts);
        clock.advance(Duration.ofMinutes(30));
        Instant begun = clock.instant();
        clock.advance(Duration.ofMinutes(10));

        sweep(new Sweep(clock.instant(), begun, 1, "caught up", Map.of("list-1", begun.plusSeconds(60))));

        assertThat(deletions()).isEmpty();
    }

    private Sweeping sweep(Sweep sweep) throws Exception {
        Sweeping sweeping = sweeping(sweep);
        String token = token();
        while (sweeping.unfinished()) {
            String query = sweeping.question().query() == null
                    ? ""
                    : "?" + sweeping.question().query();
            HttpResponse<InputStream> answer = http.send(
                    HttpRequest.newBuilder(URI.create(
                                    salesforce.loginUrl() + sweeping.question().path() + query))
                            .header("Authorization", "Bearer " + token)
                            .build(),
                    HttpResponse.BodyHandlers.ofInputStream());
            if (answer.statusCode() == 200) {
                Iterator<Intake> brought = sweeping.read(
                        answer.body(), answer.headers().firstValue("Date").orElse(null), "");
                brought.forEachRemaining(intakes::add);
            } else {
                String code = new ObjectMapper()
                        .readTree(answer.body())
                        .path(0)
                        .path("errorCode")
                        .asText();
                sweeping.refused(
                        new RefusedException("refused " + code, code),
                        answer.headers().firstValue("Date").orElse(null));
            }
        }
        return sweeping;
    }

    private Sweeping sweeping(Sweep sweep) {
        return new Sweeping(
                sweep,
                new SyncedRecords(ServedLists.of(List.of("list-1", "list-2")), "salesforce", List.of("003")),
                Set.of("Contact"),
                "64.0",
                OVERLAP,
                widths,
                7);
    }

    private static Sweeping sweepingOf(String entity) {
        return new Sweeping(
                since(Instant.EPOCH),
                new SyncedRecords(ServedLists.of(List.of("list-1")), "salesforce", List.of("003")),
                Set.of(entity),
                "64.0",
                OVERLAP,
                new HashMap<>(),
                7);
    }

    private String date() {
        return DateTimeFormatter.RFC_1123_DATE_TIME.format(clock.instant().atOffset(ZoneOffset.UTC));
    }

    private static Sweep since(Instant floor) {
        return new Sweep(floor, floor, 1, "test");
    }

    private String token() {
        ClientCredentials credentials =
                ClientCredentials.inForm(SalesforceSimulator.CLIENT_ID, new Secret(SalesforceSimulator.CLIENT_SECRET));
        return new AccessTokens(
                        URI.create(salesforce.loginUrl() + "/services/oauth2/token"),
                        credentials,
                        Duration.ofSeconds(5),
                        Outbound.direct())
                .value();
    }

    private List<DeletionRequest> deletions() {
        return intakes.stream().flatMap(intake -> intake.deletions().stream()).toList();
    }

    private Set<String> ids() {
        Set<String> ids = new TreeSet<>();
        deletions().forEach(deletion -> ids.add(deletion.identifier().value()));
        assertThat(ids).allMatch(ContactIds::isWellFormed);
        return ids;
    }

    private List<String> paths() {
        return salesforce.recording().restCalls().stream().map(RestCall::path).toList();
    }

    private List<String> queries() {
        return salesforce.recording().restCalls().stream().map(RestCall::query).toList();
    }

    private static InputStream json(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Instant minute(Instant time) {
        return time.truncatedTo(ChronoUnit.MINUTES);
    }
}
