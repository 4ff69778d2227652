package io.recordsync.talkdesk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recordsync.talkdesk.RecordPage.RefusedException;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ListSizeTest {

    private static final String ERROR = "{\"code\": \"x\", \"message\": \"No\"}";

    @ParameterizedTest
    @CsvSource({"ACCEPTED, true", "UPLOADED, true", "INCOMPLETE, false", "VALIDATION_STARTED, false"})
    void a_list_says_how_many_records_it_has_and_whether_it_is_filled(String status, boolean filled) throws Exception {
        String body = "{\"id\": \"l\", \"records_count\": 17, \"status\": \"" + status + "\"}";

        assertThat(ListSize.read(200, body, "l")).isEqualTo(new ListSize(17, filled));
    }

    @Test
    void a_list_that_does_not_say_so_has_nobody_knows_how_many() throws Exception {
        assertThat(ListSize.read(200, "{\"id\": \"l\"}", "l")).isEqualTo(new ListSize(-1, true));
        assertThat(ListSize.read(200, "{\"id\": \"l\", \"records_count\": \"many\"}", "l"))
                .isEqualTo(new ListSize(-1, true));
    }

    @Test
    void what_is_no_answer_about_this_list_is_asked_for_again_or_refused() {
        assertThatThrownBy(() -> ListSize.read(403, ERROR, "l"))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("tod.records-list.manage");
        assertThatThrownBy(() -> ListSize.read(404, ERROR, "l")).isInstanceOf(RefusedException.class);
        assertThatThrownBy(() -> ListSize.read(404, "<html>", "l")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> ListSize.read(503, ERROR, "l")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> ListSize.read(200, "<html>", "l")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> ListSize.read(200, "{\"id\": \"other\", \"records_count\": 0}", "l"))
                .isInstanceOf(IOException.class);
    }
}
