package io.recordsync.deletion;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

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

    /** The patterns of names, by the key that names them. */
    public Map<String, List<String>> patternsByKey() {
        Map<String, List<String>> byKey = new LinkedHashMap<>();
        byKey.put("talkdesk.record-lists.matching", patterns);
        bound.forEach((entity, binding) -> byKey.put("talkdesk.record-lists.of." + entity, binding.patterns()));
        return byKey;
    }

    /** The patterns that take none of these names, each with its key. */
    public List<String> unmatched(Collection<String> names) {
        List<String> idle = new ArrayList<>();
        patternsByKey().forEach((key, ofKey) -> ofKey.stream()
                .filter(pattern -> names.stream().noneMatch(name -> matches(pattern, name)))
                .map(pattern -> "'" + pattern + "' of " + key)
                .forEach(idle::add));
        return idle;
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

    /**
     * Likewise; where nothing names the list any more, since it was renamed or the configuration was changed, it gets what it got before: it
     * stays joined as it has joined.
     */
    public Set<String> entities(String id, String name, Set<String> before) {
        return ids().contains(id) || matches(name) ? entities(id, name) : before;
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

    /** Whether a pattern takes a name; case counts, and how an accented letter is composed does not. */
    public static boolean matches(String pattern, String name) {
        int[] signs = composed(pattern);
        int[] text = composed(name);
        int sign = 0;
        int at = 0;
        // The last star, and how much of the text it has taken: a regular expression would try every division among
        // several stars.
        int star = -1;
        int taken = 0;
        while (at < text.length) {
            if (sign < signs.length && signs[sign] == '*') {
                star = sign++;
                taken = at;
            } else if (sign < signs.length && (signs[sign] == '?' || signs[sign] == text[at])) {
                sign++;
                at++;
            } else if (star >= 0) {
                sign = star + 1;
                taken++;
                at = taken;
            } else {
                return false;
            }
        }
        while (sign < signs.length && signs[sign] == '*') {
            sign++;
        }
        return sign == signs.length;
    }

    private static int[] composed(String text) {
        return Normalizer.normalize(text, Normalizer.Form.NFC).codePoints().toArray();
    }
}
