package io.recordsync.inbox;

import java.time.Instant;
import java.util.Set;

/**
 * A record list that deletions go to.
 *
 * @param name empty while it is not known
 * @param entities whose deletions it gets; empty: every entity's
 * @param dryRun whether it joined as one whose deletions are only rehearsed
 * @param joinedAt null where it is there since the first start
 * @param vanished whether Talkdesk does not show it any more
 * @param filling whether it was loaded or validated when it was looked up last
 */
public record ServedList(
        String id,
        String name,
        Set<String> entities,
        boolean dryRun,
        Instant joinedAt,
        boolean vanished,
        boolean filling) {

    public ServedList {
        entities = Set.copyOf(entities);
    }

    /** One of the configuration, of which nothing more is known. */
    public static ServedList of(String id) {
        return new ServedList(id, "", Set.of(), false, null, false, false);
    }

    /** Whether the entity's deletions go to it. */
    public boolean gets(String entity) {
        return entities.isEmpty() || entities.contains(entity);
    }
}
