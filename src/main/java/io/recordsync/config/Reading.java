package io.recordsync.config;

import io.recordsync.deletion.ListRules;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A configuration read value by value, each once: what was read, and a line for each mistake.
 *
 * <p>The value of a secret is never in a line, nor are user info and parameters of a URL.
 */
final class Reading {

    private final Configuration configuration;
    private final Map<Key<?>, Object> values = new LinkedHashMap<>();
    private final List<String> mistakes = new ArrayList<>();
    private ListRules listRules = ListRules.of(List.of());

    private Reading(Configuration configuration) {
        this.configuration = configuration;
    }

    static Reading of(Configuration configuration) {
        Reading reading = of(configuration, Keys.names());
        if (!configuration.isUnreadable()) {
            reading.readListRules();
            reading.mistakes.addAll(ListChecks.mistakes(reading, reading.listRules));
            reading.mistakes.addAll(CrossChecks.mistakes(reading));
            configuration.others().forEach(name -> UnknownKeys.mistake(name).ifPresent(reading.mistakes::add));
        }
        return reading;
    }

    /** Of these keys only, without cross-checks. */
    static Reading of(Configuration configuration, Set<String> asked) {
        Reading reading = new Reading(configuration);
        reading.mistakes.addAll(configuration.mistakesBesideKeys());
        if (!configuration.isUnreadable()) {
            Keys.all().stream().filter(key -> asked.contains(key.name())).forEach(reading::read);
        }
        return reading;
    }

    List<String> mistakes() {
        return List.copyOf(mistakes);
    }

    /** The value of a key, which is free of mistakes. */
    <T> T get(Key<T> key) {
        return find(key).orElseThrow(() -> new IllegalStateException(key.name() + " has a mistake"));
    }

    /** The value of a key; nothing where it has a mistake. */
    <T> Optional<T> find(Key<T> key) {
        // It was put there by read(Key<T>).
        @SuppressWarnings("unchecked")
        T value = (T) values.get(key);
        return Optional.ofNullable(value);
    }

    /** The text of a key. */
    String text(Key<?> key) {
        return configuration.valueOf(key).text();
    }

    /** Whether anybody gave it a value. */
    boolean isSetByHand(Key<?> key) {
        return configuration.valueOf(key).source() != Value.Source.DEFAULT;
    }

    /** Which record lists are served; without what has a mistake. */
    ListRules listRules() {
        return listRules;
    }

    private void readListRules() {
        listRules = new ListRules(
                find(ListKeys.IDS).orElse(List.of()),
                find(ListKeys.MATCHING).orElse(List.of()),
                configuration.listBindings().read(mistakes));
    }

    String named(Key<?> key) {
        return configuration.named(key.name());
    }

    /** The text of every key but the secrets, durations in milliseconds; of a reading without mistakes. */
    Map<String, String> placeholders() {
        Map<String, String> placeholders = new LinkedHashMap<>();
        for (Key<?> key : Keys.all()) {
            if (!key.isSecret()) {
                placeholders.put(
                        key.name(),
                        get(key) instanceof Duration duration ? Long.toString(duration.toMillis()) : text(key));
            }
        }
        return placeholders;
    }

    private <T> void read(Key<T> key) {
        String text = text(key);
        String expected = key.form().expected();
        String refused = configuration.valueOf(key).mistake();
        if (refused != null) {
            mistakes.add(refused);
        } else if (ServiceLink.hits(configuration.valueOf(key))) {
            mistakes.add(
                    ("%s = %s is a link to a service of Kubernetes, not a setting: set enableServiceLinks: false in the"
                                    + " pod's spec, or give the service another name; expected %s")
                            .formatted(named(key), key.form().shown(text), expected));
        } else if (text.isBlank()) {
            readEmpty(key);
        } else if (!key.isSecret() && text.contains("{{")) {
            mistakes.add(
                    "%s = %s has a {{ in it, and no placeholder is read in a setting any more: write the value in its place"
                                    .formatted(named(key), key.form().shown(text))
                            + ", or set %s; expected %s".formatted(key.environmentName(), expected));
        } else if (!key.isSecret() && !text.equals(text.strip())) {
            mistakes.add("%s = %s begins or ends with a space: expected %s"
                    .formatted(named(key), key.form().shown(text), expected));
        } else {
            try {
                values.put(key, key.form().read(text));
            } catch (IllegalArgumentException e) {
                mistakes.add(named(key) + " = " + e.getMessage());
            }
        }
    }

    private <T> void readEmpty(Key<T> key) {
        if (key.mustBeSet() && applies(key.condition())) {
            mistakes.add("%s is missing%s: expected %s; set it in the configuration file or as %s"
                    .formatted(
                            key.name(),
                            key.condition() == null ? "" : " (" + key.condition() + ")",
                            key.form().expected(),
                            key.environmentName()));
        } else if (key.mayBeEmpty()) {
            values.put(key, key.form().empty().orElseThrow());
        } else {
            mistakes.add(
                    "%s is empty: expected %s".formatted(named(key), key.form().expected()));
        }
    }

    private boolean applies(Key.Condition condition) {
        return condition == null || configuration.value(condition.key()).equals(condition.word());
    }
}
