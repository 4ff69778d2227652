package io.recordsync.ops.api;

import io.recordsync.inbox.ListCoverage;
import io.recordsync.inbox.ServedLists;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What a person is told of the time before a record list was there, until somebody has looked at it or declined to. */
final class HistoryHint {

    private static final String DECLINE = "or decline it (POST /api/record-lists/skip-history)";

    private static final int MAX_SHOWN = 5;

    private HistoryHint() {}

    /** @param error why presence checks failed; empty where none did */
    static List<String> words(List<ListCoverage> lists, ServedLists names, String error) {
        List<String> words = new ArrayList<>();
        List<String> since = lists.stream()
                .filter(list -> list.joinedAt() == null && list.historyOpen())
                .map(list -> names.named(list.recordList()))
                .toList();
        if (!since.isEmpty()) {
            words.add("What was deleted before the first start may still be on record lists " + shown(since)
                    + ": order a sweep of the 15 days before and a presence check (on the page, or POST /api/sweep and"
                    + " /api/reconcile), " + DECLINE + why(error));
        }
        lists.stream()
                .filter(list -> list.joinedAt() != null && list.historyOpen())
                .map(list -> joined(list, names, error))
                .forEach(words::add);
        return words;
    }

    private static String shown(List<String> lists) {
        String first = lists.stream().limit(MAX_SHOWN).collect(Collectors.joining(", "));
        return lists.size() <= MAX_SHOWN ? first : first + " and %s more".formatted(lists.size() - MAX_SHOWN);
    }

    private static String joined(ListCoverage list, ServedLists names, String error) {
        String sweep = list.swept() ? "it was swept for the 15 days before" : "a sweep of the 15 days before is due";
        return "Record list " + names.named(list.recordList()) + " joined at " + list.joinedAt() + ": " + sweep
                + ", and it is to be checked for presence (POST /api/reconcile); wait for that, " + DECLINE
                + why(error);
    }

    private static String why(String error) {
        return error.isEmpty() ? "" : "; the presence check failed: " + error;
    }
}
