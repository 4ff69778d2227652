package io.recordsync.deletion;

import java.util.Arrays;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;

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

    /**
     * @param mode {@code live} or {@code dry-run}
     * @param dryRunLists comma-separated, empty for none
     * @throws IllegalArgumentException for any other mode: it must never pass for live
     */
    public static DeliveryMode of(String mode, String dryRunLists) {
        return of(
                Word.fromDashed(Kind.class, mode),
                Arrays.stream(dryRunLists.split(","))
                        .map(String::strip)
                        .filter(list -> !list.isEmpty())
                        .collect(Collectors.toSet()));
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
