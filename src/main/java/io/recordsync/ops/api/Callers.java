package io.recordsync.ops.api;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The connections of the HTTP server, and what bounds them: how many there are, how long one may be open without a request that
 * is being served, and how long the body of a request may take.
 *
 * <p>Where there are too many, the eldest that serves nothing gives way, so that callers who never ask for anything shut nobody
 * out. A request whose body was not read to its end is the last one of its connection. Thread-safe.
 */
final class Callers {

    static final Bounds BOUNDS = new Bounds(300, Duration.ofSeconds(60), Duration.ofSeconds(30));
    /** A connection that is closed with something unread is reset, and the answer may be lost: what comes is dropped for a moment. */
    private static final Duration LINGER = Duration.ofMillis(200);

    private final Vertx vertx;
    private final Bounds bounds;
    /** Guarded by this; the eldest first. */
    private final Map<HttpConnection, Caller> callers = new LinkedHashMap<>();

    /**
     * @param connections open at one time
     * @param silence of a connection on which no request is served
     * @param bodyTime from the head of a request to the end of its body
     */
    record Bounds(int connections, Duration silence, Duration bodyTime) {}

    private static final class Caller {
        private int served;
        private long silentSince = System.nanoTime();
    }

    Callers(Vertx vertx, Bounds bounds) {
        this.vertx = vertx;
        this.bounds = bounds;
        vertx.setPeriodic(bounds.silence().dividedBy(12).toMillis(), timer -> closeSilent());
    }

    /** A new connection. */
    void connected(HttpConnection connection) {
        connection.closeHandler(closed -> forget(connection));
        boolean full;
        Optional<HttpConnection> eldest;
        synchronized (this) {
            full = callers.size() >= bounds.connections();
            eldest = full
                    ? callers.entrySet().stream()
                            .filter(each -> each.getValue().served == 0)
                            .map(Map.Entry::getKey)
                            .findFirst()
                    : Optional.empty();
            if (full && eldest.isEmpty()) {
                connection.close();
                return;
            }
            eldest.ifPresent(callers::remove);
            callers.put(connection, new Caller());
        }
        eldest.ifPresent(HttpConnection::close);
    }

    private synchronized void forget(HttpConnection connection) {
        callers.remove(connection);
    }

    private void closeSilent() {
        long now = System.nanoTime();
        List<HttpConnection> silent;
        synchronized (this) {
            silent = callers.entrySet().stream()
                    .filter(each -> each.getValue().served == 0
                            && now - each.getValue().silentSince
                                    > bounds.silence().toNanos())
                    .map(Map.Entry::getKey)
                    .toList();
        }
        silent.forEach(HttpConnection::close);
    }

    /** Of every request, before anything else: once it is answered, what is left of its body ends the connection. */
    void begin(RoutingContext context) {
        HttpServerRequest request = context.request();
        context.addEndHandler(answered -> {
            if (!request.isEnded()) {
                request.handler(dropped -> {}).resume();
                vertx.setTimer(LINGER.toMillis(), timer -> {
                    if (!request.isEnded()) {
                        request.connection().close();
                    }
                });
            }
        });
        context.next();
    }

    /** Of a request that may come in: its connection gives way to no other one until it is answered. */
    void serve(RoutingContext context) {
        HttpConnection connection = context.request().connection();
        count(connection, 1);
        context.addEndHandler(answered -> count(connection, -1));
        context.next();
    }

    private synchronized void count(HttpConnection connection, int requests) {
        Caller caller = callers.get(connection);
        if (caller != null) {
            caller.served += requests;
            caller.silentSince = System.nanoTime();
        }
    }

    /** Reads a body that has only so much time to come. */
    Handler<RoutingContext> within(Handler<RoutingContext> bodies) {
        return context -> {
            HttpServerRequest request = context.request();
            long timer = vertx.setTimer(bounds.bodyTime().toMillis(), late -> {
                if (!request.isEnded() && !request.response().ended()) {
                    ProblemAnswer.write(
                            Refusal.of(
                                    408,
                                    "The body did not come within %d s; nothing was changed"
                                            .formatted(bounds.bodyTime().toSeconds())),
                            request.response());
                }
            });
            context.addEndHandler(answered -> vertx.cancelTimer(timer));
            bodies.handle(context);
        };
    }
}
