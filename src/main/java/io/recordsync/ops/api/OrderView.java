package io.recordsync.ops.api;

import com.fasterxml.jackson.annotation.JsonRawValue;
import io.recordsync.inbox.WrittenOrders;
import io.recordsync.inbox.WrittenOrders.WrittenOrder;
import java.time.Instant;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/** The orders that are written down, as the API shows them: what has become of each. Read anew each time. */
public final class OrderView {

    private final WrittenOrders orders;

    public OrderView(WrittenOrders orders) {
        this.orders = orders;
    }

    /**
     * An order.
     *
     * @param state {@code running}, {@code done}; {@code not_done} where nothing was changed and no process is at it any more
     * @param count of one that is worked off in steps: how many deletions it has changed until now; null of another one
     * @param left likewise, how many it has left as they were; null until it is done
     * @param status of its answer; null while it has none
     * @param answer the answer itself, as it was given
     */
    public record OrderAnswer(
            String id,
            String path,
            String orderedBy,
            @IsoTime Instant at,
            String state,
            Long count,
            Long left,
            Integer status,
            @JsonRawValue String answer) {

        static OrderAnswer of(WrittenOrder order) {
            boolean steps = order.steps();
            return new OrderAnswer(
                    order.id(),
                    order.path(),
                    order.user(),
                    order.at(),
                    order.running() ? "running" : steps || order.happened() ? "done" : "not_done",
                    steps ? order.changed() : null,
                    order.left(),
                    order.status() == 0 || steps ? null : order.status(),
                    order.answer().isEmpty() || steps ? null : order.answer());
        }
    }

    /** @param name the id of an order, or the key that it bears */
    public OrderAnswer get(String name) {
        return orders.find(name)
                .map(OrderAnswer::of)
                .orElseThrow(() ->
                        Refusal.of(404, "No order has this id or key; what was ordered with a key is kept for a day"));
    }

    /** After an order: one that goes on is answered 202, and says where it is shown. */
    public void accepted(Exchange exchange) {
        Message answer = exchange.getMessage();
        if (answer.getBody() instanceof OrderAnswer order) {
            answer.setHeader(Exchange.HTTP_RESPONSE_CODE, 202);
            answer.setHeader("Location", location(order));
        }
    }

    static String location(OrderAnswer order) {
        return "/api/orders/" + order.id();
    }
}
