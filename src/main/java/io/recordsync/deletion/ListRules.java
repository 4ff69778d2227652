package io.recordsync.deletion;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Which record lists are served, as the configuration says it: by their ids or by patterns of their names, for every entity or
 * for some.
 *
 * <p>What is bound to an entity gets only that entity's deletions, and a list that is both bound and unbound gets what it is bound to.
 * Immutable.
 *
 * @param unbound ids of lists
 * @param patterns of names, unbound: {@code *} is any number of characters, {@code ?} one
 * @param bound by entity
 */
public record ListRules(List<String> unbound, List<String> patterns, Map<String, Bound> bound) {

    /** What is bound to one entity. */
    public record Bound(List<String> ids, List<String> patterns) {

        public Bound {
            ids = List.copyOf(ids);
            patterns = List.copyOf(patterns);
        }

        private boolean takes(String id, String name) {
            return ids.contains(id) || matchesAny(patterns, name);
        }
    }

    public ListRules {
        unbound = List.copyOf(unbound);
        patterns = List.copyOf(patterns);
        bound = Collections.unmodifiableMap(new LinkedHashMap<>(bound));
    }

    /** Of lists that are named by their ids alone, for every entity. */
    public static ListRules of(Collection<String> ids) {
        return new ListRules(List.copyOf(ids), List.of(), Map.of());
    }

    /** Every id that the configuration names, bound or not, each once. */
    public List<String> ids() {
        Set<String> all = new LinkedHashSet<>(unbound);
        bound.values().forEach(binding -> all.addAll(binding.ids()));
        return List.copyOf(all);
    }

    /** Whether lists are served by their names. */
    public boolean namesLists() {
        return !patterns.isEmpty()
                || bound.values().stream()
                        .anyMatch(binding -> !binding.patterns().isEmpty());
    }

    /** Whether a pattern takes a list of this name. */
    public boolean matches(String name) {
        return matchesAny(patterns, name)
                || bound.values().stream().anyMatch(binding -> matchesAny(binding.patterns(), name));
    }

    /** The patterns that take none of these names, each with its key. */
    public List<String> unmatched(Collection<String> names) {
        List<String> idle = new ArrayList<>(unmatched("talkdesk.record-lists.matching", patterns, names));
        bound.forEach((entity, binding) ->
                idle.addAll(unmatched("talkdesk.record-lists.of." + entity, binding.patterns(), names)));
        return idle;
    }

    private static List<String> unmatched(String key, List<String> patterns, Collection<String> names) {
        return patterns.stream()
                .filter(pattern -> names.stream().noneMatch(name -> matches(pattern, name)))
                .map(pattern -> "'" + pattern + "' of " + key)
                .toList();
    }

    /** The entities whose deletions the list gets; empty: every entity's. */
    public Set<String> entities(String id, String name) {
        Set<String> entities = new TreeSet<>();
        bound.forEach((entity, binding) -> {
            if (binding.takes(id, name)) {
                entities.add(entity);
            }
        });
        return entities;
    }

    /** Whether the list is named both for every entity and for some. */
    public boolean isAmbiguous(String id, String name) {
        return (unbound.contains(id) || matchesAny(patterns, name))
                && !entities(id, name).isEmpty();
    }

    /** What the nodes of a database have to agree on: a line for each binding. */
    public Map<String, String> bindings() {
        Map<String, String> lines = new LinkedHashMap<>();
        bound.forEach((entity, binding) -> {
            List<String> all = new ArrayList<>(new TreeSet<>(binding.ids()));
            all.addAll(new TreeSet<>(binding.patterns()));
            lines.put(entity, String.join(",", all));
        });
        return lines;
    }

    private static boolean matchesAny(Collection<String> patterns, String name) {
        return patterns.stream().anyMatch(pattern -> matches(pattern, name));
    }

    /** Case counts. */
    static boolean matches(String pattern, String name) {
        StringBuilder regex = new StringBuilder();
        pattern.codePoints().forEach(c -> {
            switch (c) {
                case '*' -> regex.append(".*");
                case '?' -> regex.append('.');
                default -> regex.append(Pattern.quote(Character.toString(c)));
            }
        });
        return Pattern.compile(regex.toString(), Pattern.DOTALL).matcher(name).matches();
    }
}
