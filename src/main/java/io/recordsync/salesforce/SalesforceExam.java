package io.recordsync.salesforce;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recordsync.doctor.Answer;
import io.recordsync.doctor.Asker;
import io.recordsync.doctor.Exam;
import io.recordsync.doctor.Findings;
import io.recordsync.network.Outbound;
import io.recordsync.oauth.AccessTokens;
import io.recordsync.oauth.Token;
import io.recordsync.oauth.TokenUnavailableException;
import io.recordsync.salesforce.stream.PinnedOrg;
import io.recordsync.salesforce.stream.Topic;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Checks that Salesforce lets the service log in, that the clocks agree, and that the channel and the contacts are visible.
 *
 * <p>Takes one login, one call that needs none, one GetTopic, one query for each entity, two of {@link OrgExam}, and up to four and one more
 * for each entity of {@link ChannelExam}.
 */
public final class SalesforceExam implements Exam {

    private static final String LOGIN = "salesforce login";
    private static final String CLOCK = "salesforce clock";
    private static final String TOPIC = "salesforce topic";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Asker asker;
    private final AccessTokens tokens;
    private final URI loginUrl;
    private final Topic topic;
    private final ChannelExam channel;
    private final OrgExam org;
    private final List<String> entities;
    private final String apiVersion;

    public SalesforceExam(
            Outbound outbound,
            AccessTokens tokens,
            URI loginUrl,
            Topic topic,
            List<String> entities,
            String apiVersion,
            Duration timeout) {
        this.asker = new Asker(outbound, timeout);
        this.tokens = tokens;
        this.loginUrl = loginUrl;
        this.topic = topic;
        this.channel = new ChannelExam(asker, topic.channel(), entities, apiVersion);
        this.org = new OrgExam(asker, apiVersion);
        this.entities = List.copyOf(entities);
        this.apiVersion = apiVersion;
    }

    @Override
    public void examine(Findings findings) {
        Optional<Token> token = login(findings);
        clock(findings);
        if (token.isEmpty()) {
            org.skip(findings, "because the login failed");
            findings.skip(TOPIC, "because the login failed");
            entities.forEach(entity -> findings.skip(count(entity), "because the login failed"));
            channel.skip(findings, "because the login failed");
            return;
        }
        org.examine(findings, token.get());
        topic.trouble(token.get())
                .ifPresentOrElse(
                        trouble -> findings.fail(TOPIC, topic.channel() + ": " + trouble),
                        () -> findings.ok(TOPIC, topic.channel() + " can be subscribed to" + channel.provesNoRight()));
        entities.forEach(entity -> count(findings, entity, token.get()));
        channel.examine(findings, token.get());
    }

    private Optional<Token> login(Findings findings) {
        long start = System.nanoTime();
        try {
            Token token = tokens.token();
            if (!PinnedOrg.named(token)) {
                findings.fail(LOGIN, "the " + PinnedOrg.ORG_EXPECTED + " → check salesforce.login-url");
                return Optional.empty();
            }
            findings.ok(
                    LOGIN,
                    "org " + token.orgId() + ", "
                            + Duration.ofNanos(System.nanoTime() - start).toMillis() + " ms");
            return Optional.of(token);
        } catch (TokenUnavailableException e) {
            findings.fail(
                    LOGIN,
                    e.getMessage() + " → check salesforce.login-url, salesforce.client-id and what"
                            + " salesforce.auth needs");
            return Optional.empty();
        }
    }

    /** The list of versions needs no login: a clock that is wrong may be why there is none. */
    private void clock(Findings findings) {
        try {
            Answer answer = asker.get(loginUrl + SalesforceQuery.versions().pathAndQuery(), null);
            findings.clock(CLOCK, answer);
            org.version(findings, answer);
        } catch (IOException e) {
            findings.skip(CLOCK, e.getMessage());
            org.skipVersion(findings, e.getMessage());
        }
    }

    private static String count(String entity) {
        return "salesforce " + entity;
    }

    /** Without the permission a query finds nothing, and no error says why. */
    private void count(Findings findings, String entity, Token token) {
        try {
            Answer answer = ask("SELECT COUNT() FROM " + entity, token);
            if (tookTooLong(answer)) {
                one(findings, entity, token);
            } else if (answer.status() != 200) {
                findings.fail(count(entity), SalesforceAccess.refusal(answer));
            } else {
                seen(findings, entity, JSON.readTree(answer.body()).path("totalSize"));
            }
        } catch (JsonProcessingException e) {
            findings.fail(count(entity), "the answer is not JSON → is a proxy in between?");
        } catch (IOException e) {
            if (e.getCause() instanceof HttpTimeoutException) {
                one(findings, entity, token);
            } else {
                findings.fail(count(entity), e.getMessage());
            }
        }
    }

    private static void seen(Findings findings, String entity, JsonNode total) {
        if (!total.canConvertToLong()) {
            findings.fail(count(entity), "the answer has no totalSize (expected a number) → is a proxy in between?");
        } else if (total.asLong() > 0) {
            findings.ok(count(entity), total.asLong() + " are visible");
        } else {
            findings.fail(
                    count(entity),
                    "none is visible, so that a sweep would find none deleted → give the integration user View All"
                            + " on " + entity);
        }
    }

    /** In a large org it takes Salesforce too long to count. */
    private void one(Findings findings, String entity, Token token) {
        try {
            Answer answer = ask("SELECT Id FROM " + entity + " LIMIT 1", token);
            int seen = answer.status() == 200
                    ? JSON.readTree(answer.body()).path("records").size()
                    : 0;
            findings.warn(
                    count(entity),
                    seen > 0
                            ? "some are visible; how many took Salesforce too long to count"
                            : "not known yet, it took Salesforce too long to count → try again");
        } catch (IOException e) {
            findings.warn(count(entity), "not known yet, it took Salesforce too long to count → try again");
        }
    }

    private Answer ask(String soql, Token token) throws IOException {
        return asker.get(
                token.instanceUrl() + SalesforceQuery.living(apiVersion, soql).pathAndQuery(), token.value());
    }

    private static boolean tookTooLong(Answer answer) {
        return answer.status() != 200 && SalesforceAccess.tookTooLong(answer);
    }
}
