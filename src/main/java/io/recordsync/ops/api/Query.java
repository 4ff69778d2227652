package io.recordsync.ops.api;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Reading the query parameters that a caller sent, strictly: each known, none without bounds. */
final class Query {

    /** No record list, external id or failure code is longer. */
    static final int LONGEST = 255;

    private Query() {}

    static void onlyOf(Map<String, String> query, Set<String> known) {
        if (!known.containsAll(query.keySet())) {
            throw Refusal.of(400, "Unknown query parameter: expected some of " + new TreeSet<>(known));
        }
    }

    /** Null when it is not given. */
    static String text(Map<String, String> query, String name) {
        String text = query.get(name);
        if (text != null && (text.isBlank() || text.length() > LONGEST)) {
            throw Refusal.of(400, "%s is expected to have 1 to %d characters".formatted(name, LONGEST));
        }
        return text;
    }

    /** A number from 1 to {@code most}. */
    static long number(Map<String, String> query, String name, long usual, long most) {
        long number = query.containsKey(name) ? positive(query.get(name), name) : usual;
        if (number > most) {
            throw Refusal.of(400, "%s is expected to be a number from 1 to %d".formatted(name, most));
        }
        return number;
    }

    static long positive(String text, String name) {
        try {
            long number = Long.parseLong(text);
            if (number > 0) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            // Told below.
        }
        throw Refusal.of(400, name + " is expected to be a positive number");
    }
}
