package io.recordsync.inbox;

import io.recordsync.deletion.ListedList;
import java.time.Instant;
import java.util.Set;

/**
 * A record list as the inbox knows it, served or not.
 *
 * @param state of the delivery: active, suspended or stopped
 * @param configured whether the configuration of this process names it by its id
 * @param left whether it was served, and is no more; or has not been yet
 * @param joinedAt null where it is there since the first start
 * @param coveredUntil null: as far as all the others
 * @param vanishedAt null while Talkdesk shows it
 * @param retired whether it vanished so long ago that it is asked for once a day
 * @param askedToday whether that has been
 * @param presenceError why its last presence check failed, or is not believed; empty where neither is so
 */
public record FoundList(
        String id,
        String name,
        Membership membership,
        String state,
        boolean configured,
        boolean left,
        boolean dryRun,
        Set<String> entities,
        String identifierType,
        String status,
        Long recordsCount,
        Instant joinedAt,
        Instant coveredUntil,
        Instant vanishedAt,
        boolean retired,
        boolean askedToday,
        String presenceError) {

    public FoundList {
        entities = Set.copyOf(entities);
    }

    /** Whether deletions go to it. */
    public boolean served() {
        return switch (membership) {
            case JOINED -> true;
            case CONFIGURED -> configured;
            default -> false;
        };
    }

    /** In one word, for people. */
    public String word() {
        return switch (membership) {
            case FILLING -> "filling";
            case ASKS -> "asks";
            case DISMISSED -> "dismissed";
            case FORGOTTEN -> "retired";
            default -> left || retired
                    ? "retired"
                    : vanishedAt != null
                            ? "vanished"
                            : state.equals("active") && ListedList.isFilling(status) ? "filling" : state;
        };
    }

    /** The id, and the name where it is known. */
    public String named() {
        return name.isEmpty() ? id : id + " (" + name + ")";
    }

    /** The entities of a column. */
    static Set<String> words(String column) {
        return column.isEmpty() ? Set.of() : Set.of(column.split(","));
    }

    ServedList asServed() {
        return new ServedList(id, name, entities, dryRun, joinedAt, vanishedAt != null, ListedList.isFilling(status));
    }
}
