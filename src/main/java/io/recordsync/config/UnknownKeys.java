package io.recordsync.config;

import java.util.Comparator;
import java.util.Locale;
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
        if (Keys.isOurs(name) || name.startsWith("camel.")) {
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

    /**
     * What to say of a variable of the environment that begins with the name of one of our groups and is no key: nobody else
     * would tell that it has no effect. Kubernetes' links to a service of such a name are left alone.
     */
    static Optional<String> notice(String variable, String value) {
        String spelled = Key.environmentName(variable);
        String group = spelled.substring(0, Math.max(0, spelled.indexOf('_')));
        if (Keys.names().stream()
                        .noneMatch(key -> group(key).toUpperCase(Locale.ROOT).equals(group))
                || isSetBy(variable)
                || ServiceLink.isOne(variable, value)) {
            return Optional.empty();
        }
        return nearest(spelled).map(nearest -> "%s is in the environment and is no setting; did you mean %s?"
                .formatted(Shown.line(variable), nearest));
    }

    private static boolean isSetBy(String variable) {
        return ListBindings.isVariable(variable)
                || Keys.all().stream()
                        .anyMatch(key -> variable.equals(key.environmentName())
                                || key.isSecret()
                                        && variable.equals(Key.environmentName(key.name() + SecretFile.SUFFIX)));
    }

    private static Optional<String> nearest(String variable) {
        return Keys.all().stream()
                .map(Key::environmentName)
                .min(Comparator.comparingInt(key -> distance(key, variable)));
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
