package io.recordsync.inbox.database;

/**
 * Rows on their way into one statement, as a JSON array of arrays.
 *
 * <p>What neither database can hold (NUL, half a surrogate pair) becomes U+FFFD: text from outside must never be the
 * reason why its intake never succeeds.
 */
public final class JsonRows {

    private static final int MAX_SHORTENED = 999;
    private static final int MAX_SHORTENED_BYTES = 2_000;

    private final StringBuilder rows = new StringBuilder("[");

    /** Strings and numbers. */
    public JsonRows add(Object... values) {
        rows.append(isEmpty() ? "[" : ",[");
        for (int i = 0; i < values.length; i++) {
            if (i > 0) {
                rows.append(',');
            }
            if (values[i] instanceof String text) {
                quote(text);
            } else {
                rows.append(values[i]);
            }
        }
        rows.append(']');
        return this;
    }

    /** Text that both databases can hold. */
    public static String storable(String text) {
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == 0 || Character.isSurrogate(c)) {
                return repaired(text);
            }
        }
        return text;
    }

    private static String repaired(String text) {
        return text.codePoints()
                .map(c -> c == 0 || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) ? 0xFFFD : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    /**
     * Text that both databases can hold, and PostgreSQL in an index, where 2,704 bytes are the most for all columns of a row; a
     * person reads no more.
     */
    public static String shortened(String text) {
        String storable = storable(text);
        int bytes = 0;
        for (int at = 0; at < storable.length(); at += Character.charCount(storable.codePointAt(at))) {
            int c = storable.codePointAt(at);
            bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
            if (at >= MAX_SHORTENED && storable.length() > MAX_SHORTENED + 1 || bytes > MAX_SHORTENED_BYTES) {
                return storable.substring(0, at) + '…';
            }
        }
        return storable;
    }

    public boolean isEmpty() {
        return rows.length() == 1;
    }

    @Override
    public String toString() {
        return rows + "]";
    }

    private void quote(String text) {
        rows.append('"');
        int plain = 0;
        while (plain < text.length() && isPlain(text.charAt(plain))) {
            plain++;
        }
        rows.append(text, 0, plain);
        if (plain < text.length()) {
            escape(storable(text.substring(plain)));
        }
        rows.append('"');
    }

    private void escape(String text) {
        text.chars().forEach(c -> {
            if (c == '"' || c == '\\') {
                rows.append('\\').append((char) c);
            } else if (c < ' ') {
                rows.append(String.format("\\u%04x", c));
            } else {
                rows.append((char) c);
            }
        });
    }

    /** Nearly all of what is written. */
    private static boolean isPlain(char c) {
        return c >= ' ' && c < 0x7f && c != '"' && c != '\\';
    }
}
