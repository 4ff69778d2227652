package io.recordsync.talkdesk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recordsync.deletion.CallbackPage;
import io.recordsync.deletion.Presence;
import io.recordsync.deletion.ScheduledCallback;
import io.recordsync.delivery.NotAllowedException;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Talkdesk's answers say of callbacks, and what nothing is concluded from. */
class CallbackAnswersTest {

    private static final String ERROR = "{\"code\": \"0020001\", \"message\": \"no\"}";

    @Test
    void only_callbacks_still_to_be_made_that_name_a_record_are_read_and_only_their_ids() throws IOException {
        CallbackPage page = CallbackAnswers.page(
                200,
                """
                {"page": 1, "total_pages": 2, "_links": {"self": {"href": "x"}}, "_embedded": {"callbacks": [
                  {"id": "other", "callback_id": "c1", "record_list_id": "L1", "record_id": "r1", "phone_number": "+15551",
                   "status": "UNATTEMPTED", "_links": {"self": {"href": "/callbacks/c1"}}},
                  {"callback_id": "c2", "record_list_id": "L1", "record_id": "r2", "status": "ATTEMPTED"},
                  {"callback_id": "c3", "status": "UNATTEMPTED"},
                  {"callback_id": "c4", "record_list_id": "L1", "record_id": null, "status": "UNATTEMPTED"},
                  {"callback_id": "../record-lists/L1", "record_list_id": "L1", "record_id": "r5", "status": "UNATTEMPTED"},
                  {"callback_id": "c6", "record_list_id": "L1", "record_id": "r6"}]}}""",
                1);

        assertThat(page.callbacks()).containsExactly(new ScheduledCallback("c1", "L1", "r1"));
        assertThat(page.ids()).hasSize(6);
        assertThat(page.total()).as("it is not said").isNegative();
        assertThat(page.last()).isFalse();
        assertThat(page.toString()).doesNotContain("+1555");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"page\": 2, \"total_pages\": 2| true",
                "\"page\": 2, \"total_page\": 2| true",
                "\"page\": 1, \"total_page\": 2| false",
                "\"page\": 1, \"total_pages\": 2| false",
                "\"page\": 1| false",
                "\"total_pages\": 2| true",
                "\"total_pages\": 3| false"
            })
    void the_last_page_is_known_by_either_name_of_their_number(String fields, boolean last) throws IOException {
        String one = "{" + fields
                + ", \"_embedded\": {\"callbacks\": [{\"callback_id\": \"c1\", \"record_list_id\": \"L1\", \"record_id\": \"r1\","
                + " \"status\": \"UNATTEMPTED\"}]}}";

        assertThat(CallbackAnswers.page(200, one, 2).last()).isEqualTo(last);
    }

    @Test
    void a_page_without_callbacks_is_the_last() throws IOException {
        assertThat(CallbackAnswers.page(200, "{\"_embedded\": {\"callbacks\": []}}", 1)
                        .last())
                .isTrue();
        assertThat(CallbackAnswers.page(200, "{\"total\": 0}", 1).last()).isTrue();
        assertThat(CallbackAnswers.page(200, "{\"total\": 0}", 1).total()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "[]",
                "<html>",
                "{\"_embedded\": {\"callbacks\": {}}}",
                "{\"statusCode\": 0, \"payload\": []}"
            })
    void a_page_of_another_form_is_no_empty_page(String body) {
        assertThatThrownBy(() -> CallbackAnswers.page(200, body, 1)).isInstanceOf(IOException.class);
    }

    @Test
    void a_refusal_names_the_scope_and_an_outage_does_not() {
        assertThatThrownBy(() -> CallbackAnswers.page(403, ERROR, 1))
                .isInstanceOf(NotAllowedException.class)
                .hasMessageContaining("schedule-callbacks:read");
        assertThatThrownBy(() -> CallbackAnswers.page(503, ERROR, 1))
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(NotAllowedException.class);
        assertThat(CallbackAnswers.cancelled(403, ERROR))
                .satisfies(answer -> assertThat(answer.forbidden()).isTrue())
                .satisfies(answer -> assertThat(answer.words()).contains("schedule-callbacks:write"));
    }

    @Test
    void a_record_is_gone_only_by_a_404_of_Talkdesks_own_form() {
        String record = "{\"id\": \"r1\", \"record_list_id\": \"L1\", \"external_provider\": \"salesforce\","
                + " \"external_id\": \"003DL0000212DetYAE\", \"phone_numbers\": [{\"phone_number\": \"+15551\"}]}";

        assertThat(CallbackAnswers.record(200, record, "L1", "r1"))
                .isEqualTo(Presence.there("salesforce", "003DL0000212DetYAE"));
        assertThat(CallbackAnswers.record(404, ERROR, "L1", "r1")).isEqualTo(Presence.gone());
        for (Presence unclear : new Presence[] {
            CallbackAnswers.record(404, "<html>Not Found</html>", "L1", "r1"),
            CallbackAnswers.record(404, "", "L1", "r1"),
            CallbackAnswers.record(404, "{\"error\": \"Not Found\"}", "L1", "r1"),
            CallbackAnswers.record(200, record, "L2", "r1"),
            CallbackAnswers.record(200, record, "L1", "r2"),
            CallbackAnswers.record(200, "{}", "L1", "r1"),
            CallbackAnswers.record(410, ERROR, "L1", "r1"),
            CallbackAnswers.record(403, ERROR, "L1", "r1"),
            CallbackAnswers.record(503, ERROR, "L1", "r1")
        }) {
            assertThat(unclear.kind()).isEqualTo(Presence.Kind.UNCLEAR);
        }
    }

    @Test
    void a_list_is_there_only_by_its_own_id() {
        assertThat(CallbackAnswers.list(200, "{\"id\": \"L1\"}", "L1").isThere())
                .isTrue();
        assertThat(CallbackAnswers.list(200, "{\"id\": \"L2\"}", "L1").kind()).isEqualTo(Presence.Kind.UNCLEAR);
        assertThat(CallbackAnswers.list(404, ERROR, "L1").isGone()).isTrue();
    }

    @Test
    void a_callback_is_cancelled_by_204_and_was_gone_by_404() {
        assertThat(CallbackAnswers.cancelled(204, "").isThere()).isTrue();
        assertThat(CallbackAnswers.cancelled(404, ERROR).isGone()).isTrue();
        assertThat(CallbackAnswers.cancelled(404, "<html>").kind()).isEqualTo(Presence.Kind.UNCLEAR);
        assertThat(CallbackAnswers.cancelled(202, "").kind()).isEqualTo(Presence.Kind.UNCLEAR);
        assertThat(CallbackAnswers.cancelled(200, "<html>").kind()).isEqualTo(Presence.Kind.UNCLEAR);
    }
}
