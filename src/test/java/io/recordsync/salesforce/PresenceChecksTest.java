package io.recordsync.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recordsync.deletion.Intake;
import io.recordsync.deletion.Problem;
import io.recordsync.inbox.Intakes;
import io.recordsync.inbox.ListCoverage;
import io.recordsync.inbox.RecordLists;
import io.recordsync.simulator.salesforce.ContactIds;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PresenceChecksTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    private static final String DATE = "Sun, 1 Mar 2026 12:00:05 GMT";

    private final List<Problem> problems = new ArrayList<>();
    private final List<String> unchecked = new ArrayList<>();
    private final List<String> checked = new ArrayList<>();
    private final List<String> looked = new ArrayList<>();
    private final List<String> underway = new ArrayList<>();
    private final List<ListCoverage> coverage = new ArrayList<>();

    @ParameterizedTest
    @CsvSource({
        "100, 5, true",
        "100, 6, false",
        "20, 1, true",
        "19, 1, false",
        "1, 1, false",
        "3, 0, true",
        "0, 0, true"
    })
    void the_canary_holds_up_to_the_share_that_is_allowed(int ids, int missing, boolean holds) throws Exception {
        PresenceChecks checks = checks(Optional.empty());
        checks.order(List.of("list-a"));
        PresenceCheck check = checks.begin();
        List<String> all = Stream.generate(ContactIds::next).limit(ids).toList();
        check.page(all, "");
        while (check.asking()) {
            check.read(living(all.subList(missing, ids)), DATE);
        }

        Intake intake = checks.conclude(check);

        assertThat(intake.deletions()).hasSize(holds ? missing : 0);
        assertThat(intake.problems()).hasSize(holds ? 0 : 1);
    }

    @Test
    void nothing_is_run_without_an_order_or_a_schedule() {
        unchecked.add("list-a");

        assertThat(checks(Optional.empty()).begin()).isNull();
    }

    @Test
    void what_the_schedule_makes_due_is_run_and_noted_when_it_has_ended() throws Exception {
        unchecked.add("list-b");
        PresenceChecks checks = checks(Optional.of(Duration.ofDays(7)));
        PresenceCheck check = checks.begin();

        assertThat(check.recordList()).isEqualTo("list-b");
        check.page(List.of(), "");
        checks.conclude(check);
        assertThat(checked).isEmpty();
        checks.finish(check);
        assertThat(checked).containsExactly("list-b");
    }

    @Test
    void a_check_that_failed_is_run_from_its_beginning_and_one_that_is_hopeless_is_not() {
        PresenceChecks checks = checks(Optional.empty());
        checks.order(List.of("list-a"));
        checks.fail(checks.begin(), new IOException("Talkdesk answered 503"));
        assertThat(checks.get().waiting()).containsExactly("list-a");
        assertThat(checks.get().running()).isFalse();

        checks.order(List.of("list-a"));
        checks.fail(checks.begin(), new IllegalStateException("no such list"));
        assertThat(checks.get().waiting()).isEmpty();
        assertThat(checks.get().lastError()).isEqualTo("no such list");
        assertThat(checked).isEmpty();
    }

    @Test
    void an_answer_that_is_not_whole_settles_nothing() {
        PresenceCheck check = new PresenceCheck("list-a", NOW, records(), List.of("Contact"), "64.0", 0, Set.of());
        check.page(List.of(ContactIds.next()), "");

        assertThatThrownBy(() -> check.read(
                        new ByteArrayInputStream("{\"done\": false, \"records\": []}".getBytes(StandardCharsets.UTF_8)),
                        DATE))
                .isInstanceOf(IOException.class);
        assertThat(check.asking()).isTrue();
    }

    @Test
    void whoever_lives_in_one_of_two_entities_is_not_missing() throws Exception {
        PresenceCheck check =
                new PresenceCheck("list-a", NOW, records(), List.of("Contact", "Lead"), "64.0", 0, Set.of());
        String contact = ContactIds.next();
        String lead = ContactIds.next();
        String none = ContactIds.next();
        check.page(List.of(contact, lead, none), "");

        check.read(living(List.of(contact)), DATE);
        check.read(living(List.of(lead)), DATE);

        assertThat(check.asking()).isFalse();
        assertThat(check.missing()).containsExactly(none);
    }

    @Test
    void an_id_without_checksum_is_not_judged() {
        PresenceCheck check = new PresenceCheck("list-a", NOW, records(), List.of("Contact"), "64.0", 0, Set.of());
        check.page(List.of(ContactIds.next().substring(0, 15)), "");

        assertThat(check.asking()).isFalse();
        assertThat(check.missing()).isEmpty();
        assertThat(check.foreign()).isEqualTo(1);
    }

    @Test
    void nothing_is_concluded_while_a_page_is_unread_or_a_question_unanswered() throws Exception {
        PresenceChecks checks = checks(Optional.empty());
        checks.order(List.of("list-a"));
        PresenceCheck check = checks.begin();
        List<String> all = Stream.generate(ContactIds::next).limit(100).toList();

        check.page(all, "page=2");
        check.read(living(all), DATE);
        assertThatThrownBy(() -> checks.conclude(check)).isInstanceOf(IllegalStateException.class);

        check.page(List.of(ContactIds.next()), "");
        assertThatThrownBy(() -> checks.conclude(check)).isInstanceOf(IllegalStateException.class);

        check.read(living(List.of()), DATE);
        assertThat(checks.conclude(check).deletions()).hasSize(1);
    }

    @Test
    void a_link_that_leads_back_to_a_page_that_was_read_ends_the_list() {
        for (String back : List.of("page=2", "page=1&per_page=100")) {
            PresenceCheck check = new PresenceCheck("list-a", NOW, records(), List.of("Contact"), "64.0", 0, Set.of());
            check.page(List.of(), "page=2");

            check.page(List.of(), back);

            assertThat(check.unfinished()).isFalse();
        }
    }

    @Test
    void about_the_ids_that_a_page_of_the_answer_does_not_name_it_is_asked_again() throws Exception {
        List<String> ids = Stream.generate(ContactIds::next).limit(3).toList();
        PresenceCheck check = new PresenceCheck("list-a", NOW, records(), List.of("Contact"), "64.0", 0, Set.of());
        check.page(ids, "");
        String page =
                "{\"done\": false, \"nextRecordsUrl\": \"/services/data/v64.0/query/01g-1\", \"records\": [{\"Id\": \""
                        + ids.get(0) + "\"}]}";

        check.read(new ByteArrayInputStream(page.getBytes(StandardCharsets.UTF_8)), DATE);

        assertThat(check.question().query()).doesNotContain(ids.get(0)).contains(ids.get(1), ids.get(2));
        check.read(living(ids.subList(1, 2)), DATE);
        assertThat(check.asking()).isFalse();
        assertThat(check.missing()).containsExactly(ids.get(2));
    }

    /** Our clock may be fast: a contact restored between Salesforce's answer and what our clock says must count as restored. */
    @ParameterizedTest
    @CsvSource({
        "'Sun, 1 Mar 2026 11:50:00 GMT', 2026-03-01T11:50:00Z",
        "'Sun, 1 Mar 2026 12:10:00 GMT', 2026-03-01T12:00:00Z"
    })
    void a_find_is_as_old_as_the_slower_of_two_clocks_says(String date, Instant committedAt) throws Exception {
        PresenceChecks checks = checks(Optional.empty());
        checks.order(List.of("list-a"));
        PresenceCheck check = checks.begin();
        List<String> all = Stream.generate(ContactIds::next).limit(100).toList();
        check.page(all, "");
        check.read(living(all.subList(1, 100)), date);

        assertThat(checks.conclude(check).deletions()).singleElement().satisfies(find -> {
            assertThat(find.committedAt()).isEqualTo(committedAt);
            assertThat(find.eventKey()).isEqualTo("reconcile:" + NOW);
        });
    }

    @Test
    void a_list_that_fails_lets_the_others_pass_and_its_error_stays_until_it_succeeds() throws Exception {
        PresenceChecks checks = checks(Optional.empty());
        checks.order(List.of("list-a", "list-b"));
        checks.fail(checks.begin(), new IOException("Talkdesk answered 503"));
        checks.order(List.of());
        PresenceCheck other = checks.begin();
        assertThat(other.recordList()).isEqualTo("list-b");

        other.page(List.of(), "");
        checks.conclude(other);
        checks.finish(other);
        assertThat(checks.get().lastError()).isEqualTo("Talkdesk answered 503");

        PresenceCheck again = checks.begin();
        assertThat(again.recordList()).isEqualTo("list-a");
        again.page(List.of(), "");
        checks.conclude(again);
        assertThat(checks.get().lastError()).isNull();
    }

    @Test
    void a_check_that_is_hopeless_is_a_problem() {
        PresenceChecks checks = checks(Optional.empty());
        checks.order(List.of("list-a"));
        checks.fail(checks.begin(), new IllegalStateException("no such list"));

        assertThat(problems).singleElement().satisfies(problem -> {
            assertThat(problem.kind()).isEqualTo("reconcile_refused");
            assertThat(problem.message()).contains("list-a", "no such list", "nothing was deleted");
        });
    }

    @Test
    void a_list_that_joined_is_checked_without_an_order_once_it_is_swept() throws Exception {
        Instant back = NOW.minus(ListCoverage.LOOK_BACK);
        coverage.add(new ListCoverage("list-a", null, null, null, "", true));
        coverage.add(new ListCoverage("list-b", NOW, back, null, "", true));
        PresenceChecks checks = checks(Optional.empty());
        assertThat(checks.begin()).isNull();

        coverage.set(1, new ListCoverage("list-b", NOW, null, null, "", true));
        checks.order(List.of());
        PresenceCheck check = checks.begin();

        assertThat(check.recordList()).isEqualTo("list-b");
        check.page(List.of(), "");
        checks.conclude(check);
        checks.finish(check);
        assertThat(looked).containsExactly("list-b");
        assertThat(checks.begin()).as("once").isNull();
    }

    @Test
    void a_list_that_joined_is_checked_although_no_sweep_succeeds() {
        Instant joined = NOW.minus(Duration.ofMinutes(11));
        coverage.add(new ListCoverage("list-b", joined, joined.minus(ListCoverage.LOOK_BACK), null, "", true));

        assertThat(checks(Optional.empty()).begin().recordList()).isEqualTo("list-b");
    }

    @Test
    void what_is_looked_at_or_declined_or_not_configured_is_not_checked_by_itself() {
        coverage.add(new ListCoverage("list-a", NOW, null, NOW, "", true));
        coverage.add(new ListCoverage("list-b", NOW, null, null, "ada", true));
        coverage.add(new ListCoverage("list-c", NOW, null, null, "", true));

        assertThat(checks(Optional.empty()).begin()).isNull();
    }

    @Test
    void what_the_canary_refused_is_not_looked_at() {
        PresenceChecks checks = checks(Optional.empty());
        checks.order(List.of("list-a"));
        PresenceCheck check = checks.begin();
        check.page(List.of(ContactIds.next()), "");
        read(check, List.of());

        assertThat(checks.conclude(check).problems()).hasSize(1);
        checks.finish(check);

        assertThat(looked).isEmpty();
        assertThat(checked).containsExactly("list-a");
    }

    @Test
    void what_is_to_be_deleted_anyway_is_not_judged() {
        String known = ContactIds.next();
        underway.add(known);
        List<String> living = Stream.generate(ContactIds::next).limit(3).toList();
        PresenceChecks checks = checks(Optional.empty());
        checks.order(List.of("list-a"));
        PresenceCheck check = checks.begin();
        check.page(Stream.concat(Stream.of(known), living.stream()).toList(), "");
        read(check, living);

        assertThat(checks.conclude(check).deletions()).isEmpty();
        assertThat(check.checked()).isEqualTo(3);
    }

    private static void read(PresenceCheck check, List<String> living) {
        try {
            check.read(living(living), DATE);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private PresenceChecks checks(Optional<Duration> schedule) {
        Object inbox = Proxy.newProxyInstance(
                Intakes.class.getClassLoader(),
                new Class<?>[] {Intakes.class, RecordLists.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("presenceChecked")) {
                        checked.add((String) arguments[0]);
                        return null;
                    }
                    if (method.getName().equals("accept")) {
                        problems.addAll(((Intake) arguments[0]).problems());
                        return null;
                    }
                    return switch (method.getName()) {
                        case "holes" -> 0L;
                        case "coverage" -> List.copyOf(coverage);
                        case "underway" -> Set.copyOf(underway);
                        case "looked" -> {
                            looked.add((String) arguments[0]);
                            yield null;
                        }
                        default -> List.copyOf(unchecked);
                    };
                });
        return new PresenceChecks(
                (Intakes) inbox,
                (RecordLists) inbox,
                records(),
                List.of("list-a", "list-b"),
                "salesforce",
                List.of("Contact"),
                "64.0",
                schedule,
                5,
                Duration.ofMinutes(1),
                Clock.fixed(NOW, ZoneOffset.UTC));
    }

    private static SyncedRecords records() {
        return new SyncedRecords(List.of("list-a", "list-b"), "salesforce", List.of("003"));
    }

    private static InputStream living(List<String> ids) {
        String records = ids.stream().map(id -> "{\"Id\": \"" + id + "\"}").collect(Collectors.joining(","));
        return new ByteArrayInputStream(
                "{\"done\": true, \"records\": [%s]}".formatted(records).getBytes(StandardCharsets.UTF_8));
    }
}
