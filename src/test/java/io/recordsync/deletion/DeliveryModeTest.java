package io.recordsync.deletion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeliveryModeTest {

    @Test
    void a_dry_run_rehearses_every_list_and_a_live_one_those_that_are_named() {
        assertThat(mode("dry-run").rehearses("list-a")).isTrue();
        assertThat(mode("live").rehearses("list-a")).isFalse();
        assertThat(mode("live", "list-a", "list-b").dryRunLists()).isEqualTo(Set.of("list-a", "list-b"));
        assertThat(DeliveryMode.of(DeliveryMode.Kind.LIVE, List.of("list-a")).rehearses("list-a"))
                .isTrue();
    }

    /** A dry run that is misspelt would delete. */
    @ParameterizedTest
    @ValueSource(strings = {"dryrun", "dry_run", "DRY-RUN", "Live", "", " live"})
    void any_other_word_is_not_taken_for_live(String mode) {
        assertThatThrownBy(() -> mode(mode))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Unknown word " + mode + ": expected live or dry-run");
    }

    @Test
    void it_is_shown_by_its_word() {
        assertThat(mode("dry-run")).hasToString("dry-run");
        assertThat(mode("live", "list-a")).hasToString("live");
    }

    /** By the word of the configuration. */
    private static DeliveryMode mode(String word, String... dryRunLists) {
        return DeliveryMode.of(Word.fromDashed(DeliveryMode.Kind.class, word), List.of(dryRunLists));
    }
}
