package io.recordsync.talkdesk;

import com.fasterxml.jackson.databind.JsonNode;
import io.recordsync.deletion.CallbackPage;
import io.recordsync.deletion.Presence;
import io.recordsync.deletion.ScheduledCallback;
import io.recordsync.delivery.NotAllowedException;
import io.recordsync.network.Looks;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What Talkdesk's answers say of callbacks: {@code GET /schedule-callbacks}, {@code DELETE /schedule-callbacks/{id}}, and of
 * the records and lists that they name.
 *
 * <p>Two pages of the documentation disagree about the number of pages, {@code total_pages} or {@code total_page}: either is
 * read, and a page that lists none is the last. Of a callback nothing is read but its id, its record and its list. What has not
 * Talkdesk's own form says nothing.
 */
public final class CallbackAnswers {

    /** It goes into a path. */
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    private static final String TO_BE_MADE = "UNATTEMPTED";

    private CallbackAnswers() {}

    /**
     * @param number of the page that was asked for
     * @throws IOException when nothing can be concluded from it
     */
    public static CallbackPage page(int status, String body, int number) throws IOException {
        JsonNode page = Shape.object(body);
        if (status == 403 && Shape.isError(status, page)) {
            throw new NotAllowedException(
                    "Talkdesk does not let us read callbacks (403): grant schedule-callbacks:read to the"
                            + " client, and ask for it in talkdesk.callbacks.scope" + Said.behind(page));
        }
        if (status != 200 && Shape.isError(status, page)) {
            throw new IOException("Talkdesk answered " + status + " when asked for callbacks" + Said.behind(page));
        }
        JsonNode listed = page.path("_embedded").path("callbacks");
        boolean empty = Shape.isAbsent(listed)
                && (page.path("total").asInt(-1) == 0 || page.path("count").asInt(-1) == 0);
        if (status != 200 || !listed.isArray() && !empty) {
            throw new IOException("No page of callbacks: " + Shape.foreign(status, Looks.of(null, body)));
        }
        List<String> ids = new ArrayList<>();
        List<ScheduledCallback> callbacks = new ArrayList<>();
        for (JsonNode callback : listed) {
            String id = text(callback, "callback_id");
            // One without an id is told from others by its place.
            ids.add(id.isEmpty() ? number + "/" + ids.size() : id);
            String list = text(callback, "record_list_id");
            String record = text(callback, "record_id");
            boolean ours = ID.matcher(id).matches()
                    && ID.matcher(list).matches()
                    && ID.matcher(record).matches();
            // The filter is asked for, and looked at again.
            if (ours && text(callback, "status").equals(TO_BE_MADE)) {
                callbacks.add(new ScheduledCallback(id, list, record));
            }
        }
        long total = page.path("total").asLong(-1);
        return new CallbackPage(ids, callbacks, total, listed.isEmpty() || isLast(page, number));
    }

    /** Where it says its own number, that counts: a server may pass over the one that was asked for. */
    private static boolean isLast(JsonNode page, int asked) {
        int number = page.path("page").asInt(asked);
        int pages = page.path("total_pages").asInt(page.path("total_page").asInt(0));
        return number > 0 && pages > 0 && number >= pages;
    }

    /** Whether the record is in its list; whether the list is there is another question. */
    public static Presence record(int status, String body, String recordList, String recordId) {
        JsonNode record = Shape.object(body);
        if (status == 200 && Shape.isOf(recordId, record) && Shape.isOfList(recordList, record)) {
            return Presence.there(text(record, "external_provider"), text(record, "external_id"));
        }
        return otherwise(
                status, body, record, "a record of list " + recordList, "let the client have tod.records-list.manage");
    }

    public static Presence list(int status, String body, String recordList) {
        JsonNode list = Shape.object(body);
        if (status == 200 && Shape.isOf(recordList, list)) {
            return Presence.there("", "");
        }
        return otherwise(status, body, list, "record list " + recordList, "let the client have record-lists:manage");
    }

    /** Of a DELETE: it was there, and this call has cancelled it; or it was gone before: somebody made it, or cancelled it. */
    public static Presence cancelled(int status, String body) {
        if (status == 204
                || status == 200 && Shape.object(body).isObject() && !Shape.isError(status, Shape.object(body))) {
            return Presence.there("", "");
        }
        return otherwise(
                status,
                body,
                Shape.object(body),
                "a callback to cancel",
                "grant schedule-callbacks:write to the client, and ask for it in talkdesk.callbacks.scope");
    }

    private static Presence otherwise(int status, String body, JsonNode answer, String what, String remedy) {
        if (status == 200 || !Shape.isError(status, answer)) {
            return Presence.unclear("Asked for " + what + ": " + Shape.foreign(status, Looks.of(null, body)), false);
        }
        return switch (status) {
            case 404 -> Presence.gone();
            case 403 -> Presence.unclear(
                    "Talkdesk does not let us ask for " + what + " (403): " + remedy + Said.behind(answer), true);
            default -> Presence.unclear(
                    "Talkdesk answered " + status + " when asked for " + what + Said.behind(answer), false);
        };
    }

    private static String text(JsonNode object, String field) {
        JsonNode value = object.path(field);
        return value.isTextual() ? value.asText() : "";
    }
}
