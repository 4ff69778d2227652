package io.recordsync.lists;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recordsync.deletion.ListJoin;
import io.recordsync.deletion.ListRules;
import io.recordsync.deletion.ListRules.Bound;
import io.recordsync.deletion.ListWord;
import io.recordsync.deletion.ListedList;
import io.recordsync.deletion.Problem;
import io.recordsync.inbox.FoundList;
import io.recordsync.inbox.Membership;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a look-up changes, and what is reported of it. */
class ListDecisionsTest {

    private static final Instant THEN = Instant.parse("2026-03-01T10:00:00Z");
    private static final ListRules RULES =
            new ListRules(List.of("a"), List.of("SF *"), Map.of("Lead", new Bound(List.of(), List.of("SF leads *"))));

    private final LookUp look = new LookUp();
    private final List<FoundList> known = new ArrayList<>();
    private ListJoin join = ListJoin.ASK;
    private int most = 200;

    @Test
    void a_new_list_that_matches_asks_joins_or_is_waited_for() {
        shown(list("a", "One"), list("b", "SF two"), list("c", "Other"), filling("d", "SF four"));
        known.add(served("a", Membership.CONFIGURED));

        ListDecisions decided = decide();

        assertThat(decided.found().members()).isEqualTo(Map.of("b", Membership.ASKS, "d", Membership.FILLING));
        assertThat(decided.found().seen()).extracting(ListedList::id).containsExactly("a", "b", "d");
        assertThat(decided.announced())
                .extracting(Problem::kind)
                .containsExactlyInAnyOrder("list_asks", "list_matches");
        assertThat(decided.announced())
                .anyMatch(problem -> problem.message().contains("b (SF two), EXTERNAL, 7 records matches by its name"));
        join = ListJoin.LIVE;
        assertThat(decide().found().members()).containsEntry("b", Membership.JOINED);
        assertThat(decide().found().dryRun()).isFalse();
        join = ListJoin.DRY_RUN;
        assertThat(decide().found().dryRun()).isTrue();
    }

    @Test
    void what_asks_or_was_decided_is_not_announced_again_and_what_has_filled_is() {
        shown(list("a", "One"), list("b", "SF two"), list("c", "SF three"), list("d", "SF four"));
        known.add(served("a", Membership.CONFIGURED));
        known.add(served("b", Membership.ASKS));
        known.add(served("c", Membership.DISMISSED));
        known.add(served("d", Membership.FILLING));

        ListDecisions decided = decide();

        assertThat(decided.found().members()).isEqualTo(Map.of("d", Membership.ASKS));
        assertThat(decided.announced()).extracting(Problem::kind).containsExactly("list_asks");
    }

    @Test
    void where_more_match_than_are_allowed_nothing_new_joins_and_the_rest_goes_on() {
        most = 1;
        shown(list("a", "One"), list("b", "SF two"), list("c", "SF three"));
        known.add(served("a", Membership.CONFIGURED));

        ListDecisions decided = decide();

        assertThat(decided.found().members()).isEmpty();
        assertThat(decided.found().trouble()).contains("2 record lists match", "talkdesk.record-lists.most = 1");
        assertThat(decided.found().seen()).extracting(ListedList::id).containsExactly("a");
    }

    @Test
    void a_list_vanishes_by_a_look_up_without_it_and_a_word_of_talkdesks() {
        shown(list("a", "One"));
        known.add(served("a", Membership.CONFIGURED));
        known.add(served("b", Membership.JOINED));
        known.add(served("c", Membership.JOINED));
        known.add(served("d", Membership.JOINED));

        assertThat(ListDecisions.expected(look, known)).containsExactly("b", "c", "d");
        look.ask(List.of("b", "c", "d"));
        look.answered(ListWord.GONE);
        look.answered(ListWord.UNCLEAR);
        look.answered(ListWord.THERE);

        ListDecisions decided = decide();
        assertThat(decided.found().vanished()).containsExactly("b");
        assertThat(decided.announced()).extracting(Problem::kind).containsExactly("list_vanished");
    }

    @Test
    void a_vanished_list_is_back_when_it_is_shown_and_a_retired_one_is_asked_for_once_a_day() {
        shown(list("a", "One"), list("b", "SF two"));
        known.add(served("a", Membership.CONFIGURED));
        known.add(vanished("b", false, false));
        known.add(vanished("c", true, true));
        known.add(vanished("d", true, false));
        known.add(vanished("e", false, true));

        assertThat(ListDecisions.expected(look, known)).containsExactly("d", "e");
        look.ask(List.of("d", "e"));
        look.answered(ListWord.GONE);
        look.answered(ListWord.THERE);

        ListDecisions decided = decide();
        assertThat(decided.found().back()).containsExactly("b", "e");
        assertThat(decided.found().asked()).containsExactly("d");
        assertThat(decided.announced()).extracting(Problem::kind).containsExactly("list_back", "list_back");
    }

    @Test
    void where_none_of_the_known_is_there_nothing_is_changed() {
        shown(list("x", "SF new"), list("y", "Other"));
        known.add(served("a", Membership.CONFIGURED));
        known.add(served("b", Membership.JOINED));

        assertThat(ListDecisions.expected(look, known)).isEmpty();
        ListDecisions decided = decide();

        assertThat(decided.found().members()).isEmpty();
        assertThat(decided.found().vanished()).isEmpty();
        assertThat(decided.found().trouble()).contains("None of the 2 record lists", "is it the right account");
    }

    @Test
    void a_list_that_is_renamed_stays_joined_and_is_announced_once() {
        shown(list("a", "One"), list("b", "Not ours"));
        known.add(served("a", Membership.CONFIGURED));
        known.add(named("b", "SF two", Membership.JOINED));

        assertThat(decide().announced()).singleElement().satisfies(problem -> {
            assertThat(problem.kind()).isEqualTo("list_renamed");
            assertThat(problem.message()).contains("from 'SF two' to 'Not ours'", "stays joined");
        });
        known.set(1, named("b", "Not ours", Membership.JOINED));
        assertThat(decide().announced()).isEmpty();
    }

    /** They asked for ever, and a person was reminded of them for ever. */
    @Test
    void what_has_not_joined_is_withdrawn_once_it_is_renamed_or_gone() {
        shown(list("a", "One"), list("b", "Not ours"), list("c", "Not ours either"), list("d", ""));
        known.add(served("a", Membership.CONFIGURED));
        known.add(named("b", "SF two", Membership.ASKS));
        known.add(named("c", "SF three", Membership.FILLING));
        known.add(named("d", "SF four", Membership.ASKS));
        known.add(named("e", "SF five", Membership.ASKS));
        known.add(named("f", "SF six", Membership.FILLING));
        known.add(named("g", "SF seven", Membership.DISMISSED));

        assertThat(ListDecisions.expected(look, known)).containsExactly("e", "f");
        look.ask(List.of("e", "f"));
        look.answered(ListWord.GONE);
        look.answered(ListWord.UNCLEAR);

        ListDecisions decided = decide();
        assertThat(decided.found().withdrawn()).containsExactly("b", "c", "e");
        assertThat(decided.found().vanished()).isEmpty();
        assertThat(decided.announced()).isEmpty();
    }

    /** While the processes differ it was announced at each look-up. */
    @Test
    void what_another_process_serves_by_its_id_does_not_ask_and_what_was_taken_out_of_the_configuration_does() {
        shown(list("a", "One"), list("b", "SF two"), list("c", "SF three"));
        known.add(served("a", Membership.CONFIGURED));
        known.add(known("b", "SF two", Membership.CONFIGURED, false, false, null, false, false));
        known.add(known("c", "SF three", Membership.CONFIGURED, false, true, null, false, false));

        assertThat(decide().found().members()).isEqualTo(Map.of("c", Membership.ASKS));
    }

    /** Of a process that knows no such pattern, and of one that was started with others. */
    @Test
    void what_asks_by_the_patterns_of_another_process_is_left_alone() {
        shown(list("a", "One"), list("b", "Other two"));
        known.add(served("a", Membership.CONFIGURED));
        known.add(named("b", "Other one", Membership.ASKS));

        assertThat(decide().found().withdrawn()).isEmpty();
    }

    /** The only list, written in capitals, was not found among those that are there, and joined once more by its name. */
    @Test
    void case_does_not_count_in_an_id() {
        shown(list("5f1c", "SF May"), list("6a1c", "SF June"), list("6A1C", "SF July"));
        known.add(served("5F1C", Membership.CONFIGURED));
        known.add(served("6a1c", Membership.JOINED));
        known.add(served("6A1C", Membership.JOINED));
        look.write(List.of("5F1C", "6a1c", "6A1C"));

        assertThat(ListDecisions.expected(look, known)).isEmpty();
        ListDecisions decided = decide();
        assertThat(decided.found().trouble()).isEmpty();
        assertThat(decided.found().members()).isEmpty();
        assertThat(decided.found().seen()).extracting(ListedList::id).containsExactlyInAnyOrder("5F1C", "6a1c", "6A1C");
    }

    @Test
    void a_name_that_is_bound_and_unbound_is_trouble() {
        shown(list("a", "SF leads 1"));
        known.add(served("a", Membership.CONFIGURED));

        assertThat(decide().found().trouble())
                .contains("named for every entity and for some", "Record list a (SF leads 1)");
    }

    @Test
    void a_pattern_that_matches_nothing_is_noticed_and_is_no_trouble() {
        shown(list("a", "One"), filling("b", "SF two"));
        known.add(served("a", Membership.CONFIGURED));

        assertThat(decide().found().notice())
                .isEqualTo("None of the 2 record lists that Talkdesk shows has a name that matches 'SF leads *' of"
                        + " talkdesk.record-lists.of.Lead (* is any text, ? one character, and case counts)");
        assertThat(decide().found().trouble()).isEmpty();
        assertThat(decide().announced()).extracting(Problem::kind).containsExactly("list_matches");
        shown(list("a", "One"), list("c", "SF leads 1"));
        assertThat(decide().found().notice()).isEmpty();
    }

    @Test
    void a_forgotten_list_that_is_back_is_new_again() {
        shown(list("a", "One"), list("b", "SF two"));
        known.add(named("a", "One", Membership.FORGOTTEN));
        known.add(named("b", "SF two", Membership.FORGOTTEN));

        assertThat(decide().found().members()).isEqualTo(Map.of("a", Membership.CONFIGURED, "b", Membership.ASKS));
    }

    @Test
    void a_walk_ends_at_a_page_that_was_read_and_has_to_see_all() {
        look.page(List.of(list("a", "One")), 2, "page=2&per_page=100");
        assertThat(look.unfinished()).isTrue();
        assertThatThrownBy(() -> look.page(List.of(), 2, "page=2&per_page=100"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("there are 2 record lists, and its pages showed 1");
        // One of page 1 left meanwhile, and the first of page 2 became its last.
        LookUp shifted = new LookUp();
        shifted.page(List.of(list("a", "One"), list("b", "Two")), 3, "page=2&per_page=100");
        assertThatThrownBy(() -> shifted.page(List.of(), 2, "")).hasMessageContaining("there are 3 record lists");
        LookUp silent = new LookUp();
        silent.page(List.of(list("a", "One")), -1, "page=1&per_page=100");
        assertThat(silent.unfinished()).isFalse();
    }

    private ListDecisions decide() {
        return ListDecisions.of(look, known, RULES, join, most);
    }

    private void shown(ListedList... lists) {
        look.page(List.of(lists), lists.length, "");
    }

    private static ListedList list(String id, String name) {
        return new ListedList(id, name, "EXTERNAL", "ACCEPTED", 7L);
    }

    private static ListedList filling(String id, String name) {
        return new ListedList(id, name, "EXTERNAL", "INCOMPLETE", 7L);
    }

    private static FoundList served(String id, Membership membership) {
        return named(id, "", membership);
    }

    private static FoundList named(String id, String name, Membership membership) {
        return known(id, name, membership, null, false, false);
    }

    private static FoundList vanished(String id, boolean retired, boolean askedToday) {
        return known(id, "", Membership.JOINED, THEN, retired, askedToday);
    }

    private static FoundList known(
            String id, String name, Membership membership, Instant vanishedAt, boolean retired, boolean askedToday) {
        boolean configured = membership == Membership.CONFIGURED;
        return known(id, name, membership, configured, false, vanishedAt, retired, askedToday);
    }

    private static FoundList known(
            String id,
            String name,
            Membership membership,
            boolean configured,
            boolean left,
            Instant vanishedAt,
            boolean retired,
            boolean askedToday) {
        return new FoundList(
                id,
                name,
                membership,
                "active",
                configured,
                left,
                false,
                Set.of(),
                "EXTERNAL",
                "ACCEPTED",
                7L,
                THEN,
                null,
                vanishedAt,
                retired,
                askedToday,
                "");
    }
}
