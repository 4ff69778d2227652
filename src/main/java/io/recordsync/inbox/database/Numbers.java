package io.recordsync.inbox.database;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The numbers that the table of deletions holds for words: states, origins and confirmations.
 *
 * <p>Statements write a word in braces ({@code state = {pending}}). The migrations hold the same numbers, and the view {@code deletion}
 * shows the words. A number never changes its meaning: a new word comes last.
 */
public final class Numbers {

    /** What stands for no confirmation. */
    public static final int NONE = 0;

    /** Each counted from one. A word is in one of them only. */
    private static final List<List<String>> GROUPS = List.of(
            List.of("checking", "pending", "claimed", "deleted", "parked", "held", "rehearsed", "cancelled"),
            List.of("stream", "sweep", "reconcile", "api"),
            List.of("exact", "batch", "absent", "accepted"));

    private static final Map<String, Integer> BY_WORD = GROUPS.stream()
            .flatMap(Numbers::numbered)
            .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));

    private Numbers() {}

    private static Stream<Map.Entry<String, Integer>> numbered(List<String> words) {
        return IntStream.range(0, words.size()).mapToObj(i -> Map.entry(words.get(i), i + 1));
    }

    /** @throws IllegalArgumentException when the table holds no such constants */
    public static int of(Enum<?> constant) {
        Integer number = BY_WORD.get(word(constant));
        if (number == null) {
            throw new IllegalArgumentException(
                    "%s has no number (expected a state, an origin or a confirmation)".formatted(constant));
        }
        return number;
    }

    /** @throws IllegalArgumentException when no constant of the type has it */
    public static <E extends Enum<E>> E read(Class<E> type, int number) {
        for (E constant : type.getEnumConstants()) {
            if (of(constant) == number) {
                return constant;
            }
        }
        throw new IllegalArgumentException("The number %s is no %s: is a newer program at work on this database?"
                .formatted(number, type.getSimpleName()));
    }

    /** The text with numbers in place of the words in braces; each ends, whatever a fragment goes on with. */
    static String expand(String text) {
        String expanded = text;
        for (Map.Entry<String, Integer> word : BY_WORD.entrySet()) {
            expanded = expanded.replace("{" + word.getKey() + "}", word.getValue() + " ");
        }
        return expanded;
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
