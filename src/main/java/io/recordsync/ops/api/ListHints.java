package io.recordsync.ops.api;

import io.recordsync.inbox.FoundList;
import io.recordsync.inbox.FoundLists.LookUpState;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What a person should know of record lists that were looked up, in words; none of it is a reason to be not ready. */
final class ListHints {

    private static final int MAX_NAMED = 5;

    private ListHints() {}

    static List<String> words(List<FoundList> lists, LookUpState lookUp) {
        List<String> words = new ArrayList<>();
        List<FoundList> asking = of(lists, "asks");
        if (!asking.isEmpty()) {
            words.add("%s by %s name and %s for a person to let %s join, or dismiss %s: %s"
                    .formatted(
                            asking.size() == 1 ? "1 record list matches" : asking.size() + " record lists match",
                            asking.size() == 1 ? "its" : "their",
                            asking.size() == 1 ? "waits" : "wait",
                            asking.size() == 1 ? "it" : "them",
                            asking.size() == 1 ? "it" : "them",
                            named(asking)));
        }
        List<FoundList> vanished = of(lists, "vanished");
        if (!vanished.isEmpty()) {
            words.add(
                    "Talkdesk does not show any more, and their deletions wait until they are back or a person forgets them: "
                            + named(vanished));
        }
        if (!lookUp.notice().isEmpty()) {
            words.add(lookUp.notice());
        }
        if (!lookUp.error().isEmpty()) {
            words.add("The record lists could not be looked up: " + lookUp.error());
        }
        return words;
    }

    private static List<FoundList> of(List<FoundList> lists, String word) {
        return lists.stream().filter(list -> list.word().equals(word)).toList();
    }

    private static String named(List<FoundList> lists) {
        return lists.stream().limit(MAX_NAMED).map(FoundList::named).collect(Collectors.joining(", "))
                + (lists.size() > MAX_NAMED ? " and " + (lists.size() - MAX_NAMED) + " more" : "");
    }
}
