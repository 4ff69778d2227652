package io.recordsync.talkdesk;

import com.fasterxml.jackson.databind.JsonNode;
import io.recordsync.talkdesk.RecordPage.RefusedException;
import java.net.URI;
import java.util.regex.Pattern;

/** Where the next page of a paged answer is: only ever the same path of our own host. */
final class NextPage {

    /** As many as the first page is asked for. */
    private static final int PAGE_SIZE = 100;

    private static final Pattern PAGE = Pattern.compile("(^|&)page=\\d");

    private NextPage() {}

    /**
     * @param what the page is one of, for a message
     * @param path of the first page, below {@code apiUrl}
     * @param empty whether the page has nothing on it: some servers have a next link on every page for ever
     * @return its query; empty on the last
     * @throws RefusedException when the link leads elsewhere
     */
    static String of(JsonNode page, boolean empty, String what, String apiUrl, String path) {
        return empty || isLast(page) ? "" : query(link(page), what, apiUrl, path);
    }

    private static boolean isLast(JsonNode page) {
        int number = page.path("page").asInt(0);
        // One page of the documentation calls it total_page.
        int pages = page.path("total_pages").asInt(page.path("total_page").asInt(0));
        return number > 0 && pages > 0 && number >= pages;
    }

    /** Empty on the last page. */
    private static String link(JsonNode page) {
        JsonNode next = page.path("_links").path("next");
        JsonNode href = next.isTextual() ? next : next.path("href");
        return href.isTextual() ? href.asText().strip() : "";
    }

    /**
     * The query of a link that leads to this path on our own host, however that is written: relative, with a slash before the
     * question mark, by http, with the list's id in capitals or not. Only the query is used.
     */
    private static String query(String link, String what, String apiUrl, String path) {
        if (link.isEmpty()) {
            return "";
        }
        URI ours = URI.create(apiUrl + path);
        URI next = uri(apiUrl, link);
        boolean http = "http".equals(next.getScheme()) || "https".equals(next.getScheme());
        boolean same = http
                && next.getRawUserInfo() == null
                && ours.getHost().equalsIgnoreCase(next.getHost())
                && (next.getPort() == -1 || next.getPort() == port(ours))
                && ours.getRawPath().equalsIgnoreCase(withoutSlash(next.getRawPath()))
                && next.getRawQuery() != null;
        if (!same) {
            throw new RefusedException("Talkdesk's link to the next page of " + what + " leads elsewhere (expected "
                    + ours + "?…); it was not followed");
        }
        String query = next.getRawQuery();
        boolean numbered = PAGE.matcher(query).find() && !query.contains("per_page=");
        // Without it a page would be of another size than the one before, and skip some.
        return numbered ? query + "&per_page=" + PAGE_SIZE : query;
    }

    private static int port(URI uri) {
        return uri.getPort() != -1 ? uri.getPort() : uri.getScheme().equals("https") ? 443 : 80;
    }

    private static String withoutSlash(String path) {
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
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
}
