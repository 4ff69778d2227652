package io.recordsync.ops.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.recordsync.deletion.DeletionRequest;
import io.recordsync.deletion.Identifier;
import io.recordsync.inbox.ServedLists;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestedDeletionsTest {

    private static final String RECORD = "8858c834-481d-4a02-8176-cffc02c50350";

    private final RequestedDeletions requested = new RequestedDeletions(ServedLists.of(List.of("list-a", "list-b")));

    @ParameterizedTest
    @ValueSource(
            strings = {
                // not an array, empty, or not JSON
                "",
                "null",
                "{}",
                "[]",
                "\"x\"",
                "[",
                "[{\"id\": \"8858c834-481d-4a02-8176-cffc02c50350\"}] x",
                // items that are no objects, or of none of the three forms, or of two
                "[null]",
                "[[]]",
                "[\"8858c834-481d-4a02-8176-cffc02c50350\"]",
                "[{}]",
                "[{\"recordList\": \"list-a\"}]",
                "[{\"id\": \"8858c834-481d-4a02-8176-cffc02c50350\", \"phone_number\": \"+188888888\"}]",
                "[{\"external_id\": \"003DL0000212DetYAE\"}]",
                "[{\"external_provider\": \"salesforce\"}]",
                "[{\"id\": \"8858c834-481d-4a02-8176-cffc02c50350\", \"external_provider\": \"salesforce\"}]",
                // keys unknown, in another case, or twice
                "[{\"id\": \"8858c834-481d-4a02-8176-cffc02c50350\", \"list\": \"list-a\"}]",
                "[{\"ID\": \"8858c834-481d-4a02-8176-cffc02c50350\"}]",
                "[{\"id\": \"8858c834-481d-4a02-8176-cffc02c50350\", \"id\": \"f03004be-2853-4660-b6e8-060cc383ddbe\"}]",
                // values that are no strings
                "[{\"id\": 5}]",
                "[{\"id\": null}]",
                "[{\"id\": [\"8858c834-481d-4a02-8176-cffc02c50350\"]}]",
                "[{\"id\": \"8858c834-481d-4a02-8176-cffc02c50350\", \"recordList\": null}]",
                // no UUID
                "[{\"id\": \"\"}]",
                "[{\"id\": \"*\"}]",
                "[{\"id\": \"8858c834-481d-4a02-8176-cffc02c5035\"}]",
                "[{\"id\": \"8858c834481d4a028176cffc02c50350\"}]",
                "[{\"id\": \"8858c834-481d-4a02-8176-cffc02c50350\\n\"}]",
                // not E.164
                "[{\"phone_number\": \"188888888\"}]",
                "[{\"phone_number\": \"+0188888888\"}]",
                "[{\"phone_number\": \"+1\"}]",
                "[{\"phone_number\": \"+1234567890123456\"}]",
                "[{\"phone_number\": \"+1 888 888 88\"}]",
                "[{\"phone_number\": \"+1888888\\u0668\"}]",
                "[{\"phone_number\": \"+188888888\\n\"}]",
                // external ids that stand for many, or that no database takes
                "[{\"external_provider\": \"salesforce\", \"external_id\": \"003*\"}]",
                "[{\"external_provider\": \"*\", \"external_id\": \"003DL0000212DetYAE\"}]",
                "[{\"external_provider\": \"\", \"external_id\": \"003DL0000212DetYAE\"}]",
                "[{\"external_provider\": \"salesforce\", \"external_id\": \" \"}]",
                "[{\"external_provider\": \"salesforce\", \"external_id\": \"a\\u0000b\"}]",
                "[{\"external_provider\": \"salesforce\", \"external_id\": \"a\\ud800b\"}]",
                // a list that is not configured
                "[{\"id\": \"8858c834-481d-4a02-8176-cffc02c50350\", \"recordList\": \"list-c\"}]",
                "[{\"id\": \"8858c834-481d-4a02-8176-cffc02c50350\", \"recordList\": \"\"}]"
            })
    void what_is_not_exactly_one_of_the_three_forms_is_refused(String body) {
        assertThat(refusal(body).status()).isEqualTo(400);
    }

    @Test
    void an_external_id_has_255_characters_at_most_and_is_taken_as_given() {
        String longest = "é".repeat(255);

        assertThat(read(external(longest)))
                .extracting(DeletionRequest::identifier)
                .containsOnly(Identifier.external("crm", longest));
        assertThat(refusal(external(longest + "é")).index()).isZero();
        assertThat(read(external("003DL0000212Det")))
                .extracting(DeletionRequest::identifier)
                .containsOnly(Identifier.external("crm", "003DL0000212Det"));
    }

    @Test
    void the_longest_and_the_shortest_phone_number_are_taken() {
        assertThat(read("[{\"phone_number\": \"+12\"}, {\"phone_number\": \"+123456789012345\"}]"))
                .hasSize(4);
    }

    @Test
    void the_same_record_of_the_same_list_twice_is_refused_also_when_a_list_is_implied_or_the_case_differs() {
        String twice = "[{\"id\": \"%s\", \"recordList\": \"list-b\"}, {\"id\": \"%s\"}]"
                .formatted(RECORD, RECORD.toUpperCase(Locale.ROOT));

        assertThat(refusal(twice).index()).isEqualTo(1);
        assertThat(refusal(twice)).hasMessageContaining("as item 0");
        assertThat(read("[{\"id\": \"%s\", \"recordList\": \"list-a\"}, {\"id\": \"%s\", \"recordList\": \"list-b\"}]"
                        .formatted(RECORD, RECORD)))
                .hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[{\"+15551234567\": \"x\"}]",
                "[{\"phone_number\": \"+15551234567x\"}]",
                "[{\"id\": \"+15551234567\"}]",
                "[{\"recordList\": \"+15551234567\", \"phone_number\": \"+188888888\"}]",
                "[{\"id\": +15551234567}]",
                "[+15551234567"
            })
    void no_mistake_repeats_what_may_be_a_phone_number(String body) {
        assertThat(refusal(body)).message().doesNotContain("5551234567");
    }

    private List<DeletionRequest> read(String body) {
        return requested.read(body.getBytes(StandardCharsets.UTF_8), "api:1", Instant.EPOCH);
    }

    private Refusal refusal(String body) {
        return catchThrowableOfType(Refusal.class, () -> read(body));
    }

    private static String external(String id) {
        return "[{\"external_provider\": \"crm\", \"external_id\": \"%s\"}]".formatted(id);
    }
}
