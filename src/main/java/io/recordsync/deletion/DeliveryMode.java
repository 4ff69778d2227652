package io.recordsync.deletion;

import java.util.Collection;
import java.util.Set;

/**
 * Whether deletions are made, or only rehearsed: then all is done but the DELETE call.
 *
 * @param dryRun whether everything is rehearsed
 * @param dryRunLists record lists of which everything is rehearsed all the same
 */
public record DeliveryMode(boolean dryRun, Set<String> dryRunLists) {

    /** What is done where no list says otherwise. */
    public enum Kind {
        /** The DELETE call is made. */
        LIVE,
        /** Everything but the DELETE call is done. */
        DRY_RUN
    }

    public static DeliveryMode of(Kind kind, Collection<String> dryRunLists) {
        return new DeliveryMode(kind == Kind.DRY_RUN, Set.copyOf(dryRunLists));
    }

    public Kind kind() {
        return dryRun ? Kind.DRY_RUN : Kind.LIVE;
    }

    public boolean rehearses(String recordList) {
        return dryRun || dryRunLists.contains(recordList);
    }

    @Override
    public String toString() {
        return Word.dashed(kind());
    }
}
