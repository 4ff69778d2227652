package io.recordsync.inbox;

import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.Origin;
import java.time.Duration;
import java.util.List;

/**
 * What is told how many deletions were accepted, settled and parked, and of problems, once the database holds it.
 *
 * <p>It is called by the thread that acts, must be quick and must not fail.
 */
public interface Tally {

    /** For an inbox that nobody watches. */
    Tally NONE = new Tally() {
        @Override
        public void accepted(Origin origin, int rows) {}

        @Override
        public void settled(Confirmation confirmation, List<Settled> rows) {}

        @Override
        public void parked(int rows) {}
    };

    void accepted(Origin origin, int rows);

    void settled(Confirmation confirmation, List<Settled> rows);

    void parked(int rows);

    /** Something was refused or could not be read, and is noted. */
    default void problem(String kind) {}

    /**
     * A deletion that is done.
     *
     * @param sinceCommit since the contact was deleted in Salesforce, or a person asked; never negative
     */
    record Settled(Origin origin, Duration sinceCommit) {}

    /** Tells one after the other. */
    static Tally both(Tally one, Tally other) {
        return new Tally() {
            @Override
            public void accepted(Origin origin, int rows) {
                one.accepted(origin, rows);
                other.accepted(origin, rows);
            }

            @Override
            public void settled(Confirmation confirmation, List<Settled> rows) {
                one.settled(confirmation, rows);
                other.settled(confirmation, rows);
            }

            @Override
            public void parked(int rows) {
                one.parked(rows);
                other.parked(rows);
            }

            @Override
            public void problem(String kind) {
                one.problem(kind);
                other.problem(kind);
            }
        };
    }
}
