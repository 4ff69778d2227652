package io.recordsync.inbox;

import java.util.StringJoiner;

/**
 * Rows on their way into one statement, as a JSON array of arrays.
 *
 * <p>What neither database can hold (NUL, half a surrogate pair) becomes U+FFFD: text from outside must never be the
 * reason why its intake fails for ever.
 */
final class JsonRows {

    private final StringJoiner rows = new StringJoiner(",", "[", "]");

    /** Strings and numbers. */
    JsonRows add(Object... values) {
        StringJoiner row = new StringJoiner(",", "[", "]");
        for (Object value : values) {
            row.add(value instanceof String text ? quote(text) : String.valueOf(value));
        }
        rows.add(row.toString());
        return this;
    }

    /** Text that both databases can hold. */
    static String storable(String text) {
        return text.codePoints()
                .map(c -> c == 0 || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) ? 0xFFFD : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    /** Text that both databases can hold, not longer than a person reads. */
    static String shortened(String text) {
        String storable = storable(text);
        return storable.length() <= 1_000 ? storable : storable.substring(0, 999) + '…';
    }

    boolean isEmpty() {
        return rows.length() == 2;
    }

    @Override
    public String toString() {
        return rows.toString();
    }

    private static String quote(String text) {
        StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
        storable(text).chars().forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append((char) c);
            } else if (c < ' ') {
                quoted.append(String.format("\\u%04x", c));
            } else {
                quoted.append((char) c);
            }
        });
        return quoted.append('"').toString();
    }
}
