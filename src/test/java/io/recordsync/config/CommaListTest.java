package io.recordsync.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommaListTest {

    @Test
    void items_are_in_their_order_without_the_spaces_around_them() {
        assertThat(CommaList.items("list-b, list-a ,list-c")).containsExactly("list-b", "list-a", "list-c");
        assertThat(CommaList.items("list-a")).containsExactly("list-a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t"})
    void a_blank_text_has_no_items(String text) {
        assertThat(CommaList.items(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {",", " , ", "a,", ",a", "a,,b"})
    void an_empty_item_is_refused(String text) {
        assertThatThrownBy(() -> CommaList.items(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("An item of the list is empty: expected none empty");
    }

    @Test
    void an_item_that_stands_there_twice_is_refused() {
        assertThatThrownBy(() -> CommaList.items("a, b, a"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("An item of the list stands there twice: expected each once");
    }
}
