package io.recordsync.inbox.database;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;

/**
 * The values of a statement by the names that it gives them: {@code with("id", id).and("ttl", ttl)}.
 *
 * <p>Durations and instants go as milliseconds, a list of numbers and {@link JsonRows} as JSON, text as both databases can hold it,
 * anything else as it is.
 * Immutable.
 */
public final class Parameters {

    /** For a statement without parameters. */
    public static final Parameters NONE = new Parameters(null, "", null);

    /** A statement has a dozen at most: a chain is quicker than a map. */
    private final Parameters rest;

    private final String name;
    private final Object value;

    private Parameters(Parameters rest, String name, Object value) {
        this.rest = rest;
        this.name = name;
        this.value = value;
    }

    public static Parameters with(String name, Object value) {
        return NONE.and(name, value);
    }

    /** @throws IllegalArgumentException when the name is taken */
    public Parameters and(String name, Object value) {
        if (find(name) != null) {
            throw new IllegalArgumentException("The parameter :%s is given twice".formatted(name));
        }
        return new Parameters(this, name, column(value));
    }

    /** @throws IllegalArgumentException when there is none of this name */
    Object value(String name, String sql) {
        Parameters found = find(name);
        if (found == null) {
            throw new IllegalArgumentException("The parameter :%s is missing for: %s".formatted(name, sql));
        }
        return found.value;
    }

    /** @throws IllegalArgumentException when one of them is not among these names */
    void requireUseOfAll(Collection<String> names, String sql) {
        for (Parameters each = this; each.rest != null; each = each.rest) {
            if (!names.contains(each.name)) {
                throw new IllegalArgumentException("The parameter :%s is not used by: %s".formatted(each.name, sql));
            }
        }
    }

    private Parameters find(String wanted) {
        for (Parameters each = this; each.rest != null; each = each.rest) {
            if (each.name.equals(wanted)) {
                return each;
            }
        }
        return null;
    }

    private static Object column(Object value) {
        if (value instanceof Duration duration) {
            return duration.toMillis();
        }
        if (value instanceof Instant instant) {
            return instant.toEpochMilli();
        }
        if (value instanceof String text) {
            return JsonRows.storable(text);
        }
        // A list of numbers as Java prints it is a JSON array.
        return value instanceof Collection<?> || value instanceof JsonRows ? value.toString() : value;
    }
}
