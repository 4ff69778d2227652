package io.recordsync.config;

import io.recordsync.deletion.Word;
import io.recordsync.files.Refusal;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What a value must look like and what it is read as: its check and its reading are one.
 *
 * @param <T> what it is read as
 */
public final class Form<T> {

    /** A duration above this would overflow somewhere: in a timeout of the JDK or in the database. */
    static final Duration MAX_DURATION = Duration.ofDays(3650);

    private static final Duration MIN_DURATION = Duration.ofMillis(1);
    private static final String HOST = "[A-Za-z0-9._-]+|\\[?[0-9A-Fa-f:]+]?";

    private final String expected;
    private final Function<String, T> reading;
    private final T empty;
    private final boolean secret;

    private Form(String expected, T empty, Function<String, T> reading) {
        this(expected, empty, reading, false);
    }

    private Form(String expected, T empty, Function<String, T> reading, boolean secret) {
        this.expected = expected;
        this.empty = empty;
        this.reading = reading;
        this.secret = secret;
    }

    /** The form in words, as in "expected …". */
    public String expected() {
        return expected;
    }

    /** Whether a value of it must not be shown. */
    public boolean isSecret() {
        return secret;
    }

    /** What an empty text is read as, where it may be empty; nothing where a value of this form never is. */
    public Optional<T> empty() {
        return Optional.ofNullable(empty);
    }

    /** @throws IllegalArgumentException when the text has another form; a secret is not in its message */
    public T read(String text) {
        try {
            return reading.apply(text);
        } catch (Refused e) {
            throw new IllegalArgumentException(shown(text) + ": " + e.getMessage() + ": expected " + expected);
        } catch (IllegalArgumentException e) {
            // Not as the cause: the message of a failed reading quotes the text, which may be a secret.
            throw new IllegalArgumentException(shown(text) + ": expected " + expected);
        }
    }

    /** A text of the right form that cannot be meant, or be used; the message says why, and shows no secret. */
    private static final class Refused extends IllegalArgumentException {

        Refused(String why) {
            super(why);
        }
    }

    /** A value as a message shows it: on one line, of bearable length, and no secret, not even one within a URL. */
    String shown(String text) {
        return secret ? Secret.NOT_SHOWN : Shown.line(text);
    }

    // ---- the forms

    static Form<String> text() {
        return new Form<>("a value", "", Function.identity());
    }

    static Form<String> matching(String expected, String pattern) {
        return text(expected, Pattern.compile(pattern).asMatchPredicate());
    }

    private static Form<String> text(String expected, Predicate<String> accepts) {
        return new Form<>(expected, "", text -> required(text, accepts.test(text)));
    }

    static Form<Path> folder() {
        return new Form<>("a folder", null, Path::of);
    }

    static Form<Secret> secret(Form<String> form) {
        return new Form<>(form.expected, Secret.NONE, text -> new Secret(form.reading.apply(text)), true);
    }

    static <E extends Enum<E>> Form<E> word(Class<E> type) {
        return new Form<>(Word.choice(type), null, text -> Word.fromDashed(type, text));
    }

    static Form<Boolean> trueOrFalse() {
        return new Form<>(
                "true or false",
                null,
                text -> required(text.equals("true"), List.of("true", "false").contains(text)));
    }

    static Form<Integer> wholeNumber(int least, int most) {
        return new Form<>("a whole number from " + least + " to " + most, null, text -> {
            // The digits of other scripts are digits to Java.
            int number = required(Integer.parseInt(text), text.matches("\\d+"));
            return required(number, number >= least && number <= most);
        });
    }

    /** A duration that may be 0. */
    static Form<Duration> duration() {
        return duration(Duration.ZERO, MAX_DURATION, "");
    }

    static Form<Duration> durationAboveZero() {
        return duration(MIN_DURATION, MAX_DURATION, ", above 0");
    }

    /** Of a time whose smallness switches off what it sets: a number without its unit is refused. */
    static Form<Duration> durationAtLeast(Duration least) {
        return duration(least, MAX_DURATION, ", at least " + words(least));
    }

    static Form<Duration> durationBetween(Duration least, Duration most) {
        return duration(least, most, ", at least " + words(least) + " and at most " + words(most));
    }

    /** Likewise, where 0 is meant to switch it off. */
    static Form<Duration> zeroOr(Form<Duration> form) {
        return new Form<>(form.expected + ", or 0", null, text -> {
            Duration duration = Millis.read(text);
            return duration.isZero() ? duration : form.reading.apply(text);
        });
    }

    private static Form<Duration> duration(Duration least, Duration most, String bounds) {
        return new Form<>("milliseconds or a duration such as 30s, 5m or 24h" + bounds, null, text -> {
            Duration duration = Millis.read(text);
            if (duration.compareTo(least) < 0 && !duration.isZero() && text.matches("\\d+")) {
                throw new Refused("read as %s ms; write %ss, or %sm, %sh, %sd".formatted(text, text, text, text, text));
            }
            return required(duration, duration.compareTo(least) >= 0 && duration.compareTo(most) <= 0);
        });
    }

    private static String words(Duration duration) {
        if (duration.toSeconds() == 0) {
            return duration.toMillis() + "ms";
        }
        return duration.toDays() > 0
                ? duration.toDays() + "d"
                : duration.toString().substring("PT".length()).toLowerCase(Locale.ROOT);
    }

    static <T> Form<Optional<T>> offOr(Form<T> form) {
        return new Form<>(
                "off or " + form.expected,
                null,
                text -> text.equals("off") ? Optional.empty() : Optional.of(form.reading.apply(text)));
    }

    /** A list of one item or more. */
    static Form<List<String>> listOf(String expected, String item) {
        Predicate<String> accepts = Pattern.compile(item).asMatchPredicate();
        return new Form<>(expected, List.of(), text -> {
            List<String> items = CommaList.items(text);
            return required(items, !items.isEmpty() && items.stream().allMatch(accepts));
        });
    }

    static Form<String> host(String expected) {
        return matching(expected, HOST);
    }

    static Form<List<String>> hosts() {
        return listOf("host names, separated by commas", HOST);
    }

    /** Domains of two labels or more: all that is below them is trusted. */
    static Form<List<String>> domains() {
        return listOf("domains such as my.salesforce.example, separated by commas", "[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+");
    }

    /**
     * Of SQLite or PostgreSQL; not with a user or password before the host: PostgreSQL's driver refuses it, and quotes the password.
     */
    static Form<String> jdbcUrl() {
        String host = "(\\[[0-9A-Fa-f:]+]|[\\w.-]+)(:\\d+)?";
        String parameters = "(\\?([\\w.-]+(=[^&]*)?(&[\\w.-]+(=[^&]*)?)*)?)?";
        return matching(
                "jdbc:sqlite:<file> or jdbc:postgresql://<host>/<database>",
                "jdbc:sqlite:.+|jdbc:postgresql:(//(" + host + "(," + host + ")*)?(/[^?@&;=]*)?|/?[^?@&;=/:]*)"
                        + parameters);
    }

    static Form<List<String>> hostsOrNone() {
        Form<List<String>> hosts = hosts();
        return new Form<>(
                hosts.expected + ", or none",
                List.of(),
                text -> text.equals("none") ? List.of() : hosts.reading.apply(text));
    }

    /** A secret is sent there: in the clear only to this very machine. */
    static Form<URI> url() {
        return new Form<>(
                "https://host/path without a slash at the end (http for localhost only)",
                null,
                text -> required(uri(text), !text.endsWith("/")));
    }

    static Form<URI> origin() {
        return new Form<>("https://host without a path (http for localhost only)", null, text -> {
            URI uri = uri(text);
            return required(uri, uri.getRawPath().isEmpty());
        });
    }

    /**
     * Whoever knows it may post there: its path and its query are the secret, and stay as they are written. In the clear only to this
     * very machine.
     */
    static Form<String> secretUrl() {
        return text("https://host/… (http for localhost only)", text -> {
            URI uri = parsed(text);
            return uri.getHost() != null && uri.getRawUserInfo() == null && uri.getRawFragment() == null && isSafe(uri);
        });
    }

    /** No secret goes there: a page within the company may be served in the clear. */
    static Form<String> pageUrl() {
        return text("https://host or http://host, with a path or without, and without a slash at the end", text -> {
            URI uri = parsed(text);
            return isPlain(uri) && List.of("https", "http").contains(uri.getScheme()) && !text.endsWith("/");
        });
    }

    /** Not one that says how long a message is, or where it goes. */
    static Form<String> header() {
        return matching(
                "a header such as X-Token: abc",
                "(?i)(?!(host|connection|content-length|content-type|transfer-encoding|expect)\\s*:)"
                        + "[!#$%&'*+.^_`|~0-9a-z-]+: *[\\x21-\\x7e]([\\x20-\\x7e]*[\\x21-\\x7e])?");
    }

    /** The path of a file that holds a certificate now. */
    static Form<String> certificates() {
        return new Form<>("a PEM file with one certificate or more (-----BEGIN CERTIFICATE-----)", "", text -> {
            try {
                PemCertificates.read(Path.of(text));
                return text;
            } catch (IOException e) {
                throw new Refused("it cannot be read, " + Refusal.words(Path.of(text), e));
            } catch (CertificateException e) {
                throw new IllegalArgumentException(e);
            }
        });
    }

    private static URI uri(String text) {
        URI uri = parsed(text);
        return required(uri, isPlain(uri) && isSafe(uri));
    }

    private static URI parsed(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static boolean isPlain(URI uri) {
        return uri.getHost() != null
                && uri.getRawUserInfo() == null
                && uri.getRawQuery() == null
                && uri.getRawFragment() == null;
    }

    private static boolean isSafe(URI uri) {
        return "https".equals(uri.getScheme())
                || "http".equals(uri.getScheme()) && Loopback.is(String.valueOf(uri.getHost()));
    }

    private static <T> T required(T value, boolean accepted) {
        if (!accepted) {
            throw new IllegalArgumentException("another form");
        }
        return value;
    }
}
