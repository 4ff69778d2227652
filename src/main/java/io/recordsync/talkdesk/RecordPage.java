package io.recordsync.talkdesk;

import com.fasterxml.jackson.databind.JsonNode;
import io.recordsync.deletion.ListedRecord;
import io.recordsync.network.Looks;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * One page of a record list's records ({@code GET /record-lists/{id}/records}), read for what names them.
 *
 * @param next the query of the next page; empty on the last
 */
public record RecordPage(List<ListedRecord> records, String next) {

    /** As many as the first page is asked for. */
    private static final int PAGE_SIZE = 100;

    private static final Pattern PAGE = Pattern.compile("(^|&)page=\\d");

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
                    + " (403): add tod.records-list.manage to talkdesk.scope" + Said.behind(page));
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
        // Some servers have a next link on every page for ever.
        boolean last = records.isEmpty() || isLast(page);
        return new RecordPage(List.copyOf(listed), last ? "" : query(nextLink(page), recordList, apiUrl));
    }

    private static String text(JsonNode value) {
        return Shape.isAbsent(value) ? "" : value.asText();
    }

    private static boolean saysEmpty(JsonNode page) {
        return page.path("total").asInt(-1) == 0 || page.path("count").asInt(-1) == 0;
    }

    private static boolean isLast(JsonNode page) {
        int number = page.path("page").asInt(0);
        // One page of the documentation calls it total_page.
        int pages = page.path("total_pages").asInt(page.path("total_page").asInt(0));
        return number > 0 && pages > 0 && number >= pages;
    }

    /** Empty on the last page. */
    private static String nextLink(JsonNode page) {
        JsonNode next = page.path("_links").path("next");
        JsonNode href = next.isTextual() ? next : next.path("href");
        return href.isTextual() ? href.asText().strip() : "";
    }

    /**
     * The query of a link that leads to this list on our own host, however that is written: relative, with a slash before the
     * question mark, by http. Only the query is used.
     */
    private static String query(String link, String recordList, String apiUrl) throws RefusedException {
        if (link.isEmpty()) {
            return "";
        }
        URI ours = URI.create(apiUrl + "/record-lists/" + recordList + "/records");
        URI next = uri(apiUrl, link);
        boolean http = "http".equals(next.getScheme()) || "https".equals(next.getScheme());
        boolean same = http
                && next.getRawUserInfo() == null
                && ours.getHost().equalsIgnoreCase(next.getHost())
                && (next.getPort() == -1 || next.getPort() == port(ours))
                && ours.getRawPath().equals(withoutSlash(next.getRawPath()))
                && next.getRawQuery() != null;
        if (!same) {
            throw elsewhere(recordList, ours);
        }
        String query = next.getRawQuery();
        boolean numbered = PAGE.matcher(query).find() && !query.contains("per_page=");
        // Without it a page would be of another size than the one before, and skip records.
        return numbered ? query + "&per_page=" + PAGE_SIZE : query;
    }

    private static int port(URI uri) {
        return uri.getPort() != -1 ? uri.getPort() : uri.getScheme().equals("https") ? 443 : 80;
    }

    private static String withoutSlash(String path) {
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    private static RefusedException elsewhere(String recordList, URI ours) {
        return new RefusedException("Talkdesk's link to the next page of list " + recordList
                + " leads elsewhere (expected " + ours + "?…); it was not followed");
    }

    /** What is no URI leads nowhere. */
    private static URI uri(String apiUrl, String link) {
        try {
            return URI.create(apiUrl + '/').resolve(link);
        } catch (IllegalArgumentException e) {
            // Without it: its message quotes the link.
            return URI.create("about:blank");
        }
    }

    /** Asking again is of no use. */
    public static final class RefusedException extends IllegalStateException {

        RefusedException(String message) {
            super(message);
        }
    }
}
