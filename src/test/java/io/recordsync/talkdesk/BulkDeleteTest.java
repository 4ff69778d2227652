package io.recordsync.talkdesk;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.deletion.Batch;
import io.recordsync.deletion.ClaimedDeletion;
import io.recordsync.deletion.Identifier;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The three bodies of the API page, without its line breaks. */
class BulkDeleteTest {

    @Test
    void record_ids() throws Exception {
        assertThat(body(
                        Identifier.record("8858c834-481d-4a02-8176-cffc02c50350"),
                        Identifier.record("f03004be-2853-4660-b6e8-060cc383ddbe"),
                        Identifier.record("ba85ef13-ed0c-4acc-8799-4b2e81e91dcb")))
                .isEqualTo("[{\"id\":\"8858c834-481d-4a02-8176-cffc02c50350\"},"
                        + "{\"id\":\"f03004be-2853-4660-b6e8-060cc383ddbe\"},"
                        + "{\"id\":\"ba85ef13-ed0c-4acc-8799-4b2e81e91dcb\"}]");
    }

    @Test
    void phone_numbers() throws Exception {
        assertThat(body(Identifier.phone("+188888888"), Identifier.phone("+177777777"), Identifier.phone("+100000000")))
                .isEqualTo("[{\"phone_number\":\"+188888888\"},"
                        + "{\"phone_number\":\"+177777777\"},{\"phone_number\":\"+100000000\"}]");
    }

    @Test
    void external_providers_and_ids() throws Exception {
        assertThat(body(
                        Identifier.external("salesforce", "003DL0000212DetYAE"),
                        Identifier.external("salesforce", "003DL0000214OYdYAM")))
                .isEqualTo("[{\"external_provider\":\"salesforce\",\"external_id\":\"003DL0000212DetYAE\"},"
                        + "{\"external_provider\":\"salesforce\",\"external_id\":\"003DL0000214OYdYAM\"}]");
    }

    @Test
    void rows_that_name_the_same_record_are_one_item() throws Exception {
        assertThat(body(Identifier.phone("+188888888"), Identifier.phone("+188888888")))
                .isEqualTo("[{\"phone_number\":\"+188888888\"}]");
    }

    @Test
    void what_json_would_misread_is_escaped() throws Exception {
        assertThat(body(Identifier.external("crm", "a\"},{\"id\":\"b")))
                .isEqualTo("[{\"external_provider\":\"crm\",\"external_id\":\"a\\\"},{\\\"id\\\":\\\"b\"}]");
    }

    private static String body(Identifier... identifiers) throws Exception {
        List<ClaimedDeletion> deletions = new ArrayList<>();
        for (Identifier identifier : identifiers) {
            deletions.add(new ClaimedDeletion(deletions.size(), "list", identifier, 0, 0, "session"));
        }
        return BulkDelete.body(new Batch(deletions));
    }
}
