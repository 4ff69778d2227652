package io.recordsync.ops.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.recordsync.inbox.FoundLists;
import io.recordsync.inbox.FoundLists.Forgotten;
import io.recordsync.inbox.WrittenOrders;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a person decides about record lists that were found by their names, or have vanished. Each order is logged with the user once
 * it has happened; its answer says how many lists it changed.
 */
public final class ListOrders {

    private static final Logger LOG = LoggerFactory.getLogger(ListOrders.class);
    private static final Set<String> IDS = Set.of("ids");

    private final FoundLists lists;
    private final WrittenOrders written;

    public ListOrders(FoundLists lists, WrittenOrders written) {
        this.lists = lists;
        this.written = written;
    }

    /** That a look-up is ordered; its outcome is shown by {@code GET /api/record-lists}. */
    public record Ordered(boolean ordered) {}

    /** Lists that ask are served from now on; {@code "dryRun": true}: their deletions are only rehearsed. */
    public SelectionOrders.Count join(byte[] body, String user) {
        JsonNode order = RequestBody.readObject(body, Set.of("ids", "dryRun"));
        List<String> ids = RequestedLists.ids(order);
        JsonNode dryRun = order.path("dryRun");
        if (!dryRun.isMissingNode() && !dryRun.isBoolean()) {
            throw Refusal.of(400, "dryRun is expected to be true or false");
        }
        counted();
        return said(user, "let record lists join", lists.join(ids, dryRun.asBoolean()), ids);
    }

    /** Lists are not served, though their names match. */
    public SelectionOrders.Count dismiss(byte[] body, String user) {
        List<String> ids = RequestedLists.ids(RequestBody.readObject(body, IDS));
        counted();
        return said(user, "dismissed record lists", lists.dismiss(ids), ids);
    }

    /** Lists that have vanished are given up, and what waits for them is cancelled. */
    public SelectionOrders.Count forget(byte[] body, String user) {
        List<String> ids = RequestedLists.ids(RequestBody.readObject(body, IDS));
        counted();
        Forgotten forgotten = lists.forget(ids, user);
        LOG.info("{} deletions are cancelled with them (list_gone)", forgotten.deletions());
        return said(user, "forgot record lists that had vanished", forgotten.lists(), ids);
    }

    /** Lists that joined with their deletions rehearsed are live. */
    public SelectionOrders.Count goLive(byte[] body, String user) {
        List<String> ids = RequestedLists.ids(RequestBody.readObject(body, IDS));
        counted();
        return said(user, "let record lists go live", lists.goLive(ids), ids);
    }

    public Ordered refresh(String user) {
        LOG.info("{} ordered a look-up of the record lists", user);
        return new Ordered(true);
    }

    private void counted() {
        written.answering(200, (Integer count) -> OrderKeys.json(SelectionOrders.Count.of(count)));
    }

    private SelectionOrders.Count said(String user, String what, int count, List<String> ids) {
        LOG.info(
                "{} {}: {}, of {}",
                user,
                what,
                count,
                RequestedSelection.oneLine(
                        ids.stream().map(lists::named).toList().toString()));
        return SelectionOrders.Count.of(count);
    }
}
