package io.recordsync.network;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the body of an answer looks like that is not the other end's own: its type, and the title of a page, in a few words.
 *
 * <p>The words are one line, bounded, and hold nothing that looks like a number, an address or a token.
 */
public final class Looks {

    private static final int MAX_TITLE = 80;
    private static final int MAX_LOCATION = 120;
    private static final int MAX_SAID = 200;
    private static final int MAX_SEARCHED = 16_384;
    private static final Pattern TITLE = Pattern.compile("<title[^>]*>([^<]*)", Pattern.CASE_INSENSITIVE);
    private static final Pattern HTML =
            Pattern.compile("<(!doctype html|html|head|body|title)\\b", Pattern.CASE_INSENSITIVE);
    private static final Pattern MEDIA_TYPE = Pattern.compile("[\\w.+-]{1,40}/[\\w.+-]{1,40}");
    /** What breaks a line, is not seen, or turns the text around. */
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{C}\\p{Z}]+");

    private static final Pattern PRIVATE = Pattern.compile("\\S*@\\S*|[\\w+/=.-]{24,}|\\+?\\d[\\d ()./-]{5,}");

    private Looks() {}

    /**
     * Of an answer that may be a redirect: those are not followed.
     *
     * @param contentType null when it has none
     * @param location likewise
     */
    public static String of(int status, String contentType, String location, String body) {
        return status / 100 == 3 && location != null && !location.isBlank()
                ? "a redirect to " + where(location)
                : of(contentType, body);
    }

    /** Without its parameters and whatever else may be a secret. */
    private static String where(String location) {
        String line =
                location.replaceAll("[?#].*", "…").replaceAll("//[^/]*@", "//…").replaceAll("[^\\w.:/…%~\\[\\]-]", "?");
        return line.length() <= MAX_LOCATION ? line : line.substring(0, MAX_LOCATION) + "…";
    }

    /** @param contentType of the answer; null when it has none */
    public static String of(String contentType, String body) {
        if (body == null || body.isBlank()) {
            return "no body";
        }
        String start = body.substring(0, Math.min(body.length(), MAX_SEARCHED)).strip();
        String type = mediaType(contentType);
        if (HTML.matcher(start).find() || type.equals("text/html")) {
            Matcher title = TITLE.matcher(start);
            String shown = title.find() ? shown(title.group(1)) : "";
            return shown.isEmpty() ? "an HTML page without a title" : "an HTML page with the title \"" + shown + "\"";
        }
        boolean json = start.startsWith("{") || start.startsWith("[");
        String what = json ? "JSON of another form" : start.startsWith("<") ? "XML" : "text";
        return type.isEmpty() ? what : what + " (" + type + ")";
    }

    private static String mediaType(String contentType) {
        String type =
                contentType == null ? "" : contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        return MEDIA_TYPE.matcher(type).matches() ? type : "";
    }

    /** What the other end says in words of its own: an error's description, say. Empty when it says nothing. */
    public static String said(String words) {
        String start = words.substring(0, Math.min(words.length(), MAX_SEARCHED));
        return safe(start, MAX_SAID);
    }

    private static String shown(String title) {
        return safe(title.replace('"', ' '), MAX_TITLE);
    }

    private static String safe(String text, int max) {
        String line = UNPRINTABLE.matcher(text).replaceAll(" ").strip();
        String safe = PRIVATE.matcher(line).replaceAll("…");
        return safe.codePointCount(0, safe.length()) <= max
                ? safe
                : safe.substring(0, safe.offsetByCodePoints(0, max)) + "…";
    }
}
