package io.recordsync.oauth;

import io.recordsync.network.Outbound;
import io.recordsync.oauth.TokenRequest.Granted;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The access token of one end, fetched when first needed and renewed before it ends.
 *
 * <p>May be called from any thread. Concurrent callers cause one request and none waits longer than the deadline,
 * whatever the token endpoint does. From 80 % of its life on a token is renewed in the background, and served until it
 * ends even if that fails. After a failure nobody asks again for the length of the pause, so that a wrong secret does not
 * lock the client out: callers without a token get the same failure meanwhile. The pause doubles while one refusal follows another
 * in the same words, up to a minute, and is as long as the endpoint's {@code Retry-After} says, up to five. A wall clock that is
 * set changes none of this: lives and pauses are measured by the monotonic one. Redirects are not followed.
 */
public final class AccessTokens {

    private static final Duration DEFAULT_LIFETIME = Duration.ofMinutes(15);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration MAX_PAUSE = Duration.ofMinutes(1);

    private final TokenRequest request;
    private final String host;
    private final Duration deadline;
    private final Duration pause;
    private final Clock clock;
    private final LongSupplier nanoTime;

    // All guarded by this.
    private Token token;
    /** By {@link #nanoTime}, as all times here. */
    private long endsAt;

    private long renewAt;
    /** The endpoint's time at its last answer; null until it has said one. */
    private Instant date;

    private long datedAt;
    private CompletableFuture<Token> fetch;
    private TokenUnavailableException failure;
    private long failedAt;
    /** Of our own, after the failure. */
    private Duration backoff = Duration.ZERO;

    /** From the failure on. */
    private Duration rest = Duration.ZERO;

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
        this(tokenUrl, grant, deadline, defaultLifetime, pause, clock, System::nanoTime, outbound, instances);
    }

    /**
     * Likewise.
     *
     * @param clock for what a proof says of the time
     * @param nanoTime as {@link System#nanoTime()}
     */
    AccessTokens(
            URI tokenUrl,
            Grant grant,
            Duration deadline,
            Duration defaultLifetime,
            Duration pause,
            Clock clock,
            LongSupplier nanoTime,
            Outbound outbound,
            Instances instances) {
        this.request = new TokenRequest(tokenUrl, grant, deadline, defaultLifetime, outbound, instances);
        this.host = tokenUrl.getHost();
        this.deadline = deadline;
        this.pause = pause;
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    /**
     * A token that has not ended.
     *
     * @throws TokenUnavailableException when there is none; another call may get one
     */
    public Token token() {
        CompletableFuture<Token> awaited;
        synchronized (this) {
            long now = nanoTime.getAsLong();
            boolean usable = token != null && now - endsAt < 0;
            if (usable && now - renewAt < 0) {
                return token;
            }
            boolean paused = failure != null && now - failedAt < rest.toNanos();
            if (fetch == null && !paused) {
                startFetch(now);
            }
            if (usable) {
                return token;
            }
            if (fetch == null) {
                throw failure.again();
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

    /**
     * What time it is by the endpoint's clock, from the Date of its last answer on by the monotonic one; empty until it has
     * said one. It may be behind, by what the answer was on its way and a machine was asleep, and is not ahead.
     */
    public synchronized Optional<Instant> serverTime() {
        return Optional.ofNullable(date).map(said -> said.plusNanos(nanoTime.getAsLong() - datedAt));
    }

    private void startFetch(long now) {
        Instant asked = clock.instant();
        var answer = new CompletableFuture<Granted>();
        // A thread of its own, not the caller's: resolving the name and reading the key file have no timeout.
        var asking = new Thread(() -> ask(asked, answer), "token-" + host);
        asking.setDaemon(true);
        fetch = answer.orTimeout(deadline.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((granted, e) -> {
                    asking.interrupt();
                    remember(now, asked, granted, e);
                })
                .thenApply(Granted::token);
        asking.start();
    }

    private synchronized void remember(long begun, Instant asked, Granted granted, Throwable e) {
        fetch = null;
        if (granted == null) {
            TokenUnavailableException now = request.failureOf(e);
            boolean again = failure != null && now.refused() && now.getMessage().equals(failure.getMessage());
            backoff = again ? min(backoff.multipliedBy(2), MAX_PAUSE) : pause;
            rest = max(backoff, now.retryAfter());
            failure = now;
            failedAt = nanoTime.getAsLong();
            return;
        }
        failure = null;
        token = granted.token();
        long life = Duration.between(asked, token.expiresAt()).toNanos();
        endsAt = begun + life;
        renewAt = begun + life / 10 * 8;
        if (granted.date() != null) {
            date = granted.date();
            datedAt = nanoTime.getAsLong();
        }
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static Duration max(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? other : one;
    }

    private Token await(CompletableFuture<Token> awaited) {
        try {
            return awaited.get();
        } catch (ExecutionException e) {
            throw request.failureOf(e.getCause()).again();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw request.unavailable("the wait for it was interrupted", e);
        }
    }

    private void ask(Instant now, CompletableFuture<Granted> answer) {
        try {
            answer.complete(request.send(now));
        } catch (Throwable e) {
            // An Error too: callers would wait for the deadline, and learn nothing.
            answer.completeExceptionally(e);
        }
    }
}
