package io.recordsync.deletion;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Whether deletions are made, or only rehearsed: then all is done but the DELETE call.
 *
 * @param dryRun whether everything is rehearsed
 * @param dryRunLists record lists of which everything is rehearsed all the same
 */
public record DeliveryMode(boolean dryRun, Set<String> dryRunLists) {

    /**
     * @param mode {@code live} or {@code dry-run}
     * @param dryRunLists comma-separated, empty for none
     */
    public static DeliveryMode of(String mode, String dryRunLists) {
        return new DeliveryMode(
                mode.equals("dry-run"),
                Arrays.stream(dryRunLists.split(","))
                        .map(String::strip)
                        .filter(list -> !list.isEmpty())
                        .collect(Collectors.toUnmodifiableSet()));
    }

    public boolean rehearses(String recordList) {
        return dryRun || dryRunLists.contains(recordList);
    }

    @Override
    public String toString() {
        return dryRun ? "dry-run" : "live";
    }
}
