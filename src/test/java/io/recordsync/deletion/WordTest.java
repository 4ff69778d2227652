package io.recordsync.deletion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class WordTest {

    private enum Reason {
        GUARD,
        MERGE,
        NOT_VISIBLE
    }

    private enum Only {
        ONE
    }

    @Test
    void a_constant_has_a_word_with_dashes_and_one_with_underscores() {
        assertThat(Word.dashed(Reason.NOT_VISIBLE)).isEqualTo("not-visible");
        assertThat(Word.underscored(Reason.NOT_VISIBLE)).isEqualTo("not_visible");
    }

    @Test
    void every_word_is_read_as_the_constant_that_it_was_made_of() {
        for (Reason reason : Reason.values()) {
            assertThat(Word.fromDashed(Reason.class, Word.dashed(reason))).isEqualTo(reason);
            assertThat(Word.fromUnderscored(Reason.class, Word.underscored(reason)))
                    .isEqualTo(reason);
        }
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "not_visible", "NOT-VISIBLE", "Guard", "guard ", "other"})
    void any_other_word_is_refused_with_the_words_expected(String word) {
        assertThatThrownBy(() -> Word.fromDashed(Reason.class, word))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Unknown word " + word + ": expected guard, merge or not-visible");
    }

    @Test
    void the_form_of_the_words_is_not_guessed() {
        assertThatThrownBy(() -> Word.fromUnderscored(Reason.class, "not-visible"))
                .hasMessage("Unknown word not-visible: expected guard, merge or not_visible");
    }

    @Test
    void a_message_lists_the_words_in_their_order() {
        assertThat(Word.choice(DeliveryMode.Kind.class)).isEqualTo("live or dry-run");
        assertThat(Word.choice(Only.class)).isEqualTo("one");
    }

    /** In Turkish the small letter of I is another one. */
    @Test
    void words_do_not_depend_on_the_language_of_the_machine() {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("tr"));
        try {
            assertThat(Word.dashed(DeliveryMode.Kind.LIVE)).isEqualTo("live");
        } finally {
            Locale.setDefault(before);
        }
    }
}
