package io.recordsync.talkdesk;

import com.fasterxml.jackson.databind.JsonNode;
import io.recordsync.deletion.ListedList;
import io.recordsync.network.Looks;
import io.recordsync.talkdesk.RecordPage.RefusedException;
import java.io.IOException;

/**
 * How many records a record list has by its own word ({@code GET /record-lists/{id}}).
 *
 * @param records {@code records_count}; -1 where the answer has none
 * @param filled false while it is loaded or validated, so that its records say nothing yet
 */
public record ListSize(long records, boolean filled) {

    /**
     * @throws RefusedException when asking again is of no use
     * @throws IOException when it may be
     */
    public static ListSize read(int status, String body, String recordList) throws IOException {
        JsonNode list = Shape.object(body);
        if (status != 200 && !Shape.isError(status, list)) {
            throw new IOException(
                    "Record list " + recordList + " was not shown: " + Shape.foreign(status, Looks.of(null, body)));
        }
        if (status == 403) {
            throw new RefusedException("Talkdesk does not let us see record list " + recordList
                    + " (403): let the OAuth client have record-lists:manage (talkdesk.scope) and tod.records-list.manage"
                    + " (talkdesk.records-scope)"
                    + Said.behind(list));
        }
        if (status == 404) {
            throw new RefusedException("Talkdesk knows no record list " + recordList + " (404)" + Said.behind(list));
        }
        if (status != 200) {
            throw new IOException(
                    "Talkdesk answered " + status + " when asked for record list " + recordList + Said.behind(list));
        }
        if (!Shape.isOf(recordList, list)) {
            throw new IOException("Record list " + recordList + " was not shown: a 200 with " + Looks.of(null, body)
                    + ", which is not this list");
        }
        JsonNode count = list.path("records_count");
        return new ListSize(
                count.isIntegralNumber() ? count.longValue() : -1,
                !ListedList.isFilling(list.path("status").asText()));
    }
}
