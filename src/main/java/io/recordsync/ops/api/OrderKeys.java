package io.recordsync.ops.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recordsync.inbox.WrittenOrders;
import io.recordsync.inbox.WrittenOrders.Begun;
import io.recordsync.inbox.WrittenOrders.Request;
import io.recordsync.inbox.WrittenOrders.WrittenOrder;
import io.recordsync.ops.api.OrderView.OrderAnswer;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Route;
import org.apache.camel.spi.SynchronizationRouteAware;
import org.apache.camel.support.SynchronizationAdapter;

/**
 * The {@code Idempotency-Key} of an order: the same key within a day does nothing twice.
 *
 * <p>An order that was carried out is answered as it was then; one that is being carried out, with 202 and where it is shown. One that was
 * refused changed nothing: its key may be sent again.
 */
final class OrderKeys {

    private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]{1,255}");
    private static final Pattern QUOTED = Pattern.compile("\"(.*)\"");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TYPE = "application/json";

    private final WrittenOrders orders;

    OrderKeys(WrittenOrders orders) {
        this.orders = orders;
    }

    /** Before an order that bears a key: the route goes on where it is to be carried out. */
    void admit(Exchange exchange, HttpServerRequest request, List<String> given, String user) {
        if (given.isEmpty() || !request.method().name().equals("POST")) {
            return;
        }
        String key = key(given);
        Message message = exchange.getMessage();
        byte[] body = message.getBody(byte[].class);
        message.setBody(body);
        Begun begun = orders.begin(new Request(key, digest(key, request.path(), body), request.path(), user));
        if (begun instanceof Begun.Now now) {
            exchange.getExchangeExtension().addOnCompletion(new End(now.id()));
        } else if (begun instanceof Begun.Before before) {
            answer(exchange, before.order());
        } else {
            throw Refusal.of(
                    422,
                    "This Idempotency-Key was sent with another order (expected a new key for each order); nothing was"
                            + " changed");
        }
    }

    private static String key(List<String> given) {
        String key = given.size() == 1 ? QUOTED.matcher(given.get(0)).replaceFirst("$1") : "";
        if (!KEY.matcher(key).matches()) {
            throw Refusal.of(
                    400,
                    "Idempotency-Key is expected once, with 1 to 255 visible ASCII characters; nothing was changed");
        }
        return key;
    }

    /** Too short to find out by it what was sent, which may be a phone number; long enough for a mistake to show. */
    private static String digest(String key, String path, byte[] body) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update((key + '\n' + path + '\n').getBytes(StandardCharsets.UTF_8));
            if (body != null) {
                sha.update(body);
            }
            return HexFormat.of().formatHex(sha.digest(), 0, 3);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    private static void answer(Exchange exchange, WrittenOrder order) {
        Message answer = exchange.getMessage();
        OrderAnswer now = OrderAnswer.of(order);
        boolean goesOn = order.running() || order.steps();
        if (!goesOn && order.status() == 0) {
            throw Refusal.of(
                    409,
                    "This order was carried out, and the process ended before it could answer; GET "
                            + OrderView.location(now) + " shows it");
        }
        answer.setHeader(Exchange.CONTENT_TYPE, TYPE);
        answer.setHeader(Exchange.HTTP_RESPONSE_CODE, goesOn ? 202 : order.status());
        answer.setHeader("Location", OrderView.location(now));
        answer.setBody(goesOn ? json(now) : order.answer());
        exchange.setRouteStop(true);
    }

    static String json(Object order) {
        try {
            return JSON.writeValueAsString(order);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("An order could not be written", e);
        }
    }

    /** Once the route is at its end, and before the answer goes out. */
    private final class End extends SynchronizationAdapter implements SynchronizationRouteAware {

        private final String id;
        private boolean ended;

        End(String id) {
            this.id = id;
        }

        /** Without it none of the other two is called. */
        @Override
        public SynchronizationRouteAware getRouteSynchronization() {
            return this;
        }

        @Override
        public void onBeforeRoute(Route route, Exchange exchange) {}

        @Override
        public void onAfterRoute(Route route, Exchange exchange) {
            if (ended) {
                return;
            }
            ended = true;
            Message answer = exchange.getMessage();
            byte[] body = answer.getBody(byte[].class);
            answer.setBody(body);
            Integer status = answer.getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
            int code = exchange.getException() != null ? 500 : status == null ? 200 : status;
            orders.end(id, code, body == null ? "" : new String(body, StandardCharsets.UTF_8));
        }
    }
}
