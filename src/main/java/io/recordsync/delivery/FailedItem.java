package io.recordsync.delivery;

import io.recordsync.deletion.Identifier;
import java.util.List;

/**
 * What the dialler says of a record that it reported as failed.
 *
 * @param known whether there was a usable answer
 * @param identifiers all that the record could have been named by; none when the dialler does not know it
 */
public record FailedItem(boolean known, List<Identifier> identifiers) {

    public FailedItem {
        identifiers = List.copyOf(identifiers);
    }

    /** There was no answer, or none that helps. */
    public static FailedItem unknown() {
        return new FailedItem(false, List.of());
    }

    /** The dialler does not know it, although it has just named it. */
    boolean gone() {
        return known && identifiers.isEmpty();
    }
}
