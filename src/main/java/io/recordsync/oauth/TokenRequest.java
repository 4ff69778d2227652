package io.recordsync.oauth;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recordsync.network.HttpDate;
import io.recordsync.network.Looks;
import io.recordsync.network.Outbound;
import io.recordsync.network.RetryAfter;
import io.recordsync.network.SingleCalls;
import io.recordsync.network.Target;
import io.recordsync.network.UnreadableAnswerException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The request that a token endpoint gets, what its answer grants, and what each failure means for a person.
 *
 * <p>Thread-safe. Redirects are not followed. Of an answer a message quotes what it says of its error, and nothing of the request.
 */
final class TokenRequest {

    /** @param date by the clock of the endpoint, from the answer's Date header; null where that does not say */
    record Granted(Token token, Instant date) {}

    private static final int MAX_BYTES = 64 << 10;
    private static final Pattern ORG_ID = Pattern.compile("/id/([A-Za-z0-9]{18})/");
    /** Of Salesforce's scopes, those that let call the API. */
    private static final Set<String> API_SCOPES = Set.of("api", "full");

    private static final ObjectMapper JSON = new ObjectMapper();

    private final URI tokenUrl;
    private final Grant grant;
    private final Duration deadline;
    private final Duration defaultLifetime;
    private final Outbound outbound;
    private final Instances instances;
    private final SingleCalls calls;
    private final EndpointClock clock = new EndpointClock();

    /**
     * @param deadline from the request to the last byte of the answer; the caller keeps it
     * @param defaultLifetime of a token whose answer has no {@code expires_in}
     * @param instances that the answer may lead to
     */
    TokenRequest(
            URI tokenUrl,
            Grant grant,
            Duration deadline,
            Duration defaultLifetime,
            Outbound outbound,
            Instances instances) {
        this.tokenUrl = tokenUrl;
        this.grant = grant;
        this.deadline = deadline;
        this.defaultLifetime = defaultLifetime;
        this.outbound = outbound;
        this.instances = instances;
        this.calls = new SingleCalls(outbound, deadline, MAX_BYTES);
    }

    /** Asks once. Waits without a limit of its own: resolving the name and reading the key file have no timeout. */
    Granted send(Instant now) throws IOException {
        // First: a proof of it would be made in vain.
        outbound.checkProxy(tokenUrl.getHost());
        Grant.Proof proof = proof(now);
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", "application/x-www-form-urlencoded");
        headers.put("Accept", "application/json");
        if (proof.authorization() != null) {
            headers.put("Authorization", proof.authorization());
        }
        try {
            SingleCalls.Answer answer = calls.send("POST", tokenUrl, headers, encoded(proof.form()));
            try {
                return read(answer, proof, now);
            } catch (TokenUnavailableException e) {
                throw heeding(answer, e, now);
            }
        } catch (UnreadableAnswerException e) {
            throw foreign(e.status(), e.looks());
        }
    }

    private static TokenUnavailableException heeding(
            SingleCalls.Answer answer, TokenUnavailableException failure, Instant now) {
        return RetryAfter.asked(answer.retryAfter().orElse(null), answer.date().orElse(null), now)
                .map(failure::retryAfter)
                .orElse(failure);
    }

    EndpointClock clock() {
        return clock;
    }

    private Grant.Proof proof(Instant now) {
        try {
            return grant.prove(tokenUrl, now);
        } catch (IOException | GeneralSecurityException e) {
            throw refused("the key for the " + grant + " cannot be used (" + e.getMessage() + ")", e);
        }
    }

    private static String encoded(Map<String, String> form) {
        return form.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    private Granted read(SingleCalls.Answer response, Grant.Proof proof, Instant asked) {
        JsonNode answer = json(response.body());
        if (!answer.isObject()
                && (!response.body().isBlank() || response.location().isPresent())) {
            throw foreign(
                    response.status(),
                    Looks.of(
                            response.status(),
                            response.contentType().orElse(null),
                            response.location().orElse(null),
                            response.body()));
        }
        boolean error = answer.path("error").isTextual() && !answer.has("access_token");
        if (response.status() != 200 || error) {
            LoginRefusal refusal = LoginRefusal.of(response.status(), answer, grant, proof);
            throw refusal.passes() ? unavailable(refusal.words(), null) : refused(refusal.words(), null);
        }
        String value = TokenFields.accessToken(answer).orElseThrow(() -> noToken(answer));
        String scope = TokenFields.scope(answer);
        String instance = TokenFields.text(answer, "instance_url");
        // Of the two, Salesforce names one.
        if (!instance.isEmpty() && scope != null) {
            requireApi(scope);
        }
        clock.hear(response.date().orElse(null));
        Matcher orgId = ORG_ID.matcher(TokenFields.text(answer, "id"));
        Token token = new Token(
                value,
                asked.plus(TokenFields.life(answer, defaultLifetime)),
                instance(instance),
                orgId.find() ? orgId.group(1) : null,
                scope);
        return new Granted(token, HttpDate.read(response.date().orElse(null)).orElse(null));
    }

    private TokenUnavailableException noToken(JsonNode answer) {
        JsonNode given = answer.path("access_token");
        boolean absent = given.isMissingNode() || given.isNull();
        return refused(
                absent
                        ? "answered 200 without an access_token; check that the URL is the token endpoint"
                        : "answered 200 with an access_token that cannot be one (expected a text of printable characters"
                                + " without blanks); check that the URL is the token endpoint",
                null);
    }

    /** Salesforce grants a token that no API takes: each call with it would be refused, and each login after that be in vain. */
    private void requireApi(String scope) {
        List<String> granted = List.of(scope.toLowerCase(Locale.ROOT).split(" "));
        if (granted.stream().noneMatch(API_SCOPES::contains)) {
            throw refused(
                    "answered 200 with a token of the scope " + Looks.said(scope)
                            + ", which no API takes (expected api or"
                            + " full among them); add the OAuth scope \"Manage user data via APIs (api)\" to the app",
                    null);
        }
    }

    private TokenUnavailableException foreign(int status, String looks) {
        String why = "answered " + status + " with " + looks
                + ", which is not a token endpoint's; check the URL, and whether a proxy or firewall is in between";
        return LoginRefusal.passes(status) ? unavailable(why, null) : refused(why, null);
    }

    private String instance(String named) {
        try {
            return instances.read(named);
        } catch (IllegalArgumentException e) {
            throw refused(e.getMessage(), null);
        }
    }

    private static JsonNode json(String body) {
        if (body.isBlank()) {
            return JSON.missingNode();
        }
        try {
            // Some write a byte order mark before it.
            return JSON.readTree(body.startsWith("\uFEFF") ? body.substring(1) : body);
        } catch (JsonProcessingException e) {
            // Not passed on: its message may quote the body.
            return JSON.missingNode();
        }
    }

    /** What a failure of {@link #send}, or the end of the deadline, means. */
    TokenUnavailableException failureOf(Throwable e) {
        if (e instanceof TokenUnavailableException known) {
            return known;
        }
        if (e instanceof TimeoutException) {
            return unavailable("no complete answer within " + deadline.toMillis() + " ms; it is asked again", e);
        }
        Optional<String> network = outbound.explain(Target.of(tokenUrl), e);
        if (network.isPresent()) {
            return unavailable(network.get(), e);
        }
        if (e instanceof IOException) {
            return unavailable("not reached (" + rootOf(e).getClass().getSimpleName() + "); it is asked again", e);
        }
        return unavailable("the request could not be made (" + e.getClass().getSimpleName() + ")", e);
    }

    private static Throwable rootOf(Throwable e) {
        return e.getCause() == null ? e : rootOf(e.getCause());
    }

    TokenUnavailableException unavailable(String why, Throwable cause) {
        return new TokenUnavailableException(words(why), cause);
    }

    private TokenUnavailableException refused(String why, Throwable cause) {
        return new TokenUnavailableException(words(why), cause, true);
    }

    private String words(String why) {
        return "No access token from " + tokenUrl.getHost() + ": " + why;
    }
}
