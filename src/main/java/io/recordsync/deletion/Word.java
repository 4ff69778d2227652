package io.recordsync.deletion;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The words that enum constants go by outside Java: {@code client-credentials} in the configuration, {@code not_visible} in
 * JSON and SQL.
 *
 * <p>Reading is strict: a word is accepted only as it is written, and any other one is refused with the words expected.
 */
public final class Word {

    private Word() {}

    /** {@code CLIENT_CREDENTIALS} as {@code client-credentials}. */
    public static String dashed(Enum<?> constant) {
        return underscored(constant).replace('_', '-');
    }

    /** {@code NOT_VISIBLE} as {@code not_visible}. */
    public static String underscored(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException that names the words expected, when no constant goes by this one */
    public static <E extends Enum<E>> E fromDashed(Class<E> type, String word) {
        return read(type, word, Word::dashed);
    }

    /** @throws IllegalArgumentException that names the words expected, when no constant goes by this one */
    public static <E extends Enum<E>> E fromUnderscored(Class<E> type, String word) {
        return read(type, word, Word::underscored);
    }

    /** All dashed words of the type, as a message lists them: {@code settle or park}. */
    public static <E extends Enum<E>> String choice(Class<E> type) {
        return choice(type, Word::dashed);
    }

    private static <E extends Enum<E>> E read(Class<E> type, String word, Function<E, String> written) {
        for (E constant : type.getEnumConstants()) {
            if (written.apply(constant).equals(word)) {
                return constant;
            }
        }
        throw new IllegalArgumentException("Unknown word %s: expected %s".formatted(word, choice(type, written)));
    }

    private static <E extends Enum<E>> String choice(Class<E> type, Function<E, String> written) {
        List<String> words = Arrays.stream(type.getEnumConstants()).map(written).toList();
        int last = words.size() - 1;
        return last < 1
                ? String.join("", words)
                : words.stream().limit(last).collect(Collectors.joining(", ")) + " or " + words.get(last);
    }
}
