package io.recordsync.ops.api;

import io.vertx.core.Context;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.apache.camel.Processor;
import org.apache.camel.component.platform.http.vertx.HttpMessage;

/**
 * The requests that may all be waiting for a database: so many are served at one time, the others wait their turn without a thread.
 *
 * <p>What is left of the threads is for those that never wait long. A request whose caller has gone counts until its thread is free
 * again. Thread-safe.
 */
final class Bulkhead {

    private final int limit;
    /** All guarded by this. */
    private final Deque<Turn> waiting = new ArrayDeque<>();

    private final Map<HttpServerRequest, Turn> inside = new HashMap<>();

    Bulkhead(int limit) {
        this.limit = limit;
    }

    /** Once the request was read: it goes on when it is its turn. */
    void enter(RoutingContext context) {
        Turn turn = new Turn(context, context.vertx().getOrCreateContext());
        synchronized (this) {
            waiting.add(turn);
        }
        context.addEndHandler(answered -> answered(turn));
        letIn();
    }

    /** What serves those that were let in. */
    Processor within(Processor processor) {
        return exchange -> {
            HttpServerRequest request = exchange.getMessage(HttpMessage.class).getRequest();
            begin(request);
            try {
                processor.process(exchange);
            } finally {
                end(request);
            }
        };
    }

    /** A thread is at it. */
    synchronized void begin(HttpServerRequest request) {
        Turn turn = inside.get(request);
        if (turn != null) {
            turn.working = true;
        }
    }

    /** That thread is free. */
    void end(HttpServerRequest request) {
        synchronized (this) {
            Turn turn = inside.get(request);
            if (turn != null) {
                turn.working = false;
                leave(turn);
            }
        }
        letIn();
    }

    private void answered(Turn turn) {
        synchronized (this) {
            turn.answered = true;
            waiting.remove(turn);
            leave(turn);
        }
        letIn();
    }

    private void leave(Turn turn) {
        if (turn.answered && !turn.working) {
            inside.remove(turn.request.request());
        }
    }

    private void letIn() {
        for (Turn next = next(); next != null; next = next()) {
            next.goOn();
        }
    }

    private synchronized Turn next() {
        if (waiting.isEmpty() || inside.size() >= limit) {
            return null;
        }
        Turn next = waiting.poll();
        inside.put(next.request.request(), next);
        return next;
    }

    /** A request that came. */
    private static final class Turn {

        private final RoutingContext request;
        private final Context loop;
        private boolean working;
        private boolean answered;

        Turn(RoutingContext request, Context loop) {
            this.request = request;
            this.loop = loop;
        }

        void goOn() {
            loop.runOnContext(turn -> request.next());
        }
    }
}
