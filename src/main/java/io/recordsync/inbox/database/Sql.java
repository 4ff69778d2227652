package io.recordsync.inbox.database;

import java.util.ArrayList;
import java.util.List;

/**
 * A statement as the driver takes it, and the names of its parameters in their order.
 *
 * @param text with {@code ?} for each parameter
 */
record Sql(String text, List<String> names) {

    /**
     * Finds the parameters, {@code :name} each. What stands in quotes or in a comment is none, nor is a cast ({@code ::json}).
     *
     * @throws IllegalArgumentException for a bare {@code ?}, whose value nobody could name
     */
    static Sql parse(String named) {
        StringBuilder text = new StringBuilder(named.length());
        List<String> names = new ArrayList<>();
        int at = 0;
        while (at < named.length()) {
            int end = endOfWhatIsKept(named, at);
            if (end > at) {
                text.append(named, at, end);
            } else {
                end = endOfName(named, at + 1);
                names.add(named.substring(at + 1, end));
                text.append('?');
            }
            at = end;
        }
        return new Sql(text.toString(), List.copyOf(names));
    }

    /** The values in the order of the statement. */
    List<Object> values(Parameters parameters) {
        List<Object> values = new ArrayList<>(names.size());
        for (String name : names) {
            values.add(parameters.value(name, text));
        }
        parameters.requireUseOfAll(names, text);
        return values;
    }

    /** Of the literal, comment, cast or character that begins here; {@code at} itself where a parameter begins. */
    private static int endOfWhatIsKept(String sql, int at) {
        char c = sql.charAt(at);
        if (c == '\'' || c == '"') {
            // A doubled quote ends one literal and begins the next.
            int close = sql.indexOf(c, at + 1);
            return close < 0 ? sql.length() : close + 1;
        }
        if (sql.startsWith("--", at)) {
            int newline = sql.indexOf('\n', at);
            return newline < 0 ? sql.length() : newline;
        }
        if (sql.startsWith("::", at)) {
            return at + 2;
        }
        if (c == '?') {
            throw new IllegalArgumentException("A parameter is a bare ? (expected :name) in: " + sql);
        }
        return c == ':' && endOfName(sql, at + 1) > at + 1 ? at : at + 1;
    }

    private static int endOfName(String sql, int from) {
        int end = from;
        while (end < sql.length() && Character.isJavaIdentifierPart(sql.charAt(end))) {
            end++;
        }
        return end;
    }
}
