package io.recordsync.talkdesk;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.deletion.Batch;
import io.recordsync.deletion.ClaimedDeletion;
import io.recordsync.deletion.Identifier;
import io.recordsync.delivery.FailedItem;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailedRecordTest {

    private static final Batch BATCH =
            new Batch(List.of(new ClaimedDeletion(1, "list", Identifier.phone("+15550001"), 0, 0, "session")));

    @Test
    void it_is_named_by_its_id_its_external_id_and_each_of_its_numbers_in_every_form() {
        FailedItem item = read(
                200,
                """
                {"id": "r-1", "record_list_id": "list", "external_provider": "salesforce", "external_id": "003A",
                 "phone_numbers": [{"phone_number": "+15550001", "phone_type": "MOBILE"}, "+15550002"],
                 "phone_number": "+15550003"}""");

        assertThat(item.known()).isTrue();
        assertThat(item.identifiers())
                .containsExactly(
                        Identifier.record("r-1"),
                        Identifier.external("salesforce", "003A"),
                        Identifier.phone("+15550001"),
                        Identifier.phone("+15550002"),
                        Identifier.phone("+15550003"));
    }

    @Test
    void talkdesks_own_404_says_that_it_is_not_known() {
        assertThat(read(404, "{\"code\": \"x\", \"message\": \"No\"}")).isEqualTo(new FailedItem(true, List.of()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "404 | ''",
                "404 | {\"message\": \"No\"}",
                "404 | <html>",
                "403 | {\"code\": \"x\", \"message\": \"No\"}",
                "200 | <html>",
                "200 | ''",
                "200 | {}",
                "200 | {\"id\": \"r-2\"}",
                "200 | {\"id\": \"r-1\", \"record_list_id\": \"other\"}"
            })
    void everything_else_says_nothing(int status, String body) {
        assertThat(read(status, body)).isEqualTo(FailedItem.unknown());
    }

    private static FailedItem read(int status, String body) {
        return FailedRecord.read(status, body, "r-1", BATCH);
    }
}
