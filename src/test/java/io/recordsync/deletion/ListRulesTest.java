package io.recordsync.deletion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.recordsync.deletion.ListRules.Bound;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ListRulesTest {

    private final ListRules rules = new ListRules(
            List.of("a"), List.of("SF *"), Map.of("Lead", new Bound(List.of("b"), List.of("SF leads *", "L??"))));

    @ParameterizedTest
    @CsvSource({
        "SF *, SF Contacts, true",
        "SF *, sf Contacts, false",
        "SF *, SF, false",
        "SF *, My SF Contacts, false",
        "*-2026-??, week-2026-05, true",
        "*-2026-??, week-2026-005, false",
        "a.c, abc, false",
        "[x]*, [x] list, true",
        "L??, Lß€, true",
        "L??, L😀😀, true",
        "*(1)*, List (1), true",
        "*, *, true",
        "**a**, banana, true",
        "*an??na, banana, false",
        "*an?, banana, true",
        "\\E*, \\E list, true",
        "Größe*, Gro\u0308ße 1, true",
        "Gr?ße, Gro\u0308ße, true"
    })
    void a_pattern_has_two_signs_and_everything_else_stands_for_itself(String pattern, String name, boolean matches) {
        assertThat(ListRules.matches(pattern, name)).isEqualTo(matches);
    }

    /** As a regular expression it would try every way to share the name among the stars. */
    @Test
    void a_pattern_of_many_stars_is_answered_at_once() {
        String name = "a".repeat(200);

        assertTimeoutPreemptively(
                Duration.ofSeconds(5),
                () -> assertThat(ListRules.matches("*a".repeat(59) + "b", name)).isFalse());
    }

    @Test
    void a_list_that_nothing_names_any_more_gets_what_it_got_before() {
        assertThat(rules.entities("z", "Renamed", Set.of("Lead"))).containsExactly("Lead");
        assertThat(rules.entities("z", "SF Contacts", Set.of("Lead"))).isEmpty();
        assertThat(rules.entities("a", "Renamed", Set.of("Lead"))).isEmpty();
        assertThat(rules.entities("b", "Renamed", Set.of())).containsExactly("Lead");
    }

    @Test
    void a_list_gets_what_it_is_bound_to_and_else_every_entity() {
        assertThat(rules.entities("b", "")).containsExactly("Lead");
        assertThat(rules.entities("z", "SF leads 1")).containsExactly("Lead");
        assertThat(rules.entities("a", "")).isEmpty();
        assertThat(rules.entities("z", "SF Contacts")).isEmpty();
    }

    @Test
    void a_pattern_that_takes_no_name_is_found_with_its_key() {
        assertThat(rules.unmatched(List.of("SF 1", "L01")))
                .containsExactly("'SF leads *' of talkdesk.record-lists.of.Lead");
        assertThat(rules.unmatched(List.of("SF leads 1", "L01"))).isEmpty();
        assertThat(rules.unmatched(List.of()))
                .containsExactly(
                        "'SF *' of talkdesk.record-lists.matching",
                        "'SF leads *' of talkdesk.record-lists.of.Lead",
                        "'L??' of talkdesk.record-lists.of.Lead");
    }

    @Test
    void a_name_can_turn_out_to_be_bound_and_unbound() {
        assertThat(rules.isAmbiguous("a", "SF leads 1")).isTrue();
        assertThat(rules.isAmbiguous("a", "L01")).isTrue();
        assertThat(rules.isAmbiguous("z", "SF leads 1")).isTrue();
        assertThat(rules.isAmbiguous("z", "L01")).isFalse();
        assertThat(rules.isAmbiguous("b", "L01")).isFalse();
    }
}
