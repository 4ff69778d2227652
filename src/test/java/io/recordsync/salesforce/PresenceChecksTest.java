package io.recordsync.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recordsync.deletion.DeletionRequest;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.HeldReason;
import io.recordsync.deletion.Intake;
import io.recordsync.deletion.ListedRecord;
import io.recordsync.deletion.PresenceReport.Counts;
import io.recordsync.deletion.Problem;
import io.recordsync.deletion.Sign;
import io.recordsync.inbox.Intakes;
import io.recordsync.inbox.ListCoverage;
import io.recordsync.inbox.RecordLists;
import io.recordsync.inbox.ServedList;
import io.recordsync.inbox.ServedLists;
import io.recordsync.inbox.Signs;
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
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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
    private final Set<String> awaited = new HashSet<>();
    private final List<Object> noLongerAwaited = new ArrayList<>();
    private final Set<String> restored = new HashSet<>();
    private final Map<String, Instant> known = new HashMap<>();
    /** Why the last check of each list failed, or is not believed. */
    private final Map<String, String> errors = new HashMap<>();

    private final List<String> again = new ArrayList<>();

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
        check.page(ours(all), "");
        while (check.asking()) {
            check.read(living(all.subList(missing, ids)), DATE);
        }

        Intake intake = checks.conclude(whole(check));

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
        checks.conclude(whole(check));
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
        assertThat(errors).containsEntry("list-a", "no such list");
        assertThat(checked).isEmpty();
    }

    @Test
    void an_answer_that_is_not_whole_settles_nothing() {
        PresenceCheck check =
                new PresenceCheck("list-a", NOW, records(), List.of("Contact"), "64.0", 0, Set.of(), Set.of());
        check.page(ours(List.of(ContactIds.next())), "");

        assertThatThrownBy(() -> check.read(
                        new ByteArrayInputStream("{\"done\": false, \"records\": []}".getBytes(StandardCharsets.UTF_8)),
                        DATE))
                .isInstanceOf(IOException.class);
        assertThat(check.asking()).isTrue();
    }

    @Test
    void whoever_lives_in_one_of_two_entities_is_not_missing() throws Exception {
        PresenceCheck check =
                new PresenceCheck("list-a", NOW, records(), List.of("Contact", "Lead"), "64.0", 0, Set.of(), Set.of());
        String contact = ContactIds.next();
        String lead = ContactIds.next();
        String none = ContactIds.next();
        check.page(ours(List.of(contact, lead, none)), "");

        check.read(living(List.of(contact)), DATE);
        check.read(living(List.of(lead)), DATE);

        assertThat(check.asking()).isFalse();
        assertThat(check.missing()).containsOnlyKeys(none);
    }

    @Test
    void nothing_is_concluded_while_a_page_is_unread_or_a_question_unanswered() throws Exception {
        PresenceChecks checks = checks(Optional.empty());
        checks.order(List.of("list-a"));
        PresenceCheck check = checks.begin();
        List<String> all = Stream.generate(ContactIds::next).limit(100).toList();

        check.page(ours(all), "page=2");
        check.read(living(all), DATE);
        assertThatThrownBy(() -> checks.conclude(check)).isInstanceOf(IllegalStateException.class);

        check.page(ours(List.of(ContactIds.next())), "");
        assertThatThrownBy(() -> checks.conclude(check)).isInstanceOf(IllegalStateException.class);

        check.read(living(List.of()), DATE);
        assertThat(checks.conclude(whole(check)).deletions()).hasSize(1);
    }

    @Test
    void a_link_that_leads_back_to_a_page_that_was_read_ends_the_list() {
        for (String back : List.of("page=2", "page=1&per_page=100")) {
            PresenceCheck check =
                    new PresenceCheck("list-a", NOW, records(), List.of("Contact"), "64.0", 0, Set.of(), Set.of());
            check.page(List.of(), "page=2");

            check.page(List.of(), back);

            assertThat(check.unfinished()).isFalse();
        }
    }

    @Test
    void about_the_ids_that_a_page_of_the_answer_does_not_name_it_is_asked_again() throws Exception {
        List<String> ids = Stream.generate(ContactIds::next).limit(3).toList();
        PresenceCheck check =
                new PresenceCheck("list-a", NOW, records(), List.of("Contact"), "64.0", 0, Set.of(), Set.of());
        check.page(ours(ids), "");
        String page =
                "{\"done\": false, \"nextRecordsUrl\": \"/services/data/v64.0/query/01g-1\", \"records\": [{\"Id\": \""
                        + ids.get(0) + "\", \"IsDeleted\": false}]}";

        check.read(new ByteArrayInputStream(page.getBytes(StandardCharsets.UTF_8)), DATE);

        assertThat(check.question().query()).doesNotContain(ids.get(0)).contains(ids.get(1), ids.get(2));
        check.read(living(ids.subList(1, 2)), DATE);
        assertThat(check.asking()).isFalse();
        assertThat(check.missing()).containsOnlyKeys(ids.get(2));
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
        check.page(ours(all), "");
        check.read(living(all.subList(1, 100)), date);

        assertThat(checks.conclude(whole(check)).deletions()).singleElement().satisfies(find -> {
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
        checks.conclude(whole(other));
        checks.finish(other);
        assertThat(errors).containsEntry("list-a", "Talkdesk answered 503");

        PresenceCheck again = checks.begin();
        assertThat(again.recordList()).isEqualTo("list-a");
        again.page(List.of(), "");
        checks.conclude(whole(again));
        checks.finish(again);
        assertThat(errors).isEmpty();
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

    /** By this process or another, once its pause is over; the scope may have been granted meanwhile. */
    @Test
    void a_check_that_failed_is_made_again_without_an_order_and_is_a_problem_once() throws Exception {
        PresenceChecks checks = checks(Optional.empty());
        checks.order(List.of("list-a"));
        checks.fail(checks.begin(), new IllegalStateException("add the scope"));
        assertThat(checks.begin()).isNull();

        again.add("list-a");
        PresenceChecks another = checks(Optional.empty());
        another.fail(another.begin(), new IllegalStateException("add the scope"));
        assertThat(problems).hasSize(1);

        PresenceChecks granted = checks(Optional.empty());
        PresenceCheck check = granted.begin();
        check.page(List.of(), "");
        granted.conclude(whole(check));
        granted.finish(check);
        assertThat(errors).isEmpty();
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
        checks.conclude(whole(check));
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
        check.page(ours(List.of(ContactIds.next())), "");
        read(check, List.of());

        assertThat(checks.conclude(whole(check)).problems()).hasSize(1);
        checks.finish(check);

        assertThat(looked).isEmpty();
        assertThat(checked).containsExactly("list-a");
    }

    @Test
    void what_is_to_be_deleted_anyway_is_not_judged() {
        String wanted = ContactIds.next();
        underway.add(wanted);
        List<String> living = Stream.generate(ContactIds::next).limit(3).toList();
        PresenceChecks checks = checks(Optional.empty());
        checks.order(List.of("list-a"));
        PresenceCheck check = checks.begin();
        check.page(ours(Stream.concat(Stream.of(wanted), living.stream()).toList()), "");
        read(check, living);

        assertThat(checks.conclude(whole(check)).deletions()).isEmpty();
        assertThat(check.list().judged()).isEqualTo(3);
    }

    // ---- a sign of the deletion

    private static final PresenceChecks.Beliefs HOLD = new PresenceChecks.Beliefs(false, 5, 50);

    @Test
    void what_has_a_sign_of_its_deletion_is_deleted_and_everything_else_waits_for_a_person() throws Exception {
        String living = ContactIds.next();
        String binned = ContactIds.next();
        String logged = ContactIds.next();
        String loggedAndRestored = ContactIds.next();
        String remembered = ContactIds.next();
        String unseen = ContactIds.next();
        restored.add(loggedAndRestored);
        known.put(remembered, NOW.minusSeconds(90));
        PresenceChecks checks = checks(Optional.empty(), HOLD);
        checks.order(List.of("list-a"));
        PresenceCheck check = checks.begin();
        check.page(ours(List.of(living, binned, logged, loggedAndRestored, remembered, unseen)), "");
        check.read(
                answer(
                        "{\"done\": true, \"records\": [{\"Id\": \"%s\", \"IsDeleted\": false}, {\"Id\": \"%s\", \"IsDeleted\": true, \"SystemModstamp\": \"2026-02-28T10:00:00.000+0000\"}]}"
                                .formatted(living, binned)),
                DATE);
        assertThat(check.tracing()).isTrue();
        assertThat(check.logQuestion().path()).endsWith("/sobjects/Contact/deleted/");
        check.readLog(answer(
                "{\"deletedRecords\": [{\"id\": \"%s\", \"deletedDate\": \"2026-02-27T10:00:00.000+0000\"}, {\"id\": \"%s\", \"deletedDate\": \"2026-02-27T10:00:00.000+0000\"}], \"earliestDateAvailable\": \"2026-01-01T00:00:00.000+0000\", \"latestDateCovered\": \"2026-03-01T12:00:00.000+0000\"}"
                        .formatted(logged, loggedAndRestored)));
        assertThat(check.tracing()).isFalse();

        Map<String, DeletionRequest> asked = checks.conclude(whole(check)).deletions().stream()
                .collect(Collectors.toMap(each -> each.identifier().value(), each -> each));

        assertThat(asked).containsOnlyKeys(binned, logged, loggedAndRestored, remembered, unseen);
        assertThat(asked.get(binned).find().sign()).isEqualTo(Sign.IS_DELETED);
        assertThat(asked.get(binned).find().signedAt()).isEqualTo("2026-02-28T10:00:00Z");
        assertThat(asked.get(logged).find().sign()).isEqualTo(Sign.DELETE_LOG);
        assertThat(asked.get(remembered).find().sign()).isEqualTo(Sign.INBOX);
        assertThat(List.of(asked.get(binned), asked.get(logged), asked.get(remembered)))
                .allSatisfy(each -> {
                    assertThat(each.state()).isEqualTo(DeletionState.PENDING);
                    assertThat(each.heldReason()).isNull();
                });
        assertThat(List.of(asked.get(loggedAndRestored), asked.get(unseen))).allSatisfy(each -> {
            assertThat(each.find().sign()).isEqualTo(Sign.NONE);
            assertThat(each.state()).isEqualTo(DeletionState.HELD);
            assertThat(each.heldReason()).isEqualTo(HeldReason.NOT_VISIBLE);
        });
        checks.finish(check);
        assertThat(checks.get().counts()).isEqualTo(new Counts(6, 6, 0, 0, 0, 2, true));
    }

    /** A bound would do harm here: nobody would ever be asked. */
    @Test
    void what_is_held_needs_no_bound() throws Exception {
        PresenceChecks checks = checks(Optional.empty(), HOLD);
        checks.order(List.of("list-a"));
        PresenceCheck check = checks.begin();
        check.page(ours(Stream.generate(ContactIds::next).limit(50).toList()), "");
        check.read(living(List.of()), DATE);

        Intake intake = checks.conclude(whole(check));

        assertThat(intake.problems()).isEmpty();
        assertThat(intake.deletions()).hasSize(50).allSatisfy(each -> assertThat(each.state())
                .isEqualTo(DeletionState.HELD));
    }

    @Test
    void what_has_a_sign_is_deleted_although_too_much_has_none() throws Exception {
        String binned = ContactIds.next();
        PresenceChecks checks = checks(Optional.empty());
        checks.order(List.of("list-a"));
        PresenceCheck check = checks.begin();
        List<String> living = Stream.generate(ContactIds::next).limit(10).toList();
        check.page(
                ours(Stream.of(List.of(binned, ContactIds.next()), living)
                        .flatMap(List::stream)
                        .toList()),
                "");
        check.read(
                answer(
                        "{\"done\": true, \"records\": [%s, {\"Id\": \"%s\", \"IsDeleted\": true, \"SystemModstamp\": \"odd\"}]}"
                                .formatted(
                                        living.stream()
                                                .map(id -> "{\"Id\": \"" + id + "\", \"IsDeleted\": false}")
                                                .collect(Collectors.joining(",")),
                                        binned)),
                DATE);

        Intake intake = checks.conclude(whole(check));

        assertThat(intake.deletions()).singleElement().satisfies(each -> {
            assertThat(each.identifier().value()).isEqualTo(binned);
            assertThat(each.find().signedAt()).isNull();
        });
        assertThat(intake.problems()).singleElement().satisfies(problem -> assertThat(problem.message())
                .contains("reconcile.max-missing-percent = 5"));
    }

    @Test
    void what_was_held_is_let_go_once_it_is_seen_signed_or_off_the_list() throws Exception {
        String seen = ContactIds.next();
        String signed = ContactIds.next();
        String off = ContactIds.next();
        String still = ContactIds.next();
        awaited.addAll(List.of(seen, signed, off, still));
        known.put(signed, NOW);
        PresenceChecks checks = checks(Optional.empty(), HOLD);
        checks.order(List.of("list-a"));
        PresenceCheck check = checks.begin();
        check.page(ours(List.of(seen, signed, still)), "");
        check.read(living(List.of(seen)), DATE);

        checks.conclude(whole(check));

        assertThat(noLongerAwaited).isEqualTo(List.of(Set.of(seen), Set.of(signed), Set.of(off)));
    }

    /** The log of an org may begin later, and a user may not be allowed to read it: then it is no sign, and no failure. */
    @ParameterizedTest
    @CsvSource({"INVALID_REPLICATION_DATE", "INSUFFICIENT_ACCESS", "NOT_FOUND", "EXCEEDED_ID_LIMIT", "''"})
    void a_log_that_refuses_every_question_is_left_alone(String code) throws Exception {
        PresenceCheck check =
                new PresenceCheck("list-a", NOW, records(), List.of("Contact", "Lead"), "64.0", 0, Set.of(), Set.of());
        check.page(ours(List.of(ContactIds.next())), "");
        check.read(living(List.of()), DATE);
        check.read(living(List.of()), DATE);

        int questions = 0;
        while (check.tracing()) {
            check.logRefused(new SalesforceAccess.RefusedException("refused", code));
            questions++;
        }

        assertThat(questions).isBetween(2, 120);
        assertThat(check.logged()).isEmpty();
    }

    @Test
    void requests_that_are_used_up_say_nothing_of_the_log() throws Exception {
        PresenceCheck check = check();
        check.page(ours(List.of(ContactIds.next())), "");
        check.read(living(List.of()), DATE);
        assertThat(check.tracing()).isTrue();

        assertThatThrownBy(() ->
                        check.logRefused(new SalesforceAccess.RefusedException("used up", "REQUEST_LIMIT_EXCEEDED")))
                .isInstanceOf(IOException.class);
        for (int i = 0; i < 7; i++) {
            check.logTimedOut();
        }
        assertThat(check.tracing()).isFalse();
    }

    // ---- all of the list

    @Test
    void a_list_that_shrank_while_it_was_read_is_read_again_and_nobody_is_asked_about_twice() throws Exception {
        List<String> ids = Stream.generate(ContactIds::next).limit(5).toList();
        PresenceCheck check = check();
        check.counted(5, true);
        check.page(ours(ids.subList(0, 2)), "page=2");
        check.read(living(ids.subList(0, 2)), DATE);
        check.page(ours(ids.subList(3, 5)), "");
        check.read(living(ids.subList(3, 5)), DATE);
        check.counted(4, true);
        assertThat(check.anotherPass()).isTrue();

        check.counted(4, true);
        assertThat(check.unfinished()).isTrue();
        check.page(ours(ids.subList(1, 3)), "page=2");
        assertThat(check.question().query()).contains(ids.get(2)).doesNotContain(ids.get(1));
        check.read(living(List.of()), DATE);
        check.page(ours(ids.subList(3, 5)), "");
        assertThat(check.asking()).isFalse();
        check.counted(4, true);

        assertThat(check.anotherPass()).isFalse();
        assertThat(check.missing()).containsOnlyKeys(ids.get(2));
        assertThat(check.counts()).isEqualTo(new Counts(5, 5, 0, 0, 0, null, true));
    }

    @Test
    void records_that_left_after_they_were_read_make_no_second_pass() {
        PresenceCheck check = check();
        check.counted(3, true);
        check.page(ours(Stream.generate(ContactIds::next).limit(3).toList()), "");
        check.counted(1, true);

        assertThat(check.anotherPass()).isFalse();
        assertThat(check.counts().whole()).isTrue();
    }

    /** As a page that is empty while the list is not, a list that grows, a count that nobody says, a list that is being loaded. */
    @ParameterizedTest
    @CsvSource({
        "10, 10, true, 'counted 10 records before the last and 10 after it, and showed 3'",
        "3, 4, true, 'counted 3 records before the last and 4 after it'",
        "-1, -1, true, 'does not say how many records'",
        "3, -1, true, 'does not say how many records'",
        "3, 3, false, 'still being loaded'"
    })
    void a_list_that_was_not_seen_whole_in_three_passes_is_not_looked_at(
            long before, long after, boolean filled, String words) throws Exception {
        PresenceChecks checks = checks(Optional.empty(), HOLD);
        checks.order(List.of("list-a"));
        PresenceCheck check = checks.begin();
        List<String> ids = Stream.generate(ContactIds::next).limit(3).toList();
        int passes = 0;
        while (check.anotherPass()) {
            passes++;
            check.counted(before, filled);
            check.page(ours(ids), "");
            if (check.asking()) {
                check.read(living(ids), DATE);
            }
            check.counted(after, filled);
        }

        Intake intake = checks.conclude(check);
        checks.finish(check);

        assertThat(passes).isEqualTo(3);
        assertThat(intake.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.kind()).isEqualTo("reconcile_incomplete");
            assertThat(problem.message()).contains("list-a", words);
        });
        assertThat(errors.get("list-a")).contains(words);
        assertThat(checks.get().counts().whole()).isFalse();
        assertThat(looked).isEmpty();
    }

    // ---- how much of it was judged

    @Test
    void an_id_of_15_characters_is_completed_and_asked_for_as_the_list_holds_it() throws Exception {
        String living = ContactIds.next();
        String gone = ContactIds.next();
        String half = gone.substring(0, 15);
        PresenceChecks checks = checks(Optional.empty());
        checks.order(List.of("list-a"));
        PresenceCheck check = checks.begin();
        check.page(
                List.of(
                        new ListedRecord("1", "salesforce", half),
                        new ListedRecord("2", "salesforce", gone),
                        new ListedRecord("3", "salesforce", " " + gone + " "),
                        new ListedRecord("4", "salesforce", living)),
                "");
        assertThat(check.question().query()).contains(gone, living);
        check.read(living(List.of(living)), DATE);
        known.put(gone, NOW);

        List<DeletionRequest> asked = checks.conclude(whole(check)).deletions();

        assertThat(asked).extracting(each -> each.identifier().value()).containsOnly(gone);
        assertThat(asked).extracting(each -> each.find().listedAs()).containsExactly(half, "", " " + gone + " ");
        assertThat(asked).extracting(DeletionRequest::eventKey).doesNotHaveDuplicates();
        assertThat(check.counts().judged()).isEqualTo(4);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "3 | 3 | 0 | 0 | \"\"",
                "4 | 3 | 0 | 0 | \"\"",
                "1 | 0 | 0 | 0 | \"\"",
                "0 | 4 | 0 | 0 | external_provider 'Salesforce' (4)",
                "3 | 4 | 1 | 0 | talkdesk.external-provider is 'salesforce'",
                "1 | 0 | 5 | 0 | external ids are of other entities (prefix '001' (5))",
                "1 | 1 | 2 | 3 | no ids of Salesforce records"
            })
    void a_check_that_judged_too_little_names_the_likely_cause(
            int ours, int provider, int prefix, int form, String words) throws Exception {
        PresenceChecks checks = checks(Optional.empty(), HOLD);
        checks.order(List.of("list-a"));
        PresenceCheck check = checks.begin();
        List<String> ids = Stream.generate(ContactIds::next).limit(ours).toList();
        List<ListedRecord> listed = new ArrayList<>(ours(ids));
        for (int i = 0; i < provider; i++) {
            listed.add(new ListedRecord("p" + i, "Salesforce", ContactIds.next()));
        }
        for (int i = 0; i < prefix; i++) {
            listed.add(new ListedRecord("x" + i, "salesforce", "00100000000001" + i));
        }
        for (int i = 0; i < form; i++) {
            listed.add(new ListedRecord("f" + i, "salesforce", "customer " + i));
        }
        check.page(listed, "");
        if (check.asking()) {
            check.read(living(ids), DATE);
        }

        Intake intake = checks.conclude(whole(check));
        checks.finish(check);

        boolean amber = !words.isEmpty();
        assertThat(intake.problems()).hasSize(amber ? 1 : 0);
        assertThat(looked).hasSize(amber ? 0 : 1);
        assertThat(checks.get().counts())
                .isEqualTo(new Counts(ours + provider + prefix + form, ours, prefix + form, prefix, provider, 0, true));
        if (amber) {
            assertThat(errors.get("list-a"))
                    .contains("reconcile.min-judged-percent = 50", "only " + ours + " were judged", words);
        }
    }

    /** It was told to set salesforce.id-prefixes, which has them. */
    @Test
    void of_a_bound_list_with_ids_of_other_entities_the_binding_is_named() throws Exception {
        ServedList bound = new ServedList("list-a", "Leads", Set.of("Lead"), false, null, false, false);
        SyncedRecords records = new SyncedRecords(() -> List.of(bound), "salesforce", List.of("003", "00Q"));
        ListReading reading = new ListReading(records.of("list-a"));
        reading.counted(1, true);
        reading.page(ours(List.of(ContactIds.next())), "", Set.of());

        assertThat(reading.whyFewAreJudged())
                .isEqualTo(
                        "external ids are of other entities (prefix '003' (1)): the list is bound to Lead, and gets no other"
                                + " deletions: bind it to those entities too (talkdesk.record-lists.of.<Entity>), or it is another list");
    }

    @Test
    void an_empty_list_is_judged_whole() {
        PresenceChecks checks = checks(Optional.empty(), HOLD);
        checks.order(List.of("list-a"));
        PresenceCheck check = checks.begin();

        assertThat(checks.conclude(whole(check)).problems()).isEmpty();
    }

    private static PresenceCheck check() {
        return new PresenceCheck("list-a", NOW, records(), List.of("Contact"), "64.0", 0, Set.of(), Set.of());
    }

    private static InputStream answer(String body) {
        return new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8));
    }

    private static List<ListedRecord> ours(List<String> ids) {
        return ids.stream()
                .map(id -> new ListedRecord("record-" + id, "salesforce", id))
                .toList();
    }

    /** After what a test reads of it, a pass through an empty list, which is whole. */
    private static PresenceCheck whole(PresenceCheck check) {
        check.counted(0, true);
        check.page(List.of(), "");
        check.counted(0, true);
        return check;
    }

    private static void read(PresenceCheck check, List<String> living) {
        try {
            check.read(living(living), DATE);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private PresenceChecks checks(Optional<Duration> schedule) {
        return checks(schedule, new PresenceChecks.Beliefs(true, 5, 50));
    }

    private PresenceChecks checks(Optional<Duration> schedule, PresenceChecks.Beliefs beliefs) {
        Object inbox = Proxy.newProxyInstance(
                Intakes.class.getClassLoader(),
                new Class<?>[] {Intakes.class, RecordLists.class, Signs.class},
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
                        case "awaited" -> Set.copyOf(awaited);
                        case "noLongerAwaited" -> {
                            for (int i = 1; i < 4; i++) {
                                noLongerAwaited.add(Set.copyOf((Set<?>) arguments[i]));
                            }
                            yield null;
                        }
                        case "restoredSince" -> Set.copyOf(restored);
                        case "deletedAt" -> {
                            Map<String, Instant> asked = new HashMap<>(known);
                            asked.keySet().retainAll((Collection<?>) arguments[1]);
                            yield asked;
                        }
                        case "presenceAgain" -> List.copyOf(again);
                        case "presenceFailed" -> !arguments[1].equals(
                                errors.put((String) arguments[0], (String) arguments[1]));
                        case "looked" -> {
                            looked.add((String) arguments[0]);
                            errors.remove(arguments[0]);
                            yield null;
                        }
                        default -> List.copyOf(unchecked);
                    };
                });
        return new PresenceChecks(
                (Intakes) inbox,
                (RecordLists) inbox,
                (Signs) inbox,
                records(),
                ServedLists.of(List.of("list-a", "list-b")),
                List.of("Contact"),
                "64.0",
                schedule,
                beliefs,
                Duration.ofMinutes(1),
                Clock.fixed(NOW, ZoneOffset.UTC));
    }

    private static SyncedRecords records() {
        return new SyncedRecords(ServedLists.of(List.of("list-a", "list-b")), "salesforce", List.of("003"));
    }

    private static InputStream living(List<String> ids) {
        String records = ids.stream()
                .map(id -> "{\"Id\": \"" + id + "\", \"IsDeleted\": false}")
                .collect(Collectors.joining(","));
        return new ByteArrayInputStream(
                "{\"done\": true, \"records\": [%s]}".formatted(records).getBytes(StandardCharsets.UTF_8));
    }
}
