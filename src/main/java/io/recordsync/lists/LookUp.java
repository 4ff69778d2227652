package io.recordsync.lists;

import io.recordsync.deletion.ListWord;
import io.recordsync.deletion.ListedList;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One walk through all record lists, page by page, and then to each of those that were expected and not shown.
 *
 * <p>While {@link #unfinished} the page of {@link #next} is read, then {@link #asked} about while {@link #asking}. Not thread-safe.
 */
public final class LookUp {

    /** A hundred lists each; more is a server that never ends. */
    private static final int MAX_PAGES = 1_000;

    private static final String FIRST_PAGE = "page=1&per_page=100";

    private final Map<String, ListedList> seen = new LinkedHashMap<>();
    private final Set<String> pages = new HashSet<>();
    private final Deque<String> toAsk = new ArrayDeque<>();
    private final Map<String, ListWord> words = new LinkedHashMap<>();
    private String next = FIRST_PAGE;
    private long total = -1;

    LookUp() {}

    public boolean unfinished() {
        return !next.isEmpty();
    }

    /** The query of the page to be read now. */
    public String next() {
        return next;
    }

    /** @throws IllegalStateException where the walk did not see all that is said to be there */
    void page(Collection<ListedList> lists, long ofAll, String nextPage) {
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
    Map<String, ListedList> seen() {
        return seen;
    }

    /** As the inbox, and so the configuration, writes their ids: case does not count in an id. */
    void write(Collection<String> ids) {
        for (String id : ids) {
            List<ListedList> others = seen.containsKey(id)
                    ? List.of()
                    : seen.values().stream()
                            .filter(list -> list.id().equalsIgnoreCase(id) && !ids.contains(list.id()))
                            .toList();
            for (ListedList list : others) {
                seen.remove(list.id());
                seen.put(id, list.withId(id));
            }
        }
    }

    void ask(Collection<String> lists) {
        toAsk.addAll(lists);
    }

    public boolean asking() {
        return !toAsk.isEmpty();
    }

    /** The list to be asked for now, by its id. */
    public String asked() {
        return toAsk.element();
    }

    void answered(ListWord word) {
        words.put(toAsk.remove(), word);
    }

    /** What was said of those that were asked for. */
    Map<String, ListWord> words() {
        return words;
    }
}
