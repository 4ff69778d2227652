package io.recordsync.talkdesk;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.config.Secret;
import io.recordsync.doctor.Finding;
import io.recordsync.doctor.Findings;
import io.recordsync.network.Outbound;
import io.recordsync.oauth.AccessTokens;
import io.recordsync.oauth.ClientCredentials;
import io.recordsync.simulator.talkdesk.Answer;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each answer is taken to mean; the whole table is in {@code DoctorIT}. */
class TalkdeskExamTest {

    private final TalkdeskSimulator talkdesk = TalkdeskSimulator.start();

    @BeforeEach
    void list() {
        talkdesk.addList("list-1", "EXTERNAL");
    }

    @AfterEach
    void close() {
        talkdesk.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200 | {\"total_deleted\": 0, \"has_errors\": false} | OK | arrives (200 for an id that no record has)",
                "202 | {} | OK | arrives (202 for an id that no record has)",
                "404 | {\"code\": \"records_not_found\", \"message\": \"No\"} | OK | arrives (404 for an id that no record has)",
                "404 | <html> | WARN | not known yet, answered 404 → try again",
                "400 | {\"fields\": [{\"name\": \"[0].id\"}]} | OK | arrives (400 for an id that no record has)",
                "400 | {\"fields\": [{\"name\": \"body\"}]} | FAIL | 400, the body does not arrive",
                "411 | <html> | FAIL | 411, the body does not arrive",
                "403 | <html> | FAIL | 403, and not by Talkdesk (an HTML page without a title)",
                "200 | <html> | FAIL | 200, and not by Talkdesk (an HTML page without a title)",
                "403 | {\"code\": \"forbidden\", \"message\": \"No\"} | FAIL | 403, forbidden; Talkdesk said: No → the client needs the scope record-lists:manage",
                "405 | {} | FAIL | 405 → something in between does not let DELETE requests through",
                "503 | {} | WARN | not known yet, answered 503 → try again",
                "200 | {\"total_deleted\": 7} | FAIL | Talkdesk says that it deleted 7 records",
            })
    void the_answer_to_a_delete_of_nothing_tells_whether_its_body_arrived(
            int status, String body, Finding.Level level, String words) {
        talkdesk.answer(Answer.status(status).withoutDeleting().body(body));

        Finding finding = examine("list-1", "talkdesk delete body");

        assertThat(finding.level()).isEqualTo(level);
        assertThat(finding.words()).startsWith(words);
        assertThat(talkdesk.mistakes()).isEmpty();
    }

    @Test
    void in_a_dry_run_there_is_no_delete() {
        assertThat(examine("", "talkdesk delete body"))
                .isEqualTo(
                        new Finding(Finding.Level.SKIP, "talkdesk delete body", "no DELETE call is made in a dry run"));
        assertThat(talkdesk.deletes()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200 | <html> | 200, and not by Talkdesk (an HTML page without a title) → check talkdesk.api-url; is a proxy or firewall in between?",
                "200 | {\"id\": \"list-2\"} | 200, and not by Talkdesk (JSON of another form) → check talkdesk.api-url; is a proxy or firewall in between?",
                "404 | {} | 404, and not by Talkdesk (JSON of another form) → check talkdesk.api-url; is a proxy or firewall in between?",
                "401 | {\"error\": \"invalid_token\"} | 401, the new token is refused → check talkdesk.api-url",
                "500 | {} | answered 500 → try again",
            })
    void a_list_that_cannot_be_seen_is_told_with_what_to_check(int status, String body, String words) {
        talkdesk.readAnswer(Answer.status(status).body(body));

        assertThat(examine("list-1", "talkdesk list list-1"))
                .isEqualTo(new Finding(Finding.Level.FAIL, "talkdesk list list-1", words));
        assertThat(talkdesk.deletes()).isEmpty();
    }

    private Finding examine(String probed, String check) {
        ClientCredentials secret = ClientCredentials.inHeader(
                TalkdeskSimulator.CLIENT_ID, new Secret(TalkdeskSimulator.CLIENT_SECRET), "record-lists:manage");
        Outbound outbound = Outbound.direct();
        AccessTokens tokens =
                new AccessTokens(URI.create(talkdesk.tokenUrl()), secret, Duration.ofSeconds(5), outbound);
        Findings findings = new Findings();
        new TalkdeskExam(
                        outbound,
                        tokens,
                        talkdesk.url(),
                        List.of("list-1"),
                        "record-lists:manage",
                        Duration.ofSeconds(5),
                        probed.isEmpty() ? List.of() : List.of(probed))
                .examine(findings);
        return findings.all().stream()
                .filter(finding -> finding.check().equals(check))
                .findFirst()
                .orElseThrow();
    }
}
