package io.recordsync;

import static java.util.stream.Collectors.toCollection;

import io.recordsync.network.Outbound;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The table of all keys of the configuration, and what is wrong with the values that were given.
 *
 * <p>A mistake is one line: the key, its value and the form expected. The value of a secret is never in it, nor are user
 * info and parameters of a URL. {@code config/application.properties} says what each key means.
 */
final class ConfigurationCheck {

    private static final Pattern DURATION = Pattern.compile("(\\d+d)?(\\d+h)?(\\d+m)?(\\d+s)?(\\d+(ms)?)?");
    private static final Pattern LOOPBACK = Pattern.compile("localhost|127\\.\\d+\\.\\d+\\.\\d+|\\[::1]");

    /** A duration above this would overflow somewhere: in a timeout of the JDK or in the database. */
    private static final long LONGEST = TimeUnit.DAYS.toMillis(3650);

    private static final long DAY = TimeUnit.DAYS.toMillis(1);

    private static final List<Key> KEYS = List.of(
            essential("salesforce.login-url", origin()),
            essential("salesforce.client-id", text()),
            essential("salesforce.client-secret", text()).secret().when("salesforce.auth", "client-credentials"),
            key("salesforce.auth", "client-credentials", oneOf("client-credentials", "jwt")),
            essential("salesforce.jwt.user", text()).when("salesforce.auth", "jwt"),
            essential("salesforce.jwt.keystore", text()).when("salesforce.auth", "jwt"),
            key("salesforce.jwt.keystore-password", "", text()).secret(),
            key("salesforce.jwt.key-alias", "", text()),
            key("salesforce.jwt.audience", "https://login.salesforce.com", origin()),
            key("salesforce.pubsub.host", "api.pubsub.salesforce.com", hosts("a host name", false)),
            key("salesforce.pubsub.port", "7443", wholeNumber(1, 65535)),
            key("salesforce.pubsub.plaintext", "false", oneOf("true", "false")),
            key(
                    "salesforce.channel",
                    "/data/ContactChangeEvent",
                    matching(
                            "/data/ContactChangeEvent, /data/ChangeEvents or a custom channel /data/…__chn",
                            "/data/\\w+")),
            key(
                    "salesforce.id-prefixes",
                    "003",
                    listOf("key prefixes of 3 characters, separated by commas", "[A-Za-z0-9]{3}")),
            key("salesforce.entities", "Contact", listOf("entity names, separated by commas", "[A-Za-z]\\w*")),
            key("salesforce.api-version", "64.0", matching("a version such as 64.0", "\\d{2,3}\\.0")),
            key("salesforce.timeout", "120s", duration(1)),
            key("salesforce.first-start", "latest", oneOf("earliest", "latest")),
            key("stream.idle-timeout", "330000", duration(1)),
            key("stream.backoff", "1000", duration(1)),
            key("stream.backoff-max", "60000", duration(1)),
            key("stream.backoff-long", "15m", duration(1)),
            key("sweep.period", "24h", duration(1, 14 * DAY, ", above 0, at most 14d")),
            key("sweep.on-gap", "true", oneOf("true", "false")),
            key("sweep.overlap", "1h", duration(0)),
            key("sweep.retry", "60s", duration(1)),
            key("talkdesk.api-url", "https://api.talkdeskapp.com", url()),
            essential("talkdesk.token-url", url()),
            essential("talkdesk.client-id", text()),
            essential("talkdesk.client-secret", text()).secret().when("talkdesk.auth", "basic"),
            key("talkdesk.auth", "basic", oneOf("basic", "private-key-jwt")),
            essential("talkdesk.private-key", text()).when("talkdesk.auth", "private-key-jwt"),
            essential("talkdesk.key-id", text()).when("talkdesk.auth", "private-key-jwt"),
            key("talkdesk.scope", "record-lists:manage", text()),
            essential(
                    "talkdesk.record-lists",
                    listOf(
                            "ids of record lists (1 to 36 letters, digits, - or _), separated by commas, none twice",
                            "[A-Za-z0-9_-]{1,36}")),
            key("talkdesk.external-provider", "salesforce", text()).filled(),
            key("proxy.host", "", hosts("a host name", false)),
            key("proxy.port", "3128", wholeNumber(1, 65535)),
            key("proxy.user", "", matching("a name without a colon", "[^:]+")),
            key("proxy.password", "", text()).secret(),
            key("proxy.no-proxy", "localhost,127.0.0.1", hosts("host names, separated by commas, or none", true)),
            key("tls.ca-bundle", "", certificates()),
            key("doctor.at-start", "true", oneOf("true", "false")),
            key("oauth.timeout", "10s", duration(1)),
            key("batch.size", "100", wholeNumber(1, 100)),
            key("batch.linger", "1000", duration(0)),
            key("delivery.concurrency", "4", wholeNumber(1, 100)),
            key("delivery.rate", "5", wholeNumber(0, 1000)),
            key("delivery.timeout", "30000", duration(1)),
            key("delivery.backoff", "1000", duration(1)),
            key("delivery.backoff-max", "300000", duration(1)),
            key("delivery.give-up-after", "24h", duration(1)),
            key("delivery.refusals-in-a-row", "5", wholeNumber(1, 1000)),
            key("delivery.mode", "live", oneOf("live", "dry-run")),
            key(
                    "delivery.dry-run-lists",
                    "",
                    listOf("ids of record lists, separated by commas", "[A-Za-z0-9_-]{1,36}")),
            key("hold.window", "0", duration(0)),
            key("guard.max-deletions", "1000", wholeNumber(0, 1_000_000_000)),
            key("guard.window", "1h", duration(1)),
            key("verify.delay", "60000", duration(0)),
            key("verify.attempts", "3", wholeNumber(1, 100)),
            key("verify.unconfirmed", "settle", oneOf("settle", "park")),
            key("health.expiry-warning", "24h", duration(0, 3 * DAY, ", at most 3d")),
            key("health.oldest-pending", "1h", duration(1)),
            key("reconcile.schedule", "off", offOr(duration(1))),
            key("reconcile.max-missing-percent", "5", wholeNumber(0, 100)),
            key("session.ttl", "30s", duration(1)),
            key("session.heartbeat", "5s", duration(1)),
            key("ledger.retention", "400d", duration(16 * DAY, LONGEST, ", at least 16d")),
            key(
                    "store.url",
                    "jdbc:sqlite:./data/recordsync.db",
                    matching(
                            "jdbc:sqlite:<file> or jdbc:postgresql://<host>/<database>",
                            "jdbc:sqlite:.+|jdbc:postgresql:.+")),
            key("store.user", "", text()),
            key("store.password", "", text()).secret(),
            key("ops.host", "127.0.0.1", hosts("a host name or an address to listen on", false)),
            key("ops.port", "8080", wholeNumber(0, 65535)),
            key("ops.user", "operator", matching("a name without a colon", "[^:\\s]+")),
            key("ops.password", "", text()).secret(),
            key("ops.allowed-hosts", "localhost", hosts("host names, separated by commas", true)),
            key("ledger.phone-key", "", matching("16 letters, digits or . _ - + / = or more", "[\\w.+/=-]{16,}"))
                    .secret());

    private ConfigurationCheck() {}

    /** The value of each key that may be left out. */
    static Map<String, String> defaults() {
        Map<String, String> defaults = new LinkedHashMap<>();
        for (Key key : KEYS) {
            if (key.fallback() != null) {
                defaults.put(key.name(), key.fallback());
            }
        }
        return defaults;
    }

    /** The durations in milliseconds: not everything in Camel that takes a time understands a unit. */
    static Map<String, String> millis(Map<String, String> configuration) {
        Map<String, String> millis = new LinkedHashMap<>();
        for (Key key : KEYS) {
            if (key.form().expected().startsWith("milliseconds")) {
                millis.put(key.name(), Long.toString(millis(value(key, configuration))));
            }
        }
        return millis;
    }

    /** All keys, in the order of the table. */
    static Set<String> keys() {
        return KEYS.stream().map(Key::name).collect(toCollection(LinkedHashSet::new));
    }

    /**
     * One line for each mistake, empty where there is none.
     *
     * @param configuration every key that is set anywhere, with its value after all overrides; a placeholder that could
     *     not be resolved is left in it
     */
    static List<String> mistakes(Map<String, String> configuration) {
        List<String> mistakes = mistakes(configuration, keys());
        backoffMistake(configuration).ifPresent(mistakes::add);
        dryRunMistake(configuration).ifPresent(mistakes::add);
        withoutMistake("proxy.user", "proxy.host", configuration).ifPresent(mistakes::add);
        withoutMistake("proxy.password", "proxy.user", configuration).ifPresent(mistakes::add);
        for (String name : new TreeSet<>(configuration.keySet())) {
            unknown(name).ifPresent(mistakes::add);
        }
        return mistakes;
    }

    /** Likewise, of these keys only: for a command, which needs few. */
    static List<String> mistakes(Map<String, String> configuration, Set<String> asked) {
        List<String> mistakes = new ArrayList<>();
        for (Key key : KEYS) {
            if (asked.contains(key.name())) {
                mistakeIn(key, configuration).ifPresent(mistakes::add);
            }
        }
        return mistakes;
    }

    private static Optional<String> mistakeIn(Key key, Map<String, String> configuration) {
        String value = value(key, configuration);
        if (value.isBlank()) {
            if (key.fallback() == null && key.applies(configuration)) {
                return Optional.of("%s is missing%s: expected %s; set it in config/application.properties or as %s"
                        .formatted(key.name(), key.condition(), key.form().expected(), environment(key.name())));
            }
            // Of a key with a default an empty value is a mistake too, unless empty is the default.
            return key.mayBeEmpty()
                    ? Optional.empty()
                    : Optional.of("%s is empty: expected %s"
                            .formatted(key.name(), key.form().expected()));
        }
        if (value.contains("{{")) {
            return Optional.of("%s = %s has a placeholder that nothing resolves: expected %s"
                    .formatted(key.name(), key.shown(value), key.form().expected()));
        }
        if (!value.equals(value.strip())) {
            return Optional.of("%s = %s begins or ends with a space: expected %s"
                    .formatted(key.name(), key.shown(value), key.form().expected()));
        }
        return key.form().accepts().test(value)
                ? Optional.empty()
                : Optional.of("%s = %s: expected %s"
                        .formatted(key.name(), key.shown(value), key.form().expected()));
    }

    private static Optional<String> backoffMistake(Map<String, String> configuration) {
        Map<String, String> values = new LinkedHashMap<>(defaults());
        values.putAll(configuration);
        long first = millis(values.get("delivery.backoff"));
        long longest = millis(values.get("delivery.backoff-max"));
        return first > 0 && longest > 0 && longest < first
                ? Optional.of("delivery.backoff-max = %s: expected no less than delivery.backoff (%s)"
                        .formatted(values.get("delivery.backoff-max"), values.get("delivery.backoff")))
                : Optional.empty();
    }

    /** A list that is misspelt there would be deleted from. */
    private static Optional<String> dryRunMistake(Map<String, String> configuration) {
        List<String> lists = items(configuration.getOrDefault("talkdesk.record-lists", ""));
        return items(configuration.getOrDefault("delivery.dry-run-lists", "")).stream()
                .filter(list -> !lists.contains(list))
                .findFirst()
                .map(list ->
                        "delivery.dry-run-lists names %s: expected lists of talkdesk.record-lists".formatted(list));
    }

    private static List<String> items(String list) {
        return list.isBlank()
                ? List.of()
                : Arrays.stream(list.split(",", -1)).map(String::strip).toList();
    }

    private static Optional<String> withoutMistake(String name, String needed, Map<String, String> configuration) {
        return !configuration.getOrDefault(name, "").isBlank()
                        && configuration.getOrDefault(needed, "").isBlank()
                ? Optional.of("%s is set, but %s is not: expected both or none".formatted(name, needed))
                : Optional.empty();
    }

    /** A key of another group is none of ours (Camel's own, an operator's for their routes), unless it is all but ours. */
    private static Optional<String> unknown(String name) {
        if (keys().contains(name) || name.startsWith("camel.")) {
            return Optional.empty();
        }
        String nearest = keys().stream()
                .min(Comparator.comparingInt(key -> distance(key, name)))
                .orElseThrow();
        int distance = distance(nearest, name);
        boolean ours = keys().stream().anyMatch(key -> group(key).equals(group(name)));
        if (!ours && distance > 2) {
            return Optional.empty();
        }
        return Optional.of("unknown key " + name + (distance <= 4 ? "; did you mean " + nearest + "?" : ""));
    }

    private static String group(String name) {
        return name.substring(0, Math.max(0, name.indexOf('.')));
    }

    private static String value(Key key, Map<String, String> configuration) {
        String value = configuration.get(key.name());
        return value != null ? value : key.fallback() != null ? key.fallback() : "";
    }

    private static String environment(String name) {
        return name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    // ---- the words of the table

    /** A key without a default: it must be set. */
    private static Key essential(String name, Form form) {
        return new Key(name, null, form, false, null, null, false);
    }

    private static Key key(String name, String fallback, Form form) {
        return new Key(name, fallback, form, false, null, null, fallback.isEmpty());
    }

    /** What a value must look like. */
    private record Form(String expected, Predicate<String> accepts) {}

    /**
     * One key.
     *
     * @param fallback null: it has none
     * @param onlyIf another key; this one is needed only when that one has the value {@code equalTo}. Null: always
     */
    private record Key(
            String name,
            String fallback,
            Form form,
            boolean isSecret,
            String onlyIf,
            String equalTo,
            boolean optional) {

        Key secret() {
            return new Key(name, fallback, form, true, onlyIf, equalTo, optional);
        }

        Key when(String other, String value) {
            return new Key(name, fallback, form, isSecret, other, value, true);
        }

        Key filled() {
            return new Key(name, fallback, form, isSecret, onlyIf, equalTo, false);
        }

        boolean applies(Map<String, String> configuration) {
            return onlyIf == null
                    || configuration
                            .getOrDefault(onlyIf, defaults().get(onlyIf))
                            .equals(equalTo);
        }

        boolean mayBeEmpty() {
            return optional;
        }

        String condition() {
            return onlyIf == null ? "" : " (" + onlyIf + " = " + equalTo + ")";
        }

        String shown(String value) {
            if (isSecret) {
                return "(not shown)";
            }
            String line = value.replaceAll("//[^/@]*@", "//…@")
                    .replaceAll("[?;].*", "…")
                    .replaceAll("\\p{Cntrl}", "?");
            String cut = line.length() > 100 ? line.substring(0, 100) + "…" : line;
            return cut.equals(cut.strip()) ? cut : "\"" + cut + "\"";
        }
    }

    private static Form text() {
        return new Form("a value", value -> true);
    }

    private static Form matching(String expected, String pattern) {
        return new Form(expected, Pattern.compile(pattern).asMatchPredicate());
    }

    private static Form oneOf(String... values) {
        return new Form(String.join(" or ", values), List.of(values)::contains);
    }

    private static Form wholeNumber(int least, int most) {
        return new Form("a whole number from " + least + " to " + most, value -> {
            try {
                int number = Integer.parseInt(value);
                return number >= least && number <= most;
            } catch (NumberFormatException e) {
                return false;
            }
        });
    }

    private static Form duration(long least) {
        return duration(least, LONGEST, least > 0 ? ", above 0" : "");
    }

    private static Form duration(long least, long most, String bounds) {
        return new Form("milliseconds or a duration such as 30s, 5m or 24h" + bounds, value -> {
            long millis = millis(value);
            return millis >= least && millis <= most;
        });
    }

    private static Form offOr(Form form) {
        return new Form(
                "off or " + form.expected(),
                value -> value.equals("off") || form.accepts().test(value));
    }

    private static Form listOf(String expected, String item) {
        Pattern pattern = Pattern.compile(item);
        return new Form(expected, value -> {
            List<String> items = items(value);
            return items.stream().allMatch(pattern.asMatchPredicate()) && new HashSet<>(items).size() == items.size();
        });
    }

    private static Form hosts(String expected, boolean several) {
        String host = "[A-Za-z0-9._-]+|\\[?[0-9A-Fa-f:]+]?";
        return several ? listOf(expected, host) : matching(expected, host);
    }

    private static Form certificates() {
        return new Form("a PEM file with one certificate or more (-----BEGIN CERTIFICATE-----)", value -> {
            try {
                return !Outbound.certificates(Path.of(value)).isEmpty();
            } catch (IOException | CertificateException | InvalidPathException e) {
                return false;
            }
        });
    }

    /** A secret is sent there: in the clear only to this very machine. */
    private static Form url() {
        return new Form(
                "https://host/path without a slash at the end (http for localhost only)",
                value -> uri(value).filter(uri -> !value.endsWith("/")).isPresent());
    }

    private static Form origin() {
        return new Form(
                "https://host without a path (http for localhost only)",
                value -> uri(value).filter(uri -> uri.getRawPath().isEmpty()).isPresent());
    }

    private static Optional<URI> uri(String value) {
        try {
            URI uri = new URI(value);
            boolean reachable = uri.getHost() != null
                    && uri.getRawUserInfo() == null
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null;
            boolean safe = "https".equals(uri.getScheme())
                    || "http".equals(uri.getScheme())
                            && LOOPBACK.matcher(String.valueOf(uri.getHost())).matches();
            return reachable && safe ? Optional.of(uri) : Optional.empty();
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    /** Camel's reading of a duration; -1 where it is none. */
    private static long millis(String value) {
        Matcher duration = DURATION.matcher(value);
        if (value.isEmpty() || !duration.matches()) {
            return -1;
        }
        TimeUnit[] units = {TimeUnit.DAYS, TimeUnit.HOURS, TimeUnit.MINUTES, TimeUnit.SECONDS, TimeUnit.MILLISECONDS};
        try {
            long millis = 0;
            for (int i = 0; i < units.length; i++) {
                String part = duration.group(i + 1);
                if (part != null) {
                    millis += units[i].toMillis(Long.parseLong(part.replaceAll("\\D", "")));
                }
            }
            return millis;
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** How many characters must be added, taken out or changed (Levenshtein). */
    private static int distance(String one, String other) {
        int[] row = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int changed = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[other.length()];
    }
}
