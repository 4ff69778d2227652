package io.recordsync.salesforce;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.recordsync.doctor.Answer;
import io.recordsync.doctor.Asker;
import io.recordsync.doctor.Findings;
import io.recordsync.oauth.Token;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Checks the org itself: whether it serves {@code salesforce.api-version}, whether it is a sandbox, and what is left of its daily
 * allocation of events.
 *
 * <p>Only users with View Setup and Configuration are told the last; a refusal, or an answer without it, is a check that was skipped.
 */
final class OrgExam {

    private static final String API = "salesforce api";
    private static final String ORG = "salesforce org";
    private static final String EVENTS = "salesforce events";
    private static final Pattern VERSION = Pattern.compile("\\d{1,3}\\.\\d");
    /** Below this part of the allocation a day with more edits than usual ends the subscription. */
    private static final int LOW_PERCENT = 10;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Asker asker;
    private final String apiVersion;

    OrgExam(Asker asker, String apiVersion) {
        this.asker = asker;
        this.apiVersion = apiVersion;
    }

    /** @param answer the list of versions, which needs no login */
    void version(Findings findings, Answer answer) {
        List<String> served = new ArrayList<>();
        try {
            for (JsonNode each : JSON.readTree(answer.body())) {
                String version = each.path("version").asText();
                if (VERSION.matcher(version).matches()) {
                    served.add(version);
                }
            }
        } catch (JsonProcessingException e) {
            served.clear();
        }
        if (answer.status() != 200 || served.isEmpty()) {
            findings.skip(API, "which versions are served is not to be seen: the answer is " + answer.looks());
            return;
        }
        served.sort(Comparator.comparing(BigDecimal::new));
        String newest = served.get(served.size() - 1);
        if (served.contains(apiVersion)) {
            findings.ok(API, "v%s is served (the newest is v%s)".formatted(apiVersion, newest));
        } else {
            findings.fail(
                    API,
                    "v%s is not served (v%s to v%s are), so that no sweep can ask → set salesforce.api-version = %s"
                            .formatted(apiVersion, served.get(0), newest, newest));
        }
    }

    void skipVersion(Findings findings, String why) {
        findings.skip(API, why);
    }

    void skip(Findings findings, String why) {
        findings.skip(ORG, why);
        findings.skip(EVENTS, why);
    }

    void examine(Findings findings, Token token) {
        organization(findings, token);
        allocation(findings, token);
    }

    private void organization(Findings findings, Token token) {
        String soql = "SELECT IsSandbox FROM Organization";
        try {
            Answer answer = ask(SalesforceQuery.living(apiVersion, soql), token);
            JsonNode sandbox = answer.status() == 200
                    ? JSON.readTree(answer.body()).at("/records/0/IsSandbox")
                    : MissingNode.getInstance();
            if (!sandbox.isBoolean()) {
                findings.skip(ORG, "whether it is a sandbox is not to be seen (" + words(answer) + ")");
            } else if (sandbox.asBoolean()) {
                findings.warn(
                        ORG,
                        "a sandbox, whose records may have the ids of production's: what is deleted there leaves these record"
                                + " lists → right only where the lists are a test's too");
            } else {
                findings.ok(ORG, "production, no sandbox");
            }
        } catch (IOException e) {
            findings.skip(ORG, "whether it is a sandbox is not to be seen (" + reason(e) + ")");
        }
    }

    private void allocation(Findings findings, Token token) {
        try {
            Answer answer = ask(SalesforceQuery.limits(apiVersion), token);
            if (answer.status() != 200) {
                findings.skip(
                        EVENTS,
                        "what is left of the daily allocation is not to be seen (%s) → give the integration user View Setup and"
                                        .formatted(SalesforceAccess.refusalAlone(answer))
                                + " Configuration for it, or look in Setup: System Overview");
                return;
            }
            JsonNode limit = JSON.readTree(answer.body()).path("DailyDeliveredPlatformEvents");
            if (!limit.path("Max").canConvertToLong()
                    || !limit.path("Remaining").canConvertToLong()) {
                findings.skip(EVENTS, "Salesforce's limits do not tell the daily allocation of this org");
                return;
            }
            judge(findings, limit.path("Max").asLong(), limit.path("Remaining").asLong());
        } catch (IOException e) {
            findings.skip(EVENTS, "what is left of the daily allocation is not to be seen (" + reason(e) + ")");
        }
    }

    private static void judge(Findings findings, long max, long remaining) {
        String left = "%s of %s deliveries of the last 24 hours are left".formatted(Math.max(0, remaining), max);
        if (max > 0 && remaining * 100 < max * LOW_PERCENT) {
            findings.warn(
                    EVENTS,
                    left
                            + "; without any the subscription ends, and events wait for 72 hours → subscribe to a channel that"
                            + " leaves edits out (ops/salesforce), or buy more");
        } else {
            findings.ok(EVENTS, left);
        }
    }

    private Answer ask(SalesforceQuery question, Token token) throws IOException {
        return asker.get(token.instanceUrl() + question.pathAndQuery(), token.value());
    }

    private static String words(Answer answer) {
        return answer.status() == 200 ? "the answer is " + answer.looks() : SalesforceAccess.refusalAlone(answer);
    }

    /** The message of a parser would show the body. */
    private static String reason(IOException e) {
        return e instanceof JsonProcessingException ? "the answer is not JSON; is a proxy in between?" : e.getMessage();
    }
}
