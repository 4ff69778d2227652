package io.recordsync.talkdesk;

import static io.recordsync.doctor.Finding.Level.FAIL;
import static io.recordsync.doctor.Finding.Level.OK;
import static io.recordsync.doctor.Finding.Level.SKIP;
import static io.recordsync.doctor.Finding.Level.WARN;
import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.config.ListSettings;
import io.recordsync.config.Secret;
import io.recordsync.deletion.ListJoin;
import io.recordsync.deletion.ListRules;
import io.recordsync.deletion.ListRules.Bound;
import io.recordsync.doctor.Finding;
import io.recordsync.doctor.Findings;
import io.recordsync.network.Outbound;
import io.recordsync.oauth.AccessTokens;
import io.recordsync.oauth.ClientCredentials;
import io.recordsync.simulator.talkdesk.Answer;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each answer is taken to mean; the whole table is in {@code DoctorIT}. */
class TalkdeskExamTest {

    private final TalkdeskSimulator talkdesk = TalkdeskSimulator.start();

    @BeforeEach
    void list() {
        talkdesk.addList("list-1", "EXTERNAL");
    }

    @AfterEach
    void close() {
        talkdesk.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200 | {\"total_deleted\": 0, \"has_errors\": false} | OK | arrives (200 for an id that no record has)",
                "202 | {} | OK | arrives (202 for an id that no record has)",
                "404 | {\"code\": \"records_not_found\", \"message\": \"No\"} | OK | arrives (404 for an id that no record has)",
                "404 | <html> | WARN | not known yet, answered 404 → try again",
                "400 | {\"fields\": [{\"name\": \"[0].id\"}]} | OK | arrives (400 for an id that no record has)",
                "400 | {\"fields\": [{\"name\": \"body\"}]} | FAIL | 400, the body does not arrive",
                "411 | <html> | FAIL | 411, the body does not arrive",
                "403 | <html> | FAIL | 403, and not by Talkdesk (an HTML page without a title)",
                "200 | <html> | FAIL | 200, and not by Talkdesk (an HTML page without a title)",
                "403 | {\"code\": \"forbidden\", \"message\": \"No\"} | FAIL | 403, forbidden; Talkdesk said: No → the client needs the scope record-lists:manage",
                "405 | {} | FAIL | 405 → something in between does not let DELETE requests through",
                "503 | {} | WARN | not known yet, answered 503 → try again",
                "200 | {\"total_deleted\": 7} | FAIL | Talkdesk says that it deleted 7 records",
            })
    void the_answer_to_a_delete_of_nothing_tells_whether_its_body_arrived(
            int status, String body, Finding.Level level, String words) {
        talkdesk.answer(Answer.status(status).withoutDeleting().body(body));

        Finding finding = examine("list-1", "talkdesk delete body");

        assertThat(finding.level()).isEqualTo(level);
        assertThat(finding.words()).startsWith(words);
        assertThat(talkdesk.mistakes()).isEmpty();
    }

    @Test
    void in_a_dry_run_there_is_no_delete() {
        assertThat(examine("", "talkdesk delete body"))
                .isEqualTo(
                        new Finding(Finding.Level.SKIP, "talkdesk delete body", "no DELETE call is made in a dry run"));
        assertThat(talkdesk.deletes()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200 | <html> | 200, and not by Talkdesk (an HTML page without a title) → check talkdesk.api-url; is a proxy or firewall in between?",
                "200 | {\"id\": \"list-2\"} | 200, and not by Talkdesk (JSON of another form) → check talkdesk.api-url; is a proxy or firewall in between?",
                "404 | {} | 404, and not by Talkdesk (JSON of another form) → check talkdesk.api-url; is a proxy or firewall in between?",
                "401 | {\"error\": \"invalid_token\"} | 401, the new token is refused → check talkdesk.api-url",
                "500 | {} | answered 500 → try again",
            })
    void a_list_that_cannot_be_seen_is_told_with_what_to_check(int status, String body, String words) {
        talkdesk.readAnswer(Answer.status(status).body(body));

        assertThat(examine("list-1", "talkdesk list list-1"))
                .isEqualTo(new Finding(Finding.Level.FAIL, "talkdesk list list-1", words));
        assertThat(talkdesk.deletes()).isEmpty();
    }

    // ---- by name

    @Test
    void lists_that_are_named_by_their_ids_only_are_not_looked_up() {
        examine(named(List.of()), list -> false);

        assertThat(talkdesk.reads()).allMatch(read -> read.target().startsWith("/record-lists/list-1"));
    }

    /** Case counts, a star is any text, a question mark one character, and all else is itself. */
    @Test
    void each_pattern_says_which_lists_it_takes_and_which_of_them_would_join() {
        talkdesk.addList("may", "EXTERNAL", "SF May");
        talkdesk.addList("june", "EXTERNAL", "SF June");
        talkdesk.addList("dots", "PHONE_NUMBER", "S.F");
        talkdesk.addList("other", "EXTERNAL", "sf may");
        talkdesk.listStatus("june", "VALIDATION_STARTED");

        assertThat(examine(named(List.of("SF *", "S.?", "sf")), list -> false))
                .containsExactly(
                        names(
                                OK,
                                "'SF *' of talkdesk.record-lists.matching matches 2 of the 5 record lists: june (SF June), may (SF May)"),
                        names(
                                OK,
                                "'S.?' of talkdesk.record-lists.matching matches 1 of the 5 record lists: dots (S.F)"),
                        names(
                                WARN,
                                "'sf' of talkdesk.record-lists.matching matches none of the 5 record lists → is it written as they are"
                                        + " named? * is any text, ? one character, and case counts"),
                        names(
                                WARN,
                                "not of the type EXTERNAL, so that records may lack the external id, and are not found then: dots (S.F) →"
                                        + " use lists of the type EXTERNAL"),
                        names(OK, "still loaded or validated, and waited for: june (SF June)"),
                        names(
                                OK,
                                "wait for a person to let them join, unless one has decided (talkdesk.record-lists.join): dots (S.F), may"
                                        + " (SF May)"));
    }

    @Test
    void a_pattern_that_takes_too_much_joins_nothing() {
        for (int i = 0; i < 201; i++) {
            talkdesk.addList("many-" + i, "EXTERNAL", "SF " + i);
        }

        assertThat(examine(named(List.of("SF *")), list -> true))
                .extracting(Finding::words)
                .anySatisfy(words -> assertThat(words).contains("matches 201 of the 202 record lists", " and 191 more"))
                .last()
                .isEqualTo(
                        "201 record lists match, more than talkdesk.record-lists.most = 200: nothing new joins → make the patterns"
                                + " narrower, or raise the limit");
        assertThat(talkdesk.deletes()).hasSize(1).allMatch(call -> call.recordList()
                .equals("list-1"));
    }

    @Test
    void a_bound_list_says_whose_deletions_it_gets_and_one_that_is_named_both_ways_fails() {
        talkdesk.addList("leads", "EXTERNAL", "SF Leads");
        talkdesk.addList("more", "EXTERNAL", "Leads of May");
        ListRules rules = new ListRules(
                List.of("list-1"),
                List.of("SF *"),
                Map.of("Lead", new Bound(List.of("leads", "not-there"), List.of("Leads *"))));

        List<Finding> found = findings(lists(rules, ListJoin.LIVE), list -> false);

        assertThat(found)
                .contains(
                        new Finding(OK, "talkdesk list leads", "EXTERNAL, deletions of Lead only"),
                        new Finding(
                                FAIL,
                                "talkdesk list not-ther",
                                "404, not-there does not exist → check talkdesk.record-lists.of.Lead"),
                        names(
                                OK,
                                "'Leads *' of talkdesk.record-lists.of.Lead matches 1 of the 3 record lists: more (Leads of May)"),
                        names(
                                FAIL,
                                "named for every entity and for some, by talkdesk.record-lists.of.<Entity>; the latter counts: leads (SF"
                                        + " Leads) → take one of them away"),
                        names(OK, "join at once (talkdesk.record-lists.join): more (Leads of May)"));
    }

    /** Where no list is named by its id, one that joins without a person's word gets the call that deletes nothing. */
    @Test
    void the_body_of_a_delete_is_tried_on_a_list_that_joins_at_once_and_on_none_that_waits() {
        talkdesk.addList("may", "EXTERNAL", "SF May");
        ListRules rules = new ListRules(List.of(), List.of("SF *"), Map.of());

        assertThat(findings(lists(rules, ListJoin.ASK), list -> true))
                .contains(new Finding(SKIP, "talkdesk delete body", "because there is no list to try it on"));
        assertThat(talkdesk.deletes()).isEmpty();
        assertThat(findings(lists(rules, ListJoin.LIVE), list -> true))
                .last()
                .satisfies(body -> assertThat(body.level()).isEqualTo(OK));
        assertThat(talkdesk.deletesOf("may")).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "403 | {\"code\": \"forbidden\", \"message\": \"No\"} | FAIL | Talkdesk does not let us see the record lists (403): add record-lists:manage to talkdesk.scope; Talkdesk said: No",
                "503 | {\"code\": \"busy\", \"message\": \"Wait\"} | WARN | not known yet, Talkdesk answered 503 when asked for the record lists; Talkdesk said: Wait → try again",
                "200 | <html> | WARN | not known yet, No page of the record lists: a 200 with an HTML page without a title, which shows none (expected _embedded.record_lists) → try again",
                "200 | {\"total\": 3, \"_embedded\": {\"record_lists\": [{\"id\": \"a\"}]}} | WARN | not known yet, Talkdesk says that there are 3 record lists, and its pages showed 1 → try again",
            })
    void a_look_up_that_says_nothing_concludes_nothing(int status, String body, Finding.Level level, String words) {
        talkdesk.readAnswer(Answer.status(status).body(body));

        assertThat(findings(lists(new ListRules(List.of(), List.of("SF *"), Map.of()), ListJoin.ASK), list -> true))
                .contains(names(level, words));
    }

    @Test
    void where_there_is_no_list_none_matches() {
        talkdesk.readAnswer(Answer.status(200).body("{\"total\": 0}"));

        assertThat(examine(lists(new ListRules(List.of(), List.of("SF *"), Map.of()), ListJoin.ASK), list -> true))
                .singleElement()
                .satisfies(none -> assertThat(none.words())
                        .startsWith("'SF *' of talkdesk.record-lists.matching matches none of the 0"));
    }

    private static Finding names(Finding.Level level, String words) {
        return new Finding(level, "talkdesk list names", words);
    }

    private static ListSettings named(List<String> patterns) {
        return lists(new ListRules(List.of("list-1"), patterns, Map.of()), ListJoin.ASK);
    }

    private static ListSettings lists(ListRules rules, ListJoin join) {
        return new ListSettings(rules, join, Duration.ofMinutes(10), 200, Duration.ofDays(7));
    }

    /** What is said of the names. */
    private List<Finding> examine(ListSettings lists, Predicate<String> mayProbe) {
        return findings(lists, mayProbe).stream()
                .filter(finding -> finding.check().equals("talkdesk list names"))
                .toList();
    }

    private Finding examine(String probed, String check) {
        return findings(named(List.of()), probed::equals).stream()
                .filter(finding -> finding.check().equals(check))
                .findFirst()
                .orElseThrow();
    }

    private List<Finding> findings(ListSettings lists, Predicate<String> mayProbe) {
        ClientCredentials secret = ClientCredentials.inHeader(
                TalkdeskSimulator.CLIENT_ID, new Secret(TalkdeskSimulator.CLIENT_SECRET), "record-lists:manage");
        Outbound outbound = Outbound.direct();
        AccessTokens tokens =
                new AccessTokens(URI.create(talkdesk.tokenUrl()), secret, Duration.ofSeconds(5), outbound);
        Findings findings = new Findings();
        new TalkdeskExam(
                        outbound, tokens, talkdesk.url(), lists, "record-lists:manage", Duration.ofSeconds(5), mayProbe)
                .examine(findings);
        return findings.all();
    }
}
