package io.recordsync.talkdesk;

import com.fasterxml.jackson.databind.JsonNode;
import io.recordsync.deletion.ListedRecord;
import io.recordsync.network.Looks;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * One page of a record list's records ({@code GET /record-lists/{id}/records}), read for what names them.
 *
 * @param next the query of the next page; empty on the last
 */
public record RecordPage(List<ListedRecord> records, String next) {

    /**
     * @param apiUrl the only place that a next link may lead to
     * @throws RefusedException when asking again is of no use: no such list, a scope is missing, a link leads elsewhere
     * @throws IOException when it may be
     */
    public static RecordPage read(int status, String body, String recordList, String apiUrl) throws IOException {
        JsonNode page = Shape.object(body);
        if (status != 200 && !Shape.isError(status, page)) {
            throw new IOException("No page of the records of list " + recordList + ": "
                    + Shape.foreign(status, Looks.of(null, body)));
        }
        if (status == 403) {
            throw new RefusedException("Talkdesk does not let us read the records of list " + recordList
                    + " (403): let the OAuth client have tod.records-list.manage (talkdesk.records-scope)"
                    + Said.behind(page));
        }
        if (status == 404) {
            throw new RefusedException("Talkdesk knows no record list " + recordList + " (404)" + Said.behind(page));
        }
        if (status != 200) {
            throw new IOException("Talkdesk answered " + status + " when asked for the records of list " + recordList
                    + Said.behind(page));
        }
        JsonNode records = page.path("_embedded").path("records");
        if (Shape.isAbsent(records) && saysEmpty(page)) {
            return new RecordPage(List.of(), "");
        }
        if (!records.isArray()) {
            throw new IOException("No page of the records of list " + recordList + ": a 200 with "
                    + Looks.of(null, body) + ", which lists no records (expected _embedded.records)");
        }
        List<ListedRecord> listed = new ArrayList<>();
        for (JsonNode record : records) {
            if (!Shape.isOfList(recordList, record)) {
                throw new IOException("Talkdesk's answer shows records of another list than " + recordList
                        + " that was asked for; nothing is concluded from it");
            }
            listed.add(new ListedRecord(
                    text(record.path("id")), text(record.path("external_provider")), text(record.path("external_id"))));
        }
        return new RecordPage(
                List.copyOf(listed),
                NextPage.of(
                        page,
                        records.isEmpty(),
                        "list " + recordList,
                        apiUrl,
                        "/record-lists/" + recordList + "/records"));
    }

    private static String text(JsonNode value) {
        return Shape.isAbsent(value) ? "" : value.asText();
    }

    private static boolean saysEmpty(JsonNode page) {
        return page.path("total").asInt(-1) == 0 || page.path("count").asInt(-1) == 0;
    }

    /** Asking again is of no use. */
    public static final class RefusedException extends IllegalStateException {

        RefusedException(String message) {
            super(message);
        }
    }
}
