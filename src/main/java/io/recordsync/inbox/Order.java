package io.recordsync.inbox;

/**
 * Which of two changes of a contact came first, as conditions of statements.
 *
 * <p>Where both bear the number of their commit, it decides, and within one commit the sequence number. Where one does not
 * (what a sweep found, a row from before), the times decide; within one second they are a tie, because Salesforce's commit
 * times have whole seconds. A tie is a doubt.
 */
final class Order {

    /** Shorter than this between two times of Salesforce's, nobody knows which came first. */
    private static final int TIE_MILLIS = 1_000;

    private Order() {}

    /** A restoration as a statement names it: its columns. */
    record Restored(String committedAt, String commitNumber, String sequence) {

        /** A row of the table of restorations. */
        static final Restored ROW =
                new Restored("restoration.committed_at", "restoration.commit_number", "restoration.sequence");
    }

    /** Whether the deletion came first, by number; null where one of them has none. That of an older release's row stands beside it. */
    private static String byNumber(Restored restored) {
        return """
               coalesce((deletion_row.commit_number, deletion_row.sequence) < (%1$s, %2$s),
                (select (numbered.commit_number, numbered.sequence) < (%1$s, %2$s)
                 from deletion_commit numbered where numbered.deletion = deletion_row.id))"""
                .formatted(restored.commitNumber(), restored.sequence());
    }

    /** The row of {@code deletion} certainly came before the restoration. */
    static String before(Restored restored) {
        return "coalesce(" + byNumber(restored) + ", deletion_row.committed_at <= " + restored.committedAt() + " - "
                + TIE_MILLIS + ")";
    }

    /** It came before the restoration, or nobody knows. */
    static String perhapsBefore(Restored restored) {
        return "coalesce(" + byNumber(restored) + ", deletion_row.committed_at < " + restored.committedAt() + " + "
                + TIE_MILLIS + ")";
    }

    /** Nobody knows which came first. */
    static String tie(Restored restored) {
        return "(" + byNumber(restored) + " is null and deletion_row.committed_at > " + restored.committedAt() + " - "
                + TIE_MILLIS + " and deletion_row.committed_at < " + restored.committedAt() + " + " + TIE_MILLIS + ")";
    }

    /** A restoration certainly came after a change that has a time only. */
    static String after(String committedAt) {
        return "restoration.committed_at >= " + committedAt + " + " + TIE_MILLIS;
    }

    /** It came after it, or nobody knows. */
    static String perhapsAfter(String committedAt) {
        return "restoration.committed_at > " + committedAt + " - " + TIE_MILLIS;
    }
}
