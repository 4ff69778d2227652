package io.recordsync.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Texts of the configuration as messages show them. */
public final class Shown {

    private static final int MAX_LENGTH = 100;
    private static final Pattern SCHEME = Pattern.compile("(?s)((?:jdbc:)?[\\w+.-]{1,20}:(?://)?)(.*)");
    /** From here on a URL may hold a password, also where an operator has misplaced one. */
    private static final Pattern PARAMETERS =
            Pattern.compile("(?is)([?;&#]|[\\w.-]*(pass|pwd|secret|token)[\\w.-]*\\s*=).*");

    private Shown() {}

    /** One line of bearable length, without the user info and the parameters of a URL: they may hold a password. */
    static String line(String text) {
        String line = withoutCredentials(text).replaceAll("\\p{Cntrl}", "?");
        String cut = line.length() > MAX_LENGTH ? line.substring(0, MAX_LENGTH) + "…" : line;
        return cut.equals(cut.strip()) ? cut : "\"" + cut + "\"";
    }

    /**
     * A URL without what may hold a password: its parameters, and all behind its scheme where it has an {@code @}. What stands
     * before that may be a password with any sign in it, and what stands behind it too.
     */
    public static String withoutCredentials(String text) {
        Matcher url = SCHEME.matcher(text);
        if (!url.matches()) {
            return text.replaceAll("(?s)[?;].*", "…");
        }
        boolean file = url.group(1).equals("jdbc:sqlite:");
        if (file) {
            return url.group(1) + url.group(2).replaceAll("(?s)[?;].*", "…");
        }
        return url.group(2).contains("@")
                ? url.group(1) + "…"
                : url.group(1) + PARAMETERS.matcher(url.group(2)).replaceFirst("…");
    }
}
