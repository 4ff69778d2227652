package io.recordsync.config;

import java.util.Locale;
import java.util.Optional;

/**
 * One key of the configuration.
 *
 * @param <T> what its value is read as
 * @param defaultText the value where none is given; empty: it may be left empty; null: it must be set, if its condition
 *     holds
 * @param condition when it is needed; null: always
 * @param meaning one sentence, with the unit where there is one
 */
public record Key<T>(String name, Group group, Form<T> form, String defaultText, Condition condition, String meaning) {

    /** How often an operator needs a key; the reference and the documentation are arranged by it. */
    public enum Group {
        ESSENTIAL("Essential"),
        OFTEN_TUNED("Often tuned"),
        RARELY_TOUCHED("Rarely touched");

        private final String title;

        Group(String title) {
            this.title = title;
        }

        public String title() {
            return title;
        }
    }

    /** The key is needed only while the key named has this word. */
    public record Condition(String key, String word) {

        @Override
        public String toString() {
            return key + " = " + word;
        }
    }

    /** Its name in the environment: {@code BATCH_SIZE} of {@code batch.size}. */
    public String environmentName() {
        return environmentName(name);
    }

    static String environmentName(String name) {
        return name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    public boolean isSecret() {
        return form.isSecret();
    }

    /** Whether it has no default. */
    public boolean mustBeSet() {
        return defaultText == null;
    }

    /** Whether nothing is a value of it: by its default, or while its condition does not hold. */
    boolean mayBeEmpty() {
        return mustBeSet() ? condition != null : defaultText.isEmpty();
    }

    /** The default, where there is one. */
    public Optional<String> byDefault() {
        return Optional.ofNullable(defaultText);
    }
}
