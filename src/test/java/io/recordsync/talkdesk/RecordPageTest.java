package io.recordsync.talkdesk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recordsync.talkdesk.RecordPage.RefusedException;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordPageTest {

    private static final String ERROR = "{\"code\": \"x\", \"message\": \"No\"}";
    private static final String API = "https://api.talkdeskapp.com";

    @Test
    void it_gives_the_ids_of_our_provider_and_the_query_of_the_next_page() throws Exception {
        RecordPage page = read(
                200,
                """
                {"total": 3, "_links": {"next": {"href": "https://api.talkdeskapp.com/record-lists/l/records?page=2&per_page=100"}},
                 "_embedded": {"records": [
                   {"id": "1", "external_provider": "salesforce", "external_id": "003A"},
                   {"id": "2", "external_provider": "hubspot", "external_id": "003B"},
                   {"id": "3"},
                   {"id": "4", "external_provider": "salesforce", "external_id": "003C"}]}}""");

        assertThat(page).isEqualTo(new RecordPage(java.util.List.of("003A", "003C"), "page=2&per_page=100"));
    }

    @Test
    void the_last_page_has_no_next() throws Exception {
        assertThat(read(200, "{\"_links\": {}, \"_embedded\": {\"records\": []}}")
                        .next())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/record-lists/l/records?page=2",
                "https://api.talkdeskapp.com/record-lists/l/records/?page=2",
                "http://api.talkdeskapp.com/record-lists/l/records?page=2"
            })
    void of_a_link_to_our_host_in_whatever_form_the_query_is_followed(String link) throws Exception {
        assertThat(read(200, withNext(link)).next()).isEqualTo("page=2");
    }

    @Test
    void an_empty_page_is_the_last_whatever_it_links_to() throws Exception {
        assertThat(read(200, withNext("/record-lists/l/records?page=9").replace("{\"id\": \"1\"}", ""))
                        .next())
                .isEmpty();
    }

    @Test
    void so_is_one_that_counts_as_the_last() throws Exception {
        String counted =
                withNext("/record-lists/l/records?page=%d").replaceFirst("\\{", "{\"page\": %d, \"total_pages\": 3, ");
        assertThat(read(200, counted.formatted(2, 3)).next()).isEqualTo("page=3");
        assertThat(read(200, counted.formatted(3, 3)).next()).isEmpty();
        assertThat(read(200, counted.formatted(3, 4)).next()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://elsewhere.example/record-lists/l/records?page=2",
                "ftp://api.talkdeskapp.com/record-lists/l/records?page=2",
                "https://api.talkdeskapp.com:8443/record-lists/l/records?page=2",
                "https://user@api.talkdeskapp.com/record-lists/l/records?page=2",
                "https://api.talkdeskapp.com/record-lists/other/records?page=2",
                "https://api.talkdeskapp.com/record-lists/l/records"
            })
    void a_link_that_leads_elsewhere_is_not_followed(String link) {
        assertThatThrownBy(() -> read(200, withNext(link)))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("leads elsewhere");
    }

    @Test
    void a_403_names_the_scope() {
        assertThatThrownBy(() -> read(403, ERROR))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("tod.records-list.manage");
    }

    @Test
    void a_404_is_final_and_everything_else_is_asked_again() {
        assertThatThrownBy(() -> read(404, ERROR)).isInstanceOf(RefusedException.class);
        assertThatThrownBy(() -> read(503, "busy")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> read(200, "{}")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> read(403, "<html>")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> read(404, "")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> read(200, "<html>")).isInstanceOf(IOException.class);
    }

    @Test
    void records_of_another_list_conclude_nothing() {
        String page = "{\"_embedded\": {\"records\": [{\"id\": \"1\", \"record_list_id\": \"other\"}]}}";
        assertThatThrownBy(() -> read(200, page))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("another list");
    }

    private static String withNext(String link) {
        return "{\"_links\": {\"next\": {\"href\": \"" + link
                + "\"}}, \"_embedded\": {\"records\": [{\"id\": \"1\"}]}}";
    }

    private static RecordPage read(int status, String body) throws IOException {
        return RecordPage.read(status, body, "l", API, "salesforce");
    }
}
