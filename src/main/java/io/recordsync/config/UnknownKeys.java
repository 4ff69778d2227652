package io.recordsync.config;

import java.util.Comparator;
import java.util.Optional;

/** The check of names that are not in the table. */
final class UnknownKeys {

    /** A name of another group is taken for a misspelt one of ours up to this distance. */
    private static final int MAX_MISSPELT = 2;
    /** Up to this distance the nearest key is suggested. */
    private static final int MAX_SUGGESTED = 4;

    private UnknownKeys() {}

    /** A key of another group is none of ours (Camel's own, an operator's for their routes), unless it is almost ours. */
    static Optional<String> mistake(String name) {
        if (Keys.names().contains(name) || name.startsWith("camel.")) {
            return Optional.empty();
        }
        String nearest = Keys.names().stream()
                .min(Comparator.comparingInt(key -> distance(key, name)))
                .orElseThrow();
        int distance = distance(nearest, name);
        boolean ours = Keys.names().stream().anyMatch(key -> group(key).equals(group(name)));
        if (!ours && distance > MAX_MISSPELT) {
            return Optional.empty();
        }
        return Optional.of(
                "unknown key " + name + (distance <= MAX_SUGGESTED ? "; did you mean " + nearest + "?" : ""));
    }

    private static String group(String name) {
        return name.substring(0, Math.max(0, name.indexOf('.')));
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
