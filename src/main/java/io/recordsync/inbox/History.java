package io.recordsync.inbox;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** How many deletions were accepted, settled and parked over the last days, by all processes together; for plots only. */
public interface History {

    /**
     * Oldest first, none left out; the last one is not over yet.
     *
     * @param step whole minutes
     */
    List<Point> points(Duration step, int steps);

    /** What happened in the step that began at this time. */
    record Point(Instant at, long accepted, long deleted, long parked) {}
}
