package io.recordsync.ops.api;

import io.recordsync.inbox.WrittenOrders;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.apache.camel.Exchange;
import org.apache.camel.component.platform.http.vertx.HttpMessage;

/**
 * The one place through which every request for the page and the API comes to its route: it takes over what the routes need.
 *
 * <p>Who may come in the {@link Admission} of the server has decided before; who was not let in there comes no further here. {@link #admit}
 * sets the exchange properties {@code user} (for the log), {@code you} (for the status), {@code query} (a map of the query parameters,
 * each given once) {@code path}, {@code accept} (the header of that name), and {@code lastSegment} of it. An order whose {@code
 * Idempotency-Key} was seen before is answered here, and its route does not go on. Every header is removed: Camel mixes query parameters
 * among them and would send all of them back, so that {@code ?Set-Cookie=…} became a header of the answer.
 */
public final class FrontDoor {

    private static final String KEY = "Idempotency-Key";

    private final OrderKeys keys;

    /** @param orders where orders that bear a key are written down */
    public FrontDoor(WrittenOrders orders) {
        keys = new OrderKeys(orders);
    }

    /** Of a route. */
    public void admit(Exchange exchange) {
        HttpServerRequest request = exchange.getMessage(HttpMessage.class).getRequest();
        Object letIn = exchange.getMessage().getHeader(Admission.LET_IN);
        exchange.getMessage().removeHeaders("*");
        Login login = Admission.of(letIn);
        String user = login.name() + '@' + request.remoteAddress().hostAddress();
        exchange.setProperty("user", user);
        exchange.setProperty("you", new StatusAnswer.You(login.name(), login.mayChange()));
        exchange.setProperty("accept", String.join(",", request.headers().getAll("Accept")));
        exchange.setProperty("path", request.path());
        exchange.setProperty("query", query(request));
        exchange.setProperty(
                "lastSegment", request.path().substring(request.path().lastIndexOf('/') + 1));
        keys.admit(exchange, request, request.headers().getAll(KEY), user);
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
