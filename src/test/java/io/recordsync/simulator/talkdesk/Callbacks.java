package io.recordsync.simulator.talkdesk;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * Scheduled callbacks: {@code GET /schedule-callbacks} and {@code DELETE /schedule-callbacks/{id}}, as strict as their pages.
 *
 * <p>{@code id} is another one than {@code callback_id}, the links lead to another path, and there is no next link: a client that
 * builds on any of them is found out. Thread-safe.
 */
public final class Callbacks {

    static final String READ = "schedule-callbacks:read";
    static final String CANCEL = "schedule-callbacks:write";

    private static final Set<String> PARAMETERS =
            Set.of("page", "per_page", "agent_id", "campaign_id", "status", "phone_number");
    private static final int MOST_PER_PAGE = 500;

    private final Map<String, Callback> callbacks = new LinkedHashMap<>();
    private final ConcurrentLinkedQueue<String> cancelled = new ConcurrentLinkedQueue<>();
    private final AtomicInteger number = new AtomicInteger();
    private volatile String pagesField = "total_pages";
    private volatile boolean statusFilter = true;
    private volatile int perPage = MOST_PER_PAGE;
    private volatile IntConsumer afterPage = page -> {};

    private record Callback(String id, String list, String record, String phone, String status) {}

    Callbacks() {}

    /** @param list null, as {@code record}: of an inbound call, for example */
    public synchronized String add(String list, String record) {
        return add(list, record, "UNATTEMPTED");
    }

    /** Likewise, in another status. */
    public synchronized String add(String list, String record, String status) {
        String id = UUID.randomUUID().toString();
        String phone = "+1555" + (1_000_000 + number.incrementAndGet());
        callbacks.put(id, new Callback(id, list, record, phone, status));
        return id;
    }

    /** Somebody made it. */
    public synchronized void made(String id) {
        callbacks.computeIfPresent(id, (key, it) -> new Callback(id, it.list(), it.record(), it.phone(), "ATTEMPTED"));
    }

    public synchronized boolean isScheduled(String id) {
        return callbacks.containsKey(id);
    }

    /** Ids of those that were cancelled by a call. */
    public List<String> cancelled() {
        return List.copyOf(cancelled);
    }

    /** {@code total_pages} or {@code total_page}, as the one page of the documentation has it or the other; empty: none. */
    public void pagesField(String name) {
        pagesField = name;
    }

    /** While off, the filter by status is not heeded. */
    public void statusFilter(boolean on) {
        statusFilter = on;
    }

    /** No page is larger, whatever is asked for. */
    public void atMostPerPage(int most) {
        perPage = most;
    }

    /** Called after each page has been read, before it is answered, with its number. */
    public void afterPage(IntConsumer then) {
        afterPage = then;
    }

    synchronized Reply cancel(String id) {
        if (callbacks.remove(id) == null) {
            return Reply.error(404, "callback_not_found", "Callback not found");
        }
        cancelled.add(id);
        return Reply.text(204, "", "");
    }

    synchronized Reply page(Request request, String base) {
        Map<String, String> query = request.query();
        int page;
        int size;
        try {
            page = Integer.parseInt(query.getOrDefault("page", "1"));
            size = Integer.parseInt(query.getOrDefault("per_page", "1"));
        } catch (NumberFormatException e) {
            return Reply.error(400, "bad_request", "page and per_page are numbers");
        }
        if (!PARAMETERS.containsAll(query.keySet()) || page < 1 || size < 1 || size > MOST_PER_PAGE) {
            return Reply.error(400, "bad_request", "Only page (from 1), per_page (1 to 500) and the filters are known");
        }
        int shown = Math.min(size, perPage);
        String status = query.get("status");
        List<Callback> matching = callbacks.values().stream()
                .filter(callback ->
                        status == null || !statusFilter || callback.status().equals(status))
                .toList();
        List<Object> found = new ArrayList<>();
        matching.stream().skip((page - 1L) * shown).limit(shown).forEach(callback -> found.add(json(callback, base)));
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("total", matching.size());
        body.put("count", found.size());
        body.put("page", page);
        body.put("per_page", shown);
        if (!pagesField.isEmpty()) {
            body.put(pagesField, Math.max(1, (matching.size() + shown - 1) / shown));
        }
        body.put("_links", Map.of("self", Map.of("href", base + "/schedule-callbacks?page=" + page)));
        body.put("_embedded", Map.of("callbacks", found));
        afterPage.accept(page);
        return Reply.json(200, body);
    }

    private static Map<String, Object> json(Callback callback, String base) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", UUID.randomUUID().toString());
        json.put("callback_id", callback.id());
        if (callback.list() != null) {
            json.put("record_list_id", callback.list());
            json.put("record_id", callback.record());
        }
        json.put("phone_number", callback.phone());
        json.put("record_first_name", "Adelheid");
        json.put("record_last_name", "Beispielhuber");
        json.put("record_extra_data", Map.of("note", "knows the price"));
        json.put("next_time_to_call", "2026-12-01T10:00:00Z");
        json.put("from_call_type", "MANUAL_OUTBOUND");
        json.put("status", callback.status());
        json.put("_links", Map.of("self", Map.of("href", base + "/callbacks/" + callback.id())));
        return json;
    }
}
