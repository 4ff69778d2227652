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
import org.junit.jupiter.api.Test;

/** The doctor says which scope for callbacks is missing, and that no deletion needs it. */
class CallbacksExamTest {

    private static final String READ = "schedule-callbacks:read";
    private static final String CANCEL = "schedule-callbacks:write";

    private final TalkdeskSimulator talkdesk = TalkdeskSimulator.start();

    @AfterEach
    void close() {
        assertThat(talkdesk.mistakes()).isEmpty();
        talkdesk.close();
    }

    @Test
    void both_scopes_are_there() {
        talkdesk.grantScopes("record-lists:manage", READ, CANCEL);

        assertThat(examine(true))
                .containsExactly(
                        new Finding(Finding.Level.OK, "talkdesk callbacks", "can be read"),
                        new Finding(
                                Finding.Level.OK,
                                "talkdesk callbacks cancel",
                                "a token is given for schedule-callbacks:write"));
        assertThat(talkdesk.callbacks().cancelled()).isEmpty();
    }

    @Test
    void what_is_only_reported_needs_no_scope_to_cancel() {
        talkdesk.grantScopes("record-lists:manage", READ);

        assertThat(examine(false)).extracting(Finding::level).containsExactly(Finding.Level.OK);
        assertThat(examine(true)).last().satisfies(missing -> {
            assertThat(missing.level()).isEqualTo(Finding.Level.WARN);
            assertThat(missing.words()).contains("grant schedule-callbacks:write", "deletions do not need it");
        });
    }

    @Test
    void a_scope_that_was_not_granted_is_named() {
        talkdesk.grantScopes("record-lists:manage");

        assertThat(examine(false)).singleElement().satisfies(missing -> {
            assertThat(missing.level()).isEqualTo(Finding.Level.WARN);
            assertThat(missing.words()).contains("grant schedule-callbacks:read", "deletions do not need it");
        });
    }

    @Test
    void so_is_one_that_a_token_was_given_for_all_the_same() {
        talkdesk.grantScopes("record-lists:manage", READ);
        talkdesk.callbackAnswer(Answer.status(403).body("{\"error\": \"insufficient_scope\"}"));

        assertThat(examine(false)).singleElement().satisfies(missing -> {
            assertThat(missing.level()).isEqualTo(Finding.Level.WARN);
            assertThat(missing.words()).startsWith("403, forbidden").contains("schedule-callbacks:read");
        });
    }

    @Test
    void an_answer_of_something_in_between_says_nothing() {
        talkdesk.grantScopes("record-lists:manage", READ);
        talkdesk.callbackAnswer(Answer.status(200).body("<html>"));

        assertThat(examine(false)).extracting(Finding::words).singleElement().satisfies(words -> assertThat(words)
                .startsWith("not known yet, answered 200"));
    }

    private List<Finding> examine(boolean cancels) {
        Findings findings = new Findings();
        new CallbacksExam(
                        Outbound.direct(), tokens(READ), tokens(CANCEL), talkdesk.url(), Duration.ofSeconds(5), cancels)
                .examine(findings);
        return findings.all();
    }

    private AccessTokens tokens(String scope) {
        return new AccessTokens(
                URI.create(talkdesk.tokenUrl()),
                ClientCredentials.inHeader(
                        TalkdeskSimulator.CLIENT_ID, new Secret(TalkdeskSimulator.CLIENT_SECRET), scope),
                Duration.ofSeconds(5),
                Outbound.direct());
    }
}
