package io.recordsync.deletion;

import java.time.Instant;
import java.util.List;

/**
 * A merge, as its loser shows it: into which records of Salesforce it was merged.
 *
 * @param path the master, and where that lost a later merge its own master, up to the last one that is known; at least one id
 * @param end what became of the last one
 * @param at the loser's SystemModstamp: whatever shows the same deletion bears no later time; null where it is not known
 */
public record Merge(List<String> path, End end, Instant at) {

    /** What became of the last master. */
    public enum End {
        LIVES,
        /** It was deleted by itself, so that nobody lives on. */
        DELETED,
        /** It was purged, or the user does not see it. */
        NOT_SHOWN
    }

    public Merge {
        path = List.copyOf(path);
    }

    /** Whether somebody lives on as the master, as far as anybody can tell. */
    public boolean perhapsLives() {
        return end != End.DELETED;
    }

    /** For a person: {@code merged into 003…}. */
    public String words() {
        int last = path.size() - 1;
        String way = last == 0 ? "" : " by way of " + String.join(", ", path.subList(0, last));
        return "merged into " + path.get(last) + way
                + switch (end) {
                    case LIVES -> "";
                    case DELETED -> ", which was deleted itself";
                    case NOT_SHOWN -> ", which Salesforce does not show";
                };
    }
}
