package io.recordsync.talkdesk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recordsync.deletion.ListedRecord;
import io.recordsync.talkdesk.RecordPage.RefusedException;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordPageTest {

    private static final String ERROR = "{\"code\": \"x\", \"message\": \"No\"}";
    private static final String API = "https://api.talkdeskapp.com";

    @Test
    void it_gives_what_names_the_records_and_the_query_of_the_next_page() throws Exception {
        RecordPage page = read(
                200,
                """
                {"total": 3, "_links": {"next": {"href": "https://api.talkdeskapp.com/record-lists/l/records?page=2&per_page=100"}},
                 "_embedded": {"records": [
                   {"id": "1", "external_provider": "salesforce", "external_id": "003A"},
                   {"id": "2", "external_provider": "hubspot", "external_id": "003B"},
                   {"id": "3"},
                   {"id": "4", "external_provider": "salesforce", "external_id": "003C"}]}}""");

        assertThat(page)
                .isEqualTo(new RecordPage(
                        List.of(
                                new ListedRecord("1", "salesforce", "003A"),
                                new ListedRecord("2", "hubspot", "003B"),
                                new ListedRecord("3", "", ""),
                                new ListedRecord("4", "salesforce", "003C")),
                        "page=2&per_page=100"));
    }

    @Test
    void the_last_page_has_no_next() throws Exception {
        assertThat(read(200, "{\"_links\": {}, \"_embedded\": {\"records\": []}}")
                        .next())
                .isEmpty();
    }

    @Test
    void a_relative_link_is_on_our_host() throws Exception {
        assertThat(read(200, withNext("/record-lists/l/records?page=2&per_page=100"))
                        .next())
                .isEqualTo("page=2&per_page=100");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://elsewhere.example/record-lists/l/records?page=2",
                "https://api.talkdeskapp.com:8443/record-lists/l/records?page=2",
                "https://user@api.talkdeskapp.com/record-lists/l/records?page=2",
                "https://api.talkdeskapp.com/record-lists/other/records?page=2",
                "https://api.talkdeskapp.com/record-lists/l/records?page={{ops.user}}",
                "https://api.talkdeskapp.com/record-lists/l/records?page=${header.page}",
                "/record-lists/l/records?page=2 {{ops.user}}",
                "https://api.talkdeskapp.com/record-lists/l/records",
                "ftp://api.talkdeskapp.com/record-lists/l/records?page=2",
                "https://api.talkdeskapp.com.example/record-lists/l/records?page=2",
                "//elsewhere.example/record-lists/l/records?page=2",
                "no link at all"
            })
    void a_link_that_leads_elsewhere_is_not_followed(String link) {
        assertThatThrownBy(() -> read(200, withNext(link)))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("leads elsewhere");
    }

    /** As servers write links to themselves: behind a proxy that ends TLS, or with a slash too many. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://api.talkdeskapp.com/record-lists/l/records?page=2&per_page=100",
                "https://API.talkdeskapp.com:443/record-lists/l/records?page=2&per_page=100",
                "https://api.talkdeskapp.com/record-lists/l/records/?page=2&per_page=100",
                "/record-lists/l/records/?page=2&per_page=100",
                " /record-lists/l/records?page=2&per_page=100 ",
                "/record-lists/L/records?page=2&per_page=100"
            })
    void however_a_link_to_our_own_host_is_written_it_is_followed(String link) throws Exception {
        assertThat(read(200, withNext(link)).next()).isEqualTo("page=2&per_page=100");
    }

    @Test
    void a_link_without_the_size_of_a_page_keeps_it() throws Exception {
        assertThat(read(200, withNext("/record-lists/l/records?page=2")).next()).isEqualTo("page=2&per_page=100");
        assertThat(read(200, withNext("/record-lists/l/records?cursor=x")).next())
                .isEqualTo("cursor=x");
    }

    /** Some servers have a next link on every page for ever: 28,525 pages were read in 25 s. */
    @Test
    void an_empty_page_is_the_last_whatever_its_link_says() throws Exception {
        assertThat(read(
                                200,
                                "{\"_links\": {\"next\": {\"href\": \"/record-lists/l/records?page=9\"}},"
                                        + " \"_embedded\": {\"records\": []}}")
                        .next())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"page\": 3, \"total_pages\": 3",
                "\"page\": 3, \"total_page\": 3",
                "\"page\": \"4\", \"total_pages\": \"3\""
            })
    void the_page_that_is_last_by_its_number_is_the_last(String numbers) throws Exception {
        String page = withNext("/record-lists/l/records?page=4").replaceFirst("\\{", "{" + numbers + ", ");

        assertThat(read(200, page).next()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "{}", "{\"href\": null}", "{\"href\": \"\"}", "[]", "7"})
    void no_link_is_the_end(String next) throws Exception {
        assertThat(read(200, withNext("x").replace("{\"href\": \"x\"}", next)).next())
                .isEmpty();
    }

    @Test
    void a_list_without_records_may_show_none() throws Exception {
        assertThat(read(200, "{\"total\": 0, \"_links\": {}}").records()).isEmpty();
        assertThat(read(200, "{\"count\": 0, \"page\": 1}").records()).isEmpty();
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
        return "{\"_links\": {\"next\": {\"href\": \"%s\"}}, \"_embedded\": {\"records\": [{\"id\": \"1\"}]}}"
                .formatted(link);
    }

    private static RecordPage read(int status, String body) throws IOException {
        return RecordPage.read(status, body, "l", API);
    }
}
