package io.recordsync.config;

import io.recordsync.deletion.ListRules.Bound;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The keys {@code talkdesk.record-lists.of.<Entity>}: record lists that get only the deletions of one entity.
 *
 * <p>An item that could be an id is one; any other is a pattern of names. The name of a variable of the environment has no case, and is
 * compared with those of {@code salesforce.entities} without it.
 */
final class ListBindings {

    static final String PREFIX = "talkdesk.record-lists.of.";
    /** What an id of a record list looks like. */
    static final String ID = "[A-Za-z0-9_-]{1,36}";

    private static final String VARIABLE = Key.environmentName(PREFIX);
    private static final String EXPECTED =
            "ids of record lists, or patterns of their names (* is any text, ? one character), separated by commas, none twice";

    private final Map<String, Value> values = new LinkedHashMap<>();
    private final List<String> mistakes = new ArrayList<>();

    /**
     * @param names that a file or a host lists
     * @param entities the text of {@code salesforce.entities}
     */
    ListBindings(Sources sources, Collection<String> names, String entities) {
        List<String> known = List.of(entities.split("\\s*,\\s*"));
        known.forEach(entity -> variable(sources, entity)
                .or(() -> sources.find(PREFIX + entity))
                .ifPresent(value -> values.put(entity, value)));
        Set<String> unknown = new TreeSet<>();
        names.stream()
                .filter(name -> isOne(name) && !sources.isVariable(name))
                .filter(name -> !known.contains(name.substring(PREFIX.length())))
                .forEach(unknown::add);
        sources.environment().keySet().stream()
                .filter(ListBindings::isVariable)
                .filter(name -> known.stream().noneMatch(entity -> isOf(entity, name)))
                .forEach(unknown::add);
        unknown.forEach(name -> mistakes.add("%s names no entity of salesforce.entities: expected %s"
                .formatted(
                        Shown.line(name),
                        String.join(" or ", known.stream().map(PREFIX::concat).toList()))));
    }

    /** Whether it is the name of such a key, whatever the entity. */
    static boolean isOne(String name) {
        return name.startsWith(PREFIX);
    }

    static boolean isVariable(String name) {
        return name.toUpperCase(Locale.ROOT).startsWith(VARIABLE);
    }

    private static boolean isOf(String entity, String variable) {
        return variable.equalsIgnoreCase(VARIABLE + Key.environmentName(entity));
    }

    private static Optional<Value> variable(Sources sources, String entity) {
        return sources.environment().entrySet().stream()
                .filter(variable -> isOf(entity, variable.getKey()))
                .findFirst()
                .map(variable -> new Value(PREFIX + entity, variable.getValue(), Value.Source.ENVIRONMENT));
    }

    /** What each entity is bound to; what has a mistake is left out of it, and has its line in the mistakes. */
    Map<String, Bound> read(List<String> mistakes) {
        mistakes.addAll(this.mistakes);
        Map<String, Bound> bound = new LinkedHashMap<>();
        values.forEach((entity, value) -> {
            try {
                bound.put(entity, bound(value));
            } catch (IllegalArgumentException e) {
                mistakes.add("%s = %s: expected %s".formatted(value.named(), Shown.line(value.text()), EXPECTED));
            }
        });
        return bound;
    }

    private static Bound bound(Value value) {
        List<String> ids = new ArrayList<>();
        List<String> patterns = new ArrayList<>();
        if (value.mistake() != null) {
            throw new IllegalArgumentException(value.mistake());
        }
        for (String item : CommaList.items(value.text())) {
            (item.matches(ID) ? ids : patterns).add(item);
        }
        if (ids.isEmpty() && patterns.isEmpty() || patterns.stream().anyMatch(pattern -> pattern.length() > 120)) {
            throw new IllegalArgumentException("another form");
        }
        return new Bound(ids, patterns);
    }
}
