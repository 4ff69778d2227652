package io.recordsync.talkdesk;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TalkdeskTokensTest {

    @ParameterizedTest
    @CsvSource({
        "/record-lists/5f1c7a2e/records, true",
        "/record-lists/5f1c7a2e/records/8858c834-481d-4a02-8176-cffc02c50350, true",
        "/record-lists/5f1c7a2e/records/bulks, false",
        "/record-lists/5f1c7a2e, false",
        "/record-lists, false",
    })
    void what_reads_records_has_a_token_of_its_own(String path, boolean readsRecords) {
        assertThat(TalkdeskTokens.readsRecords(path)).isEqualTo(readsRecords);
    }
}
