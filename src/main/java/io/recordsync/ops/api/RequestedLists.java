package io.recordsync.ops.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Which record lists an order is about, read from the body of a request. */
final class RequestedLists {

    private RequestedLists() {}

    /** One that may say what was shown. */
    static JsonNode order(byte[] body) {
        return RequestBody.readObject(body, Set.of("ids", "asOf"));
    }

    static List<String> ids(JsonNode order) {
        JsonNode given = order.path("ids");
        List<String> lists = new ArrayList<>();
        for (JsonNode id : given) {
            if (!id.isTextual() || id.asText().isBlank()) {
                throw Refusal.of(400, "ids is expected to hold ids of record lists only");
            }
            lists.add(id.asText());
        }
        if (!given.isArray() || lists.isEmpty() || lists.size() > RequestedDeletions.MAX_ITEMS) {
            throw Refusal.of(
                    400,
                    "Expected {\"ids\": […]} with 1 to %s ids of record lists".formatted(RequestedDeletions.MAX_ITEMS));
        }
        return lists;
    }
}
