package io.recordsync.config;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;

/** The one reader of lists whose items are separated by commas. */
public final class CommaList {

    private CommaList() {}

    /**
     * The items in their order, without the spaces around them; none where the text is blank.
     *
     * @throws IllegalArgumentException when an item is empty or stands there twice
     */
    public static List<String> items(String text) {
        if (text.isBlank()) {
            return List.of();
        }
        List<String> items =
                Arrays.stream(text.split(",", -1)).map(String::strip).toList();
        if (items.contains("")) {
            throw new IllegalArgumentException("An item of the list is empty: expected none empty");
        }
        if (new HashSet<>(items).size() < items.size()) {
            throw new IllegalArgumentException("An item of the list stands there twice: expected each once");
        }
        return items;
    }
}
