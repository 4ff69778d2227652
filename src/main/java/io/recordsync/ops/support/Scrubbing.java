package io.recordsync.ops.support;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Takes out of a text what must not leave the house: the secrets of the configuration, as they are and as JSON, URLs and headers
 * write them, tokens and keys by their form, phone numbers, the people of the page, and the names before an {@code @}. Nothing of it
 * should be there; an archive that goes to a stranger does not rely on that. Immutable.
 */
public final class Scrubbing {

    /** Below it a secret is a word like any other, and its place would show it. */
    private static final int MIN_SECRET = 6;

    private static final String REMOVED = "(removed)";

    /** A token of Salesforce, a JWT, a key in PEM. */
    private static final Pattern TOKEN = Pattern.compile("\\b00D\\w{12,15}![\\w.]+|\\beyJ[\\w-]+\\.[\\w-]+\\.[\\w-]*"
            + "|-----BEGIN [A-Z ]*PRIVATE KEY-----[\\s\\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\\z)");

    private static final Pattern CREDENTIALS = Pattern.compile("\\b(?i:(Basic|Bearer)) +[\\w+/=.~!-]{8,}");
    private static final Pattern PARAMETER =
            Pattern.compile("(?i)((?:password|passwd|pwd|secret|access_token)=)[^\\s&;,\"')]+");

    /** Seven digits and more behind a plus, in groups or not: E.164, as this service writes it and as people do; no exponent. */
    private static final Pattern PHONE =
            Pattern.compile("(?<!\\d[eE])(?:\\+|%2[Bb]|\\\\u002[Bb])[1-9](?:[ ().\\u00a0/-]{0,2}\\d){6,14}(?!\\w)");

    /** Without the plus. Digits of an id or of a fraction are no number of their own. */
    private static final Pattern DIGITS = Pattern.compile("(?<![\\w.+-])[1-9]\\d{9,14}(?![\\w-]|\\.\\d)");

    /** As it is written in North America: (415) 555-0199, 415-555-0199. */
    private static final Pattern GROUPS =
            Pattern.compile("(?<![\\w.+-])(?:\\([2-9]\\d\\d\\) ?|[2-9]\\d\\d[-. ])[2-9]\\d\\d[-. ]\\d{4}(?![\\w.-])");

    private static final Pattern NAME_AT =
            // Not of a channel with its position, /data/ContactChangeEvent@…, nor of a module, java.base@17.0.15/…
            Pattern.compile("(?<![/\\p{L}\\p{N}._%+-])(?!(?:java|jdk)\\.[a-z.]+@[\\d.]+/)"
                    + "[\\p{L}\\p{N}._%+'-]+@(?=[\\p{L}\\p{N}(\\[])");

    private final List<String> secrets;
    private final Map<Pattern, String> people = new LinkedHashMap<>();

    /** @param people the names of those who use the page: a reader can tell them apart by a number in place of each */
    public Scrubbing(Collection<String> secrets, Collection<String> people) {
        this.secrets = secrets.stream()
                .filter(secret -> secret.length() >= MIN_SECRET)
                .flatMap(Scrubbing::written)
                .distinct()
                .sorted(Comparator.comparing(String::length).reversed())
                .toList();
        List<String> longestFirst = people.stream()
                .distinct()
                .sorted(Comparator.comparing(String::length).reversed())
                .toList();
        longestFirst.forEach(name -> this.people.put(
                Pattern.compile("(?<![\\p{L}\\p{N}_])" + Pattern.quote(name) + "(?![\\p{L}\\p{N}_])"),
                "(person " + (this.people.size() + 1) + ")"));
    }

    /** A secret in the forms in which a log or an answer may show it. */
    private static Stream<String> written(String secret) {
        String inUrl = URLEncoder.encode(secret, StandardCharsets.UTF_8);
        return Stream.of(
                secret,
                secret.strip(),
                String.valueOf(JsonStringEncoder.getInstance().quoteAsString(secret)),
                inUrl,
                inUrl.replace("+", "%20"),
                Base64.getEncoder().encodeToString(secret.getBytes(StandardCharsets.UTF_8)));
    }

    public String of(String text) {
        String scrubbed = text;
        for (String secret : secrets) {
            scrubbed = scrubbed.replace(secret, REMOVED);
        }
        scrubbed = TOKEN.matcher(scrubbed).replaceAll(REMOVED);
        scrubbed = CREDENTIALS.matcher(scrubbed).replaceAll("$1 " + REMOVED);
        scrubbed = PARAMETER.matcher(scrubbed).replaceAll("$1" + REMOVED);
        for (Map.Entry<Pattern, String> person : people.entrySet()) {
            scrubbed = person.getKey().matcher(scrubbed).replaceAll(Matcher.quoteReplacement(person.getValue()));
        }
        scrubbed = PHONE.matcher(scrubbed).replaceAll("+" + REMOVED);
        scrubbed = DIGITS.matcher(scrubbed).replaceAll(REMOVED);
        scrubbed = GROUPS.matcher(scrubbed).replaceAll(REMOVED);
        return NAME_AT.matcher(scrubbed).replaceAll(REMOVED + "@");
    }
}
