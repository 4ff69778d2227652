package io.recordsync.oauth;

import io.recordsync.network.Outbound;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

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

    private final TokenRequest request;
    private final String host;
    private final Duration deadline;
    private final Duration pause;
    private final Clock clock;

    // All guarded by this.
    private Token token;
    private Instant renewAt;
    private CompletableFuture<Token> fetch;
    private TokenUnavailableException failure;
    private Instant failedAt;

    /** Likewise; an answer may lead to the host that was asked, and to Salesforce's own domains. */
    public AccessTokens(URI tokenUrl, Grant grant, Duration deadline, Outbound outbound) {
        this(tokenUrl, grant, deadline, outbound, Instances.of(tokenUrl, List.of()));
    }

    /** For a token whose answer names no lifetime: 15 minutes; and a second's pause after a failure. */
    public AccessTokens(URI tokenUrl, Grant grant, Duration deadline, Outbound outbound, Instances instances) {
        this(tokenUrl, grant, deadline, DEFAULT_LIFETIME, PAUSE, Clock.systemUTC(), outbound, instances);
    }

    /**
     * @param deadline from the request to the last byte of the answer
     * @param defaultLifetime the life of a token whose answer has no {@code expires_in}
     * @param pause how long after a failure nothing is asked
     * @param instances that an answer may lead to
     */
    public AccessTokens(
            URI tokenUrl,
            Grant grant,
            Duration deadline,
            Duration defaultLifetime,
            Duration pause,
            Clock clock,
            Outbound outbound,
            Instances instances) {
        this.request = new TokenRequest(tokenUrl, grant, deadline, defaultLifetime, outbound, instances);
        this.host = tokenUrl.getHost();
        this.deadline = deadline;
        this.pause = pause;
        this.clock = clock;
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

    /** The clock of the end that grants them. */
    public EndpointClock endpointClock() {
        return request.clock();
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
        var asking = new Thread(() -> ask(now, answer), "token-" + host);
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
            failure = request.failureOf(e);
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
            TokenUnavailableException known = request.failureOf(e.getCause());
            throw new TokenUnavailableException(known.getMessage(), known);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw request.unavailable("the wait for it was interrupted", e);
        }
    }

    private void ask(Instant now, CompletableFuture<Token> answer) {
        try {
            answer.complete(request.send(now));
        } catch (Throwable e) {
            // An Error too: callers would wait for the deadline, and learn nothing.
            answer.completeExceptionally(e);
        }
    }
}
