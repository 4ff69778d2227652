package io.recordsync.simulator.talkdesk;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The forms of the links of a page.
 *
 * <p>The page "paging results" says that the last page has no next link; those of record lists and records call every link required,
 * so that nobody knows what the last one has there. Recorded links leave out {@code per_page}, or have a slash before the question mark.
 */
public enum PageLinks {
    LAST_HAS_NO_NEXT,
    /** The last page leads to itself. */
    NEXT_IS_SELF,
    /** Every page leads to one more, and those after the last are empty. */
    NEXT_WITHOUT_END,
    /** The next page is one of the size that a call has without {@code per_page}. */
    WITHOUT_PER_PAGE,
    SLASH_BEFORE_QUERY,
    /** Behind something that ends TLS. */
    PLAIN_HTTP,
    RELATIVE;

    Map<String, Object> of(String base, String path, int page, int perPage, int last) {
        Map<String, Object> links = new LinkedHashMap<>();
        links.put("self", href(base, path, page, perPage));
        links.put("first", href(base, path, 1, perPage));
        if (page > 1 || this == NEXT_IS_SELF || this == NEXT_WITHOUT_END) {
            links.put("prev", href(base, path, Math.max(1, page - 1), perPage));
        }
        if (page < last || this == NEXT_WITHOUT_END) {
            links.put("next", href(base, path, page + 1, perPage));
        } else if (this == NEXT_IS_SELF) {
            links.put("next", href(base, path, page, perPage));
        }
        links.put("last", href(base, path, last, perPage));
        return links;
    }

    private Map<String, String> href(String base, String path, int page, int perPage) {
        String host =
                switch (this) {
                    case RELATIVE -> "";
                    case PLAIN_HTTP -> base.replaceFirst("^https:", "http:");
                    default -> base;
                };
        String slash = this == SLASH_BEFORE_QUERY ? "/" : "";
        String size = this == WITHOUT_PER_PAGE ? "" : "per_page=" + perPage + "&";
        return Map.of("href", host + path + slash + "?" + size + "page=" + page);
    }
}
