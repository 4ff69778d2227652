package io.recordsync.inbox;

import java.util.Locale;

/** The words that enum constants go by in the database: {@code external}, {@code gap_event}. */
final class Word {

    private Word() {}

    static String underscored(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    static <E extends Enum<E>> E fromUnderscored(Class<E> type, String word) {
        return Enum.valueOf(type, word.toUpperCase(Locale.ROOT));
    }
}
