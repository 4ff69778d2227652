package io.recordsync.ops.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.recordsync.deletion.HeldReason;
import io.recordsync.deletion.Origin;
import io.recordsync.deletion.Word;
import io.recordsync.inbox.Decisions.Act;
import io.recordsync.inbox.Decisions.Selection;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which deletions a person means by the body of an order; it is refused where that is not said. */
final class RequestedSelection {

    /** What may stand beside ids. */
    private static final Set<String> ONLY_BY_ID = Set.of("ids", "expected", "heldReason", "asOf");

    private RequestedSelection() {}

    /** The state that the order names; null where it names none. */
    static String state(byte[] body) {
        return RequestBody.text(readObject(body), "state");
    }

    /** Which rows in the state of the act are meant. That has to be said: what says nothing would mean every one of them. */
    static Selection read(byte[] body, Act act) {
        String state = Word.underscored(act.state());
        JsonNode order = readObject(body);
        String given = RequestBody.text(order, "state");
        boolean byId = order.has("ids");
        if (byId ? !ONLY_BY_ID.containsAll(names(order)) : !state.equals(given)) {
            throw Refusal.of(
                    400,
                    "Expected {\"ids\": […]} alone, or {\"state\": \"%s\"}, to which recordList, failureCode and origin may be added; nothing was changed"
                            .formatted(state));
        }
        HeldReason reason = Query.word(HeldReason.class, RequestBody.text(order, "heldReason"), "heldReason");
        if (reason != null && !state.equals("held")) {
            throw Refusal.of(400, "heldReason is for what is held only");
        }
        Selection selection = new Selection(
                byId ? ids(order.get("ids")) : List.of(),
                RequestBody.text(order, "recordList"),
                RequestBody.text(order, "failureCode"),
                Query.word(Origin.class, RequestBody.text(order, "origin"), "origin"),
                expected(order),
                reason);
        AsOf asOf = AsOf.of(order);
        return asOf == null ? selection : asOf.narrow(selection, act);
    }

    private static Set<String> names(JsonNode order) {
        Set<String> names = new HashSet<>();
        order.fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** Generated clients send ids that were not given as null. */
    private static JsonNode readObject(byte[] body) {
        ObjectNode order = (ObjectNode) RequestBody.readObject(
                body, Set.of("ids", "state", "recordList", "failureCode", "origin", "expected", "heldReason", "asOf"));
        if (order.path("ids").isNull()) {
            order.remove("ids");
        }
        return order;
    }

    private static Integer expected(JsonNode order) {
        JsonNode expected = order.get("expected");
        if (expected == null) {
            return null;
        }
        if (!expected.isInt() || expected.intValue() < 0) {
            throw Refusal.of(400, "expected is to be a number from 0");
        }
        return expected.intValue();
    }

    private static List<Long> ids(JsonNode given) {
        List<Long> ids = new ArrayList<>();
        for (JsonNode id : given) {
            if (!id.isIntegralNumber() || !id.canConvertToLong() || id.longValue() <= 0) {
                throw Refusal.of(400, "ids is expected to hold positive numbers only");
            }
            ids.add(id.longValue());
        }
        if (!given.isArray() || ids.isEmpty() || ids.size() > RequestedDeletions.MAX_ITEMS) {
            throw Refusal.of(
                    400, "ids is expected to be an array of 1 to %s ids".formatted(RequestedDeletions.MAX_ITEMS));
        }
        return ids;
    }

    static String words(Selection selection) {
        if (!selection.ids().isEmpty()) {
            return "ids " + selection.ids();
        }
        return "record list %s, failure code %s, origin %s"
                .formatted(
                        selection.recordList() == null ? "any" : oneLine(selection.recordList()),
                        selection.failureCode() == null ? "any" : oneLine(selection.failureCode()),
                        selection.origin() == null ? "any" : selection.origin());
    }

    /** What a person typed must not forge a line of the log. */
    static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }
}
