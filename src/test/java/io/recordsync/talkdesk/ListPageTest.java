package io.recordsync.talkdesk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recordsync.deletion.ListWord;
import io.recordsync.deletion.ListedList;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListPageTest {

    private static final String API = "https://api.talkdeskapp.com";

    @Test
    void a_page_names_its_lists_and_the_next_page() throws Exception {
        ListPage page = read(
                """
                {"total": 3, "count": 1, "page": 1, "per_page": 1,
                 "_links": {"next": {"href": "https://api.talkdeskapp.com/record-lists?page=2&per_page=1"}},
                 "_embedded": {"record_lists": [
                   {"id": "l1", "name": "SF\\u0007 one", "unique_identifier_type": "EXTERNAL", "status": "ACCEPTED", "records_count": 7},
                   {"id": "l2"}]}}""");

        assertThat(page.lists())
                .containsExactly(
                        new ListedList("l1", "SF  one", "EXTERNAL", "ACCEPTED", 7L),
                        new ListedList("l2", "", "", "", null));
        assertThat(page.total()).isEqualTo(3);
        assertThat(page.next()).isEqualTo("page=2&per_page=1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://elsewhere.example/record-lists?page=2",
                "https://api.talkdeskapp.com/record-lists/l1/records?page=2",
                "https://user@api.talkdeskapp.com/record-lists?page=2",
                "//elsewhere.example/record-lists?page=2"
            })
    void a_link_to_another_place_is_not_followed(String link) {
        assertThatThrownBy(() -> read("{\"_links\": {\"next\": {\"href\": \"" + link
                        + "\"}}, \"_embedded\": {\"record_lists\": [{\"id\": \"l1\"}]}}"))
                .isInstanceOf(RecordPage.RefusedException.class)
                .hasMessageContaining("leads elsewhere")
                .hasMessageNotContaining("elsewhere.example");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "<html>",
                "{\"_embedded\": {\"record_lists\": [{\"name\": \"SF\"}]}}",
                "{\"_embedded\": {\"record_lists\": [{\"id\": \"l1/records?x=\"}]}}",
                "{\"_embedded\": {\"record_lists\": [{\"id\": {}}]}}"
            })
    void what_is_no_page_of_talkdesks_is_asked_for_again(String body) {
        assertThatThrownBy(() -> read(body)).isInstanceOf(IOException.class);
    }

    @Test
    void a_scope_that_is_missing_is_named() {
        assertThatThrownBy(() -> ListPage.read(403, "{\"code\": \"c\", \"message\": \"m\"}", API))
                .isInstanceOf(RecordPage.RefusedException.class)
                .hasMessageContaining("record-lists:manage");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "404 | {\"code\": \"0020001\", \"message\": \"not found\"} | GONE",
                "404 | {\"message\": \"no route\"} | UNCLEAR",
                "404 | <html> | UNCLEAR",
                "200 | {\"id\": \"L1\"} | THERE",
                "200 | {\"id\": \"other\"} | UNCLEAR",
                "403 | {\"code\": \"c\", \"message\": \"m\"} | UNCLEAR",
                "500 | {\"code\": \"c\", \"message\": \"m\"} | UNCLEAR"
            })
    void only_a_404_of_talkdesks_own_shape_says_that_a_list_is_gone(int status, String body, ListWord word) {
        assertThat(ListPage.word(status, body, "l1")).isEqualTo(word);
    }

    private static ListPage read(String body) throws IOException {
        return ListPage.read(200, body, API);
    }
}
