package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.recordsync.simulator.salesforce.ContactIds;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.Answer;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Why nobody is let in is said in the words of the end that refuses, with what to do about it, and not over and over. */
@Tag("long")
class LoginWordsIT {

    private static final String LIST = "5f1c7a2e-3232-4a7e-9b2f-aaaaaaaaaaaa";

    @TempDir
    Path folder;

    private SalesforceSimulator salesforce;
    private TalkdeskSimulator talkdesk;
    private Service service;

    @BeforeEach
    void start() throws Exception {
        salesforce = SalesforceSimulator.start();
        talkdesk = TalkdeskSimulator.start();
        talkdesk.addList(LIST, "EXTERNAL");
        service = new Service(folder, salesforce, talkdesk, LIST);
    }

    @AfterEach
    void stop() {
        service.close();
        talkdesk.close();
        salesforce.close();
    }

    @Test
    void a_token_that_no_api_takes_is_told_once_at_the_login_and_nobody_logs_in_again_and_again() throws Exception {
        salesforce.tokensAreFor("id web");
        service.start();
        String words = "answered 200 with a token of the scope id web, which no API takes (expected api or full among"
                + " them)";

        service.await("it is told", () -> !lines("ERROR", words).isEmpty());
        long begun = System.nanoTime();
        service.await(
                "health is red",
                () -> service.answer("/observe/health/ready").body().contains("salesforce-token"));
        assertThat(service.answer("/observe/health/ready").body()).contains(words);
        service.await(
                "nothing more comes for some seconds",
                () -> System.nanoTime() - begun > Duration.ofSeconds(6).toNanos());
        assertThat(lines("", words)).hasSize(1);
        assertThat(salesforce.recording().logins()).hasSizeBetween(1, 4);
        assertThat(salesforce.recording().subscribes()).isEmpty();
        assertThat(Command.run(service.environment(), "doctor").out().lines())
                .anyMatch(line -> line.startsWith("fail | salesforce login") && line.contains(words));

        salesforce.tokensAreFor("web api");
        service.awaitSubscribed();
        assertThat(lines("INFO", "is open again")).hasSize(1);
    }

    @Test
    void each_refusal_of_a_login_leads_to_what_to_do() throws Exception {
        Map<String, String> advice = new LinkedHashMap<>();
        advice.put("request not supported on this domain", "salesforce.login-url has to be the org's own domain");
        advice.put("ip restricted", "let the address that this machine is seen with in");
        advice.put("inactive user", "activate the user");
        advice.put("inactive organization", "the org is not active");
        salesforce.loginRefuses("invalid_grant", "login rate exceeded");
        service.start();
        service.await("a limit that passes is told", () -> stream().contains("the logins of a user are limited"));
        assertThat(service.answer("/observe/health/ready").body()).doesNotContain("salesforce-token: ");

        for (Map.Entry<String, String> refusal : advice.entrySet()) {
            salesforce.loginRefuses("invalid_grant", refusal.getKey());
            service.await(refusal.getKey(), () -> stream()
                    .contains("answered 400 invalid_grant (" + refusal.getKey() + "); "));
            assertThat(stream()).contains(refusal.getValue()).doesNotContain("\n");
            service.await(
                    "it is an error", () -> !lines("ERROR", refusal.getValue()).isEmpty());
            assertThat(lines("", refusal.getValue())).hasSize(1);
        }
        salesforce.loginRefuses("unknown_error", "retry\n your request " + "and again ".repeat(100));
        service.await(
                "what passes is waited for", () -> stream().contains("unknown_error (retry your request and again"));
        assertThat(stream()).contains("; it is asked again").hasSizeLessThan(400);

        salesforce.loginWorks();
        service.awaitSubscribed();
    }

    @Test
    void three_new_tokens_that_pub_sub_refuses_in_a_row_need_a_person() throws Exception {
        service.startSubscribed();
        salesforce.refuseCalls("GetTopic", Status.UNAUTHENTICATED, null);
        salesforce.completeStream();

        service.await("it is an error", () -> !lines("ERROR", "Pub/Sub refused 3 new ones in a row")
                .isEmpty());
        int logins = salesforce.recording().logins().size();
        assertThat(logins).isBetween(4, 8);
        service.await("it is tried on", () -> salesforce.recording().logins().size() > logins);
        assertThat(lines("ERROR", "")).hasSize(1);

        salesforce.acceptCalls();
        service.awaitSubscribed();
        assertThat(lines("INFO", "is open again")).hasSize(1);
    }

    @Test
    void talkdesks_authorization_error_shows_its_words_on_any_call() throws Exception {
        List<String> ids = Stream.generate(ContactIds::next).limit(2).toList();
        talkdesk.addRecords(LIST, "salesforce", ids);
        service.startSubscribed();
        String body = "{\"error\": \"access_denied\", \"error_description\": \"the app\\n has no seat %s\"}";
        talkdesk.always(Answer.status(403).withoutDeleting().body(body.formatted("here")));

        salesforce.publishDelete(ids);

        service.await("the list says why", () -> service.status()
                .at("/lists/0/lastError")
                .asText()
                .contains("Talkdesk said: the app has no seat here"));
        talkdesk.answerNormally();
        talkdesk.awaitGone(LIST, ids);

        talkdesk.readAnswer(Answer.status(403).body(body.formatted("there")));
        service.post("/api/reconcile", "{\"recordList\": \"" + LIST + "\"}");
        service.await("the presence check says why", () -> service.status()
                .at("/reconcile/lastError")
                .asText()
                .contains("Talkdesk said: the app has no seat there"));
    }

    private String stream() {
        return service.status().at("/stream/lastError").asText();
    }

    private List<String> lines(String level, String words) {
        return service.log()
                .lines()
                .filter(line -> line.contains(" " + level) && line.contains(words))
                .toList();
    }
}
