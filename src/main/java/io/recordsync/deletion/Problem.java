package io.recordsync.deletion;

import java.util.Set;

/**
 * Something that was refused or could not be read, kept for a person to look at; it never became a deletion.
 *
 * @param kind what a person filters by, in snake case: {@code refused_id}, {@code undecodable_event} …
 * @param message what failed, the value, the form expected and what happened next
 */
public record Problem(String kind, String message) {

    /** Every kind there is. */
    public static final Set<String> KINDS = Set.of(
            "gap_overflow",
            "gap_unanswered",
            "list_asks",
            "list_back",
            "list_joined",
            "list_matches",
            "list_renamed",
            "list_vanished",
            "position_lost",
            "reconcile_incomplete",
            "reconcile_refused",
            "refused_id",
            "restored_after_delete",
            "sweep_unproven",
            "undecodable_event");
}
