package io.recordsync.config;

import java.util.List;

/** What settings refuse in code, whichever way they were made. */
final class Required {

    private Required() {}

    /** @throws IllegalArgumentException when there is no item */
    static List<String> items(Key<List<String>> key, List<String> items) {
        if (items.isEmpty()) {
            throw new IllegalArgumentException(
                    key.name() + " is empty: expected " + key.form().expected());
        }
        return List.copyOf(items);
    }

    /** @throws IllegalArgumentException when the text has another form */
    static String form(Key<String> key, String text) {
        try {
            return key.form().read(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(key.name() + " = " + e.getMessage());
        }
    }
}
