package io.recordsync.ops.api;

import io.recordsync.deletion.Word;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Reads what a caller sent, strictly: each parameter is known, none is without bounds, and no mistake repeats a value. */
final class Query {

    /** No record list, external id or failure code is longer. */
    static final int MAX_CHARACTERS = 255;

    private Query() {}

    static void onlyOf(Map<String, String> query, Set<String> known) {
        if (!known.containsAll(query.keySet())) {
            throw Refusal.of(400, "Unknown query parameter: expected some of " + new TreeSet<>(known));
        }
    }

    /** Null when it is not given. */
    static String text(Map<String, String> query, String name) {
        String text = query.get(name);
        if (text != null && (text.isBlank() || text.length() > MAX_CHARACTERS)) {
            throw Refusal.of(400, "%s is expected to have 1 to %s characters".formatted(name, MAX_CHARACTERS));
        }
        return text;
    }

    /** The constant that goes by this word; null when none is given. */
    static <E extends Enum<E>> E word(Class<E> type, String word, String name) {
        if (word == null) {
            return null;
        }
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> Word.underscored(constant).equals(word))
                .findFirst()
                .orElseThrow(() -> Refusal.of(
                        400,
                        name + " is expected to be one of "
                                + Arrays.stream(type.getEnumConstants())
                                        .map(Word::underscored)
                                        .collect(Collectors.joining(", "))));
    }

    /** A number from 1 to {@code max}. */
    static long number(Map<String, String> query, String name, long byDefault, long max) {
        long number = query.containsKey(name) ? positive(query.get(name), name) : byDefault;
        if (number > max) {
            throw Refusal.of(400, "%s is expected to be a number from 1 to %s".formatted(name, max));
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
            // Refused below.
        }
        throw Refusal.of(400, name + " is expected to be a positive number");
    }
}
