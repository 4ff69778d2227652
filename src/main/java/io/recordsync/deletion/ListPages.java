package io.recordsync.deletion;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A walk through the pages of all record lists.
 *
 * <p>While {@link #unfinished}, what the page of {@link #next} holds is told by {@link #read}. Not thread-safe.
 */
public final class ListPages {

    /** A hundred lists each; more is a server that never ends. */
    private static final int MAX_PAGES = 1_000;

    private static final String FIRST_PAGE = "page=1&per_page=100";

    private final Map<String, ListedList> seen = new LinkedHashMap<>();
    private final Set<String> pages = new HashSet<>();
    private String next = FIRST_PAGE;
    private long total = -1;

    public boolean unfinished() {
        return !next.isEmpty();
    }

    /** The query of the page to be read now. */
    public String next() {
        return next;
    }

    /**
     * @param ofAll how many lists there are by this page's word; negative: it says nothing of that
     * @param nextPage the query of the next one; empty: it was the last
     * @throws IllegalStateException where the walk did not see all that is said to be there, or does not end
     */
    public void read(Collection<ListedList> lists, long ofAll, String nextPage) {
        pages.add(next);
        lists.forEach(list -> seen.put(list.id(), list));
        // One that left meanwhile shifts others to pages that were read already.
        total = Math.max(total, ofAll);
        // A page that was read already ends the walk: some servers lead from the last one to itself.
        next = pages.contains(nextPage) ? "" : nextPage;
        if (next.isEmpty() && seen.size() < total) {
            throw new IllegalStateException("Talkdesk says that there are %s record lists, and its pages showed %s"
                    .formatted(total, seen.size()));
        }
        if (pages.size() > MAX_PAGES) {
            throw new IllegalStateException(
                    "More than %s pages of record lists: the look-up was ended".formatted(MAX_PAGES));
        }
    }

    /** Every list that was shown, by its id. */
    public Map<String, ListedList> seen() {
        return seen;
    }
}
