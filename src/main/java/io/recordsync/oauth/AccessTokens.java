package io.recordsync.oauth;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recordsync.network.Outbound;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The access token of one end, fetched when first needed and renewed before it ends.
 *
 * <p>May be called from any thread. Concurrent callers cause one request and none waits longer than the deadline,
 * whatever the token endpoint does. From 80 % of its life on a token is renewed in the background, and served until it
 * ends even if that fails. After a failure nobody asks again for the length of the pause, so that a wrong secret does not
 * lock the client out: callers without a token get the same failure meanwhile. Redirects are not followed.
 */
public final class AccessTokens {

    private static final Duration DEFAULT_LIFETIME = Duration.ofMinutes(15);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Pattern ORG_ID = Pattern.compile("/id/([A-Za-z0-9]{18})/");
    private static final Pattern ERROR_CODE = Pattern.compile("[a-z_]{1,60}");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final URI tokenUrl;
    private final Grant grant;
    private final Duration defaultLifetime;
    private final Duration deadline;
    private final Duration pause;
    private final Clock clock;
    private final Outbound outbound;
    private final HttpClient http;

    // All guarded by this.
    private Token token;
    private Instant renewAt;
    private CompletableFuture<Token> fetch;
    private TokenUnavailableException failure;
    private Instant failedAt;

    /** For a token whose answer names no lifetime: 15 minutes; and a second's pause after a failure. */
    public AccessTokens(String tokenUrl, Grant grant, Duration deadline, Outbound outbound) {
        this(tokenUrl, grant, deadline, DEFAULT_LIFETIME, PAUSE, Clock.systemUTC(), outbound);
    }

    /**
     * @param deadline from the request to the last byte of the answer
     * @param defaultLifetime the life of a token whose answer has no {@code expires_in}
     * @param pause how long after a failure nothing is asked
     */
    public AccessTokens(
            String tokenUrl,
            Grant grant,
            Duration deadline,
            Duration defaultLifetime,
            Duration pause,
            Clock clock,
            Outbound outbound) {
        this.tokenUrl = URI.create(tokenUrl);
        this.grant = grant;
        this.deadline = deadline;
        this.defaultLifetime = defaultLifetime;
        this.pause = pause;
        this.clock = clock;
        this.outbound = outbound;
        this.http = outbound.httpClient().connectTimeout(deadline).build();
    }

    /**
     * A token that has not ended.
     *
     * @throws TokenUnavailableException when there is none; another call may get one
     */
    public Token token() {
        CompletableFuture<Token> awaited;
        synchronized (this) {
            Instant now = clock.instant();
            boolean usable = token != null && now.isBefore(token.expiresAt());
            if (usable && now.isBefore(renewAt)) {
                return token;
            }
            boolean paused = failure != null && now.isBefore(failedAt.plus(pause));
            if (fetch == null && !paused) {
                startFetch(now);
            }
            if (usable) {
                return token;
            }
            if (fetch == null) {
                throw new TokenUnavailableException(failure.getMessage(), failure);
            }
            awaited = fetch;
        }
        return await(awaited);
    }

    /** Why no token is granted, where only a person can fix that; empty once one is granted, or before the first request. */
    public synchronized Optional<String> refusal() {
        return Optional.ofNullable(failure)
                .filter(TokenUnavailableException::refused)
                .map(TokenUnavailableException::getMessage);
    }

    /** The token alone, for a route. */
    public String value() {
        return token().value();
    }

    /**
     * Forgets the token that was refused, but not a newer one that another caller has fetched since.
     *
     * @param value of the token that was answered with 401, without {@code Bearer}
     */
    public synchronized void drop(String value) {
        if (token != null && token.value().equals(value)) {
            token = null;
        }
    }

    private void startFetch(Instant now) {
        var answer = new CompletableFuture<Token>();
        // A thread of its own, not the caller's: resolving the name and reading the key file have no timeout.
        var asking = new Thread(() -> ask(now, answer), "token-" + tokenUrl.getHost());
        asking.setDaemon(true);
        fetch = answer.orTimeout(deadline.toMillis(), TimeUnit.MILLISECONDS).whenComplete((granted, e) -> {
            asking.interrupt();
            remember(now, granted, e);
        });
        asking.start();
    }

    private synchronized void remember(Instant asked, Token granted, Throwable e) {
        fetch = null;
        if (granted == null) {
            failure = failureOf(e);
            failedAt = clock.instant();
            return;
        }
        failure = null;
        token = granted;
        renewAt = asked.plus(
                Duration.between(asked, granted.expiresAt()).multipliedBy(8).dividedBy(10));
    }

    private Token await(CompletableFuture<Token> awaited) {
        try {
            return awaited.get();
        } catch (ExecutionException e) {
            TokenUnavailableException known = failureOf(e.getCause());
            throw new TokenUnavailableException(known.getMessage(), known);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable("the wait for it was interrupted", e);
        }
    }

    // ---- one request, on its own thread

    private void ask(Instant now, CompletableFuture<Token> answer) {
        try {
            Grant.Proof proof = proof(now);
            HttpRequest.Builder request = outbound.request(tokenUrl)
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .header("Accept", "application/json")
                    .POST(BodyPublishers.ofString(encoded(proof.form())));
            if (proof.authorization() != null) {
                request.header("Authorization", proof.authorization());
            }
            answer.complete(read(http.send(request.build(), BodyHandlers.ofString()), now));
        } catch (Exception e) {
            answer.completeExceptionally(e);
        }
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

    private Token read(HttpResponse<String> response, Instant asked) {
        if (response.statusCode() == 407) {
            throw unavailable(outbound.refused(tokenUrl.getHost(), 407), null);
        }
        JsonNode answer = json(response.body());
        if (response.statusCode() != 200) {
            String code = answer.path("error").asText();
            String shown = ERROR_CODE.matcher(code).matches() ? " " + code : "";
            String why = "answered " + response.statusCode() + shown + "; " + remedy(response.statusCode(), code);
            throw passes(response.statusCode()) ? unavailable(why, null) : refused(why, null);
        }
        String value = answer.path("access_token").asText();
        if (value.isBlank()) {
            throw refused("answered 200 without an access_token; check that the URL is the token endpoint", null);
        }
        long seconds = answer.path("expires_in").asLong();
        Instant expiresAt = asked.plus(seconds > 0 ? Duration.ofSeconds(seconds) : defaultLifetime);
        Matcher orgId = ORG_ID.matcher(answer.path("id").asText());
        return new Token(
                value,
                expiresAt,
                answer.path("instance_url").asText(null),
                orgId.find() ? orgId.group(1) : null,
                answer.path("scope").asText(null));
    }

    private static JsonNode json(String body) {
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

    // ---- failures

    private TokenUnavailableException failureOf(Throwable e) {
        if (e instanceof TokenUnavailableException known) {
            return known;
        }
        if (e instanceof TimeoutException) {
            return unavailable("no complete answer within " + deadline.toMillis() + " ms; it is asked again", e);
        }
        Optional<String> network = outbound.explain(tokenUrl.getHost(), e);
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

    private TokenUnavailableException unavailable(String why, Throwable cause) {
        return new TokenUnavailableException(words(why), cause);
    }

    private TokenUnavailableException refused(String why, Throwable cause) {
        return new TokenUnavailableException(words(why), cause, true);
    }

    private String words(String why) {
        return "No access token from " + tokenUrl.getHost() + ": " + why;
    }
}
