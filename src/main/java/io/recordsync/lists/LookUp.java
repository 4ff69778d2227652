package io.recordsync.lists;

import io.recordsync.deletion.ListPages;
import io.recordsync.deletion.ListWord;
import io.recordsync.deletion.ListedList;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One walk through all record lists, page by page, and then to each of those that were expected and not shown.
 *
 * <p>While {@link #unfinished} the page of {@link #next} is read, then {@link #asked} about while {@link #asking}. Not thread-safe.
 */
public final class LookUp {

    private final ListPages pages = new ListPages();
    private final Deque<String> toAsk = new ArrayDeque<>();
    private final Map<String, ListWord> words = new LinkedHashMap<>();

    LookUp() {}

    public boolean unfinished() {
        return pages.unfinished();
    }

    /** The query of the page to be read now. */
    public String next() {
        return pages.next();
    }

    /** @throws IllegalStateException where the walk did not see all that is said to be there */
    void page(Collection<ListedList> lists, long ofAll, String nextPage) {
        pages.read(lists, ofAll, nextPage);
    }

    /** Every list that was shown, by its id. */
    Map<String, ListedList> seen() {
        return pages.seen();
    }

    /** As the inbox, and so the configuration, writes their ids: case does not count in an id. */
    void write(Collection<String> ids) {
        Map<String, ListedList> seen = pages.seen();
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
