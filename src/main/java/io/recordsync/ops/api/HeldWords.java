package io.recordsync.ops.api;

import io.recordsync.deletion.HeldReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What is said of deletions that wait for a person for another reason than the guard. */
final class HeldWords {

    private HeldWords() {}

    static List<String> of(Map<HeldReason, Long> held) {
        List<String> reasons = new ArrayList<>();
        long unseen = held.getOrDefault(HeldReason.NOT_VISIBLE, 0L);
        if (unseen > 0) {
            reasons.add(
                    ("%s not visible in Salesforce, without a sign of their deletion: a person decides whether they are"
                                    + " deleted (on the page, or POST /api/guard/approve or /api/guard/reject with \"heldReason\":"
                                    + " \"not_visible\"); does the user see every record (View All)?")
                            .formatted(unseen == 1 ? "1 record is" : unseen + " records are"));
        }
        long merged = held.getOrDefault(HeldReason.MERGE, 0L);
        if (merged > 0) {
            reasons.add(
                    ("%s merged into others in Salesforce: a person decides whether their records are deleted (on the page, or"
                                    + " POST /api/guard/approve or /api/guard/reject with \"heldReason\": \"merge\")")
                            .formatted(
                                    merged == 1
                                            ? "1 deletion is of a contact that was"
                                            : merged + " deletions are of contacts that were"));
        }
        return reasons;
    }
}
