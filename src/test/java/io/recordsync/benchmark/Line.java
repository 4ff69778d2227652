package io.recordsync.benchmark;

/**
 * A line of the table: what was measured, and what of it was reached.
 *
 * @param ratio what is compared with the goal, in words; empty where the figure itself is
 * @param reached null where this run does not tell
 * @param bound what keeps it from being better
 */
record Line(
        String what,
        String goal,
        String ours,
        String baseline,
        String stock,
        String raw,
        String ratio,
        Boolean reached,
        String bound) {

    /** A figure that no other build has. */
    Line(String what, String goal, String ours, String stock, String raw, String ratio, Boolean reached, String bound) {
        this(what, goal, ours, "", stock, raw, ratio, reached, bound);
    }

    /** A figure that neither yardstick has. */
    Line(String what, String goal, String ours, Boolean reached, String bound) {
        this(what, goal, ours, "", "", "", "", reached, bound);
    }

    @Override
    public String toString() {
        return "| %s | %s | %s | %s | %s | %s | %s | %s | %s |"
                .formatted(
                        what,
                        goal,
                        ours,
                        baseline,
                        stock,
                        raw,
                        ratio,
                        reached == null ? "" : reached ? "yes" : "**no**",
                        bound);
    }
}
