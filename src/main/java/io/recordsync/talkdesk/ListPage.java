package io.recordsync.talkdesk;

import com.fasterxml.jackson.databind.JsonNode;
import io.recordsync.deletion.ListWord;
import io.recordsync.deletion.ListedList;
import io.recordsync.network.Looks;
import io.recordsync.talkdesk.RecordPage.RefusedException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * One page of the record lists ({@code GET /record-lists}), and what a call for a single one says.
 *
 * @param total how many lists there are by this answer; -1 where it does not say
 * @param next the query of the next page; empty on the last
 */
public record ListPage(List<ListedList> lists, long total, String next) {

    /** Longer ones are cut; Talkdesk allows 120. */
    private static final int MAX_NAME_CHARACTERS = 200;
    /** It goes into a path. */
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,36}");

    /**
     * @param apiUrl the only place that a next link may lead to
     * @throws RefusedException when asking again is of no use
     * @throws IOException when it may be
     */
    public static ListPage read(int status, String body, String apiUrl) throws IOException {
        JsonNode page = Shape.object(body);
        if (status != 200 && !Shape.isError(status, page)) {
            throw new IOException("No page of the record lists: " + Shape.foreign(status, Looks.of(null, body)));
        }
        if (status == 403) {
            throw new RefusedException("Talkdesk does not let us see the record lists (403): add record-lists:manage to"
                    + " talkdesk.scope" + Said.behind(page));
        }
        if (status != 200) {
            throw new IOException(
                    "Talkdesk answered " + status + " when asked for the record lists" + Said.behind(page));
        }
        JsonNode lists = page.path("_embedded").path("record_lists");
        long total = page.path("total").asLong(-1);
        if (Shape.isAbsent(lists) && total == 0) {
            return new ListPage(List.of(), 0, "");
        }
        if (!lists.isArray()) {
            throw new IOException("No page of the record lists: a 200 with " + Looks.of(null, body)
                    + ", which shows none (expected _embedded.record_lists)");
        }
        List<ListedList> listed = new ArrayList<>();
        for (JsonNode list : lists) {
            if (!ID.matcher(text(list.path("id"))).matches()) {
                throw new IOException(
                        "Talkdesk's answer shows a record list without an id (expected 1 to 36 letters, digits, - or _); nothing"
                                + " is concluded from it");
            }
            JsonNode count = list.path("records_count");
            listed.add(new ListedList(
                    text(list.path("id")),
                    printable(text(list.path("name"))),
                    text(list.path("unique_identifier_type")),
                    text(list.path("status")),
                    count.isIntegralNumber() ? count.longValue() : null));
        }
        return new ListPage(
                List.copyOf(listed),
                total,
                NextPage.of(page, listed.isEmpty(), "the record lists", apiUrl, "/record-lists"));
    }

    /** Whether a list that was not shown is there, by the answer to {@code GET /record-lists/{id}}. */
    public static ListWord word(int status, String body, String recordList) {
        JsonNode answer = Shape.object(body);
        if (status == 404 && Shape.isError(status, answer)) {
            return ListWord.GONE;
        }
        return status == 200 && Shape.isOf(recordList, answer) ? ListWord.THERE : ListWord.UNCLEAR;
    }

    private static String text(JsonNode value) {
        return Shape.isAbsent(value) ? "" : value.asText();
    }

    /** It goes into logs and onto the page. */
    private static String printable(String name) {
        String line = name.replaceAll("\\p{Cntrl}", " ");
        return line.length() > MAX_NAME_CHARACTERS ? line.substring(0, MAX_NAME_CHARACTERS) : line;
    }
}
