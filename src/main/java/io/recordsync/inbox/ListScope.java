package io.recordsync.inbox;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the configuration says of every record list: whose deletions go to it, and under which provider its records are known.
 *
 * <p>A list that is to get more than before has not been covered for that; see {@link #widens}.
 */
public record ListScope(String provider, List<String> entities, List<String> idPrefixes) {

    public ListScope {
        entities = List.copyOf(entities);
        idPrefixes = List.copyOf(idPrefixes);
    }

    /** Of a list that gets only some entities' deletions; where none is named, every one's. */
    ListScope of(Set<String> some) {
        return some.isEmpty()
                ? this
                : new ListScope(
                        provider, entities.stream().filter(some::contains).toList(), idPrefixes);
    }

    /** As the row of a list keeps it. */
    String fingerprint() {
        return "provider=" + provider + ";entities=" + sorted(entities) + ";prefixes=" + sorted(idPrefixes);
    }

    /**
     * Whether this names something that the former one did not: another provider, an entity or a key prefix more.
     *
     * @param former a fingerprint; empty when it is not known, and then nothing is said to be new
     */
    boolean widens(String former) {
        return !former.isEmpty()
                && !(former.startsWith("provider=" + provider + ";entities=")
                        && words(former, "entities").containsAll(entities)
                        && words(former, "prefixes").containsAll(idPrefixes));
    }

    private static String sorted(Collection<String> words) {
        return String.join(",", new TreeSet<>(words));
    }

    private static Set<String> words(String fingerprint, String name) {
        String marker = ";" + name + "=";
        int start = fingerprint.lastIndexOf(marker);
        if (start < 0) {
            return Set.of();
        }
        String rest = fingerprint.substring(start + marker.length());
        int end = rest.indexOf(';');
        return new TreeSet<>(Arrays.asList((end < 0 ? rest : rest.substring(0, end)).split(",")));
    }
}
