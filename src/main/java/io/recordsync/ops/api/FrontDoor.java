package io.recordsync.ops.api;

import io.recordsync.config.OpsSettings;
import io.recordsync.inbox.WrittenOrders;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.apache.camel.Exchange;
import org.apache.camel.component.platform.http.vertx.HttpMessage;

/**
 * The one place through which every request for the page and the API comes in: it asks the {@link AccessRule} and takes
 * over what the routes need.
 *
 * <p>The server asks it before any of a request's body is read, so that no route is open by mistake; each route asks it again for
 * what it needs. {@link #admit} sets the exchange properties {@code user} (for the log), {@code query} (a map of the query parameters, each given once)
 * {@code path}, {@code accept} (the header of that name), and {@code lastSegment} of it. An order whose {@code Idempotency-Key} was seen before is answered here, and its
 * route does not go on. Every header is removed: Camel mixes query parameters among them and would send
 * all of them back, so that {@code ?Set-Cookie=…} became a header of the answer.
 */
public final class FrontDoor {

    private static final String KEY = "Idempotency-Key";

    private final AccessRule rule;
    private final OrderKeys keys;
    private final WrongPasswords wrongPasswords = new WrongPasswords(System::nanoTime);

    /** Of the server, where no order is carried out. */
    FrontDoor(OpsSettings settings) {
        this(settings, null);
    }

    /** @param orders where orders that bear a key are written down */
    public FrontDoor(OpsSettings settings, WrittenOrders orders) {
        keys = new OrderKeys(orders);
        rule = new AccessRule(
                settings.host(), settings.user(), settings.password().value(), settings.allowedHosts());
    }

    /**
     * Of the server: lets a request go on, or answers it, at once but for a wrong password. Runs on the event loop, which it
     * never holds up.
     */
    void guard(RoutingContext context) {
        HttpServerRequest request = context.request();
        // Set at the response itself: Camel's filter drops Cache-Control from a message.
        request.response().putHeader("Cache-Control", "no-store").putHeader("X-Content-Type-Options", "nosniff");
        try {
            user(request);
        } catch (Refusal refusal) {
            refuse(context, refusal);
            return;
        }
        context.next();
    }

    private void refuse(RoutingContext context, Refusal refusal) {
        HttpServerRequest request = context.request();
        // A browser asks without a password first.
        if (refusal.status() != 401 || !request.headers().contains("Authorization")) {
            ProblemAnswer.write(refusal, request.response());
            return;
        }
        request.pause();
        Duration delay = wrongPasswords.add(request.remoteAddress().hostAddress());
        context.vertx().setTimer(delay.toMillis(), timer -> {
            if (!request.response().closed()) {
                ProblemAnswer.write(refusal, request.response());
            }
        });
    }

    /** Of a route. */
    public void admit(Exchange exchange) {
        HttpServerRequest request = exchange.getMessage(HttpMessage.class).getRequest();
        exchange.getMessage().removeHeaders("*");
        String user = user(request);
        exchange.setProperty("user", user);
        exchange.setProperty("accept", String.join(",", request.headers().getAll("Accept")));
        exchange.setProperty("path", request.path());
        exchange.setProperty("query", query(request));
        exchange.setProperty(
                "lastSegment", request.path().substring(request.path().lastIndexOf('/') + 1));
        keys.admit(exchange, request, request.headers().getAll(KEY), user);
    }

    private String user(HttpServerRequest request) {
        MultiMap headers = request.headers();
        return rule.admit(new AccessRule.Request(
                request.method().name(),
                headers.getAll("Host"),
                headers.getAll("Authorization"),
                headers.getAll("Content-Type"),
                headers.getAll("Origin"),
                request.remoteAddress().hostAddress()));
    }

    private static Map<String, String> query(HttpServerRequest request) {
        Map<String, String> query = new TreeMap<>();
        MultiMap given = request.params();
        for (String name : given.names()) {
            Collection<String> values = given.getAll(name);
            if (values.size() > 1) {
                throw Refusal.of(400, "A query parameter is given more than once");
            }
            query.put(name, values.iterator().next());
        }
        return query;
    }
}
