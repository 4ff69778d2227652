package io.recordsync;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What no log and no answer may show: every secret that a test gave to the service or got from it, and personal data. */
public final class Secrets {

    /** Salesforce's tokens, what a login sends, keys, phone numbers and the names of the simulators' people. */
    private static final Pattern NEVER_SHOWN =
            Pattern.compile("00D\\w{12}!|Bearer \\w|Basic \\w{8}|PRIVATE KEY|eyJ\\w+\\.eyJ\\w+"
                    + "|\\+[1-9]\\d{9,14}|Lovelace|Ada\\b|St James");

    private static final Pattern SECRET_KEY = Pattern.compile(
            ".*(secret|password|phone-key|token)|alerts\\.(webhook|webhook\\.header|routing-key|heartbeat)");
    private static final Set<String> KNOWN = ConcurrentHashMap.newKeySet();

    private Secrets() {}

    /** From now on it may be shown nowhere. */
    public static String keep(String secret) {
        if (!secret.isBlank()) {
            KNOWN.add(secret);
        }
        return secret;
    }

    /** Likewise, where the key of the configuration says that it is one. */
    public static void keep(String key, String value) {
        if (SECRET_KEY.matcher(key).matches()) {
            keep(value);
        }
    }

    /** Fails when the text shows any of it. */
    public static void refuse(String what, String text) {
        shownIn(text).ifPresent(secret -> {
            throw new AssertionError(
                    "A secret or personal data (%s) is shown by %s:\n%s".formatted(secret, what, text));
        });
    }

    /** What of it is shown; empty when nothing is. */
    public static Optional<String> shownIn(String text) {
        Matcher never = NEVER_SHOWN.matcher(text);
        return never.find()
                ? Optional.of(never.group())
                : KNOWN.stream().filter(text::contains).findFirst();
    }
}
