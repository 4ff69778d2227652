package io.recordsync.ops;

import io.recordsync.inbox.Decisions.Act;
import io.recordsync.inbox.Decisions.Selection;
import io.recordsync.inbox.WrittenOrders;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Orders that are remembered by their keys; {@code many} makes the next one an order over many deletions. */
public final class InMemoryWrittenOrders implements WrittenOrders {

    private final Map<String, Request> requests = new ConcurrentHashMap<>();
    private final Map<String, WrittenOrder> orders = new ConcurrentHashMap<>();
    public volatile boolean many;

    @Override
    public Begun begin(Request request) {
        Request before = requests.putIfAbsent(request.key(), request);
        if (before == null) {
            put(request.key(), request, true, 0, "");
            return new Begun.Now(request.key());
        }
        return before.digest().equals(request.digest())
                ? new Begun.Before(orders.get(request.key()))
                : new Begun.Another();
    }

    @Override
    public <T> void answering(int status, Function<T, String> answer) {}

    @Override
    public void answering(Act act, Selection selection, Set<String> dryRun, BiFunction<Integer, Long, String> answer) {}

    @Override
    public void end(String id, int status, String answer) {
        if (status >= 400) {
            requests.remove(id);
            orders.remove(id);
            return;
        }
        put(id, requests.get(id), false, status, answer);
    }

    private void put(String id, Request request, boolean running, int status, String answer) {
        orders.put(
                id,
                new WrittenOrder(
                        id,
                        request.path(),
                        request.user(),
                        OpsServer.NOW,
                        running,
                        !running,
                        false,
                        status,
                        answer,
                        0,
                        null));
    }

    @Override
    public Optional<WrittenOrder> accept(Act act, Selection selection, String path, String user) {
        if (!many) {
            return Optional.empty();
        }
        WrittenOrder order =
                new WrittenOrder("order-1", path, user, OpsServer.NOW, true, false, true, 0, "", 1_000, null);
        orders.put("order-1", order);
        return Optional.of(order);
    }

    @Override
    public boolean workOff(Set<String> dryRun) {
        return false;
    }

    @Override
    public Optional<WrittenOrder> find(String idOrKey) {
        return Optional.ofNullable(orders.get(idOrKey));
    }
}
