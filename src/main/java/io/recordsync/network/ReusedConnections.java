package io.recordsync.network;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hc.client5.http.ConnectionKeepAliveStrategy;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.client5.http.impl.DefaultConnectionKeepAliveStrategy;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.util.TimeValue;

/**
 * What is expected of a pooled connection: a firewall may have dropped it in silence, and then nothing ever comes back on it.
 *
 * <p>It is kept for {@link #MAX_IDLE} at most. On one that was used before, the first byte of an answer has to come soon: within
 * {@link #MIN_WAIT}, or a multiple of what the other end has taken of late. Where none comes, no other connection that was open then
 * is used again: the next call gets a new one. Thread-safe.
 */
final class ReusedConnections implements ExecChainHandler {

    /** Less than what firewalls and balancers keep silent connections for. */
    static final TimeValue MAX_IDLE = TimeValue.ofSeconds(20);

    static final Duration MIN_WAIT = Duration.ofSeconds(10);
    private static final int TIMES_AS_LONG = 3;

    private final Duration minWait;
    private final Map<String, AtomicLong> slowest = new ConcurrentHashMap<>();
    /** By {@link System#nanoTime()}; of no meaning unless {@link #distrusting}. */
    private volatile long distrustUntil;

    private volatile boolean distrusting;

    ReusedConnections() {
        this(MIN_WAIT);
    }

    ReusedConnections(Duration minWait) {
        this.minWait = minWait;
    }

    /** What the server asks for, and no more than the bound. */
    static ConnectionKeepAliveStrategy keepAlive() {
        return (answer, context) -> {
            TimeValue asked = DefaultConnectionKeepAliveStrategy.INSTANCE.getKeepAliveDuration(answer, context);
            return TimeValue.isPositive(asked) && asked.compareTo(MAX_IDLE) < 0 ? asked : MAX_IDLE;
        };
    }

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        String host = scope.route.getTargetHost().toHostString();
        // What would be done next, a step early: whether it was used before shows only now.
        if (!scope.execRuntime.isEndpointAcquired()) {
            scope.execRuntime.acquireEndpoint(
                    scope.exchangeId, scope.route, scope.clientContext.getUserToken(), scope.clientContext);
        }
        if (scope.execRuntime.isEndpointConnected() && distrusted()) {
            scope.execRuntime.disconnectEndpoint();
        }
        long begun = System.nanoTime();
        if (!scope.execRuntime.isEndpointConnected()) {
            return noted(host, begun, chain.proceed(request, scope));
        }
        Duration wait = wait(host);
        CompletableFuture<Boolean> frozen =
                new CompletableFuture<Boolean>().completeOnTimeout(true, wait.toMillis(), TimeUnit.MILLISECONDS);
        frozen.thenAccept(isFrozen -> {
            if (isFrozen && scope.originalRequest instanceof Cancellable exchange) {
                exchange.cancel();
            }
        });
        try {
            return noted(host, begun, chain.proceed(request, scope));
        } catch (IOException e) {
            if (frozen.getNow(false)) {
                distrustUntil = System.nanoTime() + MAX_IDLE.toMilliseconds() * 1_000_000;
                distrusting = true;
                throw new FrozenConnectionException(wait);
            }
            throw e;
        } finally {
            frozen.complete(false);
        }
    }

    private boolean distrusted() {
        return distrusting && distrustUntil - System.nanoTime() > 0;
    }

    private Duration wait(String host) {
        AtomicLong nanos = slowest.get(host);
        Duration slow = Duration.ofNanos(nanos == null ? 0 : nanos.get()).multipliedBy(TIMES_AS_LONG);
        return slow.compareTo(minWait) > 0 ? slow : minWait;
    }

    /** The slowest answer is forgotten little by little. */
    private ClassicHttpResponse noted(String host, long begun, ClassicHttpResponse answer) {
        long took = System.nanoTime() - begun;
        slowest.computeIfAbsent(host, unseen -> new AtomicLong())
                .updateAndGet(slow -> Math.max(took, slow - slow / 16));
        return answer;
    }
}
