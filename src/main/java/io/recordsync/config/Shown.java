package io.recordsync.config;

/** Texts of the configuration as messages show them. */
final class Shown {

    private static final int MAX_LENGTH = 100;

    private Shown() {}

    /** One line of bearable length, without the user info and the parameters of a URL: they may hold a password. */
    static String line(String text) {
        String line = withoutCredentials(text).replaceAll("\\p{Cntrl}", "?");
        String cut = line.length() > MAX_LENGTH ? line.substring(0, MAX_LENGTH) + "…" : line;
        return cut.equals(cut.strip()) ? cut : "\"" + cut + "\"";
    }

    static String withoutCredentials(String url) {
        return url.replaceAll("//[^/@]*@", "//…@").replaceAll("(?s)[?;].*", "…");
    }
}
