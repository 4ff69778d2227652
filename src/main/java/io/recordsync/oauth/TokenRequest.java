package io.recordsync.oauth;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recordsync.network.Looks;
import io.recordsync.network.Outbound;
import io.recordsync.network.SingleCalls;
import io.recordsync.network.Target;
import io.recordsync.network.UnreadableAnswerException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The request that a token endpoint gets, what its answer grants, and what each failure means for a person.
 *
 * <p>Thread-safe. Redirects are not followed. No message quotes an answer.
 */
final class TokenRequest {

    /** @param date by the clock of the endpoint, from the answer's Date header; null where that does not say */
    record Granted(Token token, Instant date) {}

    private static final int MAX_BYTES = 64 << 10;
    private static final Pattern ORG_ID = Pattern.compile("/id/([A-Za-z0-9]{18})/");
    private static final Pattern ERROR_CODE = Pattern.compile("[a-z_]{1,60}");
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
            return read(calls.send("POST", tokenUrl, headers, encoded(proof.form())), now);
        } catch (UnreadableAnswerException e) {
            throw foreign(e.status(), e.looks());
        }
    }

    EndpointClock clock() {
        return clock;
    }

    private Grant.Proof proof(Instant now) {
        try {
            return grant.prove(tokenUrl, now);
        } catch (IOException | GeneralSecurityException e) {
            String what = e.getClass().getSimpleName() + ": " + e.getMessage();
            throw refused("the key for the " + grant + " cannot be used (" + what + ")", e);
        }
    }

    private static String encoded(Map<String, String> form) {
        return form.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    private Granted read(SingleCalls.Answer response, Instant asked) {
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
        if (response.status() != 200) {
            String code = answer.path("error").asText();
            String shown = ERROR_CODE.matcher(code).matches() ? " " + code : "";
            String why = "answered " + response.status() + shown + "; " + remedy(response.status(), code);
            throw passes(response.status()) ? unavailable(why, null) : refused(why, null);
        }
        String value = answer.path("access_token").asText();
        if (value.isBlank()) {
            throw refused("answered 200 without an access_token; check that the URL is the token endpoint", null);
        }
        clock.hear(response.date().orElse(null));
        long seconds = answer.path("expires_in").asLong();
        Instant expiresAt = asked.plus(seconds > 0 ? Duration.ofSeconds(seconds) : defaultLifetime);
        Matcher orgId = ORG_ID.matcher(answer.path("id").asText());
        Token token = new Token(
                value,
                expiresAt,
                instance(answer.path("instance_url").asText(null)),
                orgId.find() ? orgId.group(1) : null,
                answer.path("scope").asText(null));
        return new Granted(token, date(response));
    }

    /** Null where it is missing or not readable. */
    private static Instant date(SingleCalls.Answer response) {
        try {
            return DateTimeFormatter.RFC_1123_DATE_TIME.parse(response.date().orElse(""), Instant::from);
        } catch (DateTimeException e) {
            return null;
        }
    }

    private TokenUnavailableException foreign(int status, String looks) {
        String why = "answered " + status + " with " + looks
                + ", which is not a token endpoint's; check the URL, and whether a proxy or firewall is in between";
        return passes(status) ? unavailable(why, null) : refused(why, null);
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
            return JSON.readTree(body);
        } catch (JsonProcessingException e) {
            // Not passed on: its message may quote the body.
            return JSON.missingNode();
        }
    }

    private String remedy(int status, String code) {
        return switch (code) {
            case "invalid_client", "invalid_client_id", "invalid_client_credentials" -> "check the " + grant;
            case "invalid_grant", "invalid_app_access" -> "check the " + grant
                    + ", and that the app knows the certificate and lets the user in";
            case "invalid_scope" -> "check the scope";
            case "unauthorized_client", "unsupported_grant_type" -> "allow this flow (" + grant + ") for the client";
            default -> {
                if (passes(status)) {
                    yield "it is asked again";
                }
                yield status == 400 || status == 401 || status == 403
                        ? "check the " + grant + " (a scope that was just granted takes minutes)"
                        : "check that the URL is the token endpoint";
            }
        };
    }

    private static boolean passes(int status) {
        return status == 429 || status >= 500;
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
