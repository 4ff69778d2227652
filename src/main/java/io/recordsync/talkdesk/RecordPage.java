package io.recordsync.talkdesk;

import com.fasterxml.jackson.databind.JsonNode;
import io.recordsync.network.Looks;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/**
 * One page of a record list's records ({@code GET /record-lists/{id}/records}), read for its external ids.
 *
 * @param externalIds of the records with our external provider, as Talkdesk holds them
 * @param next the query of the next page; empty on the last
 */
public record RecordPage(List<String> externalIds, String next) {

    /**
     * @param apiUrl the only place that a next link may lead to
     * @throws RefusedException when asking again is of no use: no such list, a scope is missing, a link leads elsewhere
     * @throws IOException when it may be
     */
    public static RecordPage read(int status, String body, String recordList, String apiUrl, String externalProvider)
            throws IOException {
        JsonNode page = Shape.object(body);
        if (status != 200 && !Shape.isError(status, page)) {
            throw new IOException(
                    "No page of the records of list " + recordList + ": " + Shape.foreign(status, null, body));
        }
        if (status == 403) {
            throw new RefusedException("Talkdesk does not let us read the records of list " + recordList
                    + " (403): add tod.records-list.manage to talkdesk.scope");
        }
        if (status == 404) {
            throw new RefusedException("Talkdesk knows no record list " + recordList + " (404)");
        }
        if (status != 200) {
            throw new IOException("Talkdesk answered " + status + " when asked for the records of list " + recordList);
        }
        JsonNode records = page.path("_embedded").path("records");
        if (!records.isArray()) {
            throw new IOException("No page of the records of list " + recordList + ": a 200 with "
                    + Looks.of(null, body) + ", which lists no records (expected _embedded.records)");
        }
        List<String> ids = new ArrayList<>();
        for (JsonNode record : records) {
            if (!Shape.isOfList(recordList, record)) {
                throw new IOException("Talkdesk's answer shows records of another list than " + recordList
                        + " that was asked for; nothing is concluded from it");
            }
            if (externalProvider.equals(record.path("external_provider").asText())) {
                ids.add(record.path("external_id").asText());
            }
        }
        JsonNode next = page.path("_links").path("next").path("href");
        boolean more = next.isTextual() && !records.isEmpty() && !isLast(page);
        return new RecordPage(List.copyOf(ids), more ? query(next.asText(), recordList, apiUrl) : "");
    }

    /** Where every link is required, the last page has one to follow too. */
    private static boolean isLast(JsonNode page) {
        return page.path("page").isInt()
                && page.path("total_pages").isInt()
                && page.path("page").asInt() >= page.path("total_pages").asInt();
    }

    /** Only the query of a link is followed: whatever ends TLS in between may call us by another scheme. */
    private static String query(String link, String recordList, String apiUrl) throws RefusedException {
        URI next = URI.create(apiUrl + '/').resolve(link);
        URI ours = URI.create(apiUrl + "/record-lists/" + recordList + "/records");
        boolean web = "http".equals(next.getScheme()) || "https".equals(next.getScheme());
        boolean same = web
                && ours.getRawAuthority().equals(next.getRawAuthority())
                && (ours.getRawPath().equals(next.getRawPath()) || (ours.getRawPath() + '/').equals(next.getRawPath()))
                && next.getRawQuery() != null;
        if (!same) {
            throw new RefusedException("Talkdesk's link to the next page of list " + recordList
                    + " leads elsewhere (expected " + ours + "?…); it was not followed");
        }
        return next.getRawQuery();
    }

    /** Asking again is of no use. */
    public static final class RefusedException extends IllegalStateException {

        RefusedException(String message) {
            super(message);
        }
    }
}
